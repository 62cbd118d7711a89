"""What stands around a thread: which centres were heard in it, and what is new to who reads it; one statement."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, case, func, literal, select, true
from sqlalchemy.dialects.postgresql import insert as upsert

from participa.comments.models import Comment, Exchange, Visit
from participa.contributions.models import Contribution
from participa.contributions.queries import shown
from participa.db import at_most, clock, db, transaction
from participa.network.models import Centre
from participa.spaces.models import Component, Space
from participa.votes.models import Participation

VISIT = timedelta(minutes=30)
"""Whoever comes back later than this begins a new visit."""
NOTED = timedelta(minutes=5)
"""A visit that goes on is written down at most this often, unless something new was shown."""
COUNTED = 99
"""New comments are counted up to this many, and said to be more beyond."""
NAMED = 60
"""How many of the centres not heard yet are named."""

_comments: Any = Comment.__table__
_texts: Any = Contribution.__table__
_visits: Any = Visit.__table__
_exchanges: Any = Exchange.__table__
_centres: Any = Centre.__table__
_parts: Any = Participation.__table__


@dataclass(frozen=True, slots=True)
class Around:
    """What the page of a thread says of it to one reader."""

    latest: int
    """The number of its latest comment, 0 without any."""
    known: int | None
    """The latest that the reader had seen before this visit; None for a visitor, and the first time."""
    new: int
    """How many others wrote since; one more than `COUNTED` means more."""
    heard: int
    """How many centres of the network took part."""
    unheard: list[str]
    """The names of the others, the first `NAMED`."""
    replies: int
    """How many answers have a centre on both ends."""
    crossing: int
    """How many of those go from one centre to another."""

    @property
    def share(self) -> int:
        """The share of answers that cross centres, in per cent."""
        return round(100 * self.crossing / self.replies) if self.replies else 0


def _since(known: Any, reader: Any) -> Any:
    """How many shown comments by others followed the comment `known`, counted up to one more than `COUNTED`."""
    return (
        select(literal(1))
        .select_from(_comments.join(_texts, _texts.c.id == _comments.c.id))
        .where(
            _comments.c.root_id == bindparam("root"),
            _comments.c.id > known,
            _texts.c.author_id.is_distinct_from(reader),
            shown(_texts.c),
        )
        .limit(at_most(COUNTED + 1))
    )


@cache
def _statement() -> Select[Any]:
    reader = bindparam("reader", type_=Integer)
    latest = (
        select(func.coalesce(func.max(_comments.c.id), 0))
        .where(_comments.c.root_id == bindparam("root"))
        .scalar_subquery()
    )
    over = _visits.c.at < bindparam("before")
    known = case((over, _visits.c.seen_id), else_=_visits.c.known_id)
    since = _since(known, reader).correlate(_visits).subquery("since")
    new = select(func.count()).select_from(since).correlate(_visits).scalar_subquery()
    part = and_(_parts.c.about_id == bindparam("about"), _parts.c.centre_id == _centres.c.id, _parts.c.n > 0)
    member = _centres.c.left_at.is_(None)
    heard = select(func.count()).select_from(_centres.join(_parts, part)).where(member).scalar_subquery()
    unheard = func.array(
        select(_centres.c.name)
        .where(member, ~select(literal(1)).select_from(_parts).where(part).exists())
        .order_by(_centres.c.name)
        .limit(at_most(NAMED))
        .scalar_subquery()
    )
    one = select(literal(1).label("one")).subquery("one")
    return (
        select(
            latest.label("latest"),
            _visits.c.at,
            _visits.c.seen_id,
            known.label("known"),
            new.label("new"),
            heard.label("heard"),
            unheard.label("unheard"),
            _exchanges.c.replies,
            _exchanges.c.crossing,
        )
        .select_from(one)
        .outerjoin(_visits, and_(_visits.c.root_id == bindparam("root"), _visits.c.member_id == reader))
        .outerjoin(_exchanges, _exchanges.c.root_id == bindparam("root"))
        .where(true())
    )


def around(root: Contribution, reader: int | None, *, visiting: bool) -> Around:
    """What stands around the thread of `root`; `visiting` notes that the reader looks at it now."""
    now = clock()
    values = {"root": root.id, "about": root.about_id or root.id, "reader": reader, "before": now - VISIT}
    row = db.session.execute(_statement(), values).one()
    if visiting and reader is not None:
        stale = row.at is None or row.at < now - NOTED or row.seen_id < row.latest
        if stale:
            _note(reader, root.id, row.latest, row.latest if row.known is None else row.known)
    return Around(row.latest, row.known, row.new, row.heard, row.unheard, row.replies or 0, row.crossing or 0)


def _note(reader: int, root_id: int, latest: int, known: int) -> None:
    """Write down that a member looks at a thread now."""
    with transaction() as session:
        values = {"at": clock(), "seen_id": latest, "known_id": known}
        session.execute(
            upsert(Visit)
            .values(member_id=reader, root_id=root_id, **values)
            .on_conflict_do_update(index_elements=[Visit.member_id, Visit.root_id], set_=values)
        )


def first_since(root_id: int, known: int, reader: int | None) -> int | None:
    """The first shown comment by others that followed `known`, if any."""
    found: int | None = db.session.scalar(
        select(_comments.c.id)
        .select_from(_comments.join(_texts, _texts.c.id == _comments.c.id))
        .where(
            _comments.c.root_id == root_id,
            _comments.c.id > known,
            _texts.c.author_id.is_distinct_from(reader),
            shown(_texts.c),
        )
        .order_by(_comments.c.id)
        .limit(at_most(1))
    )
    return found


_READ = ("id", "author_id", "coauthor_ids", "restricted", "hidden_at", "deleted_at", "trashed_at")
"""What of a contribution says who reads it."""
_COMPONENT = ("id", "space_id", "published_at", "trashed_at")
_SPACE = ("id", "visibility", "published_at", "trashed_at")


@cache
def _watched() -> Select[Any]:
    """The statement of `watched`, made once; of plain columns, for making objects would cost as much as it does."""
    root, about = _texts.alias("root"), _texts.alias("about")
    component, space = Component.__table__.alias("component"), Space.__table__.alias("space")
    since = _since(bindparam("known"), bindparam("reader", type_=Integer)).subquery("since")

    def of(table: Any, *names: str) -> list[Any]:
        return [table.c[name].label(f"{table.name}_{name}") for name in names]

    return (
        select(
            *of(root, *_READ, "comment_count", "last_activity_at"),
            *of(about, *_READ),
            *of(component, *_COMPONENT),
            *of(space, *_SPACE),
            select(func.count()).select_from(since).scalar_subquery().label("new"),
        )
        .select_from(
            root.join(component, component.c.id == root.c.component_id)
            .join(space, space.c.id == component.c.space_id)
            .outerjoin(about, about.c.id == root.c.about_id)
        )
        .where(root.c.id == bindparam("root"))
    )


def watched(root_id: int, known: int, reader: int | None) -> tuple[Any, int] | None:
    """What a thread is about, with what says who reads it and its counters, and how many others wrote since `known`."""
    values = {"root": root_id, "known": known, "reader": reader}
    row = db.session.execute(_watched(), values).first()
    if row is None:
        return None
    held = row._mapping

    def of(name: str, columns: tuple[str, ...], **more: Any) -> SimpleNamespace:
        return SimpleNamespace(**{column: held[f"{name}_{column}"] for column in columns}, **more)

    component = of("component", _COMPONENT, space=of("space", _SPACE))
    about = of("about", _READ, component=component) if row.about_id is not None else None
    root = of(
        "root", (*_READ, "comment_count", "last_activity_at"), component=component, about=about, within=None
    )
    return root, row.new
