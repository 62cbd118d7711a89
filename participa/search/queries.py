"""Reads of the text index.

A search looks at the 1,000 latest matches that the reader may read, and ranks those: ranking everything
would take seconds on a word that is everywhere. PostgreSQL has two ways to the latest matches: for a rare
word, the inverted index gives them all and they are sorted; for a word that half of the texts hold, walking
the texts from the latest back meets a thousand matches after two thousand. The statistics that it keeps of
the commonest words (`most_common_elems` of the vectors) let its planner choose well if it sees them: so the
query and the components are written into the statement, where a prepared one would be planned for a word of
unknown frequency and fetch half a million vectors. What the reader may read is a list of components known
beforehand.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import aliased, contains_eager, joinedload, raiseload

from participa.authorization import Actor
from participa.contributions.models import Contribution, ContributionKind, SearchDocument
from participa.contributions.queries import shown
from participa.db import db
from participa.search.words import Wanted
from participa.spaces.models import Component, Space
from participa.spaces.queries import components_visible_to

MOST = 1_000
"""How many of the latest matches are ranked."""


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
    documents = select(
        SearchDocument.contribution_id,
        SearchDocument.component_id,
        SearchDocument.published_at,
        SearchDocument.vector,
    ).where(SearchDocument.vector.op("@@")(query), SearchDocument.component_id.in_(among))
    if kinds:
        of_kind = aliased(Contribution, flat=True)
        documents = documents.join(
            of_kind,
            and_(of_kind.id == SearchDocument.contribution_id, of_kind.kind.in_(sorted(kinds))),
        )
    latest = documents.order_by(SearchDocument.published_at.desc()).limit(MOST + 1).cte("latest")
    root = aliased(Contribution, flat=True)
    rows = db.session.execute(
        select(
            Contribution.id,
            Contribution.kind,
            latest.c.component_id,
            latest.c.published_at,
            func.ts_rank(latest.c.vector, query),
            and_(shown(), or_(Contribution.about_id.is_(None), shown(root))),
        )
        .select_from(latest)
        .join(Contribution, Contribution.id == latest.c.contribution_id)
        .outerjoin(root, root.id == Contribution.about_id)
    ).all()
    found = [
        Match(number, kind, component, at, rank) for number, kind, component, at, rank, seen in rows if seen
    ]
    return Matches(found[:MOST], more=len(rows) > MOST)


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
