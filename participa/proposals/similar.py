"""The proposals close to one being written, and to one that is read."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app
from sqlalchemy import FromClause, Integer, Select, bindparam, case, select
from sqlalchemy.orm import defer, joinedload

from participa import text
from participa.authorization import Actor, Role
from participa.config import Settings
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.queries import listed_to
from participa.db import at_most, db
from participa.proposals.models import Proposal, Sign
from participa.proposals.panel import Vote, vote_of
from participa.proposals.policies import may_vote
from participa.similarity.client import vector_of
from participa.similarity.queries import Close, close_beside, close_to
from participa.similarity.services import gist
from participa.spaces.models import Component, Space
from participa.votes.models import Ballot
from participa.votes.models import Vote as Cast

SHOWN = 3
SIMILAR = 0.28
"""How close a text must be to one being typed: four paraphrases in five are, unrelated texts are not."""
NEAR = 0.55
"""How close two published texts must be to be named side by side; see docs/decisions/0016."""
SAME_TOOL = 0.1
"""What a proposal of the same tool gains on the others."""
READ = 2_000
"""Characters of a body being typed that are read."""
FEWEST = 2
"""Words that a title needs before anything is looked for."""


Life = Callable[..., str | Sign]
"""Where a proposal is in its life: `life(proposal, voting=…)`."""


@dataclass(frozen=True, slots=True)
class Found:
    """A proposal that is close, as it is shown to one reader."""

    item: Proposal
    mine: int | None
    """The reader's vote on it."""
    vote: Vote
    life: str | Sign
    may_support: bool
    elsewhere: bool
    """Whether it is of another space."""
    counted: bool
    """Whether its votes are shown."""


def while_writing(
    writer: Actor, component: Component, title: str, body: str, language: str, life: Life
) -> list[Found]:
    """The closest to a text being typed that the writer may read; by its words while the encoder is away."""
    if not component.configuration.similar_proposals or len(text.to_words(title).split()) < FEWEST:
        return []
    words = gist(title, text.to_html(body[:READ]))
    return _read(close_to(words, language, vector_of(words)), writer, component, life, least=SIMILAR)


def near(reader: Actor, proposal: Proposal, life: Life) -> list[Found]:
    """The proposals that are near one that is read; one statement."""
    settings: Settings = current_app.config["SETTINGS"]
    if not (settings.encoder and proposal.component.configuration.similar_proposals):
        return []
    close = close_beside(proposal.id, proposal.title or "", proposal.language)
    return _read(close, reader, proposal.component, life, least=NEAR, but=proposal.id)


def _read(
    close: Close, reader: Actor, component: Component, life: Life, *, least: float, but: int = 0
) -> list[Found]:
    values = close.given | {
        "reader": reader.id,
        "component": component.id,
        "least": least if close.by_meaning else 0,
        "but": but,
    }
    found = []
    for proposal, mine, used in db.session.execute(_statement_for(close, reader), values).unique():
        tool = proposal.component
        vote = vote_of(tool, reader, used or 0, "", "")
        found.append(
            Found(
                proposal,
                mine,
                vote,
                life(proposal, voting=vote.open),
                may_support=bool(may_vote(reader, proposal)) and vote.left != 0,
                elsewhere=tool.space_id != component.space_id,
                counted=not vote.hidden,
            )
        )
    return found


_UNREAD = (Proposal.body, Proposal.html)


def _statement_for(close: Close, reader: Actor) -> Select[Any]:
    roles = tuple(sorted(reader.roles.items()))
    return _statement(close.rows, reader.is_authenticated, reader.may_enter, reader.is_coordinator, roles)


@lru_cache(maxsize=256)
def _statement(
    rows: FromClause,
    signed_in: bool,
    may_enter: bool,
    is_coordinator: bool,
    roles: tuple[tuple[int, frozenset[Role]], ...],
) -> Select[Any]:
    """The closest, with tool, space, phases and what the reader did about them; made once for all who read alike."""
    alike = Actor(0 if signed_in else None, None, is_coordinator, may_enter, dict(roles))
    near, who = rows.c, bindparam("reader", type_=Integer)
    same = case((Contribution.component_id == bindparam("component"), SAME_TOOL), else_=0.0)
    chosen = (
        select(Contribution.id, (near.closeness + same).label("rank"))
        .join(rows, near.contribution_id == Contribution.id)
        .where(
            Contribution.kind == ContributionKind.PROPOSAL,
            Contribution.withdrawn_at.is_(None),
            Contribution.id != bindparam("but"),
            near.closeness >= bindparam("least"),
            listed_to(alike),
        )
        .order_by((near.closeness + same).desc(), Contribution.id.desc())
        .limit(at_most(SHOWN))
        .subquery("chosen")
    )
    mine = select(Cast.value).where(Cast.contribution_id == Proposal.id, Cast.voter_id == who)
    used = select(Ballot.used).where(Ballot.component_id == Proposal.component_id, Ballot.voter_id == who)
    return (
        select(Proposal, mine.scalar_subquery(), used.scalar_subquery())
        .join(chosen, chosen.c.id == Proposal.id)
        .options(
            joinedload(Proposal.state),
            joinedload(Proposal.component).joinedload(Component.space).joinedload(Space.phases),
            *(defer(column, raiseload=True) for column in _UNREAD),
        )
        .order_by(chosen.c.rank.desc(), Proposal.id.desc())
    )
