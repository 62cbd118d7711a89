"""Reads of amendments."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload, raiseload

from participa.auth.models import Member
from participa.authorization import Actor
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import is_author
from participa.contributions.queries import shown, standing, written_by
from participa.db import at_most, db
from participa.paging import Page, page_of
from participa.proposals.amendments.models import Amendment
from participa.proposals.models import Proposal
from participa.votes.models import Vote

FIRST = 5
"""How many a proposal's page shows, those that wait for an answer first."""


@dataclass(frozen=True, slots=True)
class Found:
    """One amendment as its page shows it to one reader; the proposal is read on its own."""

    amendment: Amendment
    mine: bool
    """Whether the reader supports it."""
    decided_by: Member | None
    promoted: Contribution | None
    """The proposal it became, with its place."""


def find(proposal: Proposal, amendment_id: int, actor: Actor) -> Found | None:
    """An amendment to a proposal that the reader may read, with its author and what became of it; one statement."""
    decider, promoted = aliased(Member), aliased(Contribution, flat=True)
    mine = exists().where(Vote.contribution_id == Amendment.id, Vote.voter_id == actor.id)
    row = db.session.execute(
        select(Amendment, mine, decider, promoted)
        .outerjoin(decider, decider.id == Amendment.decided_by_id)
        .outerjoin(promoted, (promoted.id == Amendment.promoted_id) & shown(promoted))
        .where(Amendment.id == amendment_id, Amendment.about_id == proposal.id)
        .options(joinedload(Amendment.author), joinedload(Amendment.centre))
    ).first()
    return Found(row[0], bool(row[1]), row[2], row[3]) if row else None


def _listed_to(actor: Actor, proposal: Proposal) -> ColumnElement[bool]:
    """The condition that lists of a proposal's amendments show one to `actor`."""
    if is_author(actor, proposal) or actor.moderates(proposal.component.space_id):
        return standing(Amendment)
    return or_(shown(Amendment), and_(standing(Amendment), written_by(actor.id, Amendment)))


def first_of(proposal: Proposal, actor: Actor) -> tuple[Sequence[Amendment], int, int]:
    """Some amendments to show beside a proposal, how many there are, and how many wait; those it came from too.

    One statement.
    """
    waits = Amendment.decision.is_(None) & Amendment.withdrawn_at.is_(None)
    about = Amendment.about_id == proposal.id
    base, own = Contribution.__table__.alias().c, Amendment.__table__.alias().c
    either = union_all(
        select(base.id).where(base.about_id == proposal.id, base.kind == ContributionKind.AMENDMENT),
        select(own.id).where(own.promoted_id == proposal.id),
    )
    rows = db.session.execute(
        select(
            Amendment,
            func.count().filter(about).over(),
            func.count().filter(waits & about).over(),
        )
        .where(Amendment.id.in_(either), _listed_to(actor, proposal))
        .options(joinedload(Amendment.author), joinedload(Amendment.centre), joinedload(Amendment.about))
        .options(raiseload("*", sql_only=True))
        .order_by(
            (Amendment.promoted_id == proposal.id).desc().nulls_last(), waits.desc(), Amendment.id.desc()
        )
        .limit(at_most(FIRST + 1))
    ).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0, rows[0][2] if rows else 0


def listed(proposal: Proposal, actor: Actor, key: str | None) -> Page[Amendment]:
    """A page of the amendments to a proposal, the latest first, with their authors; one statement."""
    query = (
        select(Amendment)
        .where(Amendment.about_id == proposal.id, _listed_to(actor, proposal))
        .options(joinedload(Amendment.author), joinedload(Amendment.centre), raiseload("*", sql_only=True))
    )
    return page_of(query, (Amendment.published_at, Amendment.id), key)
