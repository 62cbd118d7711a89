from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from participa.auth import passwords
from participa.auth.models import Member, Theme, UserSession
from participa.db import clock
from tests.factories import Factory
from tests.tools import Browserlike, counted_statements, found_in

PASSWORD = "un hérisson traverse la route"
NEW = "deux hérissons traversent"


@pytest.fixture
def ada(make: Factory) -> Any:
    make.network()
    centre = make.centre("IREV", time_zone="America/Cayenne")
    return make.member("Ada", centre, email="ada@exemple.fr", password_hash=passwords.hashed(PASSWORD))


@pytest.fixture
def browser(sign_in: Any, ada: Member) -> Any:
    return sign_in(ada)


def profile(**fields: Any) -> Any:
    return {
        "name": "Ada",
        "function": "",
        "language": "fr",
        "time_zone": "",
        "theme": "system",
        "revision": 1,
    } | fields


def test_the_page_shows_ones_profile_and_the_centres_time_zone(browser: Browserlike) -> None:
    with counted_statements() as seen:
        page = browser.get("/account").text

    assert len(seen) <= 12
    assert 'value="Ada"' in page
    assert "Celui de votre centre (Cayenne)" in page
    assert "IREV" in page
    assert "ada@exemple.fr" in page


def test_visitors_are_sent_to_sign_in(client: Browserlike, ada: Member) -> None:
    for path in ("/account", "/account/password", "/account/sessions"):
        answer = client.get(path) if path == "/account" else client.post(path)
        assert answer.location.startswith("/sign-in"), path


def test_a_profile_is_changed_and_shows_at_once(browser: Browserlike, ada: Member, session: Any) -> None:
    browser.set_cookie("theme", "light", domain="participa.test")
    fields = profile(
        name="Ada L.", function="Chargée de mission", language="en", time_zone="Indian/Reunion", theme="dark"
    )

    page = browser.post("/account", data=fields, follow_redirects=True).text

    assert "Your settings are saved." in page
    assert 'data-bs-theme="dark"' in page
    member = session.get(Member, ada.id)
    assert (member.name, member.function, member.time_zone) == (
        "Ada L.",
        "Chargée de mission",
        "Indian/Reunion",
    )
    assert (member.theme, member.revision) == (Theme.DARK, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "A"},
        {"name": " "},
        {"function": "x" * 121},
        {"language": "xx"},
        {"time_zone": "Mars/Olympus"},
        {"theme": "red"},
    ],
)
def test_what_is_wrong_is_shown_with_what_was_typed(
    browser: Browserlike, ada: Member, session: Any, wrong: dict[str, str]
) -> None:
    answer = browser.post("/account", data=profile(function="Une fonction") | wrong)

    assert answer.status_code == 422
    assert "error-summary" in answer.text
    if "function" not in wrong:
        assert 'value="Une fonction"' in answer.text
    assert session.get(Member, ada.id).revision == 1


def test_a_profile_changed_on_another_device_is_not_overwritten(
    browser: Browserlike, ada: Member, session: Any
) -> None:
    browser.post("/account", data=profile(name="Ada, du téléphone"))

    answer = browser.post("/account", data=profile(name="Ada, de l’ordinateur"))

    assert answer.status_code == 409
    assert "Ada, du téléphone" in answer.text
    assert "Ada, de l’ordinateur" in answer.text
    assert session.get(Member, ada.id).name == "Ada, du téléphone"
    revision = found_in(r'name="revision" value="(\d+)"', answer.text)
    browser.post("/account", data=profile(name="Ada", revision=revision))
    session.expire_all()
    assert session.scalar(select(Member.name).where(Member.id == ada.id)) == "Ada"


def change(browser: Browserlike, current: str = PASSWORD, password: str = NEW) -> Any:
    return browser.post("/account/password", data={"current": current, "password": password})


def test_changing_the_password_signs_the_others_out_and_renews_this_one(
    browser: Browserlike, ada: Member, session: Any, sign_in: Any
) -> None:
    elsewhere = sign_in(ada)
    before = session.scalars(select(UserSession.token_hash)).all()

    page = change(browser)

    assert page.location == "/account"
    assert "Votre mot de passe est changé" in browser.get("/account").text
    assert elsewhere.get("/account").location.startswith("/sign-in")
    kept = session.scalars(select(UserSession.token_hash)).one()
    assert kept not in before
    assert passwords.matches(session.get(Member, ada.id).password_hash, NEW)


def test_the_current_password_is_asked_and_guessing_it_slows_down(
    browser: Browserlike, ada: Member, session: Any
) -> None:
    answers = [change(browser, current="n’importe quoi") for _ in range(6)]

    assert "Ce n’est pas votre mot de passe actuel" in answers[0].text
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert passwords.matches(session.get(Member, ada.id).password_hash, PASSWORD)


@pytest.mark.parametrize("password", ["court", "ada@exemple.fr", "motdepasse1234", ""])
def test_a_poor_password_is_refused(browser: Browserlike, ada: Member, session: Any, password: str) -> None:
    answer = change(browser, password=password)

    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert passwords.matches(session.get(Member, ada.id).password_hash, PASSWORD)


def agent(ada: Member, session: Any, words: str, **values: Any) -> UserSession:
    held = UserSession(
        token_hash=words, member_id=ada.id, user_agent=words, created_at=clock(), last_seen_at=clock(),
        expires_at=values.pop("expires_at", clock() + timedelta(days=3)),
    )  # fmt: skip
    session.add(held)
    session.commit()
    return held


def test_devices_are_listed_and_ended_one_by_one_or_all(
    browser: Browserlike, ada: Member, session: Any, make: Factory
) -> None:
    agent(ada, session, "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0")
    phone = agent(
        ada, session, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile/15E148 Safari/604.1"
    )
    agent(ada, session, "expired Chrome/1 Windows", expires_at=clock() - timedelta(days=1))
    theirs = agent(make.member(), session, "Mozilla/5.0 Edg/141.0 Windows")

    page = browser.get("/account").text
    assert "Firefox sur Linux" in page
    assert "Safari sur iPhone" in page
    assert "Chrome" not in page
    assert "Edge" not in page

    browser.post("/account/sessions", data={"end": phone.id})
    browser.post("/account/sessions", data={"end": theirs.id})
    browser.post("/account/sessions", data={"end": "x"})
    page = browser.get("/account").text
    assert "Safari sur iPhone" not in page
    assert session.get(UserSession, theirs.id) is not None

    browser.post("/account/sessions", data={"end": "others"})
    assert "Firefox sur Linux" not in browser.get("/account").text
    assert browser.get("/account").status_code == 200


def test_a_browser_without_a_name_is_still_listed(browser: Browserlike, ada: Member, session: Any) -> None:
    agent(ada, session, "curl/8")

    assert "Un navigateur" in browser.get("/account").text
