"""Asking to join a space whose own members take part, answering those who ask, and leaving.

A request goes `views → policies → services → models`. Only spaces that everybody reads can be asked for: of private
ones, others do not know that they exist.
"""
