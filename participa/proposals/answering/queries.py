"""Reads of answers: what waits for one, the history of one, templates."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Integer, Select, and_, func, literal, select, type_coerce
from sqlalchemy.orm import Bundle, aliased, joinedload, raiseload

from participa.auth.models import Member
from participa.contributions.models import Contribution
from participa.contributions.queries import shown
from participa.db import at_most, db
from participa.paging import Page, page_of
from participa.proposals.answering.models import Answer, AnswerTemplate, Standing
from participa.proposals.models import Proposal, ProposalState
from participa.proposals.queries import goal_of, undecided, waits_for_answer
from participa.spaces.models import Component, Space

PAGE = 50
"""How many proposals the desk shows, and one act answers, at once."""
EPOCH = date(2000, 1, 1)
NEVER = 1_000_000
MOST_TEMPLATES = 200


def desk(component: Component, show: str, today: date, key: str | None) -> Page[Any]:
    """A page of the proposals to answer, as rows: those promised soonest, then the most supported; one statement."""
    own, pending, author = Proposal.__table__.c, aliased(Answer), aliased(Member)
    row: Bundle[Any] = Bundle(
        "proposal",
        Contribution.id,
        Contribution.title,
        Contribution.revision,
        Contribution.support_count,
        Contribution.published_at,
        own.state_id,
        own.promised_on,
        pending.id.label("pending_id"),
        pending.state_id.label("pending_state_id"),
        author.name.label("author"),
    )
    goal = goal_of(component)
    chosen = {
        "waiting": waits_for_answer(literal(goal, Integer)),
        "late": and_(undecided(), own.promised_on < today),
        "internal": pending.id.is_not(None),
        "open": undecided(),
        "answered": own.state_id.is_not(None),
    }[show]
    query = (
        select(row)
        .select_from(Contribution)
        .join(Proposal.__table__, own.id == Contribution.id)
        .outerjoin(pending, and_(pending.proposal_id == own.id, pending.standing == Standing.PENDING))
        .outerjoin(author, author.id == Contribution.author_id)
        .where(
            Contribution.component_id == component.id,
            Contribution.about_id.is_(None),
            Contribution.withdrawn_at.is_(None),
            shown(),
            chosen,
        )
    )
    days = type_coerce(own.promised_on - EPOCH, Integer)
    order = (func.coalesce(days, NEVER, type_=Integer), 0 - Contribution.support_count, Contribution.id)
    return page_of(query, order, key, size=PAGE, descending=False)


def chosen(component: Component, ids: Sequence[int]) -> list[Proposal]:
    """The proposals of a component with these ids, in this order, with author, place, phases; one statement."""
    found = db.session.scalars(
        select(Proposal)
        .where(Proposal.id.in_(ids), Proposal.component_id == component.id)
        .options(
            joinedload(Proposal.author),
            joinedload(Proposal.centre),
            joinedload(Proposal.state),
            joinedload(Proposal.component).joinedload(Component.space).joinedload(Space.phases),
        )
    ).unique()
    by_id = {proposal.id: proposal for proposal in found}
    return [by_id[number] for number in ids if number in by_id]


def last_answers(ids: Sequence[int]) -> dict[int, Answer]:
    """The last answer given to each of some proposals, published or not, with its state."""
    newest = select(func.max(Answer.id)).where(Answer.proposal_id.in_(ids)).group_by(Answer.proposal_id)
    found = db.session.scalars(select(Answer).where(Answer.id.in_(newest)).options(joinedload(Answer.state)))
    return {answer.proposal_id: answer for answer in found}


def history(proposal: Proposal, key: str | None, *, internal: bool) -> Page[Answer]:
    """The answers that a proposal was given, the last first, with states and writers; internal ones when asked."""
    query = (
        select(Answer)
        .where(Answer.proposal_id == proposal.id)
        .options(joinedload(Answer.state), joinedload(Answer.given_by), raiseload("*"))
    )
    if not internal:
        query = query.where(Answer.published_at.is_not(None))
    return page_of(query, (Answer.id,), key)


def templates(component: Component) -> list[AnswerTemplate]:
    """The templates of a component by name, with their states."""
    query: Select[AnswerTemplate] = (
        select(AnswerTemplate)
        .where(AnswerTemplate.component_id == component.id)
        .order_by(func.fold(AnswerTemplate.name), AnswerTemplate.id)
        .limit(at_most(MOST_TEMPLATES))
        .options(joinedload(AnswerTemplate.state))
    )
    return list(db.session.scalars(query))


def template(component: Component, template_id: int) -> AnswerTemplate | None:
    """One template of a component, with its state."""
    return db.session.scalar(
        select(AnswerTemplate)
        .where(AnswerTemplate.id == template_id, AnswerTemplate.component_id == component.id)
        .options(joinedload(AnswerTemplate.state))
    )


def uses(component: Component) -> dict[int, int]:
    """How many proposals each state of a component is the state of, and templates and internal answers of."""
    own = Proposal.__table__.c
    rows = db.session.execute(
        select(
            ProposalState.id,
            select(func.count()).where(own.state_id == ProposalState.id).scalar_subquery()
            + select(func.count())
            .where(Answer.state_id == ProposalState.id, Answer.standing == Standing.PENDING)
            .scalar_subquery()
            + select(func.count()).where(AnswerTemplate.state_id == ProposalState.id).scalar_subquery(),
        ).where(ProposalState.component_id == component.id, ProposalState.retired_at.is_(None))
    )
    return {state_id: count for state_id, count in rows}


def state(component: Component, state_id: int) -> ProposalState | None:
    """One state of a component that is still offered."""
    return db.session.scalar(
        select(ProposalState).where(
            ProposalState.id == state_id,
            ProposalState.component_id == component.id,
            ProposalState.retired_at.is_(None),
        )
    )
