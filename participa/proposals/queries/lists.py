"""A page of a list of proposals, as its reader wishes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Bundle, InstrumentedAttribute

from participa.auth.models import Member
from participa.authorization import Actor
from participa.contributions.models import Authorship, Contribution
from participa.contributions.queries import shown, written_by_others
from participa.contributions.words import prefixes_of, with_words
from participa.db import at_most, clock, day_of, db
from participa.network.models import Centre
from participa.paging import Page, page_of
from participa.proposals.models import Proposal, ProposalState
from participa.proposals.queries.waiting import goal_of, undecided, waits_for_answer
from participa.spaces.models import Component
from participa.votes.models import Vote

ORDERS: dict[str, InstrumentedAttribute[Any]] = {
    "activity": Contribution.last_activity_at,
    "supports": Contribution.support_count,
    "centres": Contribution.centre_count,
    "date": Contribution.published_at,
    "comments": Contribution.comment_count,
    "follows": Contribution.follow_count,
}
CHANCE = "random"
STATES = ("discussed", "withdrawn")
"""The states that no answer gives; the others are those of the component."""
PARTICIPATIONS = ("not_yet", "supported", "centre")
ANSWERS_WANTED = ("waiting", "late")
PAGE = 20
MOST_COUNTED = 1000
"""A list counts its rows up to this many, and says "more than" beyond."""
MOST_AUTHORS = 200
"""Names that fit what is typed of an author; beyond, more must be typed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader wants a list to show."""

    words: str = ""
    states: tuple[str, ...] = ()
    """Of `STATES`, and the tokens of those that answers give."""
    state_ids: tuple[int, ...] = ()
    """The ids of the latter."""
    mine: tuple[str, ...] = ()
    topic: int | None = None
    topics: tuple[int, ...] = ()
    """The ids of the topic and of those within it."""
    centre: int | None = None
    author: str = ""
    """Words of the author's name."""
    answer: tuple[str, ...] = ()
    order: str = "activity"
    default: str = "activity"
    """The order of a list whose address names none."""
    seed: int = 0
    """Where the reader enters the circle of the random order."""

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(
            self.words or self.states or self.mine or self.topic or self.centre or self.author or self.answer
        )

    @property
    def shape(self) -> "Wish":
        """The same wish without the values that its statement is given: few, whatever is asked."""
        return Wish(
            states=tuple(state for state in self.states if state in STATES),
            state_ids=self.state_ids and (1,),
            mine=self.mine,
            topic=self.topic and 1,
            centre=self.centre and 1,
            author=self.author and "?",
            answer=self.answer,
        )


def listed(component: Component, wish: Wish, actor: Actor, key: str | None) -> Page[Any]:
    """A page of the shown proposals of a component, as rows, without their texts; one statement."""
    query = _rows_of(wish.shape) if not wish.words else _rows(wish, _worded(wish, component))
    if wish.order == CHANCE:
        return _by_chance(query, component, wish, actor, key)
    return page_of(
        query, (ORDERS[wish.order], Contribution.id), key, size=PAGE, given=values_of(component, wish, actor)
    )


def count_listed(page: Page[Any], component: Component, wish: Wish, actor: Actor) -> int:
    """How many proposals a list shows, up to one more than `MOST_COUNTED`; its rows carry it, if it has any."""
    return int(page.items[0].total) if page.items else count_wished(component, wish, actor)


def count_wished(component: Component, wish: Wish, actor: Actor) -> int:
    """How many proposals are wished for, up to one more than `MOST_COUNTED`; one statement."""
    count = select(_count(wish, _worded(wish, component)))
    return db.session.scalar(count, values_of(component, wish, actor)) or 0


def values_of(component: Component, wish: Wish, actor: Actor) -> dict[str, Any]:
    """The values that the statement of a wish is given."""
    return {
        "component": component.id,
        "reader": actor.id,
        "centre": actor.centre_id,
        "topics": list(wish.topics),
        "states": list(wish.state_ids),
        "of_centre": wish.centre,
        "author": prefixes_of(wish.author),
        "goal": goal_of(component),
        "today": day_of(clock()) if "late" in wish.answer else None,
    }


def narrowed(query: Any, component: Component, wish: Wish) -> Any:
    """A query of contributions, narrowed to the proposals wished for; executed with `values_of`."""
    return _from(query, wish, _worded(wish, component))


_READER = bindparam("reader", type_=Integer)


@lru_cache(maxsize=128)
def _rows_of(shape: Wish) -> Select[Any]:
    """The statement of a list without words, made once for every shape of wish."""
    return _rows(shape, [])


def _rows(wish: Wish, worded: list[ColumnElement[bool]]) -> Select[Any]:
    """Rows that are ordered and cut before anything is looked up for them."""
    own, final = Proposal.__table__.alias().c, ProposalState.__table__.alias().c
    state = select(own.state_id).where(own.id == Contribution.id)
    decided = select(final.is_final).where(own.id == Contribution.id, final.id == own.state_id)
    promise = select(own.promised_on).where(own.id == Contribution.id)
    results = select(own.results_at).where(own.id == Contribution.id)
    mine = select(Vote.value).where(Vote.contribution_id == Contribution.id, Vote.voter_id == _READER)
    row: Bundle[Any] = Bundle(
        "proposal",
        Contribution.id,
        Contribution.title,
        func.left(Contribution.html, 800).label("html"),
        Contribution.author_id,
        Contribution.coauthor_ids,
        Contribution.comment_count,
        Contribution.support_count,
        Contribution.neutral_count,
        Contribution.against_count,
        Contribution.centre_count,
        Contribution.withdrawn_at,
        Contribution.published_at,
        Contribution.edited_at,
        state.scalar_subquery().label("state_id"),
        decided.scalar_subquery().label("is_decided"),
        promise.scalar_subquery().label("promised_on"),
        results.scalar_subquery().label("results_at"),
        *signature(),
        mine.scalar_subquery().label("mine"),
        _count(wish, worded).label("total"),
    )
    return _from(select(row), wish, worded)  # type: ignore[no-any-return]


def _count(wish: Wish, worded: list[ColumnElement[bool]]) -> ScalarSelect[int]:
    rows = _from(select(literal(1)), wish, worded).limit(at_most(MOST_COUNTED + 1)).correlate(None).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()


def _from(query: Any, wish: Wish, worded: list[ColumnElement[bool]]) -> Any:
    """The proposals wished for; what they alone have is joined only when it filters."""
    base, own = Contribution.__table__, Proposal.__table__
    filtered = wish.states or wish.state_ids or wish.topic or wish.answer
    joined = base.join(own, own.c.id == base.c.id) if filtered else base
    return query.select_from(joined).where(*_conditions(wish), *worded)


def _worded(wish: Wish, component: Component) -> list[ColumnElement[bool]]:
    found = with_words(wish.words, component.id) if wish.words else None
    return [] if found is None else [found]


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    state, topic = Proposal.__table__.c.state_id, Proposal.__table__.c.topic_id
    held = [Contribution.component_id == bindparam("component"), Contribution.about_id.is_(None), shown()]
    states: list[ColumnElement[bool]] = []
    if "discussed" in wish.states:
        states.append(and_(state.is_(None), Contribution.withdrawn_at.is_(None)))
    if wish.state_ids:
        chosen = bindparam("states", type_=ARRAY(Integer))
        states.append(and_(state == any_(chosen), Contribution.withdrawn_at.is_(None)))
    if "withdrawn" in wish.states:
        states.append(Contribution.withdrawn_at.is_not(None))
    held.append(or_(*states) if states else Contribution.withdrawn_at.is_(None))
    if wish.topic:
        held.append(topic == any_(bindparam("topics", type_=ARRAY(Integer))))
    if wish.centre:
        held.append(Contribution.centre_id == bindparam("of_centre", type_=Integer))
    if wish.author:
        held.append(_signed_by(_named()))
    if wish.answer:
        asked = {
            "waiting": waits_for_answer(bindparam("goal", type_=Integer)),
            "late": and_(undecided(), Proposal.__table__.c.promised_on < bindparam("today", type_=Date)),
        }
        held += [or_(*(asked[name] for name in wish.answer)), Contribution.withdrawn_at.is_(None)]
    if wish.mine:
        held.append(or_(*_participations(wish)))
    return held


def _signed_by(people: Select[int]) -> ColumnElement[bool]:
    """Under the name of one of `people`, alone or with others; a centre's signature hides who wrote."""
    with_others = select(Authorship.contribution_id).where(
        Authorship.member_id.in_(people), Authorship.accepted_at.is_not(None)
    )
    return or_(
        and_(Contribution.author_id.in_(people), Contribution.official.is_(False)),
        Contribution.id == any_(func.array(with_others.scalar_subquery())),
    )


def signature() -> tuple[Any, Any, Any]:
    """Who signs a row first, when their account was erased, and their centre; a centre may sign alone."""
    author, centre = Member.__table__.alias().c, Centre.__table__.alias().c
    name = select(author.name).where(author.id == Contribution.author_id).scalar_subquery()
    erased = select(author.erased_at).where(author.id == Contribution.author_id).scalar_subquery()
    place = select(centre.name).where(centre.id == Contribution.centre_id).scalar_subquery()
    return (
        case((Contribution.official, place), else_=name).label("author"),
        case((Contribution.official, None), else_=erased).label("author_erased_at"),
        case((Contribution.official, None), else_=place).label("centre"),
    )


def _named() -> Select[int]:
    """The ids of those whose name has the words looked for, or words that begin so."""
    words = func.to_tsvector(literal_column("'simple'::regconfig"), func.fold(Member.name))
    wanted = func.to_tsquery(
        literal_column("'simple'::regconfig"), func.fold(bindparam("author", type_=Text))
    )
    return (
        select(Member.id)
        .where(words.op("@@")(wanted), Member.erased_at.is_(None))
        .limit(at_most(MOST_AUTHORS))
    )


def _participations(wish: Wish) -> Sequence[ColumnElement[bool]]:
    """What a reader did; of a visitor, who has no number, nothing is true."""
    voted = exists().where(Vote.contribution_id == Contribution.id, Vote.voter_id == _READER)
    conditions: dict[str, ColumnElement[bool]] = {
        "not_yet": and_(_READER.is_not(None), ~voted, written_by_others(_READER)),
        "supported": voted,
        "centre": Contribution.centre_id == bindparam("centre", type_=Integer),
    }
    return [conditions[name] for name in wish.mine]


def _by_chance(
    query: Select[Any], component: Component, wish: Wish, actor: Actor, key: str | None
) -> Page[Any]:
    """A page of the circle that `shuffle` makes, entered at the seed; the key says how far round one is."""
    place = Place.read(key, wish.seed)
    order = (Contribution.shuffle, Contribution.id)
    laps = []
    for n, part in ((0, Contribution.shuffle >= place.seed), (1, Contribution.shuffle < place.seed)):
        if (n < place.lap and not place.backward) or (n > place.lap and place.backward):
            continue
        one = select(Contribution.id, literal(n).label("lap"))
        ahead = _from(one, wish, _worded(wish, component)).where(part)
        if n == place.lap and place.last:
            row, edge = tuple_(*order), tuple_(literal(place.after), literal(place.last))
            ahead = ahead.where(row < edge if place.backward else row > edge)
        ahead = ahead.order_by(*(column.desc() if place.backward else column for column in order))
        laps.append(ahead.limit(at_most(PAGE + 1)).subquery().select())
    near = union_all(*laps).subquery()
    round_ = (near.c.lap, *order)
    rows = db.session.execute(
        query.join(near, near.c.id == Contribution.id)
        .add_columns(near.c.lap, Contribution.shuffle)
        .order_by(*(column.desc() if place.backward else column for column in round_))
        .limit(at_most(PAGE + 1)),
        values_of(component, wish, actor),
    ).all()
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if place.backward:
        rows = rows[::-1]
    before = more if place.backward else bool(place.last)
    after = True if place.backward else more
    return Page(
        [row[0] for row in rows],
        previous=place.written("<", rows[0]) if rows and before else None,
        next=place.written(">", rows[-1]) if rows and after else None,
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the random order starts or ends: how many times round, and after or before what."""

    seed: int
    backward: bool = False
    lap: int = 0
    after: int = 0
    last: int = 0

    @classmethod
    def read(cls, key: str | None, seed: int) -> "Place":
        """The place that a key names; one that cannot be read is the beginning."""
        way, parts = (key or " ")[0], (key or "")[1:].split(".")
        if way not in "<>" or len(parts) != 4 or not all(p.isdecimal() and len(p) < 16 for p in parts):
            return cls(seed)
        entered, lap, after, last = map(int, parts)
        return cls(min(entered, 2**31 - 1), way == "<", min(lap, 1), min(after, 2**31 - 1), last)

    def written(self, way: str, row: Any) -> str:
        """The key of the page before or after a row; it holds the seed, so that any reader sees the same page."""
        return f"{way}{self.seed}.{row.lap}.{row.shuffle}.{row[0].id}"
