"""A moderator makes one proposal of three, and brings them back."""

import pytest
from playwright.sync_api import expect

from participa.authorization import Role
from tests.browser.conftest import WITH_AND_WITHOUT, Live, Visitor


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_three_proposals_become_one_and_come_back(live: Live, visit: Visitor, javascript: bool) -> None:
    moderator = live.account("Modératrice")
    space = live.make.space("Santé")
    live.make.role(moderator, space, Role.MODERATOR)
    component = live.make.component("proposals", space)
    first, *_others = [
        live.make.proposal(component, title=f"Un annuaire des ateliers, numéro {n}") for n in (1, 2, 3)
    ]

    page = visit(moderator, javascript=javascript)
    page.goto(f"/e/sante/{component.id}/{first.id}")
    page.get_by_text("Fusionner, scinder, déplacer").click()
    page.get_by_role("link", name="Fusionner avec d’autres").click()
    page.get_by_label("Mots d’une autre proposition").fill("annuaire")
    page.get_by_role("search").get_by_role("button").click()
    for n in (2, 3):
        page.get_by_label(f"Un annuaire des ateliers, numéro {n}").check()
    page.get_by_role("button", name="Écrire le texte commun").click()
    page.get_by_label("Titre").fill("Un annuaire commun et vivant")
    page.get_by_label("Texte", exact=True).fill("Chaque centre tient sa fiche à jour.")
    page.get_by_role("button", name="Fusionner les 3 propositions").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Un annuaire commun et vivant")
    expect(page.get_by_text("Issue de la fusion de 3 propositions")).to_be_visible()
    page.goto(f"/e/sante/{component.id}/{first.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Un annuaire commun et vivant")
    page.get_by_role("link", name="Annuler la fusion").click()
    page.get_by_role("button", name="Faire revenir les textes d’origine").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Un annuaire des ateliers, numéro 1")
    page.goto(f"/e/sante/{component.id}")
    expect(page.get_by_role("heading", level=3)).to_have_count(4)
