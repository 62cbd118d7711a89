from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from participa.auth.models import Member
from participa.contributions import services
from participa.contributions.models import Draft
from participa.db import clock
from tests.factories import Factory
from tests.tools import Browserlike, counted_statements, found_in
from tests.web.drafts.conftest import HTMX, data


def hidden(page: Any, name: Any) -> str:
    return found_in(rf'name="{name}" value="(\d*)"', page.text)


def test_a_form_saves_itself_again_and_again_in_one_draft(session: Any, browser: Browserlike) -> None:
    first = browser.post("/drafts/save", data=data(browser, body="Un début"), headers=HTMX)
    number, revision = hidden(first, "draft_id"), hidden(first, "draft_revision")
    again = data(browser, body="Un début de texte", draft_id=number, draft_revision=revision)
    second = browser.post("/drafts/save", data=again, headers=HTMX)

    assert "Brouillon enregistré à" in second.text or "Draft saved at" in second.text
    assert hidden(second, "draft_revision") == "2"
    assert 'data-hx-swap-oob="true"' in second.text
    draft = session.scalars(select(Draft)).one()
    assert draft.fields == {"body": "Un début de texte"}
    assert (draft.form, draft.target) == ("notes.new", "/notes/new")


def test_a_text_saved_twice_at_once_is_one_draft(session: Any, browser: Browserlike) -> None:
    typed = data(browser, body="Un début")
    first = browser.post("/drafts/save", data=typed, headers=HTMX)
    second = browser.post("/drafts/save", data=typed, headers=HTMX)

    assert hidden(first, "draft_id") == hidden(second, "draft_id")
    assert len(session.scalars(select(Draft)).all()) == 1


def test_an_older_tab_is_told_and_overwrites_nothing(session: Any, browser: Browserlike, ada: Member) -> None:
    draft = services.save_draft(ada, "notes.new", "/notes/new", {"body": "Un début"})
    services.save_draft(ada, "notes.new", "/notes/new", {"body": "La suite"}, draft_id=draft.id, revision=1)
    older = data(browser, body="Autre chose", draft_id=draft.id, draft_revision=1)

    told = browser.post("/drafts/save", data=older, headers=HTMX)
    beside = browser.post("/drafts/save", data=older)

    assert f"/notes/new?draft={draft.id}" in told.text
    assert session.get(Draft, draft.id).fields == {"body": "La suite"}
    assert "Autre chose" in browser.get(beside.location).text


def test_without_javascript_a_button_saves_and_comes_back_to_the_form(
    session: Any, browser: Browserlike
) -> None:
    answer = browser.post("/drafts/save", data=data(browser, title="Un titre", body=""))

    draft = session.scalars(select(Draft)).one()
    assert answer.location == f"/notes/new?draft={draft.id}"
    assert 'value="Un titre"' in browser.get(answer.location).text


def test_an_empty_form_makes_no_draft(session: Any, browser: Browserlike) -> None:
    assert browser.post("/drafts/save", data=data(browser, body=" "), headers=HTMX).status_code == 200
    answer = browser.post("/drafts/save", data=data(browser, body=""))

    assert answer.location == "/notes/new"
    assert session.scalars(select(Draft)).all() == []


def test_a_form_of_nobody_is_not_saved(session: Any, browser: Browserlike) -> None:
    browser.post("/drafts/save", data=data(browser, draft_form="no.such", body="Un texte"), headers=HTMX)

    assert session.scalars(select(Draft)).all() == []


def test_a_signed_out_tab_learns_that_it_no_longer_saves(
    session: Any, client: Browserlike, make: Factory
) -> None:
    make.network()
    answer = client.post("/drafts/save", data={"body": "Un texte", "csrf_token": "old"}, headers=HTMX)

    assert answer.status_code == 200
    assert "Non enregistré" in answer.text or "Not saved" in answer.text
    assert session.scalars(select(Draft)).all() == []


def test_the_save_button_keeps_the_text_when_the_session_ended(
    session: Any, client: Browserlike, make: Factory
) -> None:
    make.network()
    fields = {
        "draft_form": "notes.new",
        "draft_target": "/notes/new",
        "body": "Un texte",
        "csrf_token": "old",
    }
    client.post("/drafts/save", data=fields)

    draft = session.scalars(select(Draft)).one()
    assert (draft.form, draft.target, draft.author_id) == ("notes.new", "/notes/new", None)


def test_the_list_shows_mine_the_last_saved_first(
    browser: Browserlike, ada: Member, make: Factory, at: Any
) -> None:
    for title in ("Premier", "Deuxième"):
        services.save_draft(ada, "notes.new", "/notes/new", {"title": title})
        at(clock() + timedelta(minutes=1))
    services.save_draft(make.member(), "notes.new", "/notes/new", {"title": "D’une autre"})
    services.keep_text(ada.id, "notes.new", "/notes/new", {"title": "En attente"}, token="secret")

    page = browser.get("/drafts").text

    assert page.index("Deuxième") < page.index("Premier")
    assert "D’une autre" not in page
    assert "En attente" not in page


def test_long_lists_cost_no_more_and_continue(browser: Browserlike, ada: Member, at: Any) -> None:
    def cost() -> int:
        with counted_statements() as seen:
            assert browser.get("/drafts").status_code == 200
        return len(seen)

    services.save_draft(ada, "notes.new", "/notes/new", {"title": "Numéro 0"})
    few = cost()
    for n in range(1, 25):
        at(clock() + timedelta(minutes=1))
        services.save_draft(ada, "notes.new", "/notes/new", {"title": f"Numéro {n}"})

    assert cost() == few <= 12
    page = browser.get("/drafts").text
    assert "Numéro 24" in page
    assert "Numéro 4<" not in page
    following = found_in(r'href="(/drafts\?page=[^"]+)" rel="next"', page)
    assert "Numéro 4<" in browser.get(following).text


def test_a_draft_is_thrown_away_by_its_writer_only(
    session: Any, browser: Browserlike, ada: Member, make: Factory
) -> None:
    mine = services.save_draft(ada, "notes.new", "/notes/new", {"title": "À jeter"})
    theirs = services.save_draft(make.member(), "notes.new", "/notes/new", {"title": "D’une autre"})

    browser.post(f"/drafts/{mine.id}/discard", data=data(browser))
    browser.post(f"/drafts/{theirs.id}/discard", data=data(browser))

    assert session.scalars(select(Draft.id)).all() == [theirs.id]


def test_visitors_have_no_drafts(client: Browserlike, make: Factory) -> None:
    make.network()
    assert client.get("/drafts").location.startswith("/sign-in")
    assert client.get("/drafts/1").location.startswith("/sign-in")
    assert client.get("/drafts/claim").location.startswith("/sign-in")


def test_nothing_to_take_up_says_so(browser: Browserlike) -> None:
    answer = browser.get("/drafts/claim")

    assert answer.location == "/drafts"
    assert 'role="status"' in browser.get("/drafts").text or 'role="alert"' in browser.get("/drafts").text


def test_a_text_overtaken_while_it_saves_itself_becomes_a_draft_of_its_own(
    session: Any, browser: Browserlike, ada: Member
) -> None:
    draft = services.save_draft(ada, "notes.new", "/notes/new", {"body": "Un début"})
    services.save_draft(ada, "notes.new", "/notes/new", {"body": "La suite"}, draft_id=draft.id, revision=1)
    older = data(browser, body="Autre chose", draft_id=draft.id, draft_revision=1)

    told = browser.post("/drafts/save", data=older, headers=HTMX)
    number, revision = hidden(told, "draft_id"), hidden(told, "draft_revision")
    again = data(browser, body="Autre chose encore", draft_id=number, draft_revision=revision)
    calm = browser.post("/drafts/save", data=again, headers=HTMX)

    assert 'id="draft-overtaken"' in told.text
    assert 'id="draft-overtaken"' not in calm.text
    bodies = session.scalars(select(Draft).order_by(Draft.id)).all()
    assert [each.fields["body"] for each in bodies] == ["La suite", "Autre chose encore"]


def test_the_browser_is_told_which_copy_the_server_has(browser: Browserlike, session: Any) -> None:
    def cookie(answer: Any) -> str:
        return "".join(part for part in answer.headers.getlist("Set-Cookie") if "participa_sent" in part)

    form = data(browser, title="Un titre", body="Un texte", draft_copy="k3j2")

    assert cookie(browser.post("/drafts/save", data=form, headers=HTMX)) == ""
    assert cookie(browser.post("/notes/new", data=form | {"draft_copy": "k3 j2;x"})) == ""
    assert "participa_sent=k3j2" in cookie(browser.post("/notes/new", data=form))
    assert "participa_sent=all" in cookie(browser.post("/sign-out", data=data(browser)))


def test_a_visitor_whose_text_could_not_be_kept_keeps_the_copy(
    client: Browserlike, session: Any, browser: Browserlike, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = data(browser, title="Un titre", body="Un texte", draft_copy="k3j2")
    with browser.session_transaction() as cookies:
        cookies.pop("_user_id")
    kept = browser.post("/notes/new", data=form)
    monkeypatch.setattr("participa.contributions.drafts.keep", lambda: None)
    monkeypatch.setattr("participa.errors.text_keeper.keep", lambda: None)
    lost = browser.post("/notes/new", data=form)

    assert kept.status_code == lost.status_code == 303
    assert any("participa_sent=k3j2" in part for part in kept.headers.getlist("Set-Cookie"))
    assert not any("participa_sent" in part for part in lost.headers.getlist("Set-Cookie"))


def test_a_text_is_shown_as_it_will_look(browser: Browserlike, client: Browserlike) -> None:
    shown = browser.post("/drafts/preview", data=data(browser, body="**Un** <script>1</script>"))
    nothing = browser.post("/drafts/preview", data=data(browser, body=" "))

    assert "<strong>Un</strong>" in shown.text and "<script>" not in shown.text
    assert "Rien n’est encore écrit" in nothing.text
