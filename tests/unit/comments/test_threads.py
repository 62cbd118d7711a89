"""Pages of threads: nothing lost, nothing twice, answers under what they answer, at a constant price."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update

from participa.comments import paths, queries, recount, services, threads
from participa.comments.models import MAX_DEPTH, Branch, Comment
from participa.comments.queries import Order
from participa.contributions.models import Contribution
from participa.db import clock
from tests.factories import Factory
from tests.tools import counted_statements

CONTRIBUTIONS: Any = Contribution.__table__
UNSET = {
    "reply_count": 0,
    "near_count": 0,
    "together": 0.0,
    "stale": False,
    "shared": False,
    "orphan": False,
    "edited_late": False,
}
COMMENTS: Any = Comment.__table__


def grow(session, proposal, author, parents, *, hidden=frozenset(), scores=()) -> list[Comment]:
    """Comments whose n-th answers the one at `parents[n]` (None: at the top), in a few statements."""
    first = session.scalar(
        text("SELECT max(nextval('contributions_id_seq')) FROM generate_series(1, :n)"),
        {"n": len(parents) or 1},
    )
    grown: list[Comment] = []
    for n, parent in enumerate(parents):
        comment = Comment(id=first + 1 - len(parents) + n, published_at=clock())
        comment.score = scores[n] if n < len(scores) else 0.0
        services.place(comment, proposal, grown[parent] if parent is not None else None)
        grown.append(comment)
    if grown:
        own = [column.name for column in Comment.__table__.c if column.name not in UNSET]
        session.execute(
            insert(CONTRIBUTIONS),
            [
                {
                    "id": comment.id,
                    "kind": "comment",
                    "component_id": proposal.component_id,
                    "author_id": author.id,
                    "about_id": proposal.id,
                    "body": "…",
                    "html": "<p>…</p>",
                    "created_at": clock(),
                    "published_at": clock(),
                    "last_activity_at": clock(),
                    "hidden_at": clock() if n in hidden else None,
                }
                for n, comment in enumerate(grown)
            ],
        )
        session.execute(
            insert(COMMENTS),
            [{name: getattr(comment, name) for name in own} | UNSET for comment in grown],
        )
        session.execute(text(next(each.insert for each in recount.MISSING if each.table == "branches")))
        for counter in recount.COUNTERS:
            if counter.column in ("comment_count", "reply_count", "near_count"):
                rows = "t.root_id" if counter.table == "comments" else "coalesce(t.about_id, t.id)"
                session.execute(
                    text(
                        f"UPDATE {counter.table} t SET {counter.column} = ({counter.truth})"
                        f" WHERE {counter.where} AND :root = {rows}"
                    ),
                    {"root": proposal.id},
                )
    session.commit()
    return grown


def all_pages(
    root_id: int, order: Order, meanwhile: Callable[[], object] = lambda: None
) -> Iterator[threads.Page]:
    """Every page of a thread and, where a branch is cut or goes deeper, the pages it goes on with."""
    after: queries.Cursor | None = None
    while True:
        page = threads.page(root_id, order, after)
        meanwhile()
        yield page
        for entry in page.entries:
            assert not (entry.cut and entry.deeper)
            if entry.cut or entry.deeper:
                yield from rest_of(entry.cut or entry.message.id, entry.message.id)
        if page.next is None:
            return
        after = page.next


def rest_of(top_id: int, after: int | None) -> Iterator[threads.Page]:
    """The pages of a branch from the comment `after` on."""
    while True:
        comment = queries.find_comment(top_id)
        assert comment is not None
        page = threads.branch(comment, after)
        yield page
        if page.next is None:
            return
        after = page.next.id


@pytest.fixture
def place(make: Factory):
    """One component for all the trees of a test, with someone to write in it."""
    return make.component("proposals"), make.member()


trees = st.lists(st.none() | st.integers(0, 30), min_size=0, max_size=24).map(
    lambda wishes: [wish % n if wish is not None and n else None for n, wish in enumerate(wishes)]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parents=trees,
    hidden=st.sets(st.integers(0, 23)),
    scores=st.lists(st.sampled_from([0.0, 0.2, 0.5]), max_size=24),
    order=st.sampled_from(Order),
    size=st.integers(1, 9),
)
def test_pages_show_every_visible_comment_once_and_parents_first(
    session, place, make: Factory, monkeypatch, parents, hidden, scores, order, size
):
    monkeypatch.setattr(threads, "PAGE", size)
    component, author = place
    proposal = make.proposal(component, author)
    grown = grow(session, proposal, author, parents, hidden=hidden, scores=scores)

    pages = list(all_pages(proposal.id, order))

    seen = threads.visible_ids(pages)
    shown = [comment.id for n, comment in enumerate(grown) if n not in hidden]
    above = {comment.id: comment.parent_id for comment in grown}
    stubs = set()
    for number in shown:
        parent = above[number]
        while parent is not None:
            stubs.add(parent)
            parent = above[parent]
    assert sorted(seen) == sorted({*shown, *stubs})
    assert all(above[number] in {None, *seen[:n]} for n, number in enumerate(seen))
    assert all(len([entry for entry in page.entries if not entry.is_context]) <= size for page in pages)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parents=trees,
    scores=st.lists(st.sampled_from([0.0, 0.2, 0.5]), min_size=24, max_size=24),
    order=st.sampled_from(Order),
    size=st.integers(1, 9),
    votes=st.lists(st.tuples(st.integers(0, 23), st.sampled_from([0.0, 0.1, 0.3, 0.9]))),
)
def test_while_votes_arrive_only_what_is_voted_on_moves_and_never_by_date(
    session, place, make: Factory, monkeypatch, parents, scores, order, size, votes
):
    monkeypatch.setattr(threads, "PAGE", size)
    component, author = place
    proposal = make.proposal(component, author)
    grown = grow(session, proposal, author, parents, scores=scores)
    coming, moved = list(votes), set()

    def vote() -> None:
        if coming:
            n, score = coming.pop()
            if n < len(grown):
                values = {"score": score, "together": score, "reply_count": round(score * 10)}
                session.execute(update(COMMENTS).where(COMMENTS.c.id == grown[n].id).values(values))
                moved.add(grown[n].top_id)

    seen = threads.visible_ids(all_pages(proposal.id, order, vote))

    tops = {comment.id: comment.top_id for comment in grown}
    still = [number for number in seen if order in (Order.OLDEST, Order.NEWEST) or tops[number] not in moved]
    expected = [
        number for number, top in tops.items() if order in (Order.OLDEST, Order.NEWEST) or top not in moved
    ]
    assert sorted(still) == sorted(expected), "what nobody voted on shows once"
    assert all(seen.count(number) <= 1 + len(votes) for number in tops)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.OLDEST, [0, 1, 2]),
        (Order.NEWEST, [2, 1, 0]),
        (Order.USEFUL, [1, 2, 0]),
        (Order.DISCUSSED, [1, 2, 0]),
    ],
)
def test_an_order_sorts_the_top_and_leaves_conversations_as_they_went(session, make, order, expected):
    proposal, author = make.proposal(), make.member()
    grown = grow(session, proposal, author, [None, None, None, 1, 1, 3], scores=[0.1, 0.9, 0.5, 0.0, 1.0])

    page = threads.page(proposal.id, order, None)

    under = {0: [0], 1: [1, 3, 5, 4], 2: [2]}
    assert page.ids == [grown[n].id for top in expected for n in under[top]]


def test_a_page_holds_fifty_comments_and_says_which_branch_it_cuts(session, make):
    proposal, author = make.proposal(), make.member()
    grown = grow(session, proposal, author, [None, *[0] * 80, None])

    first = threads.page(proposal.id, Order.OLDEST, None)
    second = threads.page(proposal.id, Order.OLDEST, first.next)

    assert len(first.ids) == 50
    assert [entry.cut for entry in first.entries if entry.cut] == [grown[0].id]
    assert second.ids == [grown[81].id]


@pytest.mark.parametrize("size", [3, 300])
def test_a_page_costs_two_statements_whatever_the_thread(session, make, size):
    proposal, author = make.proposal(), make.member()
    deep = [None, *range(size)]
    grow(session, proposal, author, [*deep, *[None] * size])

    with counted_statements() as statements:
        threads.page(proposal.id, Order.NEWEST, None)
        threads.page(proposal.id, Order.OLDEST, None)

    assert len(statements) <= 4


def test_a_reply_deeper_than_threads_go_hangs_there_and_names_whom_it_answers(session, make):
    proposal, author = make.proposal(), make.member("Ada")
    grown = grow(session, proposal, author, [None, *range(MAX_DEPTH + 3)])

    deepest, hung, again = grown[MAX_DEPTH], grown[MAX_DEPTH + 1], grown[MAX_DEPTH + 2]
    assert (deepest.depth, hung.depth, again.depth) == (250, 250, 250)
    assert hung.parent_id == again.parent_id == deepest.id
    assert (hung.answers_id, again.answers_id) == (None, hung.id)
    assert len(grown[-1].path) * 1.0 < 2_600  # an index entry holds no more than 2,704 bytes
    (page,) = rest_of(deepest.id, None)
    assert page.ids[-4:] == [number.id for number in grown[MAX_DEPTH:]]
    assert page.entries[-1].answers == "Ada"
    below = dict(session.execute(select(Branch.comment_id, Branch.below)).all())
    assert (below[grown[0].id], below.get(hung.id, 0)) == (MAX_DEPTH + 3, 0)


@given(st.lists(st.integers(1, 36**8 - 1), max_size=MAX_DEPTH))
def test_a_path_gives_back_the_ids_it_was_made_of(numbers):
    assert paths.ids("".join(map(paths.step, numbers))) == numbers


@given(st.integers(1, 36**8 - 1), st.integers(1, 36**8 - 1))
def test_paths_sort_as_their_ids(one, other):
    assert (paths.step(one) < paths.step(other)) == (one < other)


def test_the_page_of_a_thread_shows_four_levels_of_answers_and_says_how_many_go_deeper(session, make):
    proposal, author = make.proposal(), make.member()
    grown = grow(session, proposal, author, [None, 0, 1, 2, 3, 4, 5, None])

    page = threads.page(proposal.id, Order.OLDEST, None)

    assert page.ids == [grown[n].id for n in (0, 1, 2, 3, 4, 7)]
    assert [entry.deeper for entry in page.entries] == [0, 0, 0, 0, 2, 0]
    assert [entry.level for entry in page.entries] == [0, 1, 2, 3, 4, 0]


def test_a_page_stays_full_beside_a_conversation_that_goes_deep(session, make):
    proposal, author = make.proposal(), make.member()
    grow(session, proposal, author, [*[None] * 60, *[60 + n for n in range(-1, 79)]])

    page = threads.page(proposal.id, Order.NEWEST, None)

    assert len(page.ids) == threads.PAGE
