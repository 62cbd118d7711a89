"""Everything by keyboard alone, with a focus that is always seen."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from participa.authorization import Role
from participa.comments.models import Comment
from participa.moderation.models import Decision, Reason
from participa.moderation.services import report
from participa.votes.models import Vote
from tests.browser.conftest import PASSWORD, Live, Visitor

TITLE = "Une forêt comestible au bord du canal"


UNSEEN_FOCUS = """() => {
  const focused = document.activeElement, styles = [focused, ...(focused.labels ?? [])].map(e => getComputedStyle(e));
  const seen = styles.some(s => s.outlineStyle !== "none" || s.boxShadow !== "none");
  return seen || focused === document.body ? null : focused.outerHTML.slice(0, 120);
}"""


def tab_to(page: Page, target: Locator, *, presses: int = 60) -> None:
    """Press Tab until the target has the focus, which must show wherever it goes."""
    for _press in range(presses):
        page.keyboard.press("Tab")
        hidden = page.evaluate(UNSEEN_FOCUS)
        assert hidden is None, f"nothing shows the focus of {hidden}"
        if target.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {target}")


def follow(page: Page, target: Locator) -> None:
    """Go to a link or button, press it, and wait for the page that it leads to."""
    tab_to(page, target, presses=150)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, target: Locator, words: str) -> None:
    """Go to a field, and type."""
    tab_to(page, target, presses=150)
    page.keyboard.type(words)


@pytest.mark.long
def test_a_space_is_opened_filled_and_answered_by_keyboard(live: Live, visit: Visitor) -> None:
    alice, claire = live.account("Alice"), live.account("Claire")
    live.make.role(claire, live.make.space("Santé"), Role.MODERATOR)
    moderator = visit(claire)
    moderator.goto("/spaces")
    follow(moderator, moderator.get_by_role("link", name="Ouvrir un espace"))
    write(moderator, moderator.get_by_label("Nom", exact=True), "Vie des quartiers")
    write(moderator, moderator.get_by_label("À quoi il sert"), "Ce que les habitants font.")
    write(moderator, moderator.get_by_label("Propositions"), " ")
    write(moderator, moderator.get_by_label("Débats"), " ")
    follow(moderator, moderator.get_by_role("button", name="Ouvrir l’espace"))
    follow(moderator, moderator.get_by_role("button", name="Publier l’espace"))
    follow(moderator, moderator.get_by_role("link", name="Voir l’espace"))
    expect(moderator.get_by_role("heading", level=1)).to_have_text("Vie des quartiers")

    author = visit(alice)
    author.goto("/e/vie-des-quartiers")
    follow(author, author.get_by_role("link", name="Proposer").first)
    write(author, author.get_by_label("Titre"), TITLE)
    write(
        author, author.get_by_role("textbox", name="Texte"), "Des noisetiers, des framboisiers et des bancs."
    )
    follow(author, author.get_by_role("button", name="Publier"))
    expect(author.get_by_role("heading", level=1)).to_have_text(TITLE)
    address = author.url

    moderator.goto("/e/vie-des-quartiers")
    tools = moderator.get_by_role("navigation", name=re.compile("Vie des quartiers"))
    follow(moderator, tools.get_by_role("link", name="Débats"))
    follow(moderator, moderator.get_by_role("link", name="Ouvrir un débat").first)
    write(moderator, moderator.get_by_label("Question"), "Faut-il commencer cet hiver ?")
    write(
        moderator, moderator.get_by_role("textbox", name="Texte"), "Les uns le demandent, d’autres hésitent."
    )
    follow(moderator, moderator.get_by_role("button", name="Ouvrir le débat"))
    expect(moderator.get_by_role("heading", level=1)).to_contain_text("Faut-il commencer")
    debate = moderator.url
    author.goto(debate)
    write(author, author.get_by_role("textbox", name="Un argument pour"), "On plante en hiver.")
    add = author.get_by_role("form", name="Ajouter un argument pour").get_by_role("button")
    tab_to(author, add)
    author.keyboard.press("Enter")
    expect(author.get_by_role("heading", name="Pour 1")).to_be_visible()

    moderator.goto(address)
    follow(moderator, moderator.get_by_role("link", name="Répondre à la proposition"))
    write(moderator, moderator.get_by_label("Réponse"), "Acc")
    write(moderator, moderator.get_by_label("Motif"), "Deux terrains sont trouvés pour mars.")
    follow(moderator, moderator.get_by_role("button", name="Publier la réponse"))
    expect(moderator.get_by_text("Deux terrains sont trouvés")).to_be_visible()
    moderator.goto(debate)
    follow(moderator, moderator.get_by_role("link", name="Clore avec une conclusion"))
    write(moderator, moderator.get_by_role("textbox"), "On commence cet hiver, au canal.")
    follow(moderator, moderator.get_by_role("button", name="Clore le débat"))
    expect(moderator.get_by_role("heading", name="Conclusion")).to_be_visible()


def test_a_text_is_amended_and_the_amendment_edited_and_accepted_by_keyboard(
    live: Live, visit: Visitor
) -> None:
    alice, bruno = live.account("Alice"), live.account("Bruno")
    component = live.make.component(
        "proposals", live.make.space("Santé"), settings={"amendments_enabled": True}
    )
    proposal = live.make.proposal(component, alice, title=TITLE, body="Dix arbres.")
    address = f"/e/sante/{component.id}/{proposal.id}"

    amender = visit(bruno)
    amender.goto(address)
    follow(amender, amender.get_by_role("link", name="Suggérer un autre texte"))
    write(amender, amender.get_by_role("textbox", name="Texte"), "Vingt bancs, et ")
    follow(amender, amender.get_by_role("button", name="Voir les changements"))
    expect(amender.locator("ins", has_text="Vingt bancs")).to_be_visible()
    follow(amender, amender.get_by_role("button", name="Publier"))
    amendment = amender.url

    author = visit(alice)
    author.goto(amendment)
    follow(author, author.get_by_role("link", name="Modifier, puis accepter"))
    write(author, author.get_by_role("textbox", name="Texte"), "Au canal : ")
    follow(author, author.get_by_role("button", name="Publier la version 2"))
    expect(author.locator("article, main").first).to_contain_text("Au canal")
    expect(author.locator(".page-head")).to_contain_text("Bruno")


def test_two_proposals_are_merged_and_brought_back_by_keyboard(live: Live, visit: Visitor) -> None:
    claire = live.account("Claire")
    space = live.make.space("Santé")
    live.make.role(claire, space, Role.MODERATOR)
    component = live.make.component("proposals", space)
    first, _other = (live.make.proposal(component, title=f"Un annuaire, numéro {n}") for n in (1, 2))
    page = visit(claire)
    page.goto(f"/e/sante/{component.id}/{first.id}")

    tab_to(page, page.get_by_text("Fusionner, scinder, déplacer"))
    page.keyboard.press("Enter")
    follow(page, page.get_by_role("link", name="Fusionner avec d’autres"))
    write(page, page.get_by_label("Mots d’une autre proposition"), "annuaire")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Un annuaire, numéro 2"))
    page.keyboard.press(" ")
    follow(page, page.get_by_role("button", name="Écrire le texte commun"))
    write(page, page.get_by_label("Titre"), "Un annuaire commun et vivant")
    write(page, page.get_by_label("Texte", exact=True), "Chaque centre tient sa fiche.")
    follow(page, page.get_by_role("button", name="Fusionner les 2 propositions"))
    expect(page.get_by_text("Issue de la fusion de 2 propositions")).to_be_visible()
    follow(page, page.get_by_role("link", name="Annuler la fusion"))
    follow(page, page.get_by_role("button", name="Faire revenir les textes d’origine"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Un annuaire, numéro 1")


def test_a_member_signs_in_supports_and_comments_by_keyboard(live: Live, visit: Visitor) -> None:
    alice = live.account("Alice")
    component = live.make.component("proposals", live.make.space("Santé"))
    live.make.proposal(component, title=TITLE)
    page = visit()
    page.goto(f"/e/sante/{component.id}")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Se connecter").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    page.wait_for_load_state()
    tab_to(page, page.get_by_label("Adresse"))
    page.keyboard.type(alice.email or "")
    tab_to(page, page.get_by_label("Mot de passe"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()
    page.wait_for_load_state()

    account = page.locator("summary", has_text="Mon compte")
    tab_to(page, account)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_hidden()
    expect(account).to_be_focused()

    tab_to(page, page.get_by_role("link", name=TITLE))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    page.wait_for_load_state()
    support = page.get_by_role("button", name="Soutenir")
    tab_to(page, support)
    page.keyboard.press("Enter")
    mine = page.get_by_role("button", name="Vous soutenez")
    expect(mine).to_be_focused()
    tab_to(page, page.get_by_role("textbox", name="Votre commentaire"))
    page.keyboard.type("Avec des noisetiers.")
    tab_to(page, page.locator("#compose").get_by_role("button", name="Publier"))
    page.keyboard.press("Enter")
    expect(page.locator("article.comment")).to_contain_text("Avec des noisetiers.")
    assert live.session.scalar(select(func.count()).select_from(Vote)) == 1
    assert live.session.scalar(select(func.count()).select_from(Comment)) == 1


def test_a_moderator_empties_the_queue_with_single_keys(live: Live, visit: Visitor) -> None:
    moderator = live.account("Claire")
    component = live.make.component("proposals", live.make.space("Santé"))
    live.make.role(moderator, component.space, Role.MODERATOR)
    for title in ("Un premier texte qui a été signalé", "Un second texte qui a été signalé"):
        report(live.make.member(), live.make.proposal(component, title=title), Reason.SPAM)
    page = visit(moderator)
    page.goto("/moderation")
    cases = page.locator(".queue-list a")

    page.keyboard.press("m")
    expect(cases).to_have_count(2)
    cases.first.focus()
    page.keyboard.press("j")
    expect(cases.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(cases.nth(0)).to_be_focused()
    page.keyboard.press("m")
    expect(cases).to_have_count(1)
    expect(page.locator("#decision")).to_contain_text(re.compile("masqu", re.IGNORECASE))
    page.keyboard.press("z")
    expect(cases).to_have_count(2)
    page.get_by_label("Touches actives").uncheck()
    cases.first.focus()
    page.keyboard.press("g")
    page.reload()
    expect(cases).to_have_count(2)
    assert live.session.scalar(select(func.count()).select_from(Decision)) == 1
