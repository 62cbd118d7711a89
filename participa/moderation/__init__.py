"""Moderation: readers report texts and people, those who curate decide, and every decision can be undone.

The path of a request: `views → policies → forms → services → models`; what is shown: `views → queries →
templates/moderation/`. A decision writes down what it changed in `Decision.effects`, and undoing puts back
exactly that. Whoever hides or restores a text announces it, so that counters and notifications follow.
"""
