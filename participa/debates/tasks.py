"""What the worker does for debates."""

from participa.debates.together import weigh_all

__all__ = ["weigh_all"]
