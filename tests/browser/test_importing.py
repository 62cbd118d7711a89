"""An administrator brings in 500 lines, three of them bad."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from participa.authorization import Role
from participa.proposals.models import Proposal
from tests.browser.conftest import Live, Visitor


@pytest.mark.long
def test_five_hundred_lines_come_in_but_for_three_that_are_corrected(
    live: Live, visit: Visitor, tmp_path: Path
) -> None:
    component = live.make.component("proposals", live.make.space("Lieu"), topics=["Eau"])
    administrator = live.account("Administratrice")
    live.make.role(administrator, component.space, Role.ADMINISTRATOR)
    lines = [f"{n};Une idée, numéro {n};Le texte de l’idée {n};Eau" for n in range(1, 501)]
    lines[9], lines[249], lines[498] = (
        "10;;Sans titre;Eau",
        "250;Sans texte;;Eau",
        "499;Un sujet;Le texte;Feu",
    )
    file = tmp_path / "idées.csv"
    file.write_text("\n".join(["numéro;titre;texte;sujet", *lines]), encoding="cp1252")

    page = visit(administrator)
    page.goto(f"/e/lieu/{component.id}")
    page.get_by_role("link", name="Importer", exact=True).click()
    page.get_by_label("Fichier", exact=True).set_input_files(file)
    page.get_by_label("D’où viennent ces textes").fill("Atelier du 14 juin")
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_role("cell", name="Une idée, numéro 1", exact=True)).to_be_visible()
    page.get_by_role("button", name="Vérifier les lignes").click()

    expect(page.get_by_role("heading", name="3 lignes à corriger")).to_be_visible()
    page.get_by_role("button", name="Importer les 497 lignes prêtes").click()
    expect(page.get_by_role("progressbar", name="Lignes écrites")).to_be_visible()
    live.work()
    expect(page.get_by_text("propositions importées")).to_be_visible()  # the page renews itself
    page.get_by_label("Titre, ligne 11").fill("Une idée qui a trouvé son titre")
    page.get_by_label("Texte, ligne 251").fill("Un texte.")
    page.get_by_label("Sujet, ligne 500").fill("Eau")
    page.get_by_role("button", name="Vérifier de nouveau ces lignes").click()
    page.get_by_role("button", name="Importer les 3 lignes prêtes").click()
    live.work()
    expect(page.get_by_text("Tout ce fichier est ici")).to_be_visible()
    assert live.session.scalar(select(func.count()).select_from(Proposal)) == 500
