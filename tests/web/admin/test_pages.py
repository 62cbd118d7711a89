"""The pages that the coordination writes: languages, topics, places, drafts, order."""

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.network.models import StaticPage


@pytest.fixture
def browser(make, sign_in):
    """A coordinator's browser."""
    make.network()
    return sign_in(make.coordinator())


def write(browser, title, **sent):
    values = {"title_fr": title, "text_fr": "Le texte **français**.", "place": "footer", "published": "y"}
    return browser.post("/coordination/pages/new", data=values | sent)


def test_a_page_is_read_in_ones_language_or_in_another_that_is_named(make, browser, client, sign_in):
    answer = write(browser, "Comment participer", topic="Prendre part")
    assert answer.location == "/about/comment-participer"
    page = client.get("/about/comment-participer").text
    assert "<strong>français</strong>" in page
    assert "pas encore écrite" not in page
    english = sign_in(make.member(language="en"))
    page = english.get("/about/comment-participer").text
    assert "not written in your language yet" in page
    assert 'class="prose" lang="fr"' in page
    sent = {"title_fr": "Comment participer", "text_fr": "Le texte.", "title_en": "How to take part",
            "text_en": "The text.", "topic": "", "place": "footer", "published": "y", "revision": 1}  # fmt: skip
    browser.post("/coordination/pages/comment-participer", data=sent)
    page = english.get("/about/comment-participer").text
    assert "The text." in page
    assert "not written in your language yet" not in page
    assert "How to take part" in english.get("/").text  # at the foot of every page
    assert "Prendre part" not in english.get("/about").text  # the topic was emptied


def test_pages_are_linked_where_they_are_wanted_in_their_order(browser, client):
    write(browser, "Mentions légales")
    write(browser, "Notre histoire", place="menu")
    write(browser, "Page cachée", place="nowhere")
    page = client.get("/about/charter").text
    menu, _main, footer = page.partition("<main")[0], None, page.partition("<footer")[2]
    assert "Notre histoire" in menu
    assert "Notre histoire" not in footer
    assert "Mentions légales" in footer
    assert "Page cachée" not in page
    assert "Page cachée" in client.get("/about").text
    browser.post("/coordination/pages/notre-histoire", data={"act": "up"})
    page = client.get("/about").text
    listed = page[page.index("<main") :]
    assert listed.index("Notre histoire") < listed.index("Mentions légales")


def test_a_page_of_help_is_offered_where_it_helps(make, browser, client):
    component = make.component("debates", make.space("Santé"))
    write(browser, "Bien débattre", place="help_debates")
    assert "Bien débattre" in client.get(f"/e/sante/{component.id}").text
    assert "Bien débattre" not in client.get("/e/sante").text
    write(browser, "Animer au quotidien", place="help_moderation")
    assert "Animer au quotidien" in browser.get("/desk").text
    assert "Animer au quotidien" not in browser.get("/e/sante").text


def test_a_draft_is_for_coordinators_only(browser, client):
    write(browser, "En préparation", published="")
    assert client.get("/about/en-preparation").status_code == 404
    assert "pas publiée" in browser.get("/about/en-preparation").text
    assert "En préparation" not in client.get("/about").text


def test_two_coordinators_editing_one_page_merge(session, browser):
    write(browser, "La règle")
    sent = {
        "title_fr": "La règle du jeu",
        "text_fr": "Un.",
        "place": "footer",
        "published": "y",
        "revision": 1,
    }
    browser.post("/coordination/pages/la-regle", data=sent)
    answer = browser.post("/coordination/pages/la-regle", data=sent | {"text_fr": "Deux."})
    assert answer.status_code == 409
    assert "Un." in answer.text
    assert "Deux." in answer.text
    assert session.scalar(select(StaticPage.texts)) == {"fr": "Un."}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "page.edited")).one()
    assert entry.details["after"]["titles"] == {"fr": "La règle du jeu"}


def test_what_is_missing_is_asked_and_addresses_are_never_taken(browser, session):
    assert write(browser, "").status_code == 422
    assert write(browser, "Bonne page", text_fr="").status_code == 422
    assert write(browser, "Charter").location == "/about/charter-2"
    assert write(browser, "Charter").location == "/about/charter-3"
    assert browser.get("/about/nulle-part").status_code == 404


def test_members_do_not_write_pages(make, sign_in):
    assert sign_in(make.member()).get("/coordination/pages").status_code == 403


def test_there_are_as_many_pages_as_may_be_and_no_more(browser, monkeypatch):
    monkeypatch.setattr("participa.network.pages.MOST", 1)
    write(browser, "La première")
    assert "autant de pages" in browser.get("/coordination/pages").text
    answer = write(browser, "La deuxième")
    assert answer.status_code == 403
    assert "autant de pages" in answer.text
