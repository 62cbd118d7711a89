"""Wishes to be told about a space or a contribution.

A form posted from any page: request → views → policies → services → models.
"""
