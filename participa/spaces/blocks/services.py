"""Changing the blocks of a front page; what is being changed is seen only by those who shape it, until in force."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from participa import text
from participa.audit.services import record
from participa.auth.models import Member
from participa.db import transaction
from participa.errors import Conflict
from participa.events import AnySession
from participa.spaces.blocks.kinds import BLOCKS, Place, of_place
from participa.spaces.models import Space

MOST = 30
"""Blocks of one page."""
Blocks = list[dict[str, Any]]


def add_block(place: Place, kind: str) -> str | None:
    """Add a block at the end; gives its name in the page, None when there may be no more or no second one."""
    name = secrets.token_hex(4)

    def change(blocks: Blocks) -> Blocks | None:
        again = any(block["kind"] == kind for block in blocks)
        if len(blocks) >= MOST or (again and not BLOCKS[kind].repeats):
            return None
        return [*blocks, {"id": name, "kind": kind}]

    return name if _change(place, change) is not None else None


def remove_block(place: Place, name: str) -> bool:
    """Take a block off the page; false when it is not there any more."""
    return (
        _change(place, lambda blocks: _unless_same(blocks, [b for b in blocks if b["id"] != name]))
        is not None
    )


def move_block(place: Place, name: str, step: int) -> int | None:
    """Move a block one place up (−1) or down (+1); gives its new place from 1, None when it cannot."""

    def change(blocks: Blocks) -> Blocks | None:
        at = _index(blocks, name)
        if at is None or not 0 <= at + step < len(blocks):
            return None
        blocks[at], blocks[at + step] = blocks[at + step], blocks[at]
        return blocks

    moved = _change(place, change)
    return None if moved is None else (_index(moved, name) or 0) + 1


def order_blocks(place: Place, names: Sequence[str]) -> bool:
    """Put the blocks in this order; those not named come last, as they were."""
    ranks = {name: rank for rank, name in enumerate(names)}
    changed = _change(
        place,
        lambda blocks: _unless_same(blocks, sorted(blocks, key=lambda b: ranks.get(b["id"], len(ranks)))),
    )
    return changed is not None


def tell_block(
    place: Place, name: str, settings: Mapping[str, Any], *, revision: int, merge: dict[str, Any]
) -> bool:
    """Tell a block what to show; false when it is not there any more.

    Raises Conflict, carrying `merge`, when somebody told it something else since `revision`.
    """
    told = dict(settings)
    for source in [each for each in told if each == "body" or each.startswith("body_")]:
        told[source.replace("body", "html")] = text.to_html(told[source] or "")

    def change(blocks: Blocks) -> Blocks | None:
        at = _index(blocks, name)
        if at is None:
            return None
        if blocks[at].get("revision", 1) != revision:
            raise Conflict(**merge)
        blocks[at] = blocks[at] | {"settings": told, "revision": revision + 1}
        return blocks

    return _change(place, change) is not None


def publish_blocks(editor: Member, place: Place) -> bool:
    """Put what was being changed in force; false when nothing was."""
    with transaction() as session:
        _lock(session, place)
        if place.blocks_draft is None:
            return False
        before, after = of_place(place), of_place(place, draft=True)
        place.blocks, place.blocks_draft = after, None
        record(
            session,
            editor,
            "front.published",
            place,
            space_id=place.id if isinstance(place, Space) else None,
            before=[block["kind"] for block in before],
            after=[block["kind"] for block in after],
        )
    return True


def discard_blocks(place: Place) -> bool:
    """Give up what was being changed: the page in force stays."""
    with transaction() as session:
        _lock(session, place)
        had = place.blocks_draft is not None
        place.blocks_draft = None
    return had


def _change(place: Place, change: Callable[[Blocks], Blocks | None]) -> Blocks | None:
    """Change the list under the lock of its row, starting from what others made of it; None changes nothing."""
    with transaction() as session:
        _lock(session, place)
        changed = change([dict(block) for block in of_place(place, draft=True)])
        if changed is not None:
            place.blocks_draft = changed
    return changed


def _lock(session: AnySession, place: Place) -> None:
    model = type(place)
    row = session.execute(
        select(model.blocks, model.blocks_draft).where(model.id == place.id).with_for_update()
    ).one()
    set_committed_value(place, "blocks", row.blocks)
    set_committed_value(place, "blocks_draft", row.blocks_draft)


def _index(blocks: Blocks, name: str) -> int | None:
    return next((n for n, block in enumerate(blocks) if block["id"] == name), None)


def _unless_same(before: Blocks, after: Blocks) -> Blocks | None:
    return None if [b["id"] for b in before] == [b["id"] for b in after] else after
