"""The pages that the coordination writes: languages, topics, places, drafts, order, links; and the menu."""

import re

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.network.models import Network, StaticPage


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


def nav(page):
    """The words of the menu, from left to right."""
    menu = re.search(r'<nav class="site-nav[^>]*>.*?</nav>', page.text, re.DOTALL)
    return [
        re.sub(r"<[^>]+>", "", link).strip()
        for link in re.findall(r"<a [^>]*>.*?</a>", menu.group(), re.DOTALL)
    ]


def arrange(browser, entry, act):
    return browser.post("/coordination/menu", data={"entry": entry, "act": act})


def test_a_link_leads_elsewhere_from_the_menu_and_from_the_list_of_pages(session, browser, client):
    answer = write(browser, "Le site du réseau", text_fr="", place="menu", href="https://reseau.example/")
    assert answer.location == "/coordination/pages"
    page = client.get("/")
    assert nav(page)[-1] == "Le site du réseau"
    assert '<a href="https://reseau.example/"' in page.text
    assert client.get("/about/le-site-du-reseau").location == "https://reseau.example/"
    assert "Le site du réseau" in client.get("/about").text
    sent = {
        "title_fr": "Le site",
        "text_fr": "",
        "place": "menu",
        "published": "y",
        "href": "/spaces",
        "revision": 1,
    }
    browser.post("/coordination/pages/le-site-du-reseau", data=sent)
    assert client.get("/about/le-site-du-reseau").location == "/spaces"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "page.edited")).one()
    assert entry.details["before"]["href"] == "https://reseau.example/"


@pytest.mark.parametrize("href", ["javascript:alert(1)", "//ailleurs.example", "ailleurs"])
def test_a_link_leads_to_a_web_address_or_a_path(browser, href):
    assert write(browser, "Ailleurs", text_fr="", href=href).status_code == 422


def test_a_page_has_a_text_or_an_address_not_both(browser):
    answer = write(browser, "Les deux", href="/spaces")
    assert answer.status_code == 422
    assert "videz l’un des deux" in answer.text
    assert "Le texte **français**." in answer.text


def test_the_menu_is_ordered_and_its_entries_hidden_and_shown_again(session, browser, client):
    write(browser, "Notre histoire", place="menu")
    assert nav(client.get("/")) == ["Accueil", "Espaces", "Centres", "Notre histoire"]
    arrange(browser, "page:notre-histoire", "up")  # above moderation, which visitors do not have
    arrange(browser, "page:notre-histoire", "up")
    arrange(browser, "network.centres", "hide")
    assert nav(client.get("/")) == ["Accueil", "Espaces", "Notre histoire"]
    assert client.get("/centres").status_code == 200
    page = browser.get("/coordination/pages").text.partition('id="menu"')[2]
    assert page.index("Notre histoire") < page.index("Centres")
    arrange(browser, "network.centres", "show")
    assert nav(client.get("/")) == ["Accueil", "Espaces", "Notre histoire", "Centres"]
    acts = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.startswith("menu.")).order_by(AuditEntry.id)
    ).all()
    assert acts == ["menu.moved", "menu.moved", "menu.hidden", "menu.shown"]


@pytest.mark.parametrize(
    ("entry", "act"), [("home.index", "up"), ("nulle.part", "hide"), ("home.index", "melt"), ("", "")]
)
def test_what_cannot_be_arranged_changes_nothing(session, browser, client, entry, act):
    assert arrange(browser, entry, act).status_code == 303
    assert nav(client.get("/")) == ["Accueil", "Espaces", "Centres"]
    assert session.get(Network, 1).nav == []


def test_pages_about_the_network_light_no_other_entry_of_the_menu(browser, client):
    write(browser, "Notre histoire")
    assert "aria-current" not in client.get("/about/notre-histoire").text.partition("<main")[0]
    assert 'aria-current="page"' in client.get("/centres").text.partition("<main")[0]
