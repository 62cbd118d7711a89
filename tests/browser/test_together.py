"""Two members change a text together: one amends, the other edits and accepts, and both are its authors."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WITH_AND_WITHOUT, Live, Visitor

TITLE = "Ouvrir un jardin partagé dans chaque quartier"
BODY = "Un terrain communal par quartier.\n\nDix personnes s’en occupent."


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_a_member_amends_and_the_author_edits_and_accepts(
    live: Live, visit: Visitor, javascript: bool
) -> None:
    alice = live.account("Alice", centre=live.make.centre("Centre de Lyon"))
    bruno = live.account("Bruno", centre=live.make.centre("Centre de Lille"))
    component = live.make.component("proposals", settings={"amendments_enabled": True})
    proposal = live.make.proposal(component, alice, title=TITLE, body=BODY)
    address = f"/e/{component.space.slug}/{component.id}/{proposal.id}"

    amender = visit(bruno, javascript=javascript)
    amender.goto(address)
    amender.get_by_role("link", name="Suggérer un autre texte").click()
    text = amender.get_by_role("textbox", name="Texte")
    text.fill(BODY.replace("Dix", "Vingt"))
    amender.get_by_label("Pourquoi ce changement").fill("Dix, c’est trop peu")
    amender.get_by_role("button", name="Voir les changements").click()
    expect(amender.locator("ins", has_text="Vingt")).to_be_visible()
    expect(amender.locator("del", has_text="Dix")).to_be_visible()
    amender.get_by_role("button", name="Publier").click()
    expect(amender.get_by_role("heading", level=1)).to_contain_text(TITLE)
    live.work()

    author = visit(alice, javascript=javascript)
    author.goto("/notifications")
    author.get_by_role("link", name=TITLE).first.click()
    author.get_by_role("link", name="Modifier, puis accepter").click()
    text = author.get_by_role("textbox", name="Texte")
    expect(text).to_have_value(BODY.replace("Dix", "Vingt"))
    text.fill(BODY.replace("Dix", "Quinze"))
    author.get_by_role("button", name="Publier la version 2").click()
    expect(author.get_by_text("Quinze personnes")).to_be_visible()
    expect(author.locator(".page-head")).to_contain_text("Bruno, Centre de Lille")

    amender.goto(address)
    expect(amender.get_by_role("link", name="Modifier").first).to_be_visible()
