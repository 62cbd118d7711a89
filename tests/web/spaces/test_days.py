"""Phases begin and end at midnight where the network is."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from participa.spaces.models import SpaceKind
from tests.factories import Factory

LAST_DAY = date(2026, 6, 10)
EVENING_IN_PARIS = datetime(2026, 6, 10, 21, 0, tzinfo=UTC)
AFTER_MIDNIGHT_IN_PARIS = datetime(2026, 6, 10, 23, 30, tzinfo=UTC)


@pytest.fixture
def collecting(make: Factory):
    """A process whose only phase ends on the tenth of June."""
    return make.space("Démarche", kind=SpaceKind.PROCESS, phases=[("Collecte", date(2026, 6, 1), LAST_DAY)])


@pytest.mark.parametrize("kind", ["proposals", "debates"])
@pytest.mark.parametrize(
    ("zone", "moment", "answer"),
    [
        ("Europe/Paris", EVENING_IN_PARIS, 200),
        ("Europe/Paris", AFTER_MIDNIGHT_IN_PARIS, 403),
        ("America/Martinique", AFTER_MIDNIGHT_IN_PARIS, 200),
        ("Indian/Reunion", EVENING_IN_PARIS, 403),
    ],
)
def test_writing_closes_at_midnight_of_the_network(
    make: Factory,
    sign_in,
    at: Callable[[datetime], None],
    collecting,
    kind: str,
    zone: str,
    moment: datetime,
    answer: int,
):
    component = make.component(kind, collecting)
    make.network(time_zone=zone)
    browser = sign_in(make.member())
    at(moment)
    page = browser.get(f"/e/demarche/{component.id}/new")
    assert (page.status_code, page.location) == (answer, None)


def test_a_vote_and_a_comment_count_until_midnight_of_the_network(
    make: Factory, sign_in, at: Callable[[datetime], None], collecting
):
    at(EVENING_IN_PARIS)
    proposal = make.proposal(make.component("proposals", collecting))
    make.network(time_zone="America/Martinique")
    browser = sign_in(make.member())
    at(AFTER_MIDNIGHT_IN_PARIS)
    assert browser.post(f"/vote/{proposal.id}", data={"value": "1"}).status_code == 303
    assert browser.post(f"/comments/{proposal.id}", data={"body": "Encore à temps."}).status_code == 303

    make.network(time_zone="Europe/Paris")
    assert browser.post(f"/vote/{proposal.id}", data={"value": "1"}).status_code == 403
    assert browser.post(f"/comments/{proposal.id}", data={"body": "Trop tard."}).status_code == 403


def test_the_front_page_tells_the_same_day_as_the_rules(
    make: Factory, sign_in, at: Callable[[datetime], None], collecting
):
    browser = sign_in(make.member(language="en"))
    make.network(time_zone="America/Martinique")
    at(AFTER_MIDNIGHT_IN_PARIS)
    assert "last day" in browser.get("/e/demarche").text
    make.network(time_zone="Europe/Paris")
    assert "All phases are over" in browser.get("/e/demarche").text
