"""What the worker does for threads."""

from participa.comments.together import weigh_all

__all__ = ["weigh_all"]
