"""Goals that are reached, the answers promised then, and the reminders of promised dates: the worker's part."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Role
from participa.contributions.models import Contribution
from participa.contributions.queries import shown
from participa.db import at_most, clock, day_of, transaction
from participa.events import AnySession, Happening, announce
from participa.proposals.answering.policies import answering_open
from participa.proposals.models import Proposal
from participa.proposals.queries import goal_shown, undecided
from participa.spaces.models import Component, Space, SpaceRole

BATCH = 100
REMINDED_BEFORE = timedelta(days=3)
"""How long before the promised day the moderators are reminded of it."""


def note_goals() -> int:
    """Note which proposals have their goal of supports, promising an answer where the tool says so; gives how many.

    Votes do not do it themselves: they stay as short as they are, and the moment of the last one is told to
    nobody. Imported supports were not gathered here: reaching a goal with them is nothing that happened.
    """
    goal = goal_shown()
    own = Proposal.__table__.c
    with transaction() as session:
        reached = session.scalars(
            select(Proposal)
            .join(Component, Component.id == Proposal.component_id)
            .where(
                Component.kind == "proposals",
                Component.trashed_at.is_(None),
                Component.settings["ballot"].astext == "support",
                Proposal.support_count >= goal,
                own.goal_reached_at.is_(None),
                Proposal.withdrawn_at.is_(None),
                Proposal.imported.is_(False),
                shown(Proposal),
            )
            .order_by(Proposal.id)
            .limit(at_most(BATCH))
            .options(_place())
            .with_for_update(of=Proposal.__table__, skip_locked=True)
        ).unique()
        found = list(reached)
        for proposal in found:
            _note_goal(session, proposal)
    return len(found)


def _place() -> Any:
    return joinedload(Proposal.component).joinedload(Component.space).selectinload(Space.phases)


def _note_goal(session: AnySession, proposal: Proposal) -> None:
    space_id, delay = proposal.component.space_id, proposal.component.configuration.answer_delay
    proposal.goal_reached_at = clock()
    record(session, None, "proposal.goal_reached", proposal, space_id=space_id)
    if delay is None or proposal.promised_on is not None or proposal.is_decided:
        return
    if not answering_open(proposal.component):
        return
    proposal.promised_on, proposal.reminded_at = day_of(clock()) + timedelta(days=delay), None
    details = {"day": proposal.promised_on.isoformat()}
    record(session, None, "proposal.promised", proposal, space_id=space_id, **details)
    announce(
        session,
        Happening(
            kind="proposal.promised",
            actor_id=None,
            space_id=space_id,
            contribution_id=proposal.id,
            about_id=proposal.id,
            details=details,
        ),
    )


def remind() -> int:
    """Remind those who curate a space of the answers promised for the days to come, once each; gives how many."""
    today, own = day_of(clock()), Proposal.__table__.c
    with transaction() as session:
        due = session.execute(
            update(Proposal.__table__)  # type: ignore[arg-type]
            .where(own.id.in_(_due(today)))
            .values(reminded_at=clock())
            .returning(own.id, own.promised_on)
        ).all()
        days = {number: day for number, day in due}
        places = session.execute(
            select(Contribution.id, Component.space_id)
            .join(Component, Component.id == Contribution.component_id)
            .where(Contribution.id.in_(days))
            .order_by(Contribution.id)
        ).all()
        for number, space_id in places:
            announce(
                session,
                Happening(
                    kind="proposal.answer_due",
                    actor_id=None,
                    space_id=space_id,
                    contribution_id=number,
                    about_id=number,
                    recipients=tuple(_curators(session, space_id)),
                    details={"day": days[number].isoformat()},
                ),
            )
    return len(due)


def _due(today: date) -> Select[int]:
    own = Proposal.__table__.c
    return (
        select(own.id)
        .join(Contribution, Contribution.id == own.id)
        .where(
            own.promised_on >= today,
            own.promised_on <= today + REMINDED_BEFORE,
            own.reminded_at.is_(None),
            undecided(),
            Contribution.withdrawn_at.is_(None),
            shown(),
        )
        .order_by(own.promised_on, own.id)
        .limit(at_most(BATCH))
        .with_for_update(of=Proposal.__table__, skip_locked=True)
        .correlate(None)
    )


def _curators(session: AnySession, space_id: int) -> Sequence[int]:
    """Who administers or moderates a space; without anybody, the coordinators, who administer every space."""
    active = (Member.deactivated_at.is_(None), Member.erased_at.is_(None))
    roles = (Role.ADMINISTRATOR, Role.MODERATOR)
    held = select(SpaceRole.member_id).where(SpaceRole.space_id == space_id, SpaceRole.role.in_(roles))
    found = session.scalars(select(Member.id).where(Member.id.in_(held), *active).order_by(Member.id)).all()
    if found:
        return found
    return session.scalars(select(Member.id).where(Member.is_coordinator, *active).order_by(Member.id)).all()
