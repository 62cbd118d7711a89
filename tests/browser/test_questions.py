"""A debate asks a guest: inviting, asking, raising, answering and concluding, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import expect

from participa.authorization import VISITOR, Role
from participa.debates.queries import find
from participa.debates.services import argue
from participa.web import address_of
from tests.browser.conftest import Live, Visitor


@pytest.mark.parametrize("javascript", [True, False], ids=["scripted", "unscripted"])
def test_a_guest_is_asked_answers_and_is_quoted(live: Live, visit: Visitor, javascript: bool) -> None:
    space = live.make.space("Santé")
    moderator, asker = live.account("Modératrice"), live.account("Lectrice")
    live.make.role(moderator, space, Role.MODERATOR)
    guest = live.account("Adjointe au maire", function="Élue à la santé")
    debate = live.make.debate(
        live.make.component("debates", space), title="Faut-il fermer les rues d’école aux voitures ?"
    )
    address = address_of(debate)

    curator = visit(moderator, javascript=javascript, width=360)
    curator.goto(address)
    curator.get_by_role("link", name="Inviter quelqu’un à répondre").click()
    curator.get_by_role("searchbox").fill("adjointe")
    curator.get_by_role("searchbox").press("Enter")
    curator.get_by_role("link", name=re.compile("^Choisir")).click()
    curator.get_by_role("button", name="Inviter").click()
    expect(curator.get_by_role("heading", name=re.compile("Questions à Adjointe au maire"))).to_be_visible()

    reader = visit(asker, javascript=javascript)
    reader.goto(address)
    reader.get_by_label("Votre question").fill("Comment fait-on en zone rurale ?")
    reader.get_by_role("button", name="Poser la question").click()
    expect(reader.get_by_text("Votre question est posée")).to_be_visible()

    curator.goto(address)
    raise_it = curator.get_by_role("button", name=re.compile("Je la pose aussi"))
    expect(raise_it).to_have_attribute("aria-pressed", "false")
    raise_it.click()
    expect(curator.get_by_role("button", name=re.compile("Je la pose aussi"))).to_have_attribute(
        "aria-pressed", "true"
    )

    answering = visit(guest, javascript=javascript)
    answering.goto("/")
    answering.get_by_role("link", name=re.compile("question à laquelle répondre")).click()
    answering.get_by_role("link", name=re.compile("^Répondre|^Réponse")).click()
    answering.get_by_role("textbox", name="Votre réponse").fill("Avec les **intercommunalités**.")
    answering.get_by_role("button", name="Publier").click()
    expect(answering.get_by_text("Réponse de l’invité")).to_be_visible()

    reader.goto(address)
    expect(reader.locator("#questions").get_by_text("Avec une réponse")).to_be_visible()
    expect(reader.locator("#questions").get_by_text("Avec les intercommunalités.")).to_be_visible()

    # The moderator concludes; scripted, a quotation goes where the cursor is.
    curator.get_by_role("link", name="Clore avec une conclusion").click()
    field = curator.get_by_label("Conclusions")
    field.fill("On retient ceci.")
    field.press("Home")
    argued = curator.get_by_role("button", name=re.compile("^Citer"))
    expect(argued).to_have_count(0)  # the only question has its answer, and nobody argued
    number = int(reader.locator("#questions .arg").get_attribute("id")[1:])  # type: ignore[index]
    field.fill(f"On retient [[{number}]] et sa réponse.")
    curator.get_by_role("button", name="Clore le débat").click()
    conclusion = curator.locator("section", has=curator.get_by_role("heading", name="Conclusion"))
    expect(conclusion).to_contain_text("Comment fait-on en zone rurale")
    expect(conclusion).not_to_contain_text("[[")


def test_a_quotation_goes_where_one_is_writing(live: Live, visit: Visitor) -> None:
    moderator, author = live.account("Modératrice"), live.account("Lectrice")
    debate = live.make.debate(author=moderator)
    found = find(debate.component_id, debate.id, VISITOR)
    assert found is not None
    number = argue(author, found.debate, 1, "Un lieu garde les réponses.").id

    page = visit(moderator)
    page.goto(address_of(debate))
    page.get_by_role("link", name="Clore avec une conclusion").click()
    field = page.get_by_label("Conclusions")
    field.fill("Le début.\n\nLa fin.")
    field.press("Control+Home")
    field.press("End")
    page.get_by_role("button", name=re.compile("^Citer")).first.click()
    expect(field).to_be_focused()
    expect(field).to_have_value(f"Le début.\n\n[[{number}]]\n\nLa fin.")
