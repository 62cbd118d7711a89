"""Proposals that wait for somebody: an answer of those who curate, a vote of a member."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)

from participa.authorization import Actor
from participa.contributions.models import Contribution
from participa.contributions.queries import shown, written_by_others
from participa.db import at_most, clock, db
from participa.proposals.models import Proposal, ProposalState
from participa.spaces.models import Component, Phase, Space, Visibility
from participa.spaces.queries import components_visible_to, hiding_counts
from participa.votes.models import Ballot, Vote

MOST_LEFT = 100


@dataclass(frozen=True, slots=True)
class Left:
    """How many proposals of one component wait for someone."""

    component_id: int
    slug: str
    """Of the space."""
    count: int
    until: date | None = None
    late: int = 0
    """How many of them are past the day for which an answer was promised."""


def to_answer(actor: Actor, today: date) -> list[Left]:
    """Where proposals wait for an answer: goal reached, promised, or answered for now; one statement."""
    own, goal = Proposal.__table__.c, goal_shown()
    count = func.count()
    query = (
        select(Component.id, Space.slug, count, func.count().filter(own.promised_on < today))
        .select_from(Contribution)
        .join(Proposal.__table__, own.id == Contribution.id)
        .join(Component, Component.id == Contribution.component_id)
        .join(Space, Space.id == Component.space_id)
        .where(components_visible_to(actor), Contribution.withdrawn_at.is_(None), shown())
        .where(waits_for_answer(goal))
        .group_by(Component.id, Space.slug)
        .order_by(count.desc(), Component.id)
    )
    if not actor.is_coordinator:
        query = query.where(Space.id.in_(sorted(actor.curated_spaces)))
    return [Left(number, slug, n, late=late) for number, slug, n, late in db.session.execute(query)]


def votes_left(actor: Actor, today: date, within: timedelta) -> list[Left]:
    """The components whose vote closes soon and where `actor` has not voted on everything; one statement.

    Each counts up to `MOST_LEFT` proposals, or as many as the member has votes left.
    """
    limit = cast(Component.settings["vote_limit"].astext, Integer)
    waiting = (
        select(literal(1))
        .select_from(Contribution)
        .join(Proposal.__table__, Proposal.__table__.c.id == Contribution.id)
        .where(
            Contribution.component_id == Component.id,
            Contribution.about_id.is_(None),
            Contribution.withdrawn_at.is_(None),
            shown(),
            written_by_others(actor.id),
            undecided(),
            ~exists().where(Vote.contribution_id == Contribution.id, Vote.voter_id == actor.id),
        )
        .correlate(Component)
        .limit(at_most(MOST_LEFT))
    )
    used = (
        select(Ballot.used)
        .where(Ballot.component_id == Component.id, Ballot.voter_id == actor.id)
        .scalar_subquery()
    )
    count = func.least(
        select(func.count()).select_from(waiting.subquery().lateral()).scalar_subquery(),
        limit - func.coalesce(used, 0),
    )
    query = (
        select(Component.id, Space.slug, count.label("left"), Phase.ends_on)
        .join(Component.space)
        .join(Phase, Phase.space_id == Space.id)
        .where(
            Component.kind == "proposals", components_visible_to(actor), Component.published_at.is_not(None)
        )
        .where(Phase.starts_on <= today, Phase.ends_on >= today, Phase.ends_on <= today + within)
        .where(
            func.jsonb_extract_path_text(Component.rules, cast(Phase.id, Text), "votes_enabled") == "true",
            func.jsonb_extract_path_text(
                Component.rules, cast(Phase.id, Text), "votes_blocked"
            ).is_distinct_from("true"),
            or_(
                Space.visibility.in_((Visibility.PUBLIC, Visibility.MEMBERS)),
                Space.id.in_(sorted(actor.roles)),
            ),
        )
        .order_by(Phase.ends_on, Component.id)
        .limit(at_most(20))
    )
    return [Left(*row) for row in db.session.execute(query) if row.left and row.left > 0]


def undecided() -> ColumnElement[bool]:
    """The condition on `proposals` that no final answer is published."""
    state, final = Proposal.__table__.c.state_id, ProposalState.__table__.c
    return or_(state.is_(None), ~exists().where(final.id == state, final.is_final))


def goal_shown() -> ColumnElement[int]:
    """The threshold of the component of a contribution; null where how many supports there are is not shown."""
    shown_to_all = and_(
        Component.settings["ballot"].astext == "support", Component.id.not_in(hiding_counts())
    )
    return case((shown_to_all, cast(Component.settings["threshold_per_proposal"].astext, Integer)))


def waits_for_answer(goal: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition on `contributions` and `proposals` that an answer is waited for.

    The goal of supports is reached, an answer is promised, or the one published is not final.
    """
    own = Proposal.__table__.c
    return and_(
        undecided(),
        or_(own.state_id.is_not(None), own.promised_on.is_not(None), Contribution.support_count >= goal),
    )


def goal_of(component: Component) -> int | None:
    """How many supports make a proposal wait for an answer; None where how many there are is not shown."""
    settings = component.configuration
    secret = settings.ballot != "support" or component.hides_counts_at(clock())
    return None if secret else settings.threshold_per_proposal
