"""A moderator opens a space from a template, furnishes it, opens a phase; a member of another centre posts in it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from participa.authorization import Role
from participa.db import clock
from tests.browser.conftest import Live, Visitor
from tests.browser.looking import WIDER
from tests.browser.test_keyboard import follow, tab_to, write

TITLE = "Une consultation mobile dans chaque quartier"


def go(page: Page, role: str, name: str, *, keyboard: bool, exact: bool = False) -> None:
    """Follow the first link or press the first button of that name."""
    target = page.get_by_role(role, name=name, exact=exact).first  # type: ignore[arg-type]
    if keyboard:
        follow(page, target)
        return
    with page.expect_navigation():
        target.click()


def fill(page: Page, label: str, words: str, *, keyboard: bool, n: int = 0) -> None:
    """Write in the field of that label; in place of what it holds."""
    target = page.get_by_label(label, exact=True).nth(n)
    if not keyboard:
        target.fill(words)
    elif target.get_attribute("type") == "date":
        tab_to(page, target, presses=150)
        day, month, year = words[8:], words[5:7], words[:4]
        for typed in (f"{day}{month}{year}", f"{month}{day}{year}"):  # the window's own language decides
            page.keyboard.type(typed)
            if target.input_value() == words:
                return
            page.keyboard.press("ArrowLeft")
            page.keyboard.press("ArrowLeft")
        raise AssertionError(f"the day typed is {target.input_value()}")
    else:
        tab_to(page, target, presses=150)
        page.keyboard.press("Control+A")
        page.keyboard.type(words)


def narrow_enough(page: Page) -> None:
    """Nothing sticks out of the page."""
    assert page.evaluate(WIDER) == []


@pytest.mark.parametrize(
    ("width", "keyboard"),
    [
        pytest.param(1280, False, id="with the mouse", marks=pytest.mark.long),
        pytest.param(1280, True, id="by keyboard", marks=pytest.mark.long),
        pytest.param(360, False, id="on a phone", marks=pytest.mark.long),
    ],
)
def test_a_space_is_opened_from_a_template_furnished_and_lived_in(
    live: Live, visit: Visitor, width: int, keyboard: bool
) -> None:
    east, west = live.make.centre("Centre de l’Est"), live.make.centre("Centre de l’Ouest")
    claire, bruno = live.account("Claire", centre=east), live.account("Bruno", centre=west)
    live.make.role(claire, live.make.space("Vie du réseau"), Role.MODERATOR)
    live.session.commit()
    soon = clock().date() + timedelta(days=20)
    today = clock().date()

    page = visit(claire, width=width)
    page.goto("/spaces")
    go(page, "link", "Ouvrir un espace", keyboard=keyboard)
    go(page, "link", "Choisir : Consultation en trois temps", keyboard=keyboard)
    narrow_enough(page)
    fill(page, "Nom", "Santé", keyboard=keyboard)
    fill(page, "Premier jour de la première phase", soon.isoformat(), keyboard=keyboard)
    go(page, "button", "Ouvrir l’espace", keyboard=keyboard)
    narrow_enough(page)

    # Furnished: an announcement, two topics, a text on the front page.
    fill(page, "Annonce (facultatif)", "Première rencontre le **12 décembre**.", keyboard=keyboard)
    go(page, "button", "Enregistrer", keyboard=keyboard)
    go(page, "link", "Sujets", keyboard=keyboard, exact=True)
    for name in ("Prévention", "Accès aux soins"):
        fill(page, "Nom", name, keyboard=keyboard)
        go(page, "button", "Ajouter le sujet", keyboard=keyboard)
    narrow_enough(page)

    # A phase is opened: the first day becomes today.
    go(page, "link", "Phases", keyboard=keyboard, exact=True)
    fill(page, "Premier jour", today.isoformat(), keyboard=keyboard)
    go(page, "button", "Voir ce qui change", keyboard=keyboard)
    expect(page.get_by_text("proposer").first).to_be_visible()
    narrow_enough(page)
    go(page, "button", "Enregistrer le calendrier", keyboard=keyboard)
    go(page, "link", "Réglages", keyboard=keyboard, exact=True)
    go(page, "button", "Publier l’espace", keyboard=keyboard)

    # A member of another centre finds it, proposes, and chooses a topic.
    author = visit(bruno, width=width)
    author.goto("/spaces")
    go(author, "link", "Santé", keyboard=keyboard)
    expect(author.get_by_text("Première rencontre")).to_be_visible()
    narrow_enough(author)
    go(author, "link", "Proposer", keyboard=keyboard)
    if keyboard:
        write(author, author.get_by_label("Titre"), TITLE)
        write(author, author.get_by_role("textbox", name="Texte"), "Une infirmière passe chaque semaine.")
    else:
        author.get_by_label("Titre").fill(TITLE)
        author.get_by_role("textbox", name="Texte").fill("Une infirmière passe chaque semaine.")
        author.get_by_label("Sujet").select_option(label="Prévention")
    go(author, "button", "Publier", keyboard=keyboard)
    expect(author.get_by_role("heading", level=1)).to_have_text(TITLE)
    narrow_enough(author)


@pytest.mark.long
def test_blocks_are_dragged_into_another_order(live: Live, visit: Visitor) -> None:
    space = live.make.space("Santé")
    person = live.account("Animatrice")
    live.make.role(person, space, Role.ADMINISTRATOR)
    live.session.commit()
    page = visit(person)
    page.goto("/e/sante/front")
    blocks = page.locator("[data-block]")
    before = [block.get_attribute("data-block") for block in blocks.all()]
    with page.expect_navigation():
        blocks.nth(0).drag_to(blocks.nth(2), target_position={"x": 60, "y": 4})
    after = [block.get_attribute("data-block") for block in blocks.all()]
    assert after == [before[1], before[0], *before[2:]]
    expect(page.get_by_text("Ce que vous changez ici n’est vu que de")).to_be_visible()
