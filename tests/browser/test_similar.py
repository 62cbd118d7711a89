"""A member who is about to repeat what another proposed is shown it while they write."""

import array
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from participa.similarity import services
from tests.browser.conftest import AXE, Live, Visitor
from tests.browser.looking import AXE_RUN
from tests.encoders import answering

TITLE = "Ouvrir un jardin partagé dans chaque quartier"
BODY = "Un terrain communal par quartier, confié à ses habitants, avec de l’eau."


def test_a_similar_proposal_is_shown_while_one_writes_and_supported_instead(
    live: Live, visit: Visitor, model: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(live.app.config["SETTINGS"], encoder=True)
    monkeypatch.setitem(live.app.config, "SETTINGS", settings)
    monkeypatch.setattr("participa.similarity.client.BUDGET", 5)
    proposal = live.make.proposal(title=TITLE, body=BODY)
    services.embed(proposal.id, lambda text: array.array("f", model(text)).tolist())
    live.session.commit()
    base = f"/e/{proposal.component.space.slug}/{proposal.component_id}"
    writer, repeater = live.account("Alice"), live.account("Bruno")
    with answering(settings.instance, model):
        page = visit(writer)
        page.context.add_init_script(path=AXE)
        page.goto(f"{base}/new")
        page.get_by_label("Titre").press_sequentially("Des potagers collectifs au pied des immeubles")
        found = page.get_by_role("link", name=TITLE)
        expect(found).to_be_visible()
        expect(page.locator("#similar-said")).to_have_text("1 proposition proche")
        expect(page.get_by_label("Titre")).to_be_focused()
        assert page.evaluate(AXE_RUN) == []
        page.get_by_role("textbox", name="Texte").press_sequentially(
            "Ailleurs que dans les quartiers : sur les toits."
        )
        page.get_by_role("button", name="Publier").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Des potagers collectifs au pied des immeubles"
        )

        phone = visit(repeater, width=360)
        phone.context.add_init_script(path=AXE)
        phone.goto(f"{base}/new")
        phone.get_by_label("Titre").fill("Un jardin partagé pour chaque quartier")
        expect(phone.get_by_text("1 proposition proche existe déjà")).to_be_visible()
        assert phone.evaluate(AXE_RUN) == []
        phone.get_by_role("link", name="Les lire avant de continuer").click()
        expect(phone.get_by_text("Brouillon enregistré")).to_be_visible()
        phone.get_by_role("button", name=f"Soutenir plutôt celle-ci : {TITLE}").press("Enter")
        expect(phone.get_by_role("heading", level=1)).to_have_text(TITLE)
        expect(phone.get_by_text("est gardé parmi vos brouillons")).to_be_visible()
        expect(phone.get_by_role("button", name="Vous soutenez")).to_be_visible()
        phone.goto("/drafts")
        expect(phone.get_by_role("link", name="Un jardin partagé pour chaque quartier")).to_be_visible()
