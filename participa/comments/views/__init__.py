"""Pages and fragments of threads."""

from participa.comments.views import live
from participa.comments.views.pages import bp, thread

BLUEPRINTS = [bp]

__all__ = ["BLUEPRINTS", "live", "thread"]
