"""Pages of spaces: reading them, shaping them, their team, their components."""

from participa.spaces.joining import views as joining
from participa.spaces.views import components, front, groups, phases, reading, shaping, team, trash
from participa.spaces.views.frame import bp

BLUEPRINTS = [bp]

__all__ = [
    "BLUEPRINTS",
    "components",
    "front",
    "groups",
    "joining",
    "phases",
    "reading",
    "shaping",
    "team",
    "trash",
]
