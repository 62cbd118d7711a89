from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import delete, select

from participa.auth import passwords
from participa.auth.models import Member, UserSession
from participa.contributions import services
from participa.contributions.models import Draft
from participa.db import clock
from tests.factories import Factory
from tests.tools import Browserlike, found_in
from tests.web.drafts.conftest import posted

PASSWORD = "un hérisson traverse la route"
TEXT = "Un texte long,\nécrit avec soin."


@pytest.fixture
def ada(make: Factory) -> Any:
    make.network()
    return make.member("Ada", email="ada@exemple.fr", password_hash=passwords.hashed(PASSWORD))


def token_of(page: Any) -> Any:
    return found_in(r'name="csrf_token" value="([^"]+)"', page.text)


def enter(browser: Browserlike, email: str = "ada@exemple.fr", to: str | None = None) -> Any:
    page = browser.get("/sign-in")
    data = {"csrf_token": token_of(page), "email": email, "password": PASSWORD, "next": to or ""}
    return browser.post("/sign-in", data=data)


def end_session(session: Any, member: Any) -> None:
    session.execute(delete(UserSession).where(UserSession.member_id == member.id))
    session.commit()


def write(browser: Browserlike, path: str = "/notes/new", **headers: Any) -> Any:
    form = browser.get("/notes/new")
    return {"csrf_token": token_of(form), "title": "Un titre", "body": TEXT}


def next_of(answer: Any) -> str:
    assert urlsplit(answer.location).path == "/sign-in"
    return str(parse_qs(urlsplit(answer.location).query)["next"][0])


def test_a_text_posted_after_the_session_ended_is_shown_again_after_signing_in_and_not_sent(
    session: Any, client: Browserlike, ada: Member
) -> None:
    enter(client)
    data = write(client)
    end_session(session, ada)

    answer = client.post("/notes/new", data=data)
    page = client.get(answer.location)
    assert "Votre texte est gardé" in page.text or "Your text is kept" in page.text
    back = enter(client, to=next_of(answer))
    shown = client.get(client.get(back.location).location)

    assert shown.status_code == 200
    assert "écrit avec soin." in shown.text
    assert 'value="Un titre"' in shown.text
    assert posted == []
    assert client.get_cookie("participa_text", domain="participa.test") is None
    again = {"csrf_token": token_of(shown), "title": "Un titre", "body": TEXT}
    assert client.post("/notes/new", data=again).status_code == 302
    assert posted == [TEXT]


def test_a_form_whose_token_expired_is_shown_again_filled_in(
    session: Any, client: Browserlike, ada: Member
) -> None:
    enter(client)
    data = write(client) | {"csrf_token": "stale"}

    answer = client.post("/notes/new", data=data)
    shown = client.get(answer.location)

    assert answer.status_code == 303
    assert "écrit avec soin." in shown.text
    assert "trop longtemps" in shown.text or "too long" in shown.text
    assert posted == []


def test_a_visitor_whose_cookies_are_gone_keeps_the_text(
    session: Any, client: Browserlike, app: Flask, ada: Member
) -> None:
    data = {"csrf_token": "from another life", "title": "Un titre", "body": TEXT}

    answer = client.post("/notes/new", data=data)
    back = enter(client, to=next_of(answer))
    shown = client.get(client.get(back.location).location)

    assert "écrit avec soin." in shown.text


def test_someone_else_who_signs_in_on_that_browser_does_not_get_the_text(
    session: Any, client: Browserlike, make: Factory, ada: Member
) -> None:
    make.member("Grace", email="grace@exemple.fr", password_hash=passwords.hashed(PASSWORD))
    enter(client)
    data = write(client)
    client.post("/sign-out", data={"csrf_token": data["csrf_token"]})
    answer = client.post("/notes/new", data=data)

    back = enter(client, "grace@exemple.fr", to=next_of(answer))
    page = client.get(client.get(back.location).location)

    assert "écrit avec soin" not in page.text
    assert "écrit avec soin" not in client.get("/drafts").text
    draft = session.scalars(select(Draft)).one()
    assert client.get(f"/drafts/{draft.id}").status_code == 404
    client.post("/sign-out", data={"csrf_token": token_of(page)})
    enter(client)
    assert "Un titre" in client.get("/drafts").text


def test_a_token_takes_a_text_up_once(
    session: Any, client: Browserlike, make: Factory, app: Flask, ada: Member
) -> None:
    draft = services.keep_text(None, "notes.new", "/notes/new", {"body": TEXT}, token="secret")
    grace = make.member("Grace")

    mine, waiting = services.claim_drafts(ada.id, ["secret"])
    again, _waiting = services.claim_drafts(grace.id, ["secret"])

    assert [each.id for each in mine] == [draft.id]
    assert waiting == []
    assert again == []


def test_a_text_waits_for_a_week(session: Any, client: Browserlike, ada: Member, at: Any) -> None:
    services.keep_text(None, "notes.new", "/notes/new", {"body": TEXT}, token="secret")
    kept = services.keep_text(ada.id, "notes.new", "/notes/new", {"body": "le sien"})
    at(clock() + timedelta(days=8))

    mine, _waiting = services.claim_drafts(ada.id, ["secret"])
    services.purge_drafts()

    assert mine == []
    assert session.scalars(select(Draft.id)).all() == [kept.id]


def test_passwords_and_tokens_are_not_kept(session: Any, client: Browserlike, ada: Member) -> None:
    client.post(
        "/notes/new",
        data={"csrf_token": "x", "body": TEXT, "password": "hush hush", "api_token": "a b"},
    )

    assert session.scalars(select(Draft)).one().fields == {"body": TEXT}


def test_a_click_without_text_leaves_nothing_behind(session: Any, client: Browserlike, ada: Member) -> None:
    answer = client.post("/notes/new", data={"csrf_token": "x", "value": "1", "body": " "})

    assert answer.status_code == 400
    assert session.scalars(select(Draft)).all() == []


def test_a_text_that_saved_itself_before_stays_one_draft(
    session: Any, client: Browserlike, ada: Member
) -> None:
    enter(client)
    saved = services.save_draft(ada, "notes.new", "/notes/new", {"body": "Un début"})
    data = write(client) | {"draft_id": str(saved.id), "draft_revision": "1"}
    end_session(session, ada)
    answer = client.post("/notes/new", data=data)
    back = enter(client, to=next_of(answer))

    assert client.get(back.location).location == f"/notes/new?draft={saved.id}"
    assert session.scalars(select(Draft.fields["body"].astext)).all() == [TEXT]


def test_a_text_overtaken_by_another_tab_is_kept_beside_it(
    session: Any, client: Browserlike, ada: Member
) -> None:
    enter(client)
    saved = services.save_draft(ada, "notes.new", "/notes/new", {"body": "Un début"})
    services.save_draft(
        ada, "notes.new", "/notes/new", {"body": "D’un autre onglet"}, draft_id=saved.id, revision=1
    )
    data = write(client) | {"draft_id": str(saved.id), "draft_revision": "1", "csrf_token": "stale"}

    client.post("/notes/new", data=data)

    assert set(session.scalars(select(Draft.fields["body"].astext))) == {"D’un autre onglet", TEXT}


def test_a_form_of_another_page_goes_back_to_the_page_that_held_it(
    session: Any, client: Browserlike, ada: Member
) -> None:
    enter(client)
    data = write(client) | {"side": "for", "csrf_token": "stale"}
    answer = client.post(
        "/notes/answer", data=data, headers={"Referer": "http://participa.test/notes/thread?order=new"}
    )

    draft = session.scalars(select(Draft)).one()
    assert answer.location == f"/notes/thread?order=new&draft={draft.id}"
    assert "écrit avec soin." in client.get(answer.location).text


def test_another_form_of_that_page_stays_empty(session: Any, client: Browserlike, ada: Member) -> None:
    enter(client)
    draft = services.keep_text(ada.id, "notes.answer", "/notes/thread", {"body": TEXT, "side": "against"})

    answer = client.get(f"/notes/thread?draft={draft.id}")

    assert answer.location == f"/drafts/{draft.id}"


def test_a_form_that_closed_meanwhile_leaves_the_text_on_a_page_of_its_own(
    session: Any, client: Browserlike, ada: Member
) -> None:
    enter(client)
    draft = services.keep_text(ada.id, "notes.new", "/notes/closed", {"body": TEXT})

    answer = client.get(f"/notes/closed?draft={draft.id}")

    assert answer.location == f"/drafts/{draft.id}"
    assert "écrit avec soin." in client.get(answer.location).text


def test_a_refused_text_is_kept_for_its_writer(session: Any, client: Browserlike, ada: Member) -> None:
    enter(client)
    data = write(client)

    answer = client.post("/notes/answer", data=data)

    draft = session.scalars(select(Draft)).one()
    assert answer.status_code == 403
    assert draft.author_id == ada.id
    assert f"/drafts/{draft.id}" in answer.text


def test_a_page_elsewhere_is_never_gone_to(session: Any, client: Browserlike, ada: Member) -> None:
    enter(client)
    client.post("/notes/answer", data=write(client), headers={"Referer": "https://evil.example/x"})

    assert session.scalars(select(Draft.target)).one() == ""


def test_drafts_of_others_fill_no_form(session: Any, client: Browserlike, make: Factory, ada: Member) -> None:
    enter(client)
    theirs = services.keep_text(make.member().id, "notes.new", "/notes/new", {"body": TEXT})

    assert "écrit avec soin" not in client.get(f"/notes/new?draft={theirs.id}").text


def test_a_sign_in_page_open_for_too_long_is_shown_again(client: Browserlike, ada: Member) -> None:
    answer = client.post(
        "/sign-in", data={"csrf_token": "old", "email": "ada@exemple.fr", "password": PASSWORD}
    )

    assert answer.status_code == 303
    assert answer.location == "/sign-in"


def test_every_unsafe_method_wants_the_token(
    client: Browserlike, ada: Member, app: Flask, session: Any
) -> None:
    enter(client)
    token = token_of(client.get("/notes/new"))
    session.execute(delete(Draft))

    for rule in app.url_map.iter_rules():
        if rule.methods and "POST" in rule.methods and not rule.arguments:
            answer = client.post(rule.rule, data={})
            assert answer.status_code in (303, 400), rule.rule
    assert isinstance(client, Browserlike)
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 302
