"""The calendar of a space, changed as a whole, and the turns that the worker announces."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participa.audit.services import record
from participa.auth.models import Member
from participa.db import at_most, clock, day_of, transaction
from participa.events import AnySession, Happening, announce
from participa.ordering import advance
from participa.spaces.calendar import first_of
from participa.spaces.drafts import PlannedPhase
from participa.spaces.models import ALWAYS, Component, Phase, Space

BATCH = 100
"""How many phases one transaction of the worker turns."""


def set_calendar(
    editor: Member,
    space: Space,
    planned: Sequence[PlannedPhase],
    *,
    revision: int,
    merge: dict[str, Any],
) -> None:
    """Make `planned` the phases of a space; those that it does not hold are removed with their rules.

    The first phase of all takes over the rules in force, the others start closed; after the last one is removed,
    the rules of a space without phases hold again. Raises Conflict, carrying `merge`, when `revision` is stale.
    """
    with transaction() as session:
        advance(session, space, revision, merge)
        held = {phase.id: phase for phase in session.scalars(select(Phase).where(Phase.space_id == space.id))}
        first = first_of(planned) if not held else None
        today = day_of(clock())
        for wanted in sorted(planned, key=lambda phase: phase.starts_on):
            phase = held.pop(wanted.key, None) if wanted.key else None
            if phase is None:
                phase = _add(session, editor, space, wanted)
                if wanted is first:
                    _take_over(session, space, phase)
            else:
                _change(session, editor, phase, wanted, today)
        if held:
            _remove(session, editor, space, held)


def _add(session: AnySession, editor: Member, space: Space, wanted: PlannedPhase) -> Phase:
    phase = Phase(space_id=space.id, **_values(wanted))
    session.add(phase)
    session.flush()
    record(session, editor, "phase.added", phase, space_id=space.id, name=phase.name, after=_told(phase))
    return phase


def _change(session: AnySession, editor: Member, phase: Phase, wanted: PlannedPhase, today: date) -> None:
    before = _told(phase)
    for name, value in _values(wanted).items():
        setattr(phase, name, value)
    if _told(phase) == before:
        return
    if phase.starts_on > today:
        phase.begun_at = None  # its turn is announced when it comes again
    if phase.ends_on >= today:
        phase.ended_at = None
    after = _told(phase)
    record(
        session,
        editor,
        "phase.edited",
        phase,
        space_id=phase.space_id,
        before={key: value for key, value in before.items() if after[key] != value},
        after={key: value for key, value in after.items() if before[key] != value},
    )


def _remove(session: AnySession, editor: Member, space: Space, gone: dict[int, Phase]) -> None:
    for component in session.scalars(select(Component).where(Component.space_id == space.id)):
        component.rules = {
            key: rules for key, rules in component.rules.items() if not (key.isdecimal() and int(key) in gone)
        }
    for phase in gone.values():
        record(session, editor, "phase.removed", phase, space_id=space.id, before=_told(phase))
        session.delete(phase)


def _take_over(session: AnySession, space: Space, phase: Phase) -> None:
    for component in session.scalars(select(Component).where(Component.space_id == space.id)):
        component.rules = component.rules | {str(phase.id): component.rules.get(ALWAYS, {})}


def _values(wanted: PlannedPhase) -> dict[str, Any]:
    return {name: value for name, value in wanted._asdict().items() if name not in ("key", "translations")}


def _told(phase: Phase) -> dict[str, str]:
    return {
        "name": phase.name,
        "summary": phase.description,
        "starts_on": phase.starts_on.isoformat(),
        "ends_on": phase.ends_on.isoformat(),
    }


def turn_phases() -> int:
    """Announce the phases that began, and the calendars that ended, in published spaces; gives how many were due.

    Whatever was missed is caught up: of several phases that began meanwhile, only the one under way is told.
    """
    today = day_of(clock())
    with transaction() as session:
        here = (Space.trashed_at.is_(None), Space.published_at.is_not(None))
        order = (Phase.space_id, Phase.starts_on)
        due = session.scalars(
            select(Phase)
            .join(Phase.space)
            .where(*here, Phase.begun_at.is_(None), Phase.starts_on <= today)
            .order_by(*order)
            .limit(at_most(BATCH))
            .options(joinedload(Phase.space).selectinload(Space.phases))
            .with_for_update(of=Phase, skip_locked=True)
        ).all()
        over = session.scalars(
            select(Phase)
            .join(Phase.space)
            .where(*here, Phase.ended_at.is_(None), Phase.ends_on < today)
            .order_by(*order)
            .limit(at_most(BATCH))
            .options(joinedload(Phase.space).selectinload(Space.phases))
            .with_for_update(of=Phase, skip_locked=True)
        ).all()
        for phase in due:
            phase.begun_at = clock()
            if phase.ends_on >= today:
                _tell_begun(session, phase)
        for phase in over:
            phase.ended_at = clock()
            if phase is phase.space.phases[-1]:
                _tell(session, phase, "ended")
        return len(due) + len(over)


def _tell_begun(session: AnySession, phase: Phase) -> None:
    earlier = [other for other in phase.space.phases if other.ends_on < phase.starts_on]
    _tell(session, phase, "begun", **({"before": earlier[-1].name} if earlier else {}))


def _tell(session: AnySession, phase: Phase, what: str, **details: str) -> None:
    record(session, None, f"phase.{what}", phase, space_id=phase.space_id, **details, after=phase.name)
    told = {"name": phase.name, "day": phase.ends_on.isoformat()}
    announce(session, Happening(f"phase.{what}", None, phase.space_id, details=told))
