"""Whatever is done to proposals, in whatever order: figures equal their recount, and no vote is lost or doubled."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, scoped_session

from participa.auth.models import Member
from participa.authorization import Actor, Refused, authorize
from participa.comments import services as comments
from participa.comments.models import Comment
from participa.comments.queries import find_comment, find_root
from participa.contributions.models import Contribution
from participa.contributions.queries import find_contribution
from participa.db import clock
from participa.insights.counters import wrong_counters
from participa.moderation import services as moderation
from participa.moderation.models import Reason
from participa.proposals import services as proposals
from participa.proposals.amendments import queries as amendments
from participa.proposals.amendments import services as amending
from participa.proposals.amendments.forms import Draft as AmendmentDraft
from participa.proposals.amendments.models import Amendment
from participa.proposals.forms import Draft
from participa.proposals.lineage import queries as lineage
from participa.proposals.lineage import services as lineages
from participa.proposals.models import Proposal
from participa.proposals.queries import find
from participa.spaces.models import Component
from participa.votes import services as votes
from participa.votes.ballots import ballot_of
from participa.votes.models import Ballot, Vote
from participa.votes.queries import find_votable
from tests.factories import Factory

VOTERS = 4
who = st.integers(0, VOTERS - 1)
seldom = st.sampled_from((False, False, False, True))
TEXT = Draft(
    "Un annuaire commun et vivant des ateliers", "Chaque centre tient à jour sa fiche, une fois l’an."
)
OTHER = "Un tout autre texte, assez long pour être publié."


class Acts(RuleBasedStateMachine):
    """People, their proposals in two lists, and the votes that should be there."""

    session: scoped_session[Session]
    make: Factory
    at: Callable[[datetime], None]
    standing = Bundle("standing")
    """The numbers of proposals, those replaced since among them."""
    done = Bundle("done")
    """What a merge or a split made."""

    def __init__(self) -> None:
        super().__init__()
        make = self.make
        space = make.space()
        held = {"amendments_enabled": True, "vote_limit": 3}
        self.components = [make.component("proposals", space, settings=held).id for _ in range(2)]
        self.author = make.member("Autrice", centre=make.centre()).id
        self.moderator = make.moderator(space).id
        centres = [make.centre(), make.centre()]
        self.voters = [make.member(centre=centres[n % 2] if n else None).id for n in range(VOTERS)]
        self.votes: dict[int, set[int]] = {}
        self.since: dict[int, set[int]] = {}
        """The votes cast on a proposal since it exists, not received from what it replaces."""
        self.session.commit()

    # ── What it takes

    def member(self, number: int) -> Member:
        return self.session.get_one(Member, number)

    def read(self, number: int) -> Proposal:
        """A proposal as a request of its own would read it; raises Refused when it is not there any more."""
        self.session.expunge_all()
        place = self.session.scalar(
            select(Contribution.component_id).where(
                Contribution.id == number, Contribution.trashed_at.is_(None)
            )
        )
        found = find(place, number, Actor()) if place else None
        if found is None:
            raise Refused("not_visible")
        return found.proposal

    def tried(self, act: Callable[[], Any]) -> Any:
        """What an act gives, or None when a rule refuses it; every act has its own minute."""
        self.at(clock() + timedelta(minutes=1))
        try:
            given = act()
            self.session.commit()
        except Refused:
            self.session.rollback()
            return None
        return given

    def there(self, number: int) -> set[int]:
        return set(self.session.scalars(select(Vote.voter_id).where(Vote.contribution_id == number)))

    # ── What people do

    @initialize(target=standing)
    def begin(self) -> Any:
        """Three proposals, two of them supported."""
        numbers = [self.publish() for _ in range(3)]
        for voter, number in ((0, numbers[0]), (1, numbers[0]), (1, numbers[1]), (2, numbers[1])):
            self.cast(voter, number)
        return multiple(*numbers)

    @rule(target=standing)
    def publish(self) -> int:
        component = self.session.get_one(Component, self.components[0])
        made: int = self.make.proposal(component, self.member(self.author)).id
        self.votes[made], self.since[made] = set(), set()
        return made

    @rule(voter=who, number=standing)
    def cast(self, voter: int, number: int) -> None:
        def act() -> bool:
            self.read(number)
            member, votable = self.member(self.voters[voter]), find_votable(number)
            assert votable is not None
            authorize(ballot_of(Actor(id=member.id, centre_id=member.centre_id), votable).verdict)
            return votes.cast(member, votable, 1)

        changed = self.tried(act)
        if changed:
            self.votes[number].add(self.voters[voter])
            self.since[number].add(self.voters[voter])
            place = self.read(number).component
            used = self.session.scalar(
                select(Ballot.used).where(
                    Ballot.component_id == place.id, Ballot.voter_id == self.voters[voter]
                )
            )
            limit = place.configuration.vote_limit
            assert limit is None or (used or 0) <= limit

    @rule(voter=who, number=standing)
    def take_back(self, voter: int, number: int) -> None:
        def act() -> bool:
            self.read(number)
            member, votable = self.member(self.voters[voter]), find_votable(number)
            assert votable is not None
            rules = ballot_of(Actor(id=member.id, centre_id=member.centre_id), votable)
            authorize(rules.withdrawing or rules.verdict)
            return votes.withdraw(member, votable)

        if self.tried(act):
            self.votes[number].discard(self.voters[voter])
            self.since[number].discard(self.voters[voter])

    @rule(voter=who, number=standing, answer=st.booleans())
    def comment(self, voter: int, number: int, answer: bool) -> None:
        def act() -> None:
            self.read(number)
            root = find_root(number)
            assert root is not None
            last = select(func.max(Comment.id)).where(Comment.root_id == number)
            parent = find_comment(self.session.scalar(last) or 0) if answer else None
            comments.post(self.member(self.voters[voter]), root, "Un avis.", parent=parent)

        self.tried(act)

    @rule(number=standing)
    def delete_comment(self, number: int) -> None:
        first = self.session.scalar(
            select(func.min(Comment.id)).where(Comment.root_id == number, Comment.deleted_at.is_(None))
        )
        if first is not None and (comment := find_comment(first)) is not None:
            self.tried(lambda: comments.delete(self.member(comment.author_id or 0), comment))

    @rule(voter=who, number=standing)
    def amend(self, voter: int, number: int) -> None:
        draft = AmendmentDraft("Un annuaire tout autre, mais commun", OTHER, "Plus clair")
        self.tried(
            lambda: amending.publish(self.member(self.voters[voter]), self.read(number), draft, base_number=1)
        )

    @rule(number=standing)
    def accept(self, number: int) -> None:
        def act() -> int | None:
            proposal = self.read(number)
            waiting = select(Amendment.id).where(Amendment.about_id == number, Amendment.decision.is_(None))
            one = amendments.find(proposal, self.session.scalar(waiting.limit(1)) or 0, Actor())
            if one is None:
                return None
            amending.accept(
                self.member(self.author), proposal, one.amendment, TEXT.title, TEXT.body + str(clock()),
                revision=proposal.revision,
            )  # fmt: skip
            return one.amendment.author_id

        amender = self.tried(act)
        if amender is not None:  # who becomes an author supports it no more
            self.votes[number].discard(amender)
            self.since[number].discard(amender)

    @rule(number=standing, sure=seldom)
    def retire(self, number: int, sure: bool) -> None:
        if sure:
            self.tried(lambda: proposals.withdraw(self.member(self.author), self.read(number)))

    # ── What moderators do

    @rule(number=standing, hidden=seldom)
    def hide(self, number: int, hidden: bool) -> None:
        def act() -> None:
            self.read(number)
            whole, moderator = find_contribution(number), self.member(self.moderator)
            assert whole is not None
            if hidden:
                moderation.hide(moderator, whole, Reason.SPAM)
            else:
                moderation.restore(moderator, whole)

        self.tried(act)

    @rule(name=st.sampled_from(("votes_blocked", "votes_hidden")), on=seldom)
    def phase(self, name: str, on: bool) -> None:
        path = array(["always", name])
        rules = func.jsonb_set(Component.rules, path, func.to_jsonb(on))
        self.session.execute(update(Component).where(Component.id.in_(self.components)).values(rules=rules))
        self.session.commit()

    @rule(target=done, one=standing, other=standing)
    def merge(self, one: int, other: int) -> Any:
        if one == other:
            return multiple()

        def act() -> Proposal:
            revisions = {number: self.read(number).revision for number in (one, other)}
            place = self.read(one).component
            return lineages.merge(self.member(self.moderator), place, revisions, TEXT, first=one)

        return self._replaced([one, other], self.tried(act))

    @rule(target=done, number=standing)
    def split(self, number: int) -> Any:
        def act() -> list[Proposal]:
            proposal = self.read(number)
            return lineages.split(
                self.member(self.moderator), proposal.component, number, proposal.revision, [TEXT, TEXT]
            )

        return self._replaced([number], self.tried(act))

    def _replaced(self, sources: list[int], made: Any) -> Any:
        if made is None:
            return multiple()
        ids = [one.id for one in (made if isinstance(made, list) else [made])]
        for id in ids:
            proposal = self.read(id)
            own = {proposal.author_id, *proposal.coauthor_ids}
            self.votes[id] = set().union(*(self.votes[source] for source in sources)) - own
            self.since[id] = set()
        return (sources, ids)

    @rule(target=standing, made=done)
    def use(self, made: tuple[list[int], list[int]]) -> Any:
        """Let what a merge or a split made be voted on and replaced in its turn."""
        return multiple(*made[1])

    @rule(made=done)
    def undo(self, made: tuple[list[int], list[int]]) -> None:
        sources, ids = made
        act = lineage.lineages(ids[0])[0]
        if {link.proposal_id for link in act.links} != {*sources, *ids}:  # what happened to it since
            return
        if self.tried(lambda: lineages.undo(self.member(self.moderator), act)) is not None:
            for id in ids:
                self.votes[id] = set(self.since[id])

    @rule(number=standing, place=st.integers(0, 1))
    def move(self, number: int, place: int) -> None:
        def act() -> None:
            proposal = self.read(number)
            if proposal.component_id != self.components[place]:
                there = self.session.get_one(Component, self.components[place])
                lineages.move(self.member(self.moderator), proposal, there)

        self.tried(act)

    @rule(target=standing, number=standing)
    def copy(self, number: int) -> Any:
        there = self.components[1]
        made = self.tried(
            lambda: lineages.copy(
                self.member(self.moderator), self.read(number), self.session.get_one(Component, there)
            )
        )
        if made is None:
            return multiple()
        self.votes[made.id], self.since[made.id] = set(), set()
        return made.id

    # ── What holds

    @invariant()
    def figures_are_true(self) -> None:
        self.session.expunge_all()
        assert wrong_counters() == []

    @invariant()
    def every_vote_is_there_once(self) -> None:
        for number, expected in self.votes.items():
            assert self.there(number) == expected, number


@pytest.mark.long
def test_no_sequence_of_acts_loses_a_vote_or_makes_a_figure_differ_from_its_recount(
    session: scoped_session[Session], make: Factory, at: Callable[[datetime], None]
) -> None:
    machine = type("TheseActs", (Acts,), {"session": session, "make": make, "at": staticmethod(at)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a story is short enough as it is
            suppress_health_check=list(HealthCheck),
        ),
    )
