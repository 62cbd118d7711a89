"""Reads of debates: a page of a list, one debate, its arguments side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Bundle, aliased, joinedload, raiseload

from participa.attachments.models import Attachment
from participa.auth.models import Member
from participa.authorization import Actor
from participa.contributions.models import Contribution, Part, Version
from participa.contributions.queries import shown
from participa.contributions.words import with_words
from participa.db import at_most, clock, db
from participa.debates.models import Argument, Debate
from participa.follows.models import Follow
from participa.network.models import Centre
from participa.paging import Page, page_of
from participa.spaces.models import Component, Space
from participa.votes.models import Participation

ORDERS: dict[str, Any] = {
    "activity": Contribution.last_activity_at,
    "date": Contribution.published_at,
    "comments": Contribution.comment_count,
    "follows": Contribution.follow_count,
    "random": Contribution.shuffle,
}
STATES = ("open", "upcoming", "closed")
ORIGINS = ("official", "members")
MINE = ("opened", "spoke", "followed")
PAGE = 20
MOST_COUNTED = 1000
"""A list counts its rows up to this many, and says "more than" beyond."""
ARGUMENTS = 20
"""How many arguments of each side the page of a debate shows."""

_debates: Any = Debate.__table__
_arguments: Any = Argument.__table__


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader wants a list to show."""

    words: str = ""
    states: tuple[str, ...] = ()
    topic: int | None = None
    topics: tuple[int, ...] = ()
    """The ids of the topic and of those within it."""
    origins: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    order: str = "activity"

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.words or self.states or self.topic or self.origins or self.mine)

    def without_filters(self) -> "Wish":
        """The same order, with nothing left out."""
        return replace(self, words="", states=(), topic=None, topics=(), origins=(), mine=())


@dataclass(frozen=True, slots=True)
class Found:
    """One debate as its page shows it to one reader."""

    debate: Debate
    version: int
    """The number of the version in force."""
    centres: int
    """How many centres took part."""
    follows: bool
    closed_by: str | None
    """The name of the moderator who closed it."""
    has_files: bool
    """Whether images, documents or links go with it."""
    gave_birth: bool
    """Whether a proposal was born of it, readable or not."""


def listed(component: Component, wish: Wish, key: str | None, reader: int | None = None) -> Page[Any]:
    """A page of the debates of a component, as rows: of the texts, only the beginning; one statement."""
    row: Bundle[Any] = Bundle(
        "debate",
        Contribution.id,
        Contribution.title,
        func.left(Contribution.html, 800).label("html"),
        Contribution.comment_count,
        Contribution.official,
        Contribution.published_at,
        Contribution.last_activity_at,
        Member.name.label("author"),
        Member.erased_at.label("author_erased_at"),
        Centre.name.label("centre"),
        _debates.c.starts_at,
        _debates.c.ends_at,
        _debates.c.closed_at,
        _debates.c.for_count,
        _debates.c.contra_count,
    )
    query = (
        _from(select(row), component, wish, reader)
        .outerjoin(Member, Member.id == Contribution.author_id)
        .outerjoin(Centre, Centre.id == Contribution.centre_id)
    )
    return page_of(query, (ORDERS[wish.order], Contribution.id), key, size=PAGE)


def count_listed(component: Component, wish: Wish, reader: int | None = None) -> int:
    """How many debates a list shows, counted up to one more than `MOST_COUNTED`."""
    rows = _from(select(literal(1)), component, wish, reader).limit(at_most(MOST_COUNTED + 1)).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _part_of(name: str, reader: int | None) -> ColumnElement[bool]:
    """The condition that `reader` opened a debate, spoke in it, or follows it."""
    if name == "opened":
        return Contribution.author_id == reader
    if name == "followed":
        followed = Follow.contribution_id == Contribution.id, Follow.member_id == reader
        return exists().where(*followed)
    said = aliased(Contribution, flat=True)
    return (
        select(said.id)
        .where(said.about_id == Contribution.id, said.author_id == reader, shown(said))
        .correlate(Contribution)
        .exists()
    )


def _from(query: Select[Any], component: Component, wish: Wish, reader: int | None = None) -> Select[Any]:
    base = Contribution.__table__
    held = [Contribution.component_id == component.id, Contribution.about_id.is_(None), shown()]
    if wish.states:
        held.append(or_(*(in_state(state, clock()) for state in wish.states)))
    if wish.topic:
        held.append(_debates.c.topic_id.in_(wish.topics))
    if len(wish.origins) == 1:
        held.append(Contribution.official == (wish.origins[0] == "official"))
    if wish.mine:
        held.append(or_(*(_part_of(name, reader) for name in wish.mine)))
    if wish.words and (found := with_words(wish.words, component.id)) is not None:
        held.append(found)
    return query.select_from(base.join(_debates, _debates.c.id == base.c.id)).where(*held)


def in_state(state: str, moment: datetime) -> ColumnElement[bool]:
    """The condition that a debate is open, upcoming or closed (its time over included) at `moment`."""
    d = _debates.c
    upcoming = and_(d.closed_at.is_(None), d.starts_at > moment)
    closed = or_(d.closed_at.is_not(None), d.ends_at <= moment)
    if state == "upcoming":
        return upcoming
    if state == "closed":
        return closed
    return and_(
        d.closed_at.is_(None),
        or_(d.starts_at.is_(None), d.starts_at <= moment),
        or_(d.ends_at.is_(None), d.ends_at > moment),
    )


@cache
def _whole() -> Select[Any]:
    """The statement of `find`, made once; without a `reader`, nothing is followed."""
    version = (
        select(func.max(Version.number))
        .where(Version.contribution_id == Contribution.id, Version.part == Part.TEXT)
        .scalar_subquery()
    )
    centres = (
        select(func.count())
        .where(Participation.about_id == Contribution.id, Participation.n > 0)
        .scalar_subquery()
    )
    closer = (
        select(Member.name)
        .where(Member.id == Debate.closed_by_id, Member.erased_at.is_(None))
        .scalar_subquery()
    )
    follows = exists().where(
        Follow.contribution_id == Contribution.id, Follow.member_id == bindparam("reader", type_=Integer)
    )
    files = exists().where(Attachment.contribution_id == Contribution.id)
    child = aliased(Contribution, flat=True)
    born = select(child.id).where(child.born_in_id == Contribution.id).correlate(Contribution).exists()
    return (
        select(Debate, version, centres, follows, closer, files, born)
        .where(Debate.id == bindparam("id"), Debate.component_id == bindparam("component_id"))
        .options(
            joinedload(Debate.author),
            joinedload(Debate.centre),
            joinedload(Debate.topic),
            joinedload(Debate.guest).joinedload(Member.centre),
            joinedload(Debate.component).joinedload(Component.space).joinedload(Space.phases),
        )
    )


def find(component_id: int, debate_id: int, actor: Actor) -> Found | None:
    """A debate with its author, place, phases and topic, and how many centres took part; one statement."""
    values = {"id": debate_id, "component_id": component_id, "reader": actor.id}
    row = db.session.execute(_whole(), values).unique().first()
    return Found(row[0], row[1] or 1, row[2], bool(row[3]), *row[4:]) if row else None


def _rows(debate_id: Any, side: Any) -> Select[Any]:
    base = Contribution.__table__
    return (
        select(
            Contribution.id,
            Contribution.author_id,
            Contribution.html,
            Contribution.published_at,
            Contribution.support_count,
            Contribution.comment_count,
            _arguments.c.side,
            _arguments.c.origin_id,
            _arguments.c.backed,
            _arguments.c.together,
            Member.name.label("author_name"),
            Member.erased_at,
            Centre.name.label("centre_name"),
        )
        .select_from(_arguments.join(base, base.c.id == _arguments.c.id))
        .outerjoin(Member, Member.id == Contribution.author_id)
        .outerjoin(Centre, Centre.id == Contribution.centre_id)
        .where(_arguments.c.debate_id == debate_id, _arguments.c.side == side, shown())
    )


ARGUMENT_ORDERS = ("support", "together")
_BY = {
    "support": (-_arguments.c.backed, _arguments.c.id),
    "together": (-_arguments.c.together, _arguments.c.id),
}


def _both_sides(order: str) -> Any:
    """The first arguments of each side; made once, because making it costs more than running it."""
    sides = [
        _rows(bindparam("debate", type_=Contribution.id.type), side)
        .order_by(*_BY[order])
        .limit(at_most(ARGUMENTS))
        .subquery()
        .select()
        for side in (1, -1)
    ]
    return sides[0].union_all(sides[1])


_BOTH_SIDES = {order: _both_sides(order) for order in ARGUMENT_ORDERS}


def arguments(debate_id: int, order: str = "support") -> dict[int, list[Any]]:
    """The arguments of each side that the debate's page shows, in one order, then the oldest first."""
    rows = db.session.execute(_BOTH_SIDES[order], {"debate": debate_id}).all()
    found = {side: [row for row in rows if row.side == side] for side in (1, -1)}
    for held in found.values():
        held.sort(key=lambda row: (-(row.together if order == "together" else row.backed), row.id))
    return found


def arguments_of(debate_id: int, side: int, key: str | None, order: str = "support") -> Page[Any]:
    """A page of all arguments of one side, in one order."""
    columns = _rows(debate_id, side)
    row: Bundle[Any] = Bundle("argument", *columns.selected_columns)
    return page_of(
        columns.with_only_columns(row, maintain_column_froms=True),
        (type_coerce(_BY[order][0], Integer if order == "support" else Double), _arguments.c.id),
        key,
        size=ARGUMENTS,
        descending=False,
    )


def argument(argument_id: int, debate_id: int) -> Row[Any] | None:
    """One argument of a debate as its page shows it."""
    side = select(_arguments.c.side).where(_arguments.c.id == argument_id).scalar_subquery()
    return db.session.execute(_rows(debate_id, side).where(Contribution.id == argument_id)).first()


def lifted_from(comment_id: int) -> int | None:
    """The number of the argument that a message became, if any."""
    query = (
        select(_arguments.c.id)
        .join(Contribution.__table__, Contribution.__table__.c.id == _arguments.c.id)
        .where(_arguments.c.origin_id == comment_id, Contribution.__table__.c.trashed_at.is_(None))
    )
    found: int | None = db.session.scalar(query)
    return found


def find_whole(debate_id: int) -> Debate | None:
    """A debate with its component, space and phases."""
    place = joinedload(Debate.component).joinedload(Component.space).selectinload(Space.phases)
    return db.session.scalar(select(Debate).where(Debate.id == debate_id).options(place))


def find_argument(argument_id: int) -> Argument | None:
    """An argument with its debate, author, centre, component, space and phases."""
    return (
        db.session.scalars(
            select(Argument)
            .where(Argument.id == argument_id)
            .options(
                joinedload(Argument.about.of_type(Debate)),
                joinedload(Argument.author),
                joinedload(Argument.centre),
                joinedload(Argument.component).joinedload(Component.space).joinedload(Space.phases),
            )
        )
        .unique()
        .one_or_none()
    )


def ending(space_ids: Sequence[int], moment: datetime, upto: datetime, limit: int) -> list[Debate]:
    """The debates of some spaces, not closed, that end before `upto` or are over, the first first, with their tool."""
    return list(
        db.session.scalars(
            select(Debate)
            .join(Component, Component.id == Debate.component_id)
            .where(
                Component.space_id.in_(space_ids),
                Component.trashed_at.is_(None),
                Debate.closed_at.is_(None),
                Debate.ends_at <= upto,
                or_(Debate.starts_at.is_(None), Debate.starts_at <= moment),
                shown(),
            )
            .order_by(Debate.ends_at, Debate.id)
            .limit(at_most(limit))
            .options(joinedload(Debate.component), raiseload("*", sql_only=True))
        )
    )
