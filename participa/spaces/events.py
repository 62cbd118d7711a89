"""What other features may follow."""

from dataclasses import dataclass
from typing import Any

from participa.spaces.models import Component


@dataclass(frozen=True, slots=True)
class ComponentConfigured:
    """A component's settings, rules or texts changed."""

    component: Component
    changes: dict[str, list[Any]]
    """What was and what is, by name."""
