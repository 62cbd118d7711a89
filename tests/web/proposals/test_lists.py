"""What the list and the panel of proposals say in each state."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from participa.spaces.models import SpaceKind, Visibility
from participa.web import address_of
from tests.factories import Factory


def path(component: Any) -> str:
    return f"/e/{component.space.slug}/{component.id}"


def test_each_filter_in_force_can_be_taken_off(make: Factory, sign_in: Any) -> None:
    component = make.component("proposals", topics=["Eau", "Air"])
    topic, browser = component.topics[0].id, sign_in(make.member(language="en"))
    query = f"q=arbre&state=discussed&state=withdrawn&mine=not_yet&mine=supported&topic={topic}&order=date"
    page = browser.get(f"{path(component)}?{query}").text.replace("&amp;", "&")
    assert "state=withdrawn&mine=not_yet&mine=supported" in page
    assert "state=discussed&state=withdrawn&mine=supported" in page
    assert "Not yet supported" in page
    assert "Eau" in page


def test_a_vote_for_and_against_names_its_filters_so(make: Factory, sign_in: Any) -> None:
    component = make.component("proposals", settings={"ballot": "stance"})
    page = sign_in(make.member(language="en")).get(f"{path(component)}?mine=not_yet").text
    assert "Not yet voted on" in page


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"vote_limit": None, "ballot": "support"}, "Support as many proposals as you wish until"),
        ({"vote_limit": 3, "ballot": "support"}, "Vote until"),
        ({"vote_limit": None, "ballot": "stance"}, "Vote until"),
    ],
)
def test_the_list_says_until_when_to_vote(
    make: Factory, sign_in: Any, at: Any, settings: dict[str, Any], sentence: str
) -> None:
    phases = [("Vote", date(2026, 4, 1), date(2026, 4, 30))]
    space = make.space("Démarche", kind=SpaceKind.PROCESS, phases=phases)
    component = make.component("proposals", space, settings=settings)
    browser = sign_in(make.member(language="en"))
    at(datetime(2026, 4, 10, 12, tzinfo=UTC))
    make.proposal(component)
    assert sentence in browser.get(path(component)).text


def test_a_member_apart_reads_why_they_do_not_vote(make: Factory, sign_in: Any) -> None:
    space = make.space(visibility=Visibility.TRANSPARENT)
    proposal = make.proposal(make.component("proposals", space))
    address = address_of(proposal)
    browser = sign_in(make.member())
    page = browser.get(address).text
    assert f'action="/vote/{proposal.id}"' not in page
    assert browser.post(f"/vote/{proposal.id}", data={"value": "1"}).status_code == 403


def test_the_author_is_offered_no_vote_on_their_own(make: Factory, sign_in: Any) -> None:
    author = make.member()
    proposal = make.proposal(author=author)
    address = address_of(proposal)
    assert f'action="/vote/{proposal.id}"' not in sign_in(author).get(address).text
    assert f'action="/vote/{proposal.id}"' in sign_in(make.member()).get(address).text
