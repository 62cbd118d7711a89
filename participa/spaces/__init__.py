"""Spaces: where exchanges happen, who shapes them, and the tools placed in them.

A request goes `views → policies → forms → services → models`; a page `views → queries → templates/spaces/`.
`kinds.py` is the registry of the tools; `overview.py` is what higher packages tell of a space's life.
"""
