"""What somebody wrote is never lost to a session that ended meanwhile, nor sent behind their back."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, func, select

from participa.auth.models import UserSession
from participa.contributions.models import Contribution
from participa.proposals.models import Proposal
from tests.browser.conftest import PASSWORD, Live, Visitor


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_text_sent_after_the_session_ended_is_shown_again(
    live: Live, visit: Visitor, javascript: bool
) -> None:
    alice = live.account("Alice")
    proposal = live.make.proposal()
    component = proposal.component
    page = visit(alice, javascript=javascript)

    def sign_in_again() -> None:
        page.get_by_label("Adresse").fill(alice.email or "")
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter").click()

    def end_sessions() -> None:
        live.session.execute(delete(UserSession))
        live.session.commit()

    def published() -> int:
        live.session.commit()
        return live.session.scalar(select(func.count()).select_from(Contribution)) or 0

    page.goto(f"/e/{component.space.slug}/{component.id}/new")
    page.get_by_label("Titre").fill("Un four à pain pour tout le quartier")
    page.get_by_role("textbox", name="Texte").fill("Écrit pendant deux heures, sans rien enregistrer.")
    end_sessions()
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("Votre texte est gardé").first).to_be_visible()
    sign_in_again()
    expect(page.get_by_label("Titre")).to_have_value("Un four à pain pour tout le quartier")
    expect(page.get_by_role("textbox", name="Texte")).to_have_value(
        "Écrit pendant deux heures, sans rien enregistrer."
    )
    assert published() == 1
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un four à pain pour tout le quartier")

    page.goto(f"/e/{component.space.slug}/{component.id}/{proposal.id}")
    page.get_by_role("textbox", name="Votre commentaire").fill("Une phrase à laquelle je tiens.")
    end_sessions()
    page.locator("#compose").get_by_role("button", name="Publier").click()
    sign_in_again()
    expect(page.get_by_role("textbox", name="Votre commentaire")).to_have_value(
        "Une phrase à laquelle je tiens."
    )
    assert published() == 2
    page.locator("#compose").get_by_role("button", name="Publier").click()
    expect(page.locator("article.comment")).to_contain_text("Une phrase à laquelle je tiens.")
    assert live.session.scalar(select(func.count()).select_from(Proposal)) == 2
