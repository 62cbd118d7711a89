"""The phases of a process: days that do not overlap."""

from sqlalchemy import select

from participa.audit.services import record
from participa.auth.models import Member
from participa.db import transaction
from participa.events import AnySession
from participa.spaces.drafts import PhaseDraft
from participa.spaces.models import ALWAYS, Component, Phase, Space


class Overlap(Exception):
    """Raised when two phases would share a day; carries the phase in the way."""

    def __init__(self, other: Phase) -> None:
        super().__init__(other.id)
        self.other = other


def add_phase(editor: Member, space: Space, draft: PhaseDraft) -> Phase:
    """Add a phase; the first takes over the rules in force, the next ones start closed. Raises Overlap."""
    with transaction() as session:
        others = _locked_phases(session, space, draft)
        phase = Phase(space_id=space.id, **draft._asdict())
        session.add(phase)
        session.flush()
        if not others:
            for component in session.scalars(select(Component).where(Component.space_id == space.id)):
                component.rules = component.rules | {str(phase.id): component.rules.get(ALWAYS, {})}
        record(session, editor, "phase.added", phase, space_id=space.id, **_days(draft))
    return phase


def edit_phase(editor: Member, space: Space, phase: Phase, draft: PhaseDraft) -> None:
    """Rename a phase or move its days. Raises Overlap."""
    with transaction() as session:
        _locked_phases(session, space, draft, phase.id)
        before = _days(PhaseDraft(phase.name, phase.description, phase.starts_on, phase.ends_on))
        for name, value in draft._asdict().items():
            setattr(phase, name, value)
        record(session, editor, "phase.edited", phase, space_id=space.id, before=before, **_days(draft))


def remove_phase(editor: Member, space: Space, phase: Phase) -> None:
    """Remove a phase with its rules; after the last one, the rules of the space without phases hold again."""
    with transaction() as session:
        _locked_phases(session, space)
        for component in session.scalars(select(Component).where(Component.space_id == space.id)):
            component.rules = {key: rules for key, rules in component.rules.items() if key != str(phase.id)}
        draft = PhaseDraft(phase.name, phase.description, phase.starts_on, phase.ends_on)
        record(session, editor, "phase.removed", phase, space_id=space.id, **_days(draft))
        session.delete(phase)


def _locked_phases(
    session: AnySession, space: Space, draft: PhaseDraft | None = None, own_id: int | None = None
) -> list[Phase]:
    """The other phases of a space, under its lock; raises Overlap when one shares a day with `draft`."""
    session.execute(select(Space.id).where(Space.id == space.id).with_for_update())
    phases = session.scalars(select(Phase).where(Phase.space_id == space.id)).all()
    others = [phase for phase in phases if phase.id != own_id]
    for other in others:
        if draft and draft.starts_on <= other.ends_on and other.starts_on <= draft.ends_on:
            raise Overlap(other)
    return others


def _days(draft: PhaseDraft) -> dict[str, str]:
    return {"starts_on": draft.starts_on.isoformat(), "ends_on": draft.ends_on.isoformat()}
