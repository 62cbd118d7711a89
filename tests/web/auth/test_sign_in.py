import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from participa.auth import passwords
from participa.auth.forms import way_on
from participa.auth.models import Member, SignInFailure, UserSession
from participa.db import clock
from tests.factories import Factory
from tests.tools import Browserlike, counted_statements

PASSWORD = "un hérisson traverse la route"
WRONG = "un renard traverse la route"


@pytest.fixture
def ada(make: Factory) -> Any:
    make.network()
    return make.member("Ada", email="ada@exemple.fr", password_hash=passwords.hashed(PASSWORD))


@pytest.fixture
def other_browser(app: Flask) -> Any:
    app.test_client_class = Browserlike
    return app.test_client()


def enter(
    browser: Browserlike,
    email: str = "ada@exemple.fr",
    password: str = PASSWORD,
    ip: str = "192.0.2.1",
    **fields: Any,
) -> Any:
    return browser.post(
        "/sign-in", data={"email": email, "password": password} | fields, environ_base={"REMOTE_ADDR": ip}
    )


def test_a_member_signs_in_goes_where_they_were_going_and_signs_out(client: Browserlike, ada: Member) -> None:
    page = client.get("/sign-in?next=/drafts?page=2")
    assert 'value="/drafts?page=2"' in page.text

    answer = enter(client, email=" ADA@exemple.fr ", next="/drafts?page=2")

    assert answer.location == "/drafts?page=2"
    assert client.get("/account").status_code == 200
    assert client.get("/sign-in?next=/drafts").location == "/drafts"
    client.post("/sign-out")
    assert client.get("/account").location.startswith("/sign-in")
    assert "Vous êtes déconnecté" in client.get("/sign-in").text


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)",
     "evil", "", "/sign-in?next=/", "/sign-out", "/a b", "\\\\evil.example", "/x\n//evil"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(client: Browserlike, ada: Member, address: str) -> None:
    assert way_on(address) is None
    assert enter(client, next=address).location == "/"


def test_pages_refused_to_visitors_come_back_after_signing_in(client: Browserlike, ada: Member) -> None:
    assert client.get("/account").location == "/sign-in?next=/account"


def test_a_wrong_password_an_unknown_account_and_one_without_password_get_the_same_answer(
    client: Browserlike, ada: Member, make: Factory
) -> None:
    make.member("Grace", email="grace@exemple.fr")

    def answer_to(email: str, ip: str) -> tuple[int, str]:
        answer = enter(client, email=email, password=WRONG, ip=ip)
        return answer.status_code, re.sub(r'"csrf_token" value="[^"]+"', "", answer.text).replace(
            email, "EMAIL"
        )

    answers = {
        answer_to("ada@exemple.fr", "192.0.2.1"),
        answer_to("nobody@exemple.fr", "192.0.2.2"),
        answer_to("grace@exemple.fr", "192.0.2.3"),
    }

    assert len(answers) == 1
    status, text = answers.pop()
    assert status == 422
    assert "ne vont pas ensemble" in text
    assert WRONG not in text


def test_an_unknown_account_costs_as_many_hashes_and_statements_as_a_known_one(
    client: Browserlike, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[str] = []

    def noted(self: Any, kept: str, typed: str) -> Any:
        hashes.append(kept.rsplit("$", 2)[0])
        return verify(self, kept, typed)

    verify = type(passwords.hasher()).verify
    monkeypatch.setattr(type(passwords.hasher()), "verify", noted)

    def cost(email: str, ip: str) -> list[str]:
        with counted_statements() as seen:
            enter(client, email=email, password=WRONG, ip=ip)
        return [statement.split(" ")[0] for statement in seen]

    assert cost("ada@exemple.fr", "192.0.2.1") == cost("nobody@exemple.fr", "192.0.2.2")
    assert len(hashes) == 2
    assert hashes[0] == hashes[1]


def test_five_failures_then_waits_that_the_page_tells(client: Browserlike, ada: Member, at: Any) -> None:
    for _ in range(5):
        assert enter(client, password=WRONG).status_code == 422

    refused = enter(client)

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "4"
    assert "Vous pourrez réessayer dans 4 secondes" in refused.text
    at(clock() + timedelta(seconds=4))
    assert enter(client).status_code == 302


def test_an_unknown_account_is_slowed_down_alike(client: Browserlike, ada: Member) -> None:
    for _ in range(5):
        enter(client, email="nobody@exemple.fr", password=WRONG)

    assert enter(client, email="nobody@exemple.fr", password=WRONG).status_code == 429


def test_whoever_hammers_an_account_does_not_keep_its_owner_out(
    client: Browserlike, other_browser: Browserlike, ada: Member
) -> None:
    enter(client, ip="198.51.100.7")
    client.post("/sign-out")
    for n in range(8):
        enter(other_browser, password=WRONG, ip=f"192.0.2.{n}")

    assert enter(other_browser, ip="192.0.2.99").status_code == 429
    assert enter(client, ip="198.51.100.7").status_code == 302


def test_a_browser_known_to_one_account_guesses_no_other_more_freely(
    client: Browserlike, ada: Member, make: Factory
) -> None:
    make.member("Grace", email="grace@exemple.fr", password_hash=passwords.hashed(PASSWORD))
    enter(client)
    client.post("/sign-out")

    answers = [enter(client, email="grace@exemple.fr", password=WRONG).status_code for _ in range(6)]

    assert answers == [422] * 5 + [429]


def test_a_known_browser_is_slowed_down_too(client: Browserlike, ada: Member) -> None:
    enter(client)
    client.post("/sign-out")

    assert [enter(client, password=WRONG).status_code for _ in range(6)][-1] == 429


def test_a_forged_device_cookie_is_worth_nothing(client: Browserlike, ada: Member) -> None:
    client.set_cookie("participa_device", f'{{"{ada.id}": "mine"}}.signature', domain="participa.test")

    assert [enter(client, password=WRONG).status_code for _ in range(6)][-1] == 429


def test_one_address_that_tries_many_accounts_is_slowed_down(client: Browserlike, ada: Member) -> None:
    for n in range(30):
        enter(client, email=f"member{n}@exemple.fr", password=WRONG)

    assert enter(client).status_code == 429
    assert enter(client, ip="198.51.100.7").status_code == 302


def test_signing_in_makes_new_tokens_and_keeps_only_their_hash(
    client: Browserlike, ada: Member, session: Any
) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "before"
    enter(client)
    with client.session_transaction() as cookie:
        first = cookie["_user_id"]
        assert "planted" not in cookie
    client.post("/sign-out")
    enter(client)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != first

    kept = session.scalars(select(UserSession)).one()
    assert first not in kept.token_hash


def test_cookies_are_flagged_and_last_only_when_asked(client: Browserlike, ada: Member) -> None:
    def session_cookie(answer: Any) -> Any:
        return next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("participa="))

    passing = enter(client)
    assert "Expires" not in session_cookie(passing)
    for cookie in passing.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    client.post("/sign-out")
    assert "Expires" in session_cookie(enter(client, remember="y"))


def test_a_session_slides_with_visits_and_ends_without(
    client: Browserlike, ada: Member, at: Any, session: Any
) -> None:
    enter(client)
    for _ in range(4):
        at(clock() + timedelta(days=20))
        assert client.get("/account").status_code == 200
    at(clock() + timedelta(days=31))

    assert client.get("/account").status_code == 302


def test_a_deactivated_member_is_signed_out_at_once_and_told_why(
    client: Browserlike, ada: Member, session: Any
) -> None:
    enter(client)
    session.get(Member, ada.id).deactivated_at = clock()
    session.commit()

    assert client.get("/account").status_code == 302
    assert "Ce compte est désactivé" in client.get("/sign-in").text
    assert session.scalar(select(func.count()).select_from(UserSession)) == 0
    again = enter(client)
    assert again.status_code == 422
    assert "Ce compte est désactivé" in again.text


def test_only_the_owner_of_a_deactivated_account_learns_that_it_is(
    client: Browserlike, make: Factory
) -> None:
    make.network()
    make.member(email="gone@exemple.fr", password_hash=passwords.hashed(PASSWORD), deactivated_at=clock())

    assert "désactivé" not in enter(client, email="gone@exemple.fr", password=WRONG).text


def test_a_password_kept_with_other_parameters_is_hashed_again(
    client: Browserlike, ada: Member, session: Any
) -> None:
    strong = passwords._hasher("strong")
    session.get(Member, ada.id).password_hash = strong.hash(PASSWORD)
    session.commit()

    enter(client)

    kept = session.scalar(select(Member.password_hash).where(Member.id == ada.id))
    assert strong.check_needs_rehash(kept)
    assert passwords.matches(kept, PASSWORD)


def test_what_is_missing_is_said_beside_its_field(client: Browserlike, ada: Member) -> None:
    answer = client.post("/sign-in", data={"email": "ada@exemple.fr", "password": ""})

    assert answer.status_code == 422
    assert "Écrivez votre mot de passe" in answer.text
    assert 'value="ada@exemple.fr"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 1


def test_no_secret_reaches_the_logs(client: Browserlike, ada: Member, capsys: Any) -> None:
    enter(client, password=WRONG)
    enter(client)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    client.get("/password/some-secret-token")
    client.get("/invitation/some-secret-token")

    written = "".join(capsys.readouterr())
    assert "/sign-in" in written
    for secret in (WRONG, PASSWORD, token, "some-secret-token", "ada@exemple.fr"):
        assert secret not in written


def test_success_leaves_no_counter_of_the_account(client: Browserlike, ada: Member, session: Any) -> None:
    enter(client, password=WRONG)
    enter(client)

    assert session.scalars(select(SignInFailure.count)).all() == [1]


def test_the_language_of_a_visitor_is_kept_on_their_browser(client: Browserlike, ada: Member) -> None:
    assert client.post("/language", data={"language": "en", "next": "/sign-in"}).location == "/sign-in"
    assert "Stay signed in" in client.get("/sign-in").text
    client.post("/language", data={"language": "xx"})
    assert "Stay signed in" in client.get("/sign-in").text
    client.post("/language", data={"language": "fr", "next": "//evil.example"})
    assert "Rester connecté" in client.get("/sign-in").text


def test_the_language_of_a_member_follows_them(client: Browserlike, ada: Member, session: Any) -> None:
    enter(client)
    client.post("/language", data={"language": "en"})

    assert session.scalar(select(Member.language).where(Member.id == ada.id)) == "en"
