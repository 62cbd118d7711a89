"""Pages of spaces: reading them, shaping them, their team, their components."""

from participa.spaces.joining import views as joining
from participa.spaces.sharing import views as sharing
from participa.spaces.topics import views as topics
from participa.spaces.translations import views as translations
from participa.spaces.views import components, front, groups, listing, phases, reading, shaping, team, trash
from participa.spaces.views.frame import bp

BLUEPRINTS = [bp]

__all__ = [
    "BLUEPRINTS",
    "components",
    "front",
    "groups",
    "joining",
    "listing",
    "phases",
    "reading",
    "shaping",
    "sharing",
    "team",
    "topics",
    "translations",
    "trash",
]
