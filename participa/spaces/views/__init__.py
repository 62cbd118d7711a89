"""Pages of spaces."""

from participa.spaces.views.reading import bp

BLUEPRINTS = [bp]
