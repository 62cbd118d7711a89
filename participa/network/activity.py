"""What members of the network write, as its pages show it; contributions, higher up, provide it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from participa.authorization import Actor
from participa.paging import Page


@dataclass(frozen=True, slots=True)
class Writing:
    """One thing someone wrote, ready for a list."""

    title: str
    href: str
    kind: Any
    """What it is, in a word of the reader's language."""
    at: datetime
    space: Any
    author: Any
    extract: str = ""
    about: str | None = None
    """The title of what it answers."""
    centre_count: int | None = None
    is_message: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A space where someone writes, and how much lately."""

    space: Any
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Glance:
    """How a centre takes part: when it last wrote, and how many centres answered its latest texts."""

    last_at: datetime | None = None
    answered_by: int = 0


class Activity(Protocol):
    """Reads that the pages of centres and members need; `who` is {"centre_id": …} or {"author_id": …}."""

    def writings(
        self, actor: Actor, who: Mapping[str, int], kind: str | None, key: str | None
    ) -> Page[Writing]:
        """What they wrote and `actor` may read, the latest first."""

    def places(self, actor: Actor, who: Mapping[str, int]) -> Sequence[Place]:
        """The spaces of their latest texts."""

    def glances(self, actor: Actor, centre_ids: Sequence[int]) -> Mapping[int, Glance]:
        """How each of these centres takes part."""


_activity: list[Activity] = []


def provide(activity: Activity) -> None:
    """Say where what members write is found."""
    _activity[:] = [activity]


def activity() -> Activity:
    """What members write."""
    return _activity[0]
