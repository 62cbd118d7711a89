"""Front pages made of blocks, for a space and for the network."""

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.network.models import Network
from participa.spaces.blocks.kinds import of_place
from participa.spaces.models import Space, SpaceKind, Visibility

PAGES = [("/e/sante/front", "/e/sante"), ("/coordination/front", "/")]


@pytest.fixture
def place(make):
    """A space with two texts in it, and its network."""
    space = make.space("Santé", html="<p>La présentation de l’espace.</p>")
    component = make.component("proposals", space)
    make.proposal(component, title="Un conseil local de santé mentale")
    return space


@pytest.fixture
def browser(place, make, sign_in):
    """The browser of a coordinator."""
    return sign_in(make.coordinator())


def kinds(session, page: str) -> list[str]:
    """The blocks being changed, from top to bottom."""
    model = Network if page.startswith("/coordination") else Space
    held = session.scalars(select(model).execution_options(populate_existing=True)).one()
    return [block["kind"] for block in of_place(held, draft=True)]


def add(browser, page: str, kind: str) -> str:
    """Add a block and give its name."""
    answer = browser.post(page, data={"act": "add", "kind": kind})
    return str(answer.location.rpartition("/front/")[2])


@pytest.mark.parametrize(("page", "front"), PAGES)
def test_blocks_are_changed_apart_looked_at_then_put_in_force(session, browser, client, page, front):
    name = add(browser, page, "text")
    told = {"title": "Bienvenue ici", "body": "Le **premier** pas.", "revision": "1"}
    assert browser.post(f"{page}/{name}", data=told).status_code == 303
    assert "Bienvenue ici" not in client.get(front).text
    assert "Bienvenue ici" not in client.get(f"{front}?preview=1").text
    assert "Le <strong>premier</strong> pas." in browser.get(f"{front}?preview=1").text

    browser.post(page, data={"act": "publish"})
    assert "Bienvenue ici" in client.get(front).text
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "front.published")).one()
    assert "text" in entry.details["after"]
    assert "text" not in entry.details["before"]


@pytest.mark.parametrize(("page", "front"), PAGES)
def test_blocks_are_moved_by_buttons_and_by_dragging(session, browser, page, front):
    before = kinds(session, page)
    moved = browser.post(page, data={"act": "down", "block": before[0]})
    assert moved.location.endswith(f"#b-{before[0]}")
    shown = browser.get(moved.location).text
    assert "est maintenant en position 3" in shown
    assert "autofocus" in shown
    assert kinds(session, page) == [before[1], before[0], *before[2:]]
    browser.post(page, data={"act": "up", "block": before[1]})  # it is the first one already
    browser.post(page, data={"act": "order", "order": ",".join([*reversed(before), "autre"])})
    assert kinds(session, page) == before[::-1]
    browser.post(page, data={"act": "discard"})
    assert kinds(session, page) == before


def test_a_block_removed_comes_back_when_the_changes_are_given_up(session, browser, client):
    browser.post("/e/sante/front", data={"act": "remove", "block": "welcome"})
    assert "welcome" not in kinds(session, "/e/sante/front")
    assert "La présentation" in client.get("/e/sante").text
    browser.post("/e/sante/front", data={"act": "discard"})
    assert "welcome" in kinds(session, "/e/sante/front")


def test_a_block_that_cannot_repeat_is_there_once_and_unknown_ones_are_refused(session, browser):
    browser.post("/e/sante/front", data={"act": "add", "kind": "welcome"})
    assert kinds(session, "/e/sante/front").count("welcome") == 1
    for kind in ("spaces", "programme", "zzz"):
        assert browser.post("/e/sante/front", data={"act": "add", "kind": kind}).status_code == 400
    assert browser.get("/e/sante/front/absent").status_code == 404
    assert browser.get("/e/sante/front/welcome").status_code == 404  # nothing to set up


def test_chosen_items_are_those_that_the_reader_may_read(make, session, browser, client):
    shown = make.proposal(title="Une proposition choisie par les modératrices")
    hidden = make.proposal(
        make.component("proposals", make.space("Secret", visibility=Visibility.PRIVATE)),
        title="Le canari du fond de la mine",
    )
    name = add(browser, "/e/sante/front", "chosen")
    told = {
        "title": "À lire",
        "items": f"/c/{hidden.id}\nhttp://participa.test/e/x/1/{shown.id}-titre",
        "revision": "1",
    }
    assert browser.post(f"/e/sante/front/{name}", data=told).status_code == 303
    browser.post("/e/sante/front", data={"act": "publish"})
    page = client.get("/e/sante").text
    assert "Une proposition choisie par les modératrices" in page
    assert "canari" not in page
    wrong = browser.post(f"/e/sante/front/{name}", data=told | {"items": "n’importe quoi", "revision": "2"})
    assert "n’est pas l’adresse" in wrong.text
    assert "n’importe quoi" in wrong.text


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "//ailleurs.example", "data:text/html,x", "http://[::1"]
)
def test_a_call_to_action_leads_to_an_address_and_nothing_else(browser, client, href):
    name = add(browser, "/e/sante/front", "action")
    told = {"title": "Agissez", "label": "J’y vais", "href": href, "revision": "1"}
    answer = browser.post(f"/e/sante/front/{name}", data=told)
    assert answer.status_code == 422
    assert "Écrivez une adresse web" in answer.text
    assert browser.post(f"/e/sante/front/{name}", data=told | {"href": "/spaces"}).status_code == 303


def test_two_people_who_set_up_one_block_see_what_each_wrote(session, browser, make, sign_in):
    name = add(browser, "/e/sante/front", "text")
    other = sign_in(make.coordinator("Une autre"))
    told = {"title": "Le titre d’Ada", "body": "", "revision": "1"}
    browser.post(f"/e/sante/front/{name}", data=told)
    merge = other.post(f"/e/sante/front/{name}", data=told | {"title": "Le titre de Grace"})
    assert merge.status_code == 409
    assert "Le titre d’Ada" in merge.text
    assert "Le titre de Grace" in merge.text


def test_others_neither_furnish_nor_look_at_what_is_being_changed(place, make, sign_in, client):
    member = sign_in(make.member())
    assert member.get("/e/sante/front").status_code == 403
    assert member.get("/coordination/front").status_code == 403
    assert client.post("/e/sante/front", data={"act": "publish"}).status_code == 303  # to sign in


def test_a_page_with_many_blocks_says_so_and_a_block_with_nothing_shows_nothing(make, browser, client):
    for _n in range(40):
        browser.post("/e/sante/front", data={"act": "add", "kind": "text"})
    assert "en a déjà le plus possible" in browser.get("/e/sante/front").text
    browser.post("/e/sante/front", data={"act": "publish"})
    assert client.get("/e/sante").status_code == 200


def test_an_event_shows_its_programme_and_a_thematic_space_has_none(make, browser, client):
    make.space(
        "Journées", kind=SpaceKind.EVENT, programme="Accueil", programme_html="<p>Accueil à neuf heures</p>"
    )
    assert "Accueil à neuf heures" in client.get("/e/journees").text
    assert "Programme" in browser.get("/e/journees/front").text
    assert "Programme" not in browser.get("/e/sante/front").text


def test_the_words_of_the_network_are_written_in_each_language_with_a_fallback_that_says_so(
    session, make, browser, client, sign_in
):
    browser.post("/coordination/front", data={"act": "add", "kind": "text"})
    name = of_place(session.get(Network, 1), draft=True)[-1]["id"]
    page = browser.get(f"/coordination/front/{name}").text
    assert "Titre (English)" in page
    told = {
        "title": "Bienvenue",
        "body": "Un **mot** d’accueil.",
        "title_en": "",
        "body_en": "",
        "revision": 1,
    }
    browser.post(f"/coordination/front/{name}", data=told)
    browser.post("/coordination/front", data={"act": "publish"})
    english = sign_in(make.member(language="en"))
    page = english.get("/").text
    assert "Bienvenue" in page
    assert '<section class="prose mb-5" lang="fr"' in page
    assert "Not written in your language yet." in page
    browser.post(
        f"/coordination/front/{name}",
        data=told | {"title_en": "Welcome", "body_en": "A **word** of welcome.", "revision": 2},
    )
    browser.post("/coordination/front", data={"act": "publish"})
    page = english.get("/").text
    assert "Welcome" in page
    assert "A <strong>word</strong> of welcome." in page
    assert "Not written in your language yet." not in page
    assert "Bienvenue" not in page
    assert "Bienvenue" in client.get("/").text


def test_the_words_of_a_space_are_written_in_each_language_too(session, make, browser, place, sign_in):
    browser.post("/e/sante/front", data={"act": "add", "kind": "text"})
    name = of_place(session.get(Space, place.id), draft=True)[-1]["id"]
    told = {"title": "Bienvenue", "body": "Un mot.", "title_en": "Welcome", "body_en": "", "revision": 1}
    browser.post(f"/e/sante/front/{name}", data=told)
    browser.post("/e/sante/front", data={"act": "publish"})
    page = sign_in(make.member(language="en")).get("/e/sante").text
    assert "Welcome" in page
    assert "Un mot." in page
    assert "Not written in your language yet." in page
    assert "Bienvenue" in browser.get("/e/sante").text
