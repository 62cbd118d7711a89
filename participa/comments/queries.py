"""Reads of threads: few columns, by index, a bounded number of rows whatever the thread's size."""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    Row,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy import column as sql_column
from sqlalchemy.orm import joinedload, with_polymorphic

from participa.auth.models import Member
from participa.comments import paths
from participa.comments.models import NEAR, Branch, Comment, Stance
from participa.contributions.models import Contribution
from participa.contributions.queries import shown
from participa.db import at_most, db
from participa.network.models import Centre
from participa.spaces.models import Component, Space
from participa.votes.models import Vote

PAGE = 50
"""How many comments a page holds at most, replies counted; written into statements, which are then planned once."""


class Order(StrEnum):
    """How the top-level comments of a thread are sorted."""

    OLDEST = "oldest"
    NEWEST = "newest"
    USEFUL = "useful"
    DISCUSSED = "discussed"
    TOGETHER = "together"


_comments: Any = Comment.__table__
_texts: Any = Contribution.__table__.alias("texts")
_members: Any = Member.__table__
_centres: Any = Centre.__table__
_origins: Any = Contribution.__table__.alias("origins")
_votes: Any = Vote.__table__
_branches: Any = Branch.__table__
_BELOW = func.coalesce(_branches.c.below, 0)
_READER = bindparam("reader", type_=Integer)

_ROWS = (
    select(
        _comments.c.id,
        _comments.c.top_id,
        _comments.c.parent_id,
        _comments.c.answers_id,
        _comments.c.path,
        _comments.c.depth,
        _comments.c.position,
        _comments.c.near_count,
        _comments.c.edited_late,
        _comments.c.orphan,
        _comments.c.nature,
        _texts.c.author_id,
        _texts.c.html,
        _texts.c.published_at,
        _texts.c.edited_at,
        _texts.c.deleted_at,
        _texts.c.hidden_at,
        _texts.c.trashed_at,
        _BELOW.label("below"),
        _texts.c.support_count,
        _texts.c.against_count,
        _members.c.name.label("author_name"),
        _members.c.erased_at,
        _members.c.imported,
        _centres.c.name.label("centre_name"),
        _origins.c.title.label("origin"),
        select(_votes.c.value)
        .where(_votes.c.contribution_id == _comments.c.id, _votes.c.voter_id == _READER)
        .scalar_subquery()
        .label("mine"),
    )
    .select_from(_comments)
    .join(_texts, _texts.c.id == _comments.c.id)
    .outerjoin(_members, _members.c.id == _texts.c.author_id)
    .outerjoin(_centres, _centres.c.id == _texts.c.centre_id)
    .outerjoin(_branches, _branches.c.comment_id == _comments.c.id)
    .outerjoin(_origins, _origins.c.id == _comments.c.origin_id)
)
"""What a page shows of comments to one `reader`, as plain rows: thousands of these make no objects to track."""

_STANDS = or_(shown(_texts.c), _BELOW > 0)
"""Shown, or a stub that something shown stands under."""

IS_TOP = _comments.c.depth == literal_column("0")
"""Written as the partial indexes say it: a plan made once for every value of a parameter could not use them."""

_IS_NEAR = _comments.c.depth <= literal_column(str(NEAR))

Message = Row[*tuple[Any, ...]]


_ID = _comments.c.id.type


class Cursor(NamedTuple):
    """Where a page of a thread begins: after which comment, and what its order sorted it by when that was read."""

    id: int
    value: float | None = None
    """Kept for the orders that votes and answers change, so that one act moves one comment and no page."""

    def __str__(self) -> str:
        return str(self.id) if self.value is None else f"{self.id}~{self.value!r}"


_KEYS = {
    Order.OLDEST: "posted_at",
    Order.NEWEST: "posted_at",
    Order.USEFUL: "score",
    Order.DISCUSSED: "reply_count",
    Order.TOGETHER: "together",
}


MOVING = (Order.USEFUL, Order.DISCUSSED, Order.TOGETHER)
"""The orders that votes and answers change."""


def _tops(order: Order, *, first: bool) -> Any:
    """The top-level comments of a thread in one order; made once, because making it costs more than running it."""
    key = _comments.c[_KEYS[order]]
    ascending = order is Order.OLDEST
    query = _ROWS.add_columns(key.label("sort"))
    query = query.where(_comments.c.root_id == bindparam("root", type_=_ID), IS_TOP, _STANDS)
    if not first:
        other = _comments.alias("other")
        after = bindparam("after", type_=_ID)
        last: Any = select(other.c[key.name]).where(other.c.id == after).scalar_subquery()
        if order in MOVING:
            last = func.coalesce(bindparam("value", type_=key.type), last)
        here, there = tuple_(key, _comments.c.id), tuple_(last, after)
        query = query.where(here > there if ascending else here < there)
    columns = (key, _comments.c.id) if ascending else (key.desc(), _comments.c.id.desc())
    return query.order_by(*columns).limit(at_most(PAGE + 1))


_TOPS = {(order, first): _tops(order, first=first) for order in Order for first in (True, False)}


def tops(root_id: int, order: Order, after: Cursor | None, reader: int | None = None) -> Sequence[Message]:
    """A page, and one more, of the top-level comments of a thread that follow `after`, in one order."""
    values: dict[str, Any] = {"root": root_id, "reader": reader}
    if after is not None:
        values["after"] = after.id
        if order in MOVING:
            whole = order is Order.DISCUSSED and after.value is not None
            values["value"] = int(after.value or 0) if whole else after.value
    return db.session.execute(_TOPS[order, after is None], values).all()


def _replies() -> Any:
    """The first replies under each of some top-level comments, of those that its page shows."""
    wanted = (
        func.unnest(bindparam("tops", type_=ARRAY(BigInteger)))
        .table_valued(sql_column("id", BigInteger), name="wanted")
        .render_derived()
    )
    branch = (
        _ROWS.where(_comments.c.top_id == wanted.c.id, _comments.c.path > "", _IS_NEAR, _STANDS)
        .order_by(_comments.c.path)
        .limit(at_most(PAGE))
        .correlate(wanted)
        .lateral("branch")
    )
    return select(branch).select_from(wanted.join(branch, true()))


_REPLIES = _replies()


def replies(top_ids: Sequence[int], reader: int | None = None) -> dict[int, list[Message]]:
    """The first replies, a page at most, under each top-level comment, in conversation order."""
    found: dict[int, list[Message]] = {number: [] for number in top_ids}
    for row in db.session.execute(_REPLIES, {"tops": list(top_ids), "reader": reader}):
        found[row.top_id].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: row.path)
    return found


def branch(
    top_id: int, path: str, after: int | None, limit: int, reader: int | None = None
) -> Sequence[Message]:
    """What stands under the comment at `path`, in conversation order, following the comment `after`."""
    query = _ROWS.where(
        _comments.c.top_id == top_id,
        _comments.c.path > path,
        _comments.c.path < paths.end(path),
        _STANDS,
    )
    if after is not None:
        last = select(_comments.c.path).where(_comments.c.id == after).correlate(None).scalar_subquery()
        query = query.where(_comments.c.path > last)
    return db.session.execute(
        query.order_by(_comments.c.path).limit(at_most(limit)), {"reader": reader}
    ).all()


def messages(ids: Sequence[int], reader: int | None = None) -> Sequence[Message]:
    """The comments of these ids, in conversation order."""
    query = _ROWS.where(_comments.c.id.in_(ids)).order_by(_comments.c.path)
    return db.session.execute(query, {"reader": reader}).all()


def since(root_id: int, known: int, reader: int | None) -> Sequence[Message]:
    """A page, and one more, of the comments that others posted after the comment `known`, the oldest first."""
    query = _ROWS.where(
        _comments.c.root_id == root_id,
        _comments.c.id > known,
        _texts.c.author_id.is_distinct_from(reader),
        shown(_texts.c),
    )
    return db.session.execute(
        query.order_by(_comments.c.id).limit(at_most(PAGE + 1)), {"reader": reader}
    ).all()


def answered_names(rows: Sequence[Message]) -> dict[int, str | None]:
    """Whom each of some comments answers, by name; None for whom has no name any more."""
    other: Any = _comments.alias("other")
    answered = {row.id: row.answers_id or row.parent_id for row in rows}
    wanted = {number for number in answered.values() if number is not None}
    if not wanted:
        return {}
    found = db.session.execute(
        select(other.c.id, _members.c.name)
        .select_from(other.join(_texts, _texts.c.id == other.c.id))
        .join(_members, _members.c.id == _texts.c.author_id)
        .where(other.c.id.in_(wanted), shown(_texts.c), _members.c.erased_at.is_(None))
    )
    names: dict[int, str] = {row.id: row.name for row in found}
    return {number: names.get(other_id) for number, other_id in answered.items() if other_id is not None}


_TAKEN = select(Stance.position, Stance.n).where(Stance.root_id == bindparam("root"))


def stances(root_id: int) -> dict[int, int]:
    """How many visible top-level comments take each position."""
    rows = db.session.execute(_TAKEN, {"root": root_id})
    return {row.position: row.n for row in rows}


def _any_root() -> Any:
    """Contributions of every kind with all their columns, to read a root whatever it is."""
    return with_polymorphic(Contribution, "*", aliased=True, flat=True)


def find_root(contribution_id: int) -> Contribution | None:
    """What a thread is about, of any kind, whole, with what it belongs to, its author, centre, place and phases."""
    return db.session.scalars(_root_whole(), {"id": contribution_id}).unique().one_or_none()


@cache
def _root_whole() -> Any:
    root = _any_root()
    return (
        select(root)
        .where(root.id == bindparam("id"))
        .options(*_place_of(root), joinedload(root.about.of_type(_any_root())))
    )


def is_answered(comment_id: int) -> bool:
    """Whether anything shown stands under a comment."""
    found = exists().where(Branch.comment_id == comment_id, Branch.below > 0)
    return bool(db.session.scalar(select(found)))


def find_comment(comment_id: int) -> Comment | None:
    """A comment with what it is about and within (whole, of any kind), its author, centre, place and phases."""
    return db.session.scalars(_comment_whole(), {"id": comment_id}).unique().one_or_none()


@cache
def _comment_whole() -> Any:
    return (
        select(Comment)
        .where(Comment.id == bindparam("id"))
        .options(
            *_place_of(Comment),
            joinedload(Comment.about.of_type(_any_root())),
            joinedload(Comment.within.of_type(_any_root())),
        )
    )


def _place_of(entity: Any) -> tuple[Any, ...]:
    return (
        joinedload(entity.author),
        joinedload(entity.centre),
        joinedload(entity.component).joinedload(Component.space).joinedload(Space.phases),
    )
