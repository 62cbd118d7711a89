"""Answering, publishing answers, promising dates; each function is one act and one transaction."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select, update

from participa import text
from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused
from participa.contributions import services as contributions
from participa.contributions.models import Contribution
from participa.db import clock, transaction
from participa.events import AnySession
from participa.proposals.answering.models import Answer, Standing
from participa.proposals.models import Proposal, ProposalState


class Given(NamedTuple):
    """An answer as a moderator wrote it."""

    state_id: int | None
    body: str
    cost: Decimal | None = None
    cost_report: str = ""
    execution_period: str = ""


class Seen(NamedTuple):
    """What a moderator had read when they decided: the revision of the text, and the last answer given to it."""

    revision: int
    answer_id: int = 0

    def __str__(self) -> str:
        return f"{self.revision}.{self.answer_id}"


class AnsweredMeanwhile(Exception):
    """Raised when the text or its answer changed since the moderator read them; carries what is there now."""

    def __init__(self, seen: Seen, last: Answer | None) -> None:
        super().__init__(str(seen))
        self.seen, self.last = seen, last


def answer(moderator: Member, proposal: Proposal, given: Given, *, seen: Seen, publish: bool) -> Answer:
    """Answer for the moderators: to all, who are told, or internally, for those who curate the space alone.

    Raises AnsweredMeanwhile when another moderator answered, or the author edited the text, in the meantime.
    """
    with transaction() as session:
        _lock(session, proposal, seen)
        state = _state(session, proposal, given.state_id)
        replaced = [Standing.PENDING, Standing.CURRENT] if publish else [Standing.PENDING]
        _set_aside(session, proposal, replaced)
        made = Answer(
            proposal_id=proposal.id,
            standing=Standing.CURRENT if publish else Standing.PENDING,
            state_id=given.state_id,
            body=given.body,
            html=text.to_html(given.body),
            cost=given.cost,
            cost_report=given.cost_report,
            execution_period=given.execution_period,
            given_at=clock(),
            given_by_id=moderator.id,
            published_at=clock() if publish else None,
        )
        session.add(made)
        session.flush()
        if publish:
            _take_effect(session, moderator, proposal, state, made)
        else:
            _note(session, moderator, proposal, "proposal.answer_kept")
    return made


def publish(moderator: Member, proposal: Proposal, *, seen: Seen) -> None:
    """Publish the internal answer as it stands. Raises AnsweredMeanwhile, or Refused when there is none."""
    with transaction() as session:
        _lock(session, proposal, seen)
        pending = _pending(session, proposal)
        state = _state(session, proposal, pending.state_id)
        _set_aside(session, proposal, [Standing.CURRENT])
        pending.standing, pending.published_at = Standing.CURRENT, clock()
        session.flush()
        _take_effect(session, moderator, proposal, state, pending)


def drop(moderator: Member, proposal: Proposal, *, seen: Seen) -> None:
    """Drop the internal answer; the history that those who curate read keeps it."""
    with transaction() as session:
        _lock(session, proposal, seen)
        _pending(session, proposal).standing = Standing.PAST
        _note(session, moderator, proposal, "proposal.answer_dropped")


def promise(moderator: Member, proposal: Proposal, day: date | None) -> bool:
    """Promise an answer for a day, change the day, or promise none any more; false when nothing changed."""
    with transaction() as session:
        own = Proposal.__table__.c
        before = session.execute(
            select(own.promised_on).where(own.id == proposal.id).with_for_update()
        ).scalar_one()
        if before == day:
            return False
        proposal.promised_on, proposal.reminded_at = day, None
        session.flush()
        if day is None:
            contributions.tell(session, moderator, proposal, "proposal.unpromised")
        else:
            contributions.tell(session, moderator, proposal, "proposal.promised", day=day.isoformat())
    return True


# ── Steps ────────────────────────────────────────────────────────────────────────────────────────


def _lock(session: AnySession, proposal: Proposal, seen: Seen) -> None:
    """Lock the proposal; raises AnsweredMeanwhile when it is no longer what was seen."""
    revision = session.execute(
        select(Contribution.revision).where(Contribution.id == proposal.id).with_for_update(key_share=True)
    ).scalar_one()
    newest = select(func.max(Answer.id)).where(Answer.proposal_id == proposal.id).scalar_subquery()
    last = session.scalar(select(Answer).where(Answer.id == newest))
    current = Seen(revision, last.id if last is not None else 0)
    if current != seen:
        raise AnsweredMeanwhile(current, last)


def _state(session: AnySession, proposal: Proposal, state_id: int | None) -> ProposalState | None:
    """The state, kept from being deleted until the end of the act; raises Refused when it is gone."""
    if state_id is None:
        return None
    found: ProposalState | None = session.scalar(
        select(ProposalState)
        .where(
            ProposalState.id == state_id,
            ProposalState.component_id == proposal.component_id,
            ProposalState.retired_at.is_(None),
        )
        .with_for_update(read=True)
    )
    if found is None:
        raise Refused("state_gone")
    return found


def _pending(session: AnySession, proposal: Proposal) -> Answer:
    found: Answer | None = session.scalar(
        select(Answer).where(Answer.proposal_id == proposal.id, Answer.standing == Standing.PENDING)
    )
    if found is None:
        raise Refused("not_internal")
    return found


def _set_aside(session: AnySession, proposal: Proposal, standings: list[Standing]) -> None:
    session.execute(
        update(Answer)
        .where(Answer.proposal_id == proposal.id, Answer.standing.in_(standings))
        .values(standing=Standing.PAST)
    )


def _take_effect(
    session: AnySession, moderator: Member, proposal: Proposal, state: ProposalState | None, made: Answer
) -> None:
    """Let the proposal be what its answer says, and tell people."""
    before = proposal.state.token if proposal.state else None
    proposal.state = state
    proposal.revision += 1
    session.flush()
    contributions.touch(session, proposal.id)
    details: dict[str, Any] = {"answer": state.token if state else None, "before": before}
    if state is not None:
        details["names"] = {"fr": state.name_fr, "en": state.name_en}
    contributions.tell(session, moderator, proposal, "proposal.answered", made.html, **details)


def _note(session: AnySession, moderator: Member, proposal: Proposal, action: str) -> None:
    """Record what is internal; nobody is told, and the proposal does not move."""
    record(session, moderator, action, proposal, space_id=proposal.component.space_id)
