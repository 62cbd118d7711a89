"""Curating: what those who moderate do to texts without changing a word of them, kept for 30 days to be undone.

Pinning, featuring, sorting many, moving, and what other features note here: merging, splitting, closing, lifting.
"""
