"""Writing at length: no word is lost to the network, the tab or another tab; buttons, hints and files."""

import io
import re
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from participa.contributions.etiquette import faults
from participa.contributions.models import Draft
from participa.proposals.models import Proposal
from tests.browser.conftest import Live, Visitor

TITLE = "Ouvrir la cour de l’école le samedi"
FOUND = re.compile("n’a jamais été enregistré")
COPIES = "Object.keys(localStorage).filter(name => name.startsWith('participa:text:'))"
SAMPLES = [
    "PLANTER DES ARBRES", "Vraiment ?? Oui", "Quoi ? !", "planter", "**planter** des arbres", "« Élire »", "https://exemple.fr/a??b",
    "Du code : `IF !!x`", "30 arbres par rue", "ERU", "non !! ENCORE UNE FOIS NON", "",
]  # fmt: skip


def texts_of(live: Live) -> list[str]:
    live.session.commit()
    drafts = live.session.scalars(select(Draft).order_by(Draft.id).execution_options(populate_existing=True))
    return [draft.fields["title"] for draft in drafts]


def body(page: Page) -> Any:
    return page.get_by_role("textbox", name="Texte")


def test_words_survive_the_network_the_tab_and_another_tab(live: Live, visit: Visitor) -> None:
    alice = live.account("Alice")
    component = live.make.component("proposals")
    live.session.commit()
    new = f"/e/{component.space.slug}/{component.id}/new"
    page = visit(alice)
    context = page.context

    # The network is cut while one types, and the tab is closed: the browser has the words.
    page.goto(new)
    context.set_offline(True)
    page.get_by_label("Titre").fill(TITLE)
    body(page).fill("Écrit dans un train, sans réseau.")
    page.keyboard.press("Tab")
    expect(page.locator("#draft-status")).to_contain_text("Non enregistré")
    page.close(run_before_unload=False)
    context.set_offline(False)
    page = context.new_page()
    page.goto(new)
    expect(page.get_by_text(FOUND)).to_contain_text(TITLE)
    page.get_by_role("button", name="Les mettre dans le formulaire").click()
    expect(page.get_by_label("Titre")).to_have_value(TITLE)
    expect(body(page)).to_have_value("Écrit dans un train, sans réseau.")
    expect(page.locator("#draft-status")).to_contain_text("Brouillon enregistré")
    assert page.evaluate(COPIES) == []
    assert texts_of(live) == [TITLE]

    # Two tabs on that draft: the older one is told, and what it holds is kept beside.
    address = page.locator(".aside, main").first.evaluate("() => document.getElementById('draft_id').value")
    other = context.new_page()
    other.goto(f"{new}?draft={address}")
    other.get_by_label("Titre").fill(f"{TITLE}, bis")
    other.keyboard.press("Tab")
    expect(other.locator("#draft-status")).to_contain_text("Brouillon enregistré")
    page.get_by_label("Titre").fill(f"{TITLE}, ter")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Un autre onglet a enregistré ce brouillon")).to_be_visible()
    assert texts_of(live) == [f"{TITLE}, bis", f"{TITLE}, ter"]

    # Published: neither the server nor the browser keeps a copy of it. Signed out: the browser keeps none at all.
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{TITLE}, ter")
    assert texts_of(live) == [f"{TITLE}, bis"]
    context.set_offline(True)
    body(other).fill("Encore un mot.")
    assert len(other.evaluate(COPIES)) == 1
    context.set_offline(False)
    page.locator("summary", has_text="Mon compte").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    assert page.evaluate(COPIES) == []


def test_layout_by_keyboard_hints_and_files(live: Live, visit: Visitor) -> None:
    alice = live.account("Alice")
    component = live.make.component("proposals")
    live.session.commit()
    page = visit(alice)
    page.goto(f"/e/{component.space.slug}/{component.id}/new")

    # The hints while typing are those of the server.
    script = """async words => {
      const { faults } = await import(document.querySelector("script[src*=writing]").src);
      return words.map(faults);
    }"""
    assert page.evaluate(script, SAMPLES) == [faults(sample) for sample in SAMPLES]
    page.get_by_label("Titre").fill("OUVRIR LA COUR DE L’ÉCOLE")
    page.keyboard.press("Tab")
    expect(page.get_by_text("on croirait que vous criez")).to_be_visible()
    page.get_by_label("Titre").fill(TITLE)
    page.keyboard.press("Tab")
    expect(page.get_by_text("on croirait que vous criez")).to_be_hidden()

    # One stop of the Tab key for all buttons, arrows between them.
    page.get_by_role("toolbar", name="Mise en forme du texte").focus()
    expect(page.get_by_role("button", name="Gras")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italique")).to_be_focused()
    body(page).fill("Une cour ouverte à tous.")
    body(page).select_text()
    page.get_by_role("button", name="Gras").click()
    expect(body(page)).to_have_value("**Une cour ouverte à tous.**")
    page.get_by_role("button", name="Voir le résultat").click()
    expect(page.locator("#body-preview strong")).to_have_text("Une cour ouverte à tous.")
    page.get_by_role("button", name="Fermer l’aperçu").click()
    expect(page.get_by_role("button", name="Voir le résultat")).to_be_focused()

    # Files are chosen, and dropped.
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "olive").save(picture, "PNG")
    page.set_input_files(
        "#files", {"name": "cour.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    page.get_by_label("Ce qu’elle montre").fill("La cour, vide")
    drop = """form => { const held = new DataTransfer(); held.items.add(new File(['%PDF-1.7'], 'plan.pdf'));
      held.items.add(new File([new Uint8Array(10_000_001)], 'film.pdf'));
      form.dispatchEvent(new DragEvent('drop', {dataTransfer: held, bubbles: true, cancelable: true})); }"""
    page.locator("#proposal-form").evaluate(drop)
    expect(page.get_by_text("plan.pdf", exact=True)).to_be_visible()
    expect(page.locator("#files-status")).to_have_text("« film.pdf » est trop lourd : 10 Mo au plus.")
    expect(page.get_by_label("Ce qu’elle montre")).to_have_value("La cour, vide")
    page.get_by_role("button", name="Retirer : plan.pdf").click()
    expect(page.get_by_text("plan.pdf", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("img", name="La cour, vide")).to_be_visible()
    assert page.get_by_role("img", name="La cour, vide").evaluate(
        "image => image.decode().then(() => image.naturalWidth)"
    )
    live.session.commit()
    assert live.session.scalars(select(Proposal.title)).all() == [TITLE]
