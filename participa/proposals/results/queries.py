"""Reads of the results of one vote; who voted what is read by nothing here."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, cast, func, select

from participa.db import db, zone_name
from participa.network.models import Centre
from participa.paging import folded
from participa.votes.models import Tally, Vote


class CentreVotes(NamedTuple):
    """A centre that took part, with how its voters split; the split never leaves this package."""

    name: str
    slug: str
    split: tuple[int, int, int]


def centres_of(contribution_id: int) -> list[CentreVotes]:
    """The centres whose people voted, by name; one statement."""
    agree, mixed, against = (
        func.coalesce(func.sum(Tally.n).filter(Tally.value == value), 0) for value in (1, 0, -1)
    )
    rows = db.session.execute(
        select(Centre.name, Centre.slug, agree, mixed, against)
        .join(Tally, Tally.centre_id == Centre.id)
        .where(Tally.contribution_id == contribution_id, Tally.n > 0)
        .group_by(Centre.id)
        .order_by(folded(Centre.name), Centre.id)
    )
    return [CentreVotes(name, slug, (int(a), int(b), int(c))) for name, slug, a, b, c in rows]


def days_of(contribution_id: int) -> Sequence[tuple[date, int]]:
    """How many of the votes in force were cast, or last changed, on each day, in the network's zone; one statement."""
    day: Any = cast(func.timezone(zone_name(), Vote.cast_at), Date)
    rows = db.session.execute(
        select(day, func.count())
        .where(Vote.contribution_id == contribution_id, Vote.counted)
        .group_by(day)
        .order_by(day)
    )
    return [(at, n) for at, n in rows]
