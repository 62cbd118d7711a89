"""What packages above spaces tell of their life: how much there is, what moved, which centres took part."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from participa.authorization import Actor
from participa.network.models import Centre
from participa.spaces.models import Space

COUNTED = 1_000
"""Counts stop here; a list this long says "more than"."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many contributions stand in a component, and when the last one moved."""

    count: int
    """At most `COUNTED` + 1."""
    moved_at: datetime | None


class Overview:
    """The readers that the home package registers; each is one statement whatever the size."""

    def __init__(self) -> None:
        self.tallies: Callable[[Sequence[int]], Mapping[int, Tally]] = lambda component_ids: {}
        self.latest: Callable[[Sequence[int], int], list[Any]] = lambda component_ids, limit: []
        """What moved last in some components: contributions with author and centre, their state and what happened."""
        self.chosen: Callable[[Actor, Sequence[int]], list[Any]] = lambda actor, ids: []
        """Some contributions by number, as `latest` gives them: those that the reader may read, in that order."""
        self.cover: Callable[[Space], Any] = lambda space: None
        """The image of a space, with its file."""
        self.centres: Callable[[Sequence[int]], list[Centre]] = lambda component_ids: []
        """The centres that took part in some components, by name."""


overview = Overview()

Tab = tuple[str, Any, str, int | str | None]
"""A tab of a space: key, label, address, count."""
TABS: list[Callable[[Actor, Space], Tab | None]] = []
"""What features add to the tabs of a space, after its components."""


@dataclass(frozen=True, slots=True)
class Trashed:
    """One thing in the trash of a space."""

    title: str
    at: datetime
    who: str | None
    """The name of who put it there, where it is known."""
    restore_href: str
    """Where a form that says `act=restore` takes it out."""


TRASH: list[Callable[[Space], list[Trashed]]] = []
"""What features list in the trash of a space; one statement each."""

Maker = Callable[[Actor, Space], Markup | None]
BESIDE_NAME: list[Maker] = []
"""What features put under the name of a space, such as the button that follows it."""


def beside_name(*, first: bool = False) -> Callable[[Maker], Maker]:
    """Add what the decorated function makes under the name of each space, before what is there or after it."""

    def add(maker: Maker) -> Maker:
        BESIDE_NAME.insert(0 if first else len(BESIDE_NAME), maker)
        return maker

    return add
