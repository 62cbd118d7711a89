"""What account pages answer to what they do not expect."""

from typing import Any

import pytest
from sqlalchemy import func, select

from participa.auth.models import UserSession
from tests.factories import Factory
from tests.tools import Browserlike


def test_whoever_is_signed_in_goes_on_from_the_sign_in_page(make: Factory, sign_in: Any) -> None:
    make.network()
    browser = sign_in(make.member())
    assert browser.get("/sign-in").location == "/"
    assert browser.get("/sign-in?next=/spaces").location == "/spaces"
    assert browser.get("/sign-in?next=https://elsewhere.example/").location == "/"


@pytest.mark.parametrize("wanted", ["", "all", "99999999999", "-1"])
def test_an_unknown_device_ends_no_session(make: Factory, sign_in: Any, session: Any, wanted: str) -> None:
    make.network()
    browser = sign_in(make.member())
    assert browser.post("/account/sessions", data={"end": wanted}).status_code == 302
    assert session.scalar(select(func.count()).select_from(UserSession)) == 1
    assert browser.get("/account").status_code == 200


def test_the_device_of_another_member_is_not_ended(make: Factory, sign_in: Any, session: Any) -> None:
    make.network()
    other = sign_in(make.member())
    number = session.scalar(select(UserSession.id))
    sign_in(make.member()).post("/account/sessions", data={"end": number})
    assert other.get("/account").status_code == 200


def test_a_language_that_is_not_offered_changes_nothing(make: Factory, client: Browserlike) -> None:
    make.network(languages=["fr"])
    client.post("/language", data={"language": "en"})
    assert 'lang="fr"' in client.get("/sign-in").text
    assert client.post("/language", data={"language": "x", "next": "//evil.example"}).location == "/"


@pytest.mark.parametrize("address", ["/invitation/nothing", "/password/nothing"])
def test_a_link_that_never_was_says_so(make: Factory, client: Browserlike, address: str) -> None:
    make.network()
    assert client.get(address).status_code in (404, 410)
    assert client.post(address, data={"password": "un hérisson traverse la route"}).status_code in (404, 410)


def test_declining_what_never_was_leads_to_the_page_that_says_so(make: Factory, client: Browserlike) -> None:
    make.network()
    assert client.post("/invitation/nothing/decline").location == "/invitation/nothing"
