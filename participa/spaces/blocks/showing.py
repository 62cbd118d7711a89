"""Showing a front page: its blocks in order, side by side where they stand beside the text."""

from dataclasses import dataclass, field
from typing import Any

from participa.catalogues import language
from participa.spaces.blocks.kinds import BLOCKS, BlockKind, Front, of_place, settings_of, spoken


@dataclass(frozen=True, slots=True)
class Shown:
    """A block as its template shows it."""

    id: str
    kind: BlockKind
    content: dict[str, Any]


@dataclass(slots=True)
class Run:
    """Blocks that stand together: one across the page, or some in the text and some beside it."""

    wide: Shown | None = None
    main: list[Shown] = field(default_factory=list)
    side: list[Shown] = field(default_factory=list)
    panel: list[Shown] = field(default_factory=list)


def runs(front: Front, *, draft: bool = False) -> list[Run]:
    """The page as `templates/blocks/_page.html` lays it out; a few statements for each block."""
    found: list[Run] = []
    for block in of_place(front.place, draft=draft):
        kind = BLOCKS[block["kind"]]
        settings, fallback = spoken(settings_of(block), language())
        content = kind.gather(front, settings)
        if content is None:
            continue
        shown = Shown(str(block["id"]), kind, dict(content))
        if fallback:
            shown.content["lang"] = fallback
        if kind.area == "wide":
            found.append(Run(wide=shown))
            continue
        if not found or found[-1].wide is not None:
            found.append(Run())
        getattr(found[-1], kind.area).append(shown)
    return found
