"""Casting and withdrawing keeps the votes, the counts, the ballots and the centres' figures together."""

from typing import Any

import pytest
from sqlalchemy import func, select

from participa.auth.models import Member
from participa.authorization import Refused
from participa.contributions.models import Contribution
from participa.events import subscribe
from participa.proposals.models import Proposal
from participa.votes import services
from participa.votes.events import VoteChanged
from participa.votes.models import Ballot, Participation, Tally, Vote
from participa.votes.queries import find_votable, votes_of, votes_used
from tests.factories import Factory

CAPPED = {"can_accumulate_votes_beyond_threshold": False}


def vote(voter: Member, proposal: Contribution, value: int = 1) -> bool:
    return services.cast(voter, votable(proposal), value)


def votable(proposal: Contribution) -> Contribution:
    found = find_votable(proposal.id)
    assert found is not None
    return found


def figures(session: Any, proposal: Contribution) -> tuple[int, int, int, int]:
    row = session.execute(
        select(
            Proposal.support_count, Proposal.neutral_count, Proposal.against_count, Proposal.centre_count
        ).where(Proposal.id == proposal.id)
    ).one()
    return tuple(row)


def test_a_vote_is_counted_once_however_often_it_is_sent(session: Any, make: Factory) -> None:
    proposal, voter = make.proposal(), make.member(centre=make.centre())

    assert vote(voter, proposal)
    assert not vote(voter, proposal)

    assert figures(session, proposal) == (1, 0, 0, 1)
    assert votes_of(voter.id, [proposal.id]) == {proposal.id: 1}
    assert session.scalar(select(func.sum(Participation.n))) == 1


def test_withdrawing_undoes_everything_the_vote_counted(session: Any, make: Factory) -> None:
    proposal, voter = make.proposal(), make.member(centre=make.centre())
    vote(voter, proposal)

    assert services.withdraw(voter, votable(proposal))
    assert not services.withdraw(voter, votable(proposal))

    assert figures(session, proposal) == (0, 0, 0, 0)
    assert session.scalars(select(Vote)).all() == []
    assert session.scalars(select(Tally.n)).all() == [0]
    assert session.scalars(select(Participation.n)).all() == [0]


def test_changing_ones_mind_moves_the_vote(session: Any, make: Factory) -> None:
    component = make.component("proposals", settings={"ballot": "stance"})
    proposal, voter = make.proposal(component), make.member(centre=make.centre())

    vote(voter, proposal, 1)
    vote(voter, proposal, 0)
    vote(voter, proposal, -1)

    assert figures(session, proposal) == (0, 0, 1, 1)
    assert session.scalar(select(func.sum(Participation.n))) == 1


def test_a_centre_is_counted_once_and_people_without_one_never(session: Any, make: Factory) -> None:
    proposal, centre = make.proposal(), make.centre()
    for voter in (make.member(centre=centre), make.member(centre=centre), make.member()):
        vote(voter, proposal)

    assert figures(session, proposal) == (3, 0, 0, 1)
    assert session.scalars(select(Participation.n)).all() == [2]


def test_a_vote_stays_with_the_centre_it_was_cast_from(session: Any, make: Factory) -> None:
    proposal, before, after = make.proposal(), make.centre(), make.centre()
    voter = make.member(centre=before)
    vote(voter, proposal)
    voter.centre = after
    session.commit()

    services.withdraw(voter, votable(proposal))

    assert session.execute(select(Tally.centre_id, Tally.n)).all() == [(before.id, 0)]


def test_a_changed_vote_belongs_to_the_centre_of_that_moment(session: Any, make: Factory) -> None:
    component = make.component("proposals", settings={"ballot": "stance"})
    proposal, before, after = make.proposal(component), make.centre(), make.centre()
    voter = make.member(centre=before)
    vote(voter, proposal, 1)
    voter.centre = after
    session.commit()

    vote(voter, proposal, -1)

    assert figures(session, proposal) == (0, 0, 1, 1)
    parts = session.execute(
        select(Participation.centre_id, Participation.n).order_by(Participation.centre_id)
    )
    assert dict(row for row in parts) == {before.id: 0, after.id: 1}


def test_the_limit_of_votes_per_member_holds_and_withdrawing_gives_one_back(
    session: Any, make: Factory
) -> None:
    component = make.component("proposals", settings={"vote_limit": 1})
    first, second, voter = make.proposal(component), make.proposal(component), make.member()
    vote(voter, first)

    with pytest.raises(Refused, match="vote_limit"):
        vote(voter, second)
    assert votes_used(voter.id, component.id) == 1

    services.withdraw(voter, votable(first))
    assert vote(voter, second)
    assert session.scalars(select(Ballot.used)).all() == [1]


def test_the_cap_of_votes_per_proposal_holds(session: Any, make: Factory) -> None:
    component = make.component("proposals", settings={"threshold_per_proposal": 1} | CAPPED)
    proposal = make.proposal(component)
    vote(make.member(), proposal)

    with pytest.raises(Refused, match="vote_cap"):
        vote(make.member(), proposal)

    assert figures(session, proposal)[0] == 1
    assert session.scalar(select(func.count()).select_from(Vote)) == 1


def test_only_the_values_of_the_ballot_may_be_cast(session: Any, make: Factory) -> None:
    with pytest.raises(Refused, match="no_such_vote"):
        vote(make.member(), make.proposal(), -1)


def test_a_change_is_announced_with_the_new_counts(session: Any, make: Factory) -> None:
    seen: list[tuple[int, int | None, int | None]] = []

    @subscribe(VoteChanged)
    def note(session: Any, event: VoteChanged) -> None:
        seen.append((event.contribution.support_count, event.before, event.value))

    proposal, voter = make.proposal(), make.member()
    vote(voter, proposal)
    vote(voter, proposal)
    services.withdraw(voter, votable(proposal))

    assert seen == [(1, None, 1), (0, 1, None)]
