"""A minimum of votes per member: until it is reached none of theirs counts, and from then on all do."""

from typing import Any

import pytest
from sqlalchemy import func, select

from participa.authorization import Refused
from participa.contributions.models import Contribution
from participa.insights.counters import wrong_counters
from participa.proposals.models import Proposal
from participa.votes import services
from participa.votes.models import Ballot, Participation, Tally, Vote
from participa.votes.queries import find_votable
from tests.factories import Factory
from tests.tools import counted_statements


def vote(voter: Any, proposal: Contribution, value: int = 1) -> bool:
    return services.cast(voter, votable(proposal), value)


def withdraw(voter: Any, proposal: Contribution) -> bool:
    return services.withdraw(voter, votable(proposal))


def votable(proposal: Contribution) -> Contribution:
    found = find_votable(proposal.id)
    assert found is not None
    return found


def counts(session: Any) -> list[tuple[int, int]]:
    """Supports and centres of each proposal."""
    rows = session.execute(select(Proposal.support_count, Proposal.centre_count).order_by(Proposal.id)).all()
    return [tuple(row) for row in rows]


@pytest.fixture
def three(make: Factory) -> Any:
    component = make.component("proposals", settings={"minimum_votes_per_user": 3})
    author = make.member()
    return [make.proposal(component, author) for _ in range(4)]


def test_votes_wait_uncounted_until_there_are_enough_and_then_all_count(
    session: Any, make: Factory, three: Any
) -> None:
    voter = make.member(centre=make.centre())

    vote(voter, three[0])
    vote(voter, three[1])
    assert counts(session) == [(0, 0)] * 4
    assert session.scalar(select(func.count()).select_from(Participation)) == 0

    vote(voter, three[2])
    assert counts(session) == [(1, 1), (1, 1), (1, 1), (0, 0)]
    assert session.scalar(select(func.sum(Tally.n))) == 3
    assert session.scalar(select(func.sum(Participation.n))) == 3

    vote(voter, three[3])
    assert counts(session) == [(1, 1)] * 4
    assert wrong_counters() == []


def test_dropping_under_the_minimum_makes_all_of_them_wait_again(
    session: Any, make: Factory, three: Any
) -> None:
    voter, other = make.member(centre=make.centre()), make.member()
    for one in three[:3]:
        vote(voter, one)
        vote(other, one)

    assert withdraw(voter, three[0])

    assert counts(session) == [(1, 0)] * 3 + [(0, 0)]
    assert session.scalars(select(Vote.counted).where(Vote.voter_id == voter.id)).all() == [False, False]
    assert session.scalar(select(Ballot.used).where(Ballot.voter_id == voter.id)) == 2
    assert wrong_counters() == []
    vote(voter, three[3])
    assert [n for n, _centres in counts(session)] == [1, 2, 2, 1]


def test_withdrawing_a_vote_that_waits_changes_no_count(session: Any, make: Factory, three: Any) -> None:
    voter = make.member()
    vote(voter, three[0])

    assert withdraw(voter, three[0])
    assert not withdraw(voter, three[0])

    assert counts(session) == [(0, 0)] * 4
    assert session.scalar(select(Ballot.used)) == 0


def test_what_one_says_can_change_while_it_waits(session: Any, make: Factory) -> None:
    settings = {"ballot": "stance", "minimum_votes_per_user": 2}
    component, author, voter = make.component("proposals", settings=settings), make.member(), make.member()
    first, second = make.proposal(component, author), make.proposal(component, author)

    vote(voter, first, 1)
    vote(voter, first, -1)
    vote(voter, second, 0)

    rows = session.execute(
        select(Proposal.support_count, Proposal.neutral_count, Proposal.against_count).order_by(Proposal.id)
    ).all()
    assert [tuple(row) for row in rows] == [(0, 0, 1), (0, 1, 0)]
    assert wrong_counters() == []


def test_a_waiting_vote_on_what_has_become_full_is_told_and_nothing_changes(
    session: Any, make: Factory
) -> None:
    settings = {
        "minimum_votes_per_user": 2,
        "threshold_per_proposal": 1,
        "can_accumulate_votes_beyond_threshold": False,
    }
    component, author = make.component("proposals", settings=settings), make.member()
    one, two, three = (make.proposal(component, author) for _ in range(3))
    slow, quick = make.member(), make.member()
    vote(slow, one)
    vote(quick, one)
    vote(quick, two)

    with pytest.raises(Refused, match="vote_cap_waiting"):
        vote(slow, three)
    with pytest.raises(Refused, match="vote_cap"):
        vote(make.member(), two)

    assert counts(session) == [(1, 0), (1, 0), (0, 0)]
    assert session.scalar(select(func.count()).select_from(Vote)) == 3
    assert wrong_counters() == []


def test_reaching_the_minimum_costs_as_many_statements_whatever_it_is(session: Any, make: Factory) -> None:
    seen = []
    for minimum in (2, 12):
        component = make.component("proposals", settings={"minimum_votes_per_user": minimum})
        author, voter = make.member(), make.member(centre=make.centre())
        found = [votable(make.proposal(component, author)) for _ in range(minimum)]
        for one in found[:-1]:
            services.cast(voter, one, 1)
        with counted_statements() as statements:
            services.cast(voter, found[-1], 1)
        seen.append(len(statements))
    assert seen[0] == seen[1] <= 12
