"""What moving and editing have in common."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from participa.errors import Conflict
from participa.events import AnySession

STEPS = {"up": -1, "down": 1}
"""What the buttons that move a row say, and how far they move it."""


def advance(session: AnySession, thing: Any, revision: int, merge: dict[str, Any]) -> None:
    """Take the next revision of a row; raises Conflict, carrying `merge`, when `revision` is stale."""
    model = type(thing)
    changed = session.execute(
        update(model)
        .where(model.id == thing.id, model.revision == revision)
        .values(revision=revision + 1)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise Conflict(**merge)
    set_committed_value(thing, "revision", revision + 1)


def move(session: AnySession, things: Any, moved_id: int, step: int) -> bool:
    """Exchange one row with its neighbour `step` places on; false when there is none. Locks the list."""
    rows = list(session.scalars(things.with_for_update()))
    at = next((place for place, row in enumerate(rows) if row.id == moved_id), None)
    if at is None or not 0 <= at + step < len(rows):
        return False
    rows[at], rows[at + step] = rows[at + step], rows[at]
    for place, row in enumerate(rows):
        if row.position != place:
            row.position = place
    return True


def last_position(session: AnySession, model: Any, *conditions: Any) -> int:
    """The place after the last row."""
    positions = session.scalars(select(model.position).where(*conditions)).all()
    return max(positions, default=-1) + 1
