"""One test per permission: who may, who may not, in and out of phase."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from participa.authorization import Actor, Role
from participa.db import clock, db
from participa.proposals import policies, queries
from participa.proposals.answering.policies import may_answer
from participa.proposals.models import Proposal
from participa.spaces.models import Component, Visibility
from participa.spaces.queries import find_component
from tests.factories import Factory


def component_of(component: Component) -> Component:
    found = find_component(component.id, component.space.slug)
    assert found is not None
    return found


def read(proposal: Proposal, actor: Actor) -> Proposal:
    found = queries.find(proposal.component_id, proposal.id, actor)
    assert found is not None
    return found.proposal


def again(proposal: Proposal, actor: Actor) -> Proposal:
    """The proposal as another request reads it."""
    db.session.expunge_all()
    return read(proposal, actor)


def put_in(make: Factory, proposal: Proposal, token: str) -> None:
    """Give a proposal a state, as if an answer had."""
    state = make.state(proposal.component, token)
    held = update(Proposal).where(Proposal.id == proposal.id).values(state_id=state.id)
    make.session.execute(held.execution_options(synchronize_session=False))
    make.session.commit()


@pytest.fixture
def phased(make: Factory) -> Component:
    """A component whose every act is open in June 2026 and closed in July."""
    space = make.space(
        phases=[
            ("Dépôt", date(2026, 6, 1), date(2026, 6, 30)),
            ("Pause", date(2026, 7, 1), date(2026, 7, 31)),
        ]
    )
    component = make.component("proposals", space)
    component.rules = {str(space.phases[0].id): component.rules[str(space.phases[0].id)]}
    make.session.commit()
    return component


def in_june(at: Any) -> None:
    at(clock().replace(year=2026, month=6, day=30, hour=21))


def in_july(at: Any) -> None:
    at(clock().replace(year=2026, month=6, day=30, hour=22))  # midnight has passed in Paris


def test_proposing_is_for_members_while_the_phase_lets_them(
    make: Factory, phased: Component, at: Any
) -> None:
    member = make.actor(make.member())
    in_june(at)
    assert policies.may_propose(member, component_of(phased))
    assert policies.may_propose(make.actor(), component_of(phased)).rule == "sign_in"
    in_july(at)
    assert policies.may_propose(member, component_of(phased)).rule == "proposing_closed"


@pytest.mark.parametrize("visibility", [Visibility.TRANSPARENT, Visibility.PRIVATE])
def test_proposing_in_a_restricted_space_is_for_its_members(make: Factory, visibility: Visibility) -> None:
    space = make.space(visibility=visibility)
    component, someone = make.component("proposals", space), make.member()
    refusal = "not_visible" if visibility == Visibility.PRIVATE else "space_members_only"
    assert policies.may_propose(make.actor(someone), component_of(component)).rule == refusal
    make.role(someone, space, Role.MEMBER)
    assert policies.may_propose(make.actor(someone), component_of(component))


def test_editing_is_for_the_author_until_an_answer_while_the_phase_lets_them(
    make: Factory, phased: Component, at: Any
) -> None:
    author, moderator = make.member(), make.moderator(phased.space)
    proposal = make.proposal(phased, author)
    actor = make.actor(author)
    in_june(at)
    assert policies.may_edit(actor, read(proposal, actor))
    assert policies.may_edit(make.actor(moderator), read(proposal, actor)).rule == "not_author"
    in_july(at)
    assert policies.may_edit(actor, read(proposal, actor)).rule == "editing_closed"
    in_june(at)
    make.answer(proposal, "evaluating")
    assert policies.may_edit(actor, again(proposal, actor)).rule == "already_answered"


def test_withdrawing_is_for_the_author_until_the_answer_is_final(make: Factory) -> None:
    component, author = make.component("proposals"), make.member()
    proposal, actor = make.proposal(component, author), make.actor(author)
    moderator = make.actor(make.moderator(component.space))

    assert policies.may_withdraw(actor, read(proposal, actor))
    assert policies.may_withdraw(moderator, read(proposal, actor)).rule == "not_author"
    for token, rule in (("evaluating", None), ("accepted", "already_answered")):
        put_in(make, proposal, token)
        assert policies.may_withdraw(actor, again(proposal, actor)).rule == rule
    proposal = again(proposal, actor)
    proposal.withdrawn_at = clock()
    assert policies.may_withdraw(actor, proposal).rule == "withdrawn"


def test_answering_is_for_moderators_at_any_time(make: Factory, phased: Component, at: Any) -> None:
    proposal = make.proposal(phased)
    moderator, coordinator = make.moderator(phased.space), make.coordinator()
    in_july(at)
    for member in (moderator, coordinator):
        assert may_answer(make.actor(member), read(proposal, make.actor(member)))
    someone = make.actor(make.member())
    assert may_answer(someone, read(proposal, someone)).rule == "moderators_only"
    proposal.withdrawn_at = clock()
    assert may_answer(make.actor(moderator), proposal).rule == "withdrawn"


def test_voting_is_for_others_while_the_phase_lets_them_and_no_answer_is_final(
    make: Factory, phased: Component, at: Any
) -> None:
    author = make.member()
    proposal, actor = make.proposal(phased, author), make.actor(make.member())
    in_june(at)
    assert policies.may_vote(actor, read(proposal, actor))
    assert policies.may_vote(make.actor(author), read(proposal, actor)).rule == "own_proposal"
    assert policies.may_vote(make.actor(), read(proposal, actor)).rule == "sign_in"
    in_july(at)
    assert policies.may_vote(actor, read(proposal, actor)).rule == "voting_closed"
    in_june(at)
    for token, rule in (("evaluating", None), ("rejected", "answered_vote")):
        put_in(make, proposal, token)
        assert policies.may_vote(actor, again(proposal, actor)).rule == rule
    proposal = again(proposal, actor)
    proposal.hidden_at = clock()
    assert policies.may_vote(actor, proposal).rule == "hidden"


def test_what_waits_for_an_answer_is_what_reached_its_goal(make: Factory) -> None:
    from participa.proposals.component import proposals_to_answer

    component = make.component("proposals", settings={"threshold_per_proposal": 2})
    make.proposal(component, support_count=1)
    make.proposal(component, support_count=2)
    make.proposal(component, state="evaluating")
    make.proposal(make.component("proposals", settings={"threshold_per_proposal": 2}), support_count=2)

    moderator = make.actor(make.moderator(component.space))
    assert [waiting.count for waiting in proposals_to_answer(moderator)] == [2]
    assert [waiting.count for waiting in proposals_to_answer(make.actor(make.coordinator()))] == [3]
    assert proposals_to_answer(make.actor(make.member())) == []


def test_votes_wait_for_members_when_they_close_within_two_weeks(
    make: Factory, phased: Component, at: Any
) -> None:
    from participa.proposals.component import votes_before_close
    from participa.votes.queries import find_votable
    from participa.votes.services import cast

    me = make.member()
    first = make.proposal(phased)
    make.proposal(phased)
    make.proposal(phased, me)
    found = find_votable(first.id)
    assert found is not None
    in_june(at)
    cast(me, found, 1)

    assert [
        (waiting.count, "30" in str(waiting.label)) for waiting in votes_before_close(make.actor(me))
    ] == [(1, True)]
    at(clock().replace(day=10))
    assert votes_before_close(make.actor(me)) == []
    in_july(at)
    assert votes_before_close(make.actor(me)) == []
    assert votes_before_close(make.actor()) == []
