"""Who voted what is shown to nobody: electorates that may not be told apart give the same pages to every reader."""

import re
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from participa.auth.models import Member
from participa.authorization import Role
from participa.proposals.models import Proposal
from participa.proposals.results.protection import Told, told_of
from participa.spaces.models import Component
from participa.votes import services
from participa.votes.queries import find_votable
from tests.factories import Factory
from tests.tools import Browserlike

SignIn = Callable[[Member], Browserlike]


class World:
    """One proposal voted on, another one beside it, and readers of every role who do not vote."""

    def __init__(self, make: Factory, sign_in: SignIn, client: Browserlike, ballot: str) -> None:
        self.session = make.session
        self.component = make.component("proposals", settings={"ballot": ballot, "threshold_per_proposal": 2})
        space = self.component.space
        author = make.member()
        self.proposal = make.proposal(self.component, author, title="Un annuaire des conseils citoyens")
        self.other = make.proposal(self.component, author, title="Un annuaire des ateliers de quartier")
        self.centres = [make.centre(), make.centre(), make.centre()]
        administrator = make.member("Administratrice")
        make.role(administrator, space, Role.ADMINISTRATOR)
        reader = make.member("Lectrice", centre=self.centres[0])
        make.role(administrator, space, Role.MODERATOR)
        readers = [reader, administrator, make.coordinator()]
        self.browsers = [client, *(sign_in(one) for one in readers)]

    @property
    def paths(self) -> list[str]:
        held = f"/e/{self.component.space.slug}/{self.component.id}"
        page = f"{held}/{self.proposal.id}-un-annuaire-des-conseils-citoyens"
        orders = [f"{held}?order={order}&view=list" for order in ("supports", "centres", "activity")]
        waiting = [f"{held}?answer=waiting", f"{held}?view=compact", f"{held}/print", f"{held}/feed.atom"]
        around = ["/", "/search?q=annuaire", f"/e/{self.component.space.slug}", "/centres"]
        ways = [page, f"{page}?results=centres", f"{page}?results=days"]
        return [*ways, *orders, *waiting, *around, f"/centres/{self.centres[0].slug}", "/coordination/log"]

    def seen(self, some: int | None = None) -> list[str]:
        """What every reader reads on every page, or on the first few, but for the proof of origin of forms."""
        return [
            re.sub(r'(csrf_token" value=|nonce=)"[^"]*"', "", browser.get(path).text)
            for browser in self.browsers
            for path in self.paths[:some]
        ]

    def vote(self, votes: list[tuple[Member, int | None]]) -> None:
        for voter, value in votes:
            proposal = find_votable(self.proposal.id)
            assert proposal is not None
            if value is not None:
                services.cast(voter, proposal, value)

    def forget(self, voters: list[Member]) -> None:
        """Go back to a vote that nobody has voted in."""
        self.set(results_at=None)
        for voter in voters:
            proposal = find_votable(self.proposal.id)
            assert proposal is not None
            services.withdraw(voter, proposal)

    def set(self, **values: Any) -> None:
        table = Proposal.__table__
        self.session.execute(update(table).where(table.c.id == self.proposal.id).values(**values))  # type: ignore[arg-type]
        self.session.commit()
        self.session.expire_all()

    def rule(self, **rules: bool) -> None:
        held = self.session.get_one(Component, self.component.id)
        held.rules = {"always": held.rules["always"] | rules}
        self.session.commit()


def differences(one: list[str], other: list[str]) -> list[tuple[str, str]]:
    """The lines that differ between two readings of the same pages."""
    assert len(one) == len(other)
    pairs = (zip(a.splitlines(), b.splitlines(), strict=False) for a, b in zip(one, other, strict=True))
    return [(a, b) for lines in pairs for a, b in lines if a != b][:5]


few = settings(
    max_examples=2,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
values = st.lists(st.sampled_from((1, 0, -1)), min_size=8, max_size=8)


@few
@given(first=values, second=values)
def test_while_a_vote_for_mixed_against_goes_on_pages_do_not_depend_on_what_is_voted(
    make: Factory, sign_in: SignIn, client: Browserlike, first: list[int], second: list[int]
) -> None:
    world = World(make, sign_in, client, "stance")
    a, b, c = world.centres
    voters = [make.member(centre=centre) for centre in (a, b, a, None, c, a, a, None)]
    seen = []
    for electorate in (first, second):
        pages = []
        for step, vote in enumerate(zip(voters, electorate, strict=True)):
            world.vote([vote])
            pages += world.seen(None) if step == 7 else world.seen(2) if step == 3 else []
        seen.append(pages)
        world.forget(voters)
    assert differences(*seen) == []


@few
@given(electorate=values)
def test_once_it_is_over_pages_do_not_tell_two_small_centres_apart(
    make: Factory, sign_in: SignIn, client: Browserlike, electorate: list[int]
) -> None:
    world = World(make, sign_in, client, "stance")
    a, b, c = world.centres
    voters = [make.member(centre=centre) for centre in (a, a, a, b, c, None, None, a)]
    swapped = electorate.copy()
    swapped[3], swapped[4] = electorate[4], electorate[3]
    seen = []
    for votes in (electorate, swapped):
        world.vote(list(zip(voters, votes, strict=True)))
        world.rule(votes_blocked=True)
        seen.append(world.seen())
        world.rule(votes_blocked=False)
        world.forget(voters)
    assert differences(*seen) == []
    split = (electorate.count(1), electorate.count(0), electorate.count(-1))
    assert ('data-label="Part des votes"' in seen[0][0]) == (told_of(split) == Told.EXACT)


def test_pages_do_not_tell_which_member_of_a_centre_supports(
    make: Factory, sign_in: SignIn, client: Browserlike
) -> None:
    world = World(make, sign_in, client, "support")
    centre = world.centres[1]
    one, other = make.member(centre=centre), make.member(centre=centre)
    seen = []
    for supporter in (one, other):
        world.vote([(supporter, 1)])
        seen.append(world.seen())
        world.forget([supporter])
    assert differences(*seen) == []
    assert centre.name in seen[0][1]


def test_a_vote_whose_results_have_been_shown_changes_no_more(
    make: Factory, sign_in: SignIn, client: Browserlike, session: Any
) -> None:
    world = World(make, sign_in, client, "stance")
    voter = make.member(centre=world.centres[0])
    world.vote([(voter, 1)])
    world.rule(votes_blocked=True)
    client.get(world.paths[0])
    world.rule(votes_blocked=False)

    browser = sign_in(voter)
    refused = browser.post(f"/vote/{world.proposal.id}", data={"value": "-1"}, headers={"HX-Request": "true"})
    assert "Les résultats de ce vote ont été montrés" in refused.text
    assert browser.post(f"/vote/{world.proposal.id}", data={"value": "none"}).status_code == 403
    assert "Voter" not in sign_in(make.member()).get(world.paths[0]).text
