"""One proposal, as its page shows it to one reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased, joinedload

from participa.auth.models import Member
from participa.authorization import Actor
from participa.contributions.models import Authorship, Contribution, Part, Version
from participa.db import db
from participa.follows.models import Follow
from participa.network.models import Centre
from participa.proposals.answering.models import Answer, Standing
from participa.proposals.lineage.models import LineageLink
from participa.proposals.models import Proposal
from participa.spaces.models import Component, Space, Topic
from participa.votes.models import Ballot, Vote


@dataclass(frozen=True, slots=True)
class Found:
    """One proposal as its page shows it to one reader."""

    proposal: Proposal
    version: int
    """The number of the version in force."""
    mine: int | None
    """The reader's vote."""
    counted: bool
    """Whether it counts, or waits for others of theirs."""
    follows: bool
    used: int
    """How many votes the reader has cast in a component with a limit or a minimum."""
    coauthors: Sequence[Any]
    """The authors beside the first, as `CoAuthor`s."""
    invited: bool
    """Whether the reader is asked to be an author."""
    answer: Answer | None
    """The published one."""
    pending: Answer | None
    """The internal one, for those who curate the space alone."""
    last_answer: int
    """The id of the last answer given, whatever became of it; 0 without one."""
    earlier: bool
    """Whether other answers were published before."""
    has_lineage: bool
    """Whether it was merged, split, copied or moved."""


class CoAuthor(NamedTuple):
    """An author beside the first, as pages name them."""

    id: int
    name: str
    erased_at: str | None
    centre: str | None


@cache
def _whole() -> Select[Any]:
    """The statement of `find`, made once; without a `reader`, what is theirs is nothing."""
    reader, vote = bindparam("reader", type_=Integer), aliased(Vote)
    version = (
        select(func.max(Version.number))
        .where(Version.contribution_id == Contribution.id, Version.part == Part.TEXT)
        .scalar_subquery()
    )
    mine = select(vote.value).where(vote.contribution_id == Contribution.id, vote.voter_id == reader)
    counted = select(vote.counted).where(vote.contribution_id == Contribution.id, vote.voter_id == reader)
    follows = exists().where(Follow.contribution_id == Contribution.id, Follow.member_id == reader)
    used = select(Ballot.used).where(
        Ballot.component_id == Contribution.component_id, Ballot.voter_id == reader
    )
    invited = exists().where(
        Authorship.contribution_id == Contribution.id,
        Authorship.member_id == reader,
        Authorship.accepted_at.is_(None),
        Authorship.declined_at.is_(None),
    )
    current, pending, past = aliased(Answer), aliased(Answer), aliased(Answer)
    last = select(func.max(past.id)).where(past.proposal_id == Proposal.id)
    earlier = exists().where(
        past.proposal_id == Proposal.id, past.standing == Standing.PAST, past.published_at.is_not(None)
    )
    return (
        select(
            Proposal,
            version,
            mine.scalar_subquery(),
            counted.scalar_subquery(),
            follows,
            used.scalar_subquery(),
            _coauthors(),
            invited,
            current,
            pending,
            last.scalar_subquery(),
            earlier,
            exists().where(LineageLink.proposal_id == Proposal.id),
        )
        .select_from(Proposal)
        .outerjoin(current, and_(current.proposal_id == Proposal.id, current.standing == Standing.CURRENT))
        .outerjoin(pending, and_(pending.proposal_id == Proposal.id, pending.standing == Standing.PENDING))
        .where(Proposal.id == bindparam("id"), Proposal.component_id == bindparam("component_id"))
        .options(
            joinedload(Proposal.author),
            joinedload(Proposal.centre),
            joinedload(Proposal.topic),
            joinedload(Proposal.state),
            joinedload(pending.state),
            joinedload(Proposal.component).joinedload(Component.space).joinedload(Space.phases),
        )
    )


def find(component_id: int, proposal_id: int, actor: Actor) -> Found | None:
    """A proposal with its author, place, phases, topic, answers, and what the reader did; one statement."""
    values = {"id": proposal_id, "component_id": component_id, "reader": actor.id}
    row = db.session.execute(_whole(), values).unique().first()
    if row is None:
        return None
    (
        proposal, version, mine, counted, follows, used, coauthors, invited, answer, pending, last, earlier, lineage
    ) = row  # fmt: skip
    return Found(
        proposal,
        version or 1,
        mine,
        counted is not False,
        bool(follows),
        used or 0,
        [CoAuthor(*fields) for fields in coauthors or ()],
        bool(invited),
        answer,
        pending,
        last or 0,
        bool(earlier),
        bool(lineage),
    )


def _coauthors() -> ScalarSelect[Any]:
    """The other authors of a proposal, the first first; looked up for those that have some."""
    member, centre = Member.__table__.alias("coauthor"), Centre.__table__.alias("coauthor_centre")
    fields = func.jsonb_build_array(member.c.id, member.c.name, member.c.erased_at, centre.c.name)
    return (
        select(func.jsonb_agg(aggregate_order_by(fields, Authorship.accepted_at, Authorship.member_id)))
        .select_from(Authorship)
        .join(member, member.c.id == Authorship.member_id)
        .outerjoin(centre, centre.c.id == Authorship.centre_id)
        .where(Authorship.contribution_id == Contribution.id, Authorship.accepted_at.is_not(None))
        .scalar_subquery()
    )


def topic_of(component: Component, topic_id: int | None) -> Topic | None:
    """The topic of this component with this id."""
    return next((topic for topic in component.topics if topic.id == topic_id), None)


def count_written(author_id: int | None, component_id: int) -> int:
    """How many proposals of a member stand in a component: hidden ones count, withdrawn ones do not."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Contribution)
            .where(
                Contribution.author_id == author_id,
                Contribution.component_id == component_id,
                Contribution.about_id.is_(None),
                Contribution.withdrawn_at.is_(None),
                Contribution.trashed_at.is_(None),
            )
        )
        or 0
    )
