"""A moderator answers many proposals at once from a template, and those who follow them hear of it."""

import re

import pytest
from playwright.sync_api import expect

from participa.authorization import Role
from participa.follows.services import follow
from tests.browser.conftest import WITH_AND_WITHOUT, Live, Visitor

TITLES = [f"Ouvrir un jardin partagé, quartier {n}" for n in (1, 2, 3)]


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_a_moderator_answers_many_at_once_from_a_template(
    live: Live, visit: Visitor, javascript: bool
) -> None:
    author, moderator = live.account("Autrice"), live.account("Modératrice")
    component = live.make.component("proposals")
    live.make.role(moderator, component.space, Role.MODERATOR)
    for title in TITLES:
        follow(live.session, author.id, contribution_id=live.make.proposal(component, author, title=title).id)
    answers = f"/e/{component.space.slug}/{component.id}/answers"

    page = visit(moderator, javascript=javascript)
    page.goto(f"{answers}/templates")
    page.get_by_label("Nom du modèle").fill("Terrain trouvé")
    page.get_by_label("Réponse", exact=True).select_option(label="Acceptée")
    page.get_by_role("textbox", name="Motif").fill("Pour « {title} », un terrain est trouvé.")
    page.get_by_role("button", name="Ajouter le modèle").click()
    page.goto(f"{answers}?show=open")
    for title in TITLES[:2]:
        page.get_by_role("checkbox", name=title).check()
    page.get_by_label("Modèle", exact=True).select_option(label="Terrain trouvé (Acceptée)")
    page.get_by_role("button", name="Répondre à partir de lui").click()
    for title in TITLES[:2]:
        expect(page.get_by_text(re.compile(f"Pour «.{title}.», un terrain"))).to_be_visible()
    page.get_by_role("button", name="Publier 2 réponses").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("2.réponses publiées"))
    page.get_by_role("link", name="Revenir à ce qui attend une réponse").click()
    expect(page.get_by_role("link", name=TITLES[2], exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=TITLES[0], exact=True)).to_have_count(0)
    live.work()
    reader = visit(author, javascript=javascript)
    reader.goto("/notifications")
    reader.get_by_role("link", name=TITLES[0]).first.click()
    expect(reader.get_by_text(re.compile(f"Pour «.{TITLES[0]}.», un terrain"))).to_be_visible()
