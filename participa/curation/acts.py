"""The registry of the acts: what each is called, and how it is undone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from participa.auth.models import Member
from participa.contributions.models import Contribution
from participa.curation.models import CurationAct
from participa.spaces.models import Component

UNDOABLE = timedelta(days=30)

Undo = Callable[[Member, CurationAct], int]
"""Takes an act back, keeping what came after; gives how many of its texts were changed since, and stay as they are."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of act."""

    label: Any
    """What was done, lazily translated, such as "Pinned"."""
    undo: Undo


KINDS: dict[str, Kind] = {}

Mover = Callable[[Member, Contribution, Component], None]
MOVERS: dict[str, Mover] = {}
"""How the texts of each kind of component are moved to another one of that kind; without noting an act."""


def register(name: str, label: Any) -> Callable[[Undo], Undo]:
    """Make an act of this name known, undone by the decorated function."""

    def add(undo: Undo) -> Undo:
        KINDS[name] = Kind(label, undo)
        return undo

    return add
