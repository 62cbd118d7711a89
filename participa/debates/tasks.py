"""What the worker does for debates."""

from participa.debates import together

__all__ = ["together"]
