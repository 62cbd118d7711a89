"""The vote of a component as its settings say, and the three ways to read its results."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from participa.auth.models import Member
from participa.db import set_clock
from participa.proposals.models import Proposal
from participa.proposals.results.series import series_of
from participa.spaces.models import Component
from participa.votes.models import Vote
from participa.votes.queries import find_votable
from participa.votes.services import cast
from tests.factories import Factory
from tests.tools import Browserlike, counted_statements

SignIn = Callable[[Member], Browserlike]
HTMX = {"HX-Request": "true"}


def path(proposal: Proposal, query: str = "") -> str:
    return f"/e/{proposal.component.space.slug}/{proposal.component_id}/{proposal.id}{query}"


def read(browser: Browserlike, proposal: Proposal, query: str = "") -> str:
    address = browser.get(path(proposal)).location
    return browser.get(address + query).text


def vote(make: Factory, proposal: Proposal, *values: int, centre: Any = None) -> None:
    for value in values:
        votable = find_votable(proposal.id)
        assert votable is not None
        cast(make.member(centre=centre), votable, value)


def shut(make: Factory, proposal: Proposal, **rules: bool) -> None:
    component = make.session.get_one(Component, proposal.component_id)
    component.rules = {"always": component.rules["always"] | (rules or {"votes_blocked": True})}
    make.session.commit()


def test_persons_are_told_exactly_once_the_vote_is_over(make: Factory, client: Browserlike) -> None:
    proposal = make.proposal(make.component("proposals", settings={"ballot": "stance"}))
    vote(make, proposal, 1, 1, 1, 1, 0, -1, -1)
    assert "7 personnes ont voté" in read(client, proposal)
    assert "57" not in read(client, proposal).partition("Résultats du vote")[2][:800]

    shut(make, proposal)
    page = read(client, proposal)
    assert "57\u00a0%" in page and "14\u00a0%" in page and "29\u00a0%" in page
    assert make.session.scalar(select(Proposal.results_at)) is not None


def test_small_and_unanimous_votes_tell_less(make: Factory, client: Browserlike) -> None:
    component = make.component("proposals", settings={"ballot": "stance"})
    few, alike = make.proposal(component), make.proposal(component)
    vote(make, few, 1, 1, -1)
    vote(make, alike, *[1] * 7)
    shut(make, few)
    assert "à partir de six personnes" in read(client, few)
    assert "moins de trois personnes" in read(client, alike)


def test_centres_are_named_and_their_voice_told_at_the_end(make: Factory, client: Browserlike) -> None:
    proposal = make.proposal(make.component("proposals", settings={"ballot": "stance"}))
    large, small = make.centre("Grand centre"), make.centre("Petit centre")
    vote(make, proposal, 1, 1, 1, 1, -1, centre=large)
    vote(make, proposal, -1, centre=small)
    vote(make, proposal, 0, 0, 0, -1, -1, 1, 1)
    open_page = read(client, proposal, "?results=centres")
    assert open_page.count("a pris part") == 2

    shut(make, proposal)
    page = read(client, proposal, "?results=centres")
    assert "Grand centre" in page and "Petit centre" in page
    assert page.count("a pris part") in (1, 2)  # the small one's voice never
    assert "2 centres" in page


def test_the_last_vote_of_a_process_is_not_told_between_two_phases(
    make: Factory, client: Browserlike, at: Any
) -> None:
    days = [date(2026, 3, n) for n in (1, 5, 10, 15)]
    space = make.space(phases=[("Un", days[0], days[1]), ("Deux", days[2], days[3])])
    proposal = make.proposal(make.component("proposals", space, settings={"ballot": "stance"}))
    vote(make, proposal, 1, 1, 1, -1, -1, -1)
    at(datetime(2026, 3, 7, 12, tzinfo=UTC))
    assert "montré une seule fois" in read(client, proposal)
    assert make.session.scalar(select(Proposal.results_at)) is None
    at(datetime(2026, 3, 16, 12, tzinfo=UTC))
    assert "50\u00a0%" in read(client, proposal)


def test_days_without_a_vote_are_there_and_long_votes_are_told_by_week_or_month() -> None:
    first = date(2026, 1, 1)
    days = series_of([(first, 2), (first + timedelta(days=3), 1)], first + timedelta(days=4))
    assert days is not None
    assert [(step.votes, step.total) for step in days.steps] == [(2, 2), (0, 2), (0, 2), (1, 3), (0, 3)]
    assert days.curve.startswith("M0 78V")
    weeks = series_of([(first, 1)], first + timedelta(days=100))
    months = series_of([(first, 1)], first + timedelta(days=1000))
    assert weeks is not None and (weeks.unit, weeks.steps[0].starts_on) == ("week", date(2025, 12, 29))
    assert months is not None and (months.unit, len(months.steps)) == ("month", 33)
    assert series_of([], first) is None


def test_a_vote_belongs_to_the_day_of_the_network(make: Factory, client: Browserlike, at: Any) -> None:
    make.network(time_zone="Indian/Reunion")
    proposal = make.proposal()
    at(datetime(2026, 3, 1, 21, tzinfo=UTC))  # the 2nd already there
    vote(make, proposal, 1)
    page = read(client, proposal, "?results=days")
    assert "2\u00a0mars" in page and "1er\u00a0mars" not in page


def test_hidden_counts_are_nowhere_for_anybody(make: Factory, client: Browserlike, sign_in: SignIn) -> None:
    settings = {"threshold_per_proposal": 2, "quorum_centres": 2}
    component = make.component("proposals", settings=settings, votes_hidden=True)
    proposal = make.proposal(component, title="Un annuaire que tout le monde attend")
    vote(make, proposal, 1, 1, 1, centre=make.centre())
    held = f"/e/{component.space.slug}/{component.id}"
    coordinator = sign_in(make.coordinator())
    around = ("/", "/search?q=annuaire", f"/e/{component.space.slug}")
    for browser in (client, coordinator):
        own = [f"{held}?order=supports", f"{held}?view=compact", f"{held}/print"]
        for page in [read(browser, proposal), *(browser.get(one).text for one in own)]:
            assert "3 soutiens" not in page and "1 centre" not in page
        assert "3 soutiens" not in "".join(browser.get(one).text for one in around)
        assert "Résultats du vote" not in read(browser, proposal)
    assert 'value="supports"' not in client.get(held).text
    assert (proposal.title or "?") not in coordinator.get(f"{held}?answer=waiting&view=list").text
    assert "Quorum" in read(client, proposal)

    shut(make, proposal, votes_hidden=False)
    assert "3 soutiens" in read(client, proposal).replace('</b> <span class="muted">', " ")


def test_hidden_between_phases_stays_hidden_in_python_and_in_sql(
    make: Factory, session: Any, at: Any
) -> None:
    from participa.spaces.queries import hiding_counts

    days = [date(2026, 3, n) for n in (1, 5, 10, 15)]
    space = make.space(phases=[("Un", days[0], days[1]), ("Deux", days[2], days[3])])
    component = make.component("proposals", space)
    first, second = (str(phase.id) for phase in space.phases)
    for hides in (first, second):
        component.rules = {
            key: rules | {"votes_hidden": key == hides} for key, rules in component.rules.items()
        }
        session.commit()
        for day in (-3, 2, 7, 12, 20):
            at(datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=day))
            moment = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=day)
            said = component.id in session.scalars(hiding_counts()).all()
            assert component.hides_counts_at(moment) is said is ((hides == first) == (day < 9))


def test_quorums_are_said_in_words(make: Factory, client: Browserlike) -> None:
    component = make.component("proposals", settings={"quorum_persons": 2, "quorum_centres": 3})
    proposal = make.proposal(component)
    vote(make, proposal, 1, 1, centre=make.centre())
    page = read(client, proposal)
    assert "2 personnes. Il est atteint." in page
    assert "Il en manque 2\u00a0: 1 a pris part." in page


def test_blocked_votes_are_shown_and_say_why(make: Factory, sign_in: SignIn) -> None:
    proposal, browser = make.proposal(), sign_in(make.member())
    vote(make, proposal, 1)
    shut(make, proposal)
    assert "ont bloqué les votes" in read(browser, proposal)
    assert (
        "ont bloqué les votes" in browser.post(f"/vote/{proposal.id}", data={"value": "1"}, headers=HTMX).text
    )
    assert make.session.scalars(select(Vote.value)).all() == [1]


def test_what_one_may_still_do_is_said_in_words(make: Factory, sign_in: SignIn) -> None:
    settings = {"vote_limit": 5, "minimum_votes_per_user": 2}
    component = make.component("proposals", settings=settings)
    one, two, browser = make.proposal(component), make.proposal(component), sign_in(make.member())
    first = browser.post(f"/vote/{one.id}", data={"value": "1"}, headers=HTMX).text
    assert "4 soutiens restants sur 5. Encore 1 soutien pour que les vôtres comptent." in first
    assert "Soutien en attente" in first and "ne compte pas encore" in first
    second = browser.post(f"/vote/{two.id}", data={"value": "1"}, headers=HTMX).text
    assert "3 soutiens restants sur 5." in second and "Encore" not in second
    assert "Vous soutenez" in second


def test_a_support_sent_in_the_second_the_phase_ends_counts_by_when_it_was_asked(
    make: Factory, sign_in: SignIn, at: Any
) -> None:
    space = make.space(phases=[("Vote", date(2026, 3, 1), date(2026, 3, 5))])
    proposal, browser = make.proposal(make.component("proposals", space)), sign_in(make.member())
    last = datetime(2026, 3, 5, 22, 59, 59, tzinfo=UTC)  # 23:59:59 in Paris
    set_clock(last)
    assert "Vous soutenez" in browser.post(f"/vote/{proposal.id}", data={"value": "1"}, headers=HTMX).text
    at(last + timedelta(seconds=1))
    assert "clos" in browser.post(f"/vote/{proposal.id}", data={"value": "none"}, headers=HTMX).text
    assert make.session.scalars(select(Vote.value)).all() == [1]


def test_what_votes_mean_may_not_change_once_somebody_has_voted(make: Factory, sign_in: SignIn) -> None:
    proposal = make.proposal()
    component, browser = proposal.component, sign_in(make.coordinator())
    page = f"/e/{component.space.slug}/components/{component.id}/settings"
    held = {"name": component.name, "revision": "1", "s-ballot": "stance", "s-vote_limit": "3"}
    fields = held | {
        f"s-{name}": str(value)
        for name, value in component.settings.items()
        if value not in (None, False, "support") and name not in ("ballot", "vote_limit")
    }
    vote(make, proposal, 1)
    refused = browser.post(page, data=fields)
    assert refused.status_code == 422 and "la sorte de vote ne peut plus changer" in refused.text
    wrong = browser.post(page, data=fields | {"s-ballot": "support", "s-minimum_votes_per_user": "4"})
    assert "la limite par membre est plus basse" in wrong.text or "ne peut plus changer" in wrong.text


def test_the_results_cost_one_statement_and_none_by_persons(make: Factory, client: Browserlike) -> None:
    proposal = make.proposal()
    vote(make, proposal, 1, 1, centre=make.centre())
    read(client, proposal)
    address = client.get(path(proposal)).location
    spent = []
    for query in ("", "?results=centres", "?results=days"):
        with counted_statements() as seen:
            client.get(address + query)
        spent.append(len(seen))
    assert spent[1] == spent[2] == spent[0] + 1
    assert spent[0] <= 10
