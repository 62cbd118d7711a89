"""Pages of answers, on the blueprint of proposals."""

from participa.proposals.answering.views import answers, desk, shaping, templates

__all__ = ["answers", "desk", "shaping", "templates"]
