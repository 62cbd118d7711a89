"""The main job as people do it: one proposes, another supports and argues, a moderator curates."""

import re

import pytest
from playwright.sync_api import Page, expect

from participa.authorization import Role
from tests.browser.conftest import WITH_AND_WITHOUT, Live, Visitor

TITLE = "Ouvrir un jardin partagé dans chaque quartier"
BODY = "Un terrain **communal** par quartier, confié à ses habitants, avec de l’eau."
QUESTION = "Faut-il fermer la rue des Écoles le mercredi ?"


def menu(page: Page, name: str, choice: str) -> None:
    """Open the menu behind three dots and follow one of its links."""
    page.locator("summary", has_text=name).click()
    page.get_by_role("link", name=choice).locator("visible=true").click()


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_members_of_two_centres_and_a_moderator_do_the_main_job(
    live: Live, visit: Visitor, javascript: bool
) -> None:
    lyon, lille = live.make.centre("Centre de Lyon"), live.make.centre("Centre de Lille")
    alice = live.account("Alice", centre=lyon)
    bruno = live.account("Bruno", centre=lille)
    claire = live.account("Claire", centre=lille)
    live.make.role(claire, live.make.space("Santé"), Role.MODERATOR)
    live.session.commit()

    # The moderator opens a space with a tool in it, adds another, publishes both.
    moderator = visit(claire, javascript=javascript)
    moderator.goto("/spaces")
    moderator.get_by_role("link", name="Ouvrir un espace").click()
    moderator.get_by_label("Nom", exact=True).fill("Vie des quartiers")
    moderator.get_by_label("À quoi il sert").fill("Ce que les habitants font de leur rue.")
    moderator.get_by_label("Tous ceux qui entrent dans le réseau").check()
    moderator.get_by_label("Propositions").check()
    moderator.get_by_role("button", name="Ouvrir l’espace").click()
    moderator.get_by_role("link", name="Ajouter un outil").click()
    moderator.get_by_label("Débats").check()
    moderator.get_by_label("Nom").fill("Débats de rue")
    moderator.get_by_role("button", name="Ajouter", exact=True).click()
    moderator.get_by_role("button", name="Publier : Débats de rue").click()
    moderator.get_by_role("link", name="Réglages de l’espace").click()
    moderator.get_by_role("button", name="Publier l’espace").click()
    moderator.get_by_role("link", name="Voir l’espace").click()
    expect(moderator.get_by_role("heading", level=1)).to_have_text("Vie des quartiers")

    # A member of one centre writes, leaves the draft, comes back, looks at it, publishes.
    author = visit(alice, javascript=javascript)
    author.goto("/e/vie-des-quartiers")
    author.get_by_role("navigation", name=re.compile("Vie des quartiers")).get_by_role(
        "link", name="Propositions"
    ).click()
    author.get_by_role("link", name="Proposer").first.click()
    author.get_by_label("Titre").fill(TITLE)
    author.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(author.get_by_text("Brouillon enregistré").first).to_be_visible()
    author.goto("/drafts")
    author.get_by_role("link", name=re.compile(TITLE)).click()
    expect(author.get_by_label("Titre")).to_have_value(TITLE)
    author.get_by_role("textbox", name="Texte").fill(BODY)
    author.get_by_role("button", name="Prévisualiser").click()
    expect(author.get_by_text("communal", exact=True)).to_have_css("font-weight", "700")
    author.get_by_role("button", name="Publier").click()
    expect(author.get_by_role("heading", level=1)).to_have_text(TITLE)
    address = author.url

    # A member of another centre supports, takes it back, supports again, and comments.
    reader = visit(bruno, javascript=javascript)
    reader.goto(address)
    panel = reader.locator(".prop-side")
    reader.get_by_role("button", name="Soutenir").click()
    expect(panel).to_contain_text("1 soutien")
    expect(panel).to_contain_text("1 centre")
    reader.get_by_role("button", name="Vous soutenez").click()
    expect(panel).to_contain_text("0 soutien")
    reader.get_by_role("button", name="Soutenir").click()
    expect(panel).to_contain_text("1 soutien")
    reader.get_by_role("textbox", name="Votre commentaire").fill("Achetez mes semis à prix cassé !")
    reader.locator("#compose").get_by_role("button", name="Publier").click()
    expect(reader.locator("article.comment")).to_contain_text("Achetez mes semis")

    # The proposal's author reports that comment.
    author.goto(address)
    expect(author.locator("article.comment")).to_contain_text("Centre de Lille")
    menu(author, "Autres actions sur le commentaire de Bruno", "Signaler aux modérateurs")
    author.get_by_label("Publicité ou contenu indésirable").check()
    author.get_by_role("button", name="Signaler").click()
    expect(author.get_by_text("Les modérateurs vont l’examiner")).to_be_visible()

    # They debate: the moderator asks, both argue, one backs the other.
    moderator.goto("/e/vie-des-quartiers")
    moderator.get_by_role("navigation", name=re.compile("Vie des quartiers")).get_by_role(
        "link", name="Débats de rue"
    ).click()
    moderator.get_by_role("link", name="Ouvrir un débat").first.click()
    moderator.get_by_label("Question").fill(QUESTION)
    moderator.get_by_role("textbox", name="Texte").fill("Les parents le demandent, les commerçants hésitent.")
    moderator.get_by_role("button", name="Ouvrir le débat").click()
    debate = moderator.url
    reader.goto(debate)
    reader.get_by_role("textbox", name="Un argument pour").fill("Les enfants viendraient seuls.")
    reader.get_by_role("form", name="Ajouter un argument pour").get_by_role("button").click()
    author.goto(debate)
    author.get_by_role("button", name="Appuyer").click()
    expect(author.get_by_role("button", name="Appuyer")).to_have_attribute("aria-pressed", "true")
    author.get_by_role("textbox", name="Un argument contre").fill("Les livraisons arrivent le mercredi.")
    author.get_by_role("form", name="Ajouter un argument contre").get_by_role("button").click()
    expect(author.get_by_role("heading", name="Contre 1")).to_be_visible()
    expect(author.locator(".args li", has_text="Les enfants")).to_contain_text("1")

    # The moderator answers, concludes, and hides what was reported.
    moderator.goto(address)
    moderator.get_by_role("link", name="Répondre à la proposition").click()
    moderator.get_by_label("Réponse").select_option(label="Acceptée")
    moderator.get_by_label("Motif").fill("Deux terrains sont trouvés pour mars.")
    moderator.get_by_role("button", name="Publier la réponse").click()
    expect(moderator.locator("#answer")).to_contain_text("Acceptée")
    moderator.goto(debate)
    moderator.get_by_role("link", name="Clore avec une conclusion").click()
    moderator.get_by_role("textbox").fill("Un essai de trois mercredis, puis un bilan.")
    moderator.get_by_role("button", name="Clore le débat").click()
    moderator.goto("/moderation")
    expect(moderator.locator("#element")).to_contain_text("Achetez mes semis")
    moderator.get_by_role("button", name="Masquer").click()
    expect(moderator.get_by_text("Tout est traité.")).to_be_visible()

    # What each person sees once the worker has told them.
    live.work()
    expect_told(reader, [r"masqué", QUESTION])
    expect_told(author, [r"Signalement|signalé", TITLE])
    reader.goto(address)
    expect(reader.locator("article.comment")).to_have_count(0)
    expect(reader.get_by_role("heading", name="0 commentaire")).to_be_visible()
    expect(reader.get_by_role("button", name="Vote clos")).to_be_disabled()
    expect(reader.locator("#answer")).to_contain_text("Deux terrains")
    reader.goto("/notifications")
    reader.locator("main li", has_text="masqué").locator("h3 a").click()
    expect(reader.get_by_text("Achetez mes semis").first).to_be_visible()
    visitor = visit(javascript=javascript)
    visitor.goto(address)
    expect(visitor.locator("main")).not_to_contain_text("Achetez mes semis")
    visitor.goto(debate)
    expect(visitor.locator("main")).to_contain_text("Un essai de trois mercredis")
    expect(visitor.get_by_role("textbox", name="Un argument pour")).to_have_count(0)


def expect_told(page: Page, sentences: list[str]) -> None:
    """Each of these is in the person's notifications, announced by the bell."""
    page.goto("/")
    expect(page.get_by_role("link", name=re.compile(r"Notifications.*non lue", re.DOTALL))).to_be_visible()
    page.goto("/notifications")
    for sentence in sentences:
        expect(page.locator("main")).to_contain_text(re.compile(sentence.replace("?", r"\?")))
