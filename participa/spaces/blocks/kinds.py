"""What a block of a front page may be, and what it reads to be shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar, cast

from participa.authorization import Actor
from participa.network.models import Network
from participa.spaces import queries
from participa.spaces.models import Component, Space, SpaceKind
from participa.wording import languages

T = TypeVar("T")
Place = Space | Network
Area = Literal["wide", "main", "side", "panel"]
"""Where a block stands: across the page, in the text, beside it, or first beside it on a phone."""


class Front:
    """A front page being made: whose it is, who reads it, and what several blocks need, read once."""

    def __init__(self, actor: Actor, place: Place, components: list[Component] | None = None) -> None:
        self.actor = actor
        self.place = place
        self._read: dict[str, object] = {}
        if components is not None:
            self.__dict__["components"] = components

    def once(self, name: str, read: Callable[[], T]) -> T:
        """What `read` gives, read once for all the blocks that need it."""
        if name not in self._read:
            self._read[name] = read()
        return cast(T, self._read[name])

    @property
    def space(self) -> Space | None:
        """The space, when it is one's."""
        return self.place if isinstance(self.place, Space) else None

    @cached_property
    def rows(self) -> list[tuple[Space, list[Component]]]:
        """The spaces that the reader may read, with their components, for the front page of the network."""
        return queries.spaces_with_components(self.actor, phases=True)

    @cached_property
    def components(self) -> list[Component]:
        """The components that the reader may read here."""
        return [component for _space, held in self.rows for component in held]

    @property
    def component_ids(self) -> list[int]:
        """Their numbers."""
        return [component.id for component in self.components]


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a block is told by whoever furnishes the page."""

    name: str
    label: Any
    kind: Literal["line", "body", "number", "choice", "addresses", "href"] = "line"
    note: Any = ""
    maximum: int = 200
    """Characters of a text, or the most of a number."""
    required: bool = False
    default: Any = ""
    choices: Callable[[Place], Sequence[tuple[str, Any]]] = lambda place: ()

    @property
    def is_said(self) -> bool:
        """Whether it is words, which are written in each of the network's languages."""
        return self.kind in ("line", "body")


@dataclass(frozen=True, slots=True)
class BlockKind:
    """One sort of block; `templates/blocks/<name>.html` shows what `gather` read."""

    name: str
    label: Any
    note: Any
    gather: Callable[[Front, Mapping[str, Any]], Mapping[str, Any] | None]
    """What the block shows, read for one reader; None shows nothing."""
    area: Area = "main"
    spaces: bool = True
    network: bool = False
    repeats: bool = False
    """Whether a page may have several."""
    asked: Sequence[Asked] = ()
    has_image: bool = False
    only: frozenset[SpaceKind] | None = None
    """The kinds of spaces that it is for; None is all."""
    rank: int = field(default=50)
    """Where it comes among those that may be added, and on a new page."""
    at_first: bool = False
    """Whether pages begin with it."""

    def fits(self, place: Place) -> bool:
        """Whether it may stand on this page."""
        if isinstance(place, Network):
            return self.network
        return self.spaces and (self.only is None or place.kind in self.only)


BLOCKS: dict[str, BlockKind] = {}


def register(kind: BlockKind) -> BlockKind:
    """Make a sort of block available to front pages."""
    BLOCKS[kind.name] = kind
    return kind


def offered(place: Place) -> list[BlockKind]:
    """The sorts of blocks that may stand on this page, in the order of their rank."""
    return sorted((kind for kind in BLOCKS.values() if kind.fits(place)), key=lambda kind: kind.rank)


def of_place(place: Place, *, draft: bool = False) -> list[dict[str, Any]]:
    """The blocks of a page: those in force or, with `draft`, those being changed; unknown ones are left out."""
    held = place.blocks_draft if draft and place.blocks_draft is not None else place.blocks
    if held is None:
        held = [{"id": kind.name, "kind": kind.name} for kind in offered(place) if kind.at_first]
    return [block for block in held if block.get("kind") in BLOCKS and BLOCKS[block["kind"]].fits(place)]


def settings_of(block: Mapping[str, Any]) -> dict[str, Any]:
    """What a block was told, completed with what it begins with."""
    kind, told = BLOCKS[block["kind"]], block.get("settings") or {}
    return {asked.name: told.get(asked.name, asked.default) for asked in kind.asked} | {
        name: value
        for name, value in told.items()
        if name in ("image", "html") or name.rpartition("_")[0] in ("html", *(a.name for a in kind.asked))
    }


def spoken(settings: Mapping[str, Any], wanted: str) -> tuple[dict[str, Any], str]:
    """What a block was told, in a language where it was written; and the network's first when that stands for it."""
    first, *others = languages()
    if wanted not in others:
        return dict(settings), ""
    said = {name: value for name, value in settings.items() if name.rpartition("_")[2] != wanted}
    written = {
        name.rpartition("_")[0]: value
        for name, value in settings.items()
        if name.endswith(f"_{wanted}") and value
    }
    missing = any(said.get(name) and name not in written for name in ("title", "body", "label"))
    return said | written, first if missing else ""
