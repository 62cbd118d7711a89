"""What brings people together comes before what one camp alone supports."""

from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, select, text, update

from participa.auth.models import Member
from participa.authorization import VISITOR
from participa.comments import queries as threads
from participa.comments import services as comments
from participa.comments.models import Comment, Unweighed
from participa.comments.together import weigh_all
from participa.contributions.models import Contribution
from participa.debates import queries, services
from participa.debates.models import Argument
from participa.votes.queries import find_votable
from participa.votes.services import cast, withdraw


@pytest.fixture
def debate(make):
    """An open debate where positions are taken in comments."""
    return make.debate(make.component("debates", settings={"comment_positions": True}))


@pytest.fixture
def people(make) -> Any:
    """Some members of one centre each, or of one centre together."""

    def some(n: int, *, centre: Any = None) -> list[Any]:
        return [make.member(centre=centre or make.centre()) for _n in range(n)]

    return some


def argue(make, debate, side: int) -> int:
    """The number of a new argument."""
    found = queries.find(debate.component_id, debate.id, VISITOR)
    assert found is not None
    return services.argue(make.member(), found.debate, side, "Parce que.").id


def support(members, number: int, value: int = 1) -> None:
    """Vote for a text, each one."""
    for member in members:
        cast(member, votable(number), value)


def votable(number: int) -> Contribution:
    """A text as the request that votes on it reads it."""
    found = find_votable(number)
    assert found is not None
    return found


def figures(session, kind=Argument) -> dict[int, float]:
    """What each text is found to bring together."""
    return {number: value for number, value in session.execute(select(kind.id, kind.together))}


def test_an_argument_that_both_camps_back_comes_before_a_more_backed_one_of_one_camp(
    session, make, debate, people
):
    camps = {1: people(6), -1: people(6)}
    for side, camp in camps.items():
        support(camp, argue(make, debate, side))
    partisan, bridge, alone, silent = (argue(make, debate, 1) for _n in range(4))
    support([*camps[1], *people(4)], partisan)
    support([*camps[1][:3], *camps[-1][:4]], bridge)
    support(camps[-1][:1], alone)
    weigh_all()

    found = figures(session)
    assert found[bridge] > found[partisan]
    assert found[bridge] > found[alone] > 0
    assert found[silent] == 0.0
    assert not session.scalars(select(Argument.id).where(Argument.stale)).all()
    ordered = [row.id for row in queries.arguments(debate.id, "together")[1]]
    assert ordered[0] == bridge
    assert ordered == [row.id for row in queries.arguments_of(debate.id, 1, None, "together").items]
    assert queries.arguments(debate.id, "support")[1][0].id == partisan


def test_backing_an_argument_does_not_put_one_in_its_camp(session, make, debate, people):
    camp, others = people(2), people(2)
    support(camp, argue(make, debate, 1))
    by_camp, by_others = argue(make, debate, 1), argue(make, debate, 1)
    support(camp, by_camp)
    support(others, by_others)
    weigh_all()
    assert figures(session)[by_camp] > figures(session)[by_others] > 0


def test_the_breadth_of_centres_tells_between_equals(session, make, debate, people):
    centre = make.centre()
    wide, narrow = argue(make, debate, 1), argue(make, debate, 1)
    support(people(4), wide)
    support(people(4, centre=centre), narrow)
    weigh_all()
    assert figures(session)[wide] > figures(session)[narrow]


def test_a_vote_marks_what_it_changes_and_taking_it_back_too(session, make, debate, people):
    number, (someone,) = argue(make, debate, 1), people(1)
    support([someone], number)
    assert session.scalars(select(Argument.stale).where(Argument.id == number)).one()
    weigh_all()
    assert figures(session)[number] > 0
    withdraw(someone, votable(number))
    weigh_all()
    assert figures(session)[number] == 0


def test_a_message_that_people_of_opposite_positions_find_useful_comes_first(session, make, debate, people):
    def say(author, body, position=None):
        return comments.post(author, threads.find_root(debate.id), body, position=position).id

    pro, contra = people(4), people(4)
    for member in pro:
        say(member, "Pour.", 1)
    for member in contra:
        say(member, "Contre.", -1)
    bridge, partisan = (say(make.member(), "Un message.", 0) for _n in range(2))
    support([*pro[:2], *contra[:2]], bridge)
    support(pro, partisan)
    weigh_all()

    found = figures(session, Comment)
    assert found[bridge] > found[partisan] > 0
    page = [row.id for row in threads.tops(debate.id, threads.Order.TOGETHER, None)]
    assert page[:2] == [bridge, partisan]
    assert not session.scalars(select(Comment.id).where(Comment.stale)).all()


def test_what_nothing_marked_is_left_alone(session, make, debate, people):
    number = argue(make, debate, 1)
    session.execute(update(Argument.__table__).values(together=0.5))
    weigh_all()
    assert figures(session)[number] == 0.5


def marked(session) -> list[int]:
    """The threads marked as a whole."""
    return list(session.scalars(select(Unweighed.root_id)))


def test_a_position_taken_and_withdrawn_from_view_marks_the_thread(session, make, debate):
    said = comments.post(make.member(), threads.find_root(debate.id), "Pour.", position=1)
    assert marked(session) == [debate.id]
    weigh_all()
    assert not marked(session)
    comments.delete(session.get(Member, said.author_id), threads.find_comment(said.id))
    assert marked(session) == [debate.id]


def test_a_vote_on_a_discussed_proposal_marks_its_thread_and_a_reply_marks_none(session, make, people):
    proposal = make.proposal(make.component("proposals"))
    support(people(1), proposal.id)
    assert not marked(session)  # nothing said of it yet
    top = comments.post(make.member(), threads.find_root(proposal.id), "Un avis.")
    reply = comments.post(
        make.member(), threads.find_root(proposal.id), "Une réponse.", parent=threads.find_comment(top.id)
    )
    support(people(1), reply.id)
    assert not session.scalars(select(Comment.id).where(Comment.stale)).all()
    support(people(1), proposal.id)
    assert marked(session) == [proposal.id]


def test_a_thread_that_another_worker_makes_again_is_left_to_it(session, app, make, debate, people):
    number = argue(make, debate, 1)
    support(people(2), number)
    lock = "SELECT pg_advisory_{}(hashtextextended('weigh', :root))"
    with create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=NullPool).connect() as other:
        other.execute(text(lock.format("lock")), {"root": debate.id})
        weigh_all()
        assert figures(session)[number] == 0
        other.execute(text(lock.format("unlock")), {"root": debate.id})
    weigh_all()
    assert figures(session)[number] > 0
