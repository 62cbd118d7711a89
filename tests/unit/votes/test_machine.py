"""Whatever people do, in whatever order: every counter equals its recount, and every rule holds."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import array

from participa.auth.models import Member
from participa.authorization import Actor, Refused, authorize
from participa.contributions.events import VisibilityChanged
from participa.contributions.models import Contribution
from participa.db import clock
from participa.events import announce
from participa.insights.counters import wrong_counters
from participa.proposals.models import Proposal, ProposalState
from participa.proposals.services import show_results
from participa.spaces.events import ComponentConfigured
from participa.spaces.models import Component
from participa.votes import services
from participa.votes.ballots import BallotRules, ballot_of
from participa.votes.models import Ballot, Vote
from participa.votes.queries import find_votable
from tests.factories import Factory

MEMBERS, PROPOSALS = 5, 4
whom, which = st.integers(0, MEMBERS - 1), st.integers(0, PROPOSALS - 1)
acts = st.one_of(
    st.tuples(st.just("cast"), whom, which, st.sampled_from((1, 1, 0, -1))),
    st.tuples(st.just("cast"), whom, which, st.just(1)),
    st.tuples(st.just("withdraw"), whom, which),
    st.tuples(st.just("move"), whom, st.integers(0, 2)),
    st.tuples(
        st.just("phase"), st.sampled_from(("votes_enabled", "votes_blocked", "votes_hidden")), st.booleans()
    ),
    st.tuples(st.just("hide"), which, st.booleans()),
    st.tuples(st.just("answer"), which, st.sampled_from((None, "evaluating", "rejected"))),
    st.tuples(st.just("retire"), which),
    st.tuples(st.just("results"), which),
    st.tuples(st.just("limit"), st.sampled_from((None, 3, 4))),
)
configurations = st.fixed_dictionaries(
    {
        "ballot": st.sampled_from(("support", "stance")),
        "vote_limit": st.sampled_from((None, 3)),
        "minimum_votes_per_user": st.sampled_from((None, 2, 3)),
        "threshold_per_proposal": st.sampled_from((None, 2)),
        "can_accumulate_votes_beyond_threshold": st.booleans(),
    }
)


class World:
    """A component, its proposals and those who vote on them, by their numbers."""

    def __init__(self, session: Any, make: Factory, configuration: dict[str, Any]) -> None:
        self.session = session
        component = make.component("proposals", settings=configuration)
        centres = [make.centre(), make.centre(), None]
        author = make.member()
        self.held = component.configuration
        self.component, self.centres = component.id, [centre.id if centre else None for centre in centres]
        self.members = [make.member(centre=centres[n % 3]).id for n in range(MEMBERS)]
        self.proposals = [make.proposal(component, author).id for _ in range(PROPOSALS)]
        session.expunge_all()

    def found(self, who: int, n: int) -> tuple[Member, Proposal, BallotRules]:
        member, proposal = self.session.get(Member, self.members[who]), find_votable(self.proposals[n])
        assert isinstance(proposal, Proposal)
        return member, proposal, ballot_of(Actor(id=member.id, centre_id=member.centre_id), proposal)

    def cast(self, who: int, n: int, value: int) -> None:
        member, proposal, rules = self.found(who, n)
        authorize(rules.verdict)
        services.cast(member, proposal, value)

    def withdraw(self, who: int, n: int) -> None:
        member, proposal, rules = self.found(who, n)
        assert rules.withdrawing is not None
        authorize(rules.withdrawing)
        services.withdraw(member, proposal)

    def move(self, who: int, centre: int) -> None:
        self.change(Member, self.members[who], centre_id=self.centres[centre])

    def phase(self, rule: str, on: bool) -> None:
        path = array(["always", rule])
        self.change(Component, self.component, rules=func.jsonb_set(Component.rules, path, func.to_jsonb(on)))

    def hide(self, n: int, hidden: bool) -> None:
        proposal = self.session.get(Proposal, self.proposals[n])
        if (proposal.hidden_at is not None) != hidden:
            proposal.hidden_at = clock() if hidden else None
            announce(self.session, VisibilityChanged(proposal, shown=not hidden))

    def answer(self, n: int, token: str | None) -> None:
        state = self.session.scalar(
            select(ProposalState.id).where(
                ProposalState.component_id == self.component, ProposalState.token == token
            )
        )
        self.change(Proposal, self.proposals[n], state_id=state)

    def retire(self, n: int) -> None:
        self.change(Contribution, self.proposals[n], withdrawn_at=clock())

    def results(self, n: int) -> None:
        proposal = find_votable(self.proposals[n])
        assert isinstance(proposal, Proposal)
        show_results(proposal)

    def limit(self, limit: int | None) -> None:
        component = self.session.get(Component, self.component)
        before = component.settings["vote_limit"]
        component.settings = component.settings | {"vote_limit": limit}
        self.session.flush()
        announce(self.session, ComponentConfigured(component, {"vote_limit": [before, limit]}))

    def change(self, model: Any, number: int, **values: Any) -> None:
        table = model.__table__
        self.session.execute(update(table).where(table.c.id == number).values(**values))

    def check(self) -> None:
        assert wrong_counters() == []
        held = self.held
        votes = self.session.execute(
            select(Vote.voter_id, func.count(), func.count().filter(Vote.counted))
            .join(Contribution, Contribution.id == Vote.contribution_id)
            .join(Proposal.__table__, Proposal.__table__.c.id == Vote.contribution_id)
            .where(Proposal.__table__.c.results_at.is_(None), Proposal.__table__.c.state_id.is_(None))
            .where(Contribution.component_id == self.component)
            .group_by(Vote.voter_id)
        ).all()
        ballots = select(Ballot.voter_id, Ballot.used).where(Ballot.component_id == self.component)
        used = dict(self.session.execute(ballots).all())
        total = Contribution.support_count + Contribution.neutral_count + Contribution.against_count
        if held.threshold_per_proposal and not held.can_accumulate_votes_beyond_threshold:
            most = self.session.scalar(
                select(func.max(total)).where(Contribution.component_id == self.component)
            )
            assert (most or 0) <= held.threshold_per_proposal
        if held.minimum_votes_per_user:
            for voter, cast, counted in votes:
                assert counted in (0, cast)
                assert used[voter] >= cast


@settings(
    max_examples=12,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a story is short enough as it is
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(configuration=configurations, story=st.lists(acts, min_size=5, max_size=25))
def test_no_sequence_of_acts_makes_a_counter_differ_from_its_recount(
    session: Any, make: Factory, configuration: dict[str, Any], story: list[Any]
) -> None:
    world = World(session, make, configuration)
    for act, *values in story:
        try:
            getattr(world, act)(*values)
            session.commit()
        except Refused:
            session.rollback()
        session.expunge_all()
        world.check()
