"""Reads of the text index.

A search looks at the 1,000 latest matches that the reader may read, and ranks those: ranking everything would
take seconds on a word that is everywhere. There are two ways to the latest matches: for a rare word, the
inverted index gives them all and they are sorted; for a word that half of the texts hold, walking the texts from
the latest back meets a thousand matches after two thousand. The statistics that PostgreSQL keeps of the
commonest words (`most_common_elems` of the vectors) tell which is shorter, but its planner walks for words that
nobody wrote (4 s over a million texts), so the choice is made here, on its estimates. The query and the
components are written into the statements: a prepared one would be planned for a word of unknown frequency.
What the reader may read is a list of components known beforehand.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, bindparam, cast, func, select, union_all
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased, contains_eager, joinedload, raiseload
from sqlalchemy.sql.expression import ClauseElement, FromClause

from participa.authorization import Actor
from participa.contributions.models import Contribution, ContributionKind, SearchDocument
from participa.contributions.queries import whole_chain_shown
from participa.db import at_most, db
from participa.search.words import Wanted
from participa.spaces.models import Component, Space
from participa.spaces.queries import components_visible_to

MOST = 1_000
"""How many of the latest matches are ranked."""
COMMON = 0.02
"""The share of texts from which the planner knows how common a word is; of rarer ones it guesses up to 1.5 %."""


@dataclass(frozen=True, slots=True)
class Match:
    """One text found."""

    id: int
    kind: ContributionKind
    component_id: int
    published_at: datetime
    rank: float


@dataclass(frozen=True, slots=True)
class Matches:
    """The latest texts found, unordered, and whether there are more."""

    found: list[Match]
    more: bool


def readable(actor: Actor) -> list[Component]:
    """The components that the reader may read, with their spaces, in the network's order."""
    return list(
        db.session.scalars(
            select(Component)
            .join(Component.space)
            .where(components_visible_to(actor))
            .order_by(Space.position, Space.id, Component.position)
            .options(contains_eager(Component.space), raiseload("*", sql_only=True))
        )
    )


def latest_matches(
    wanted: Wanted, component_ids: Sequence[int], kinds: Collection[ContributionKind] = ()
) -> Matches:
    """The `MOST` latest texts of some components, of some kinds when given, that hold what is wanted.

    Hidden texts leave the index when they are hidden; those that have not, and what is about hidden ones, are
    left out here.
    """
    if not component_ids:
        return Matches([], more=False)
    query = cast(bindparam("query", wanted.query, literal_execute=True), TSQUERY)
    among: Any = bindparam("among", list(component_ids), expanding=True, literal_execute=True)
    holds, inside = SearchDocument.vector.op("@@")(query), SearchDocument.component_id.in_(among)
    columns = (SearchDocument.contribution_id, SearchDocument.component_id, SearchDocument.published_at)
    if _walk_is_shorter(holds, inside):
        # "IS true" keeps the inverted index out of it: the index by date leads.
        found: FromClause = select(*columns).where(holds.is_(True), inside).subquery()
    else:
        # A materialized table keeps the index by date out of it: the inverted index leads.
        found = select(*columns).where(holds, inside).cte("found").prefix_with("MATERIALIZED")
    candidates = select(found)
    if kinds:
        of_kind = aliased(Contribution, flat=True)
        candidates = candidates.join(
            of_kind, and_(of_kind.id == found.c.contribution_id, of_kind.kind.in_(sorted(kinds)))
        )
    latest = candidates.order_by(found.c.published_at.desc()).limit(at_most(MOST + 1)).cte("latest")
    rows = db.session.execute(
        select(
            Contribution.id,
            Contribution.kind,
            latest.c.component_id,
            latest.c.published_at,
            func.ts_rank(SearchDocument.vector, query),
            whole_chain_shown(),
        )
        .select_from(latest)
        .join(SearchDocument, SearchDocument.contribution_id == latest.c.contribution_id)
        .join(Contribution, Contribution.id == latest.c.contribution_id)
    ).all()
    matches = [
        Match(number, kind, component, at, rank) for number, kind, component, at, rank, seen in rows if seen
    ]
    return Matches(matches[:MOST], more=len(rows) > MOST)


def _walk_is_shorter(holds: ColumnElement[bool], inside: ColumnElement[bool]) -> bool:
    """Whether going back from the latest text meets `MOST` matches before the inverted index lists its own.

    The planner's estimates say how many texts there are, hold the words, and stand in the right components. Of
    words that it has not met among the commonest it only knows that they are rare: those are not walked for.
    """
    counted = union_all(
        select(SearchDocument.contribution_id),
        select(SearchDocument.contribution_id).where(holds),
        select(SearchDocument.contribution_id).where(holds, inside),
    )
    plan = db.session.execute(_Explained(counted)).scalar_one()[0]["Plan"]
    while len(plan.get("Plans", ())) == 1:
        plan = plan["Plans"][0]
    texts, matches, readable_matches = (max(1, part["Plan Rows"]) for part in plan["Plans"])
    return bool(matches > COMMON * texts and MOST * texts < matches * readable_matches)


class _Explained(Executable, ClauseElement):
    """EXPLAIN of a statement, as JSON; the statement itself is not run."""

    inherit_cache = False

    def __init__(self, statement: Executable) -> None:
        self.statement = statement


@compiles(_Explained)
def _explain(element: _Explained, compiler: Any, **options: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.statement, **options)}"


def texts(ids: Sequence[int]) -> list[Contribution]:
    """Some contributions (base columns) in the order asked, with author, centre and what they are about.

    Their components must be in the session already, as `readable` has just read them.
    """
    rows = db.session.scalars(
        select(Contribution)
        .where(Contribution.id.in_(ids))
        .options(
            joinedload(Contribution.author),
            joinedload(Contribution.centre),
            joinedload(Contribution.about),
            raiseload("*", sql_only=True),
        )
    )
    by_id = {row.id: row for row in rows}
    return [by_id[number] for number in ids if number in by_id]
