"""The pages to report, to decide and to undo, as people use them."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from participa.auth.models import Member
from participa.comments.services import post
from participa.contributions.models import Contribution
from participa.moderation import services
from participa.moderation.models import Decision, Reason, Report
from participa.web import found
from tests.factories import Factory
from tests.tools import counted_statements


def reported(
    make: Factory, *, reports: int = 1, title: str = "Une proposition assez longue à signaler"
) -> Any:
    """A proposal that some members reported, and a moderator of its space."""
    proposal = make.proposal(title=title)
    for _ in range(reports):
        services.report(make.member(), proposal, Reason.SPAM, "Regardez le lien.")
    return proposal, make.moderator(proposal.component.space)


def test_a_reader_reports_a_text_and_sees_that_once_is_enough(
    session: Any, make: Factory, sign_in: Any
) -> None:
    proposal, reader = make.proposal(), make.member()
    address = f"/report/{proposal.id}"
    browser = sign_in(reader)

    page = browser.get(address).text
    assert "Signaler un texte" in page
    answer = browser.post(address, data={"reason": "spam", "note": "Publicité"}, follow_redirects=True)

    assert "Les modérateurs vont l’examiner" in answer.text
    assert session.scalar(select(func.count()).select_from(Report)) == 1
    assert "Vous l’avez déjà signalé" in browser.get(address).text


def test_a_report_without_a_reason_keeps_what_was_typed(session: Any, make: Factory, sign_in: Any) -> None:
    proposal = make.proposal()

    answer = sign_in(make.member()).post(f"/report/{proposal.id}", data={"note": "Un mot à garder"})
    page = answer.text

    assert answer.status_code == 422

    assert "Choisissez un motif" in page
    assert "Un mot à garder" in page
    assert session.scalar(select(func.count()).select_from(Report)) == 0


def test_another_reason_asks_for_words(make: Factory, sign_in: Any) -> None:
    proposal = make.proposal()

    page = sign_in(make.member()).post(f"/report/{proposal.id}", data={"reason": "other"}).text

    assert "Dites en quelques mots" in page


def test_a_person_can_be_reported(session: Any, make: Factory, sign_in: Any) -> None:
    person = make.member("Une personne")

    answer = sign_in(make.member()).post(f"/report/member/{person.id}", data={"reason": "offensive"})

    assert answer.status_code == 302
    assert session.scalars(select(Report.member_id)).all() == [person.id]


def test_visitors_are_sent_to_sign_in_and_authors_are_refused(
    make: Factory, client: FlaskClient, sign_in: Any
) -> None:
    proposal = make.proposal()
    author = found(proposal.author)

    assert "/sign-in" in client.get(f"/report/{proposal.id}").headers["Location"]
    assert sign_in(author).get(f"/report/{proposal.id}").status_code == 403
    assert sign_in(author).get(f"/report/member/{author.id}").status_code == 403
    assert sign_in(author).get("/report/999999").status_code == 404


def test_only_those_who_curate_have_a_queue(make: Factory, client: FlaskClient, sign_in: Any) -> None:
    make.space()

    assert sign_in(make.member()).get("/moderation").status_code == 403
    assert sign_in(make.coordinator()).get("/moderation").status_code == 200
    assert client.get("/moderation").status_code == 302


def test_the_queue_shows_the_case_and_hides_it_with_one_button(
    session: Any, make: Factory, sign_in: Any
) -> None:
    proposal, moderator = reported(make, reports=2)
    browser = sign_in(moderator)

    page = browser.get("/moderation").text
    assert "2 signalements" in page
    assert "Regardez le lien." in page
    answer = browser.post(
        f"/moderation/c/{proposal.id}",
        data={"act": "hide", "reason": "spam", "note": "Voici pourquoi", "seen": 10**6, "last": 0},
        follow_redirects=True,
    )

    assert "Décision enregistrée" in answer.text
    assert "Rien n’attend de décision" in answer.text
    assert session.scalar(select(Contribution.hidden_at).where(Contribution.id == proposal.id)) is not None


def test_the_last_decision_is_undone_from_the_queue(session: Any, make: Factory, sign_in: Any) -> None:
    proposal, moderator = reported(make)
    browser = sign_in(moderator)
    browser.post(f"/moderation/c/{proposal.id}", data={"act": "keep", "seen": 10**6, "last": 0})
    decision = session.scalars(select(Decision)).one()
    assert 'data-key="z"' in browser.get("/moderation").text

    answer = browser.post(f"/moderation/decisions/{decision.id}/undo", follow_redirects=True)

    assert "La décision est annulée" in answer.text
    assert "1 signalement" in answer.text


def test_every_key_has_a_button(make: Factory, sign_in: Any) -> None:
    _proposal, moderator = reported(make)

    page = sign_in(moderator).get("/moderation").text

    for key in ("g", "m"):
        assert f'data-key="{key}"' in page
    assert "data-keys-switch" in page


def test_the_second_moderator_is_told_and_changes_nothing(session: Any, make: Factory, sign_in: Any) -> None:
    proposal, first = reported(make)
    second = make.moderator(proposal.component.space, "Seconde")
    data = {"act": "keep", "seen": 10**6, "last": 0}
    sign_in(first).post(f"/moderation/c/{proposal.id}", data=data)

    answer = sign_in(second).post(
        f"/moderation/c/{proposal.id}", data=data | {"act": "hide", "reason": "spam"}, follow_redirects=True
    )

    assert "Modératrice a décidé avant vous" in answer.text
    assert session.scalar(select(func.count()).select_from(Decision)) == 1


def test_a_moderator_of_another_space_may_not_decide(make: Factory, sign_in: Any) -> None:
    proposal, _moderator = reported(make)
    other = make.moderator(make.space())

    answer = sign_in(other).post(f"/moderation/c/{proposal.id}", data={"act": "keep"})

    assert answer.status_code == 403


def test_a_text_is_hidden_and_shown_again_from_its_own_pages(
    session: Any, make: Factory, sign_in: Any
) -> None:
    proposal = make.proposal(body="Le corps de la proposition, tel quel.")
    browser = sign_in(make.moderator(proposal.component.space))
    number = proposal.id

    assert browser.get(f"/moderation/hide/{number}").status_code == 200
    hidden = browser.post(
        f"/moderation/hide/{number}",
        data={"reason": "off_topic", "note": "Ailleurs", "last": 0},
        follow_redirects=True,
    )
    assert "Hors sujet" in hidden.text
    browser.post(f"/moderation/restore/{number}")

    assert session.scalar(select(Contribution.hidden_at).where(Contribution.id == number)) is None


def test_the_author_of_a_hidden_text_reads_why_and_takes_it_up_again(
    make: Factory, sign_in: Any, client: FlaskClient
) -> None:
    author = make.member()
    proposal = make.proposal(author=author, body="Un texte *à reprendre*, tel qu’il fut tapé.")
    services.hide(
        make.moderator(proposal.component.space), proposal, Reason.PERSONAL_DATA, "Un numéro y est."
    )
    number = proposal.id

    page = sign_in(author).get(f"/hidden/{number}").text

    assert "Donnée personnelle" in page
    assert "Un numéro y est." in page
    assert "Un texte *à reprendre*, tel qu’il fut tapé." in page
    assert "/about/charter" in page
    assert "Montrer de nouveau" not in page
    assert sign_in(make.member()).get(f"/hidden/{number}").status_code == 404
    assert client.get(f"/hidden/{number}").status_code in (302, 404)


def test_a_comment_hidden_has_its_page_too(make: Factory, sign_in: Any) -> None:
    author, proposal = make.member(), make.proposal()
    comment = post(author, proposal, "Un commentaire à masquer")
    services.hide(make.moderator(proposal.component.space), comment, Reason.SPAM)

    assert "Un commentaire à masquer" in sign_in(author).get(f"/hidden/{comment.id}").text


def test_a_coordinator_closes_a_spammers_account_and_their_session_ends_at_once(
    session: Any, make: Factory, sign_in: Any
) -> None:
    spammer = make.member("Vendeur")
    make.proposal(author=spammer)
    at_work = sign_in(spammer)
    browser = sign_in(make.coordinator())
    address = f"/moderation/members/{spammer.id}"
    assert at_work.get("/notifications").status_code == 200

    assert "1 texte sera masqué" in browser.get(address).text
    answer = browser.post(address, data={"reason": "spam"}, follow_redirects=True)

    assert "1 texte est masqué" in answer.text
    assert at_work.get("/notifications").status_code == 302
    decision = session.scalars(select(Decision)).one()
    browser.post(f"/moderation/decisions/{decision.id}/undo", data={"back": "history"})
    assert session.scalar(select(Member.deactivated_at).where(Member.name == "Vendeur")) is None


def test_a_moderator_hides_a_persons_texts_but_closes_no_account(
    session: Any, make: Factory, sign_in: Any
) -> None:
    proposal = make.proposal()
    author = found(proposal.author)
    browser = sign_in(make.moderator(proposal.component.space))
    address = f"/moderation/members/{author.id}"

    assert "Masquer tous les textes" in browser.get(address).text
    browser.post(address, data={"reason": "spam"})

    row = session.execute(
        select(Contribution.hidden_at, Member.deactivated_at).join(Contribution.author)
    ).one()
    assert row.hidden_at is not None
    assert row.deactivated_at is None


def test_the_edited_text_can_be_read_as_it_was_reported(make: Factory, sign_in: Any) -> None:
    from participa.contributions.services import revise
    from participa.db import transaction

    proposal, moderator = reported(make)
    before = proposal.body
    with transaction() as session:
        revise(
            session,
            proposal,
            proposal.author,
            revision=1,
            title=proposal.title,
            body="Un texte plus sage, écrit depuis.",
        )

    page = sign_in(moderator).get("/moderation").text

    assert "modifié depuis" in page
    assert before in page
    assert "Un texte plus sage, écrit depuis." in page


def test_home_says_how_many_cases_wait(make: Factory) -> None:
    from participa.moderation.views import reports_waiting

    _proposal, moderator = reported(make, reports=3)
    waiting = reports_waiting(make.actor(moderator))

    assert [(one.key, one.count) for one in waiting] == [("reports", 1)]
    assert reports_waiting(make.actor(make.member())) == []


@pytest.mark.parametrize("address", ["/moderation", "/moderation/history"])
def test_the_queue_and_the_history_cost_as_much_with_one_case_as_with_many(
    make: Factory, sign_in: Any, address: str
) -> None:
    coordinator = make.coordinator()
    browser = sign_in(coordinator)
    kept = make.proposal()

    def cost() -> int:
        browser.get(address)
        with counted_statements() as statements:
            assert browser.get(address).status_code == 200
        return len(statements)

    person = make.member()
    services.report_member(make.member(), person, Reason.SPAM)
    services.report(make.member(), kept, Reason.SPAM)
    services.keep(coordinator, kept, seen=10**6)
    services.report(make.member(), kept, Reason.SPAM)
    few = cost()
    proposals = [make.proposal(make.component()) for _ in range(12)]
    for proposal in proposals:
        services.report(make.member(), proposal, Reason.SPAM)
        services.report(make.member(), post(make.member(), proposal, "Un commentaire"), Reason.OFFENSIVE)
    for proposal in proposals[:6]:
        services.hide(coordinator, proposal, Reason.SPAM)

    assert cost() == few <= 12


def test_a_long_queue_goes_on_over_pages(make: Factory, sign_in: Any) -> None:
    moderator = make.coordinator()
    component = make.component()
    for n in range(23):
        services.report(
            make.member(), make.proposal(component, title=f"Une proposition numéro {n:02}"), Reason.SPAM
        )
    browser = sign_in(moderator)

    first = browser.get("/moderation").text
    following = re.search(r'href="(/moderation\?after=\d+)" rel="next"', first)
    assert following is not None
    second = browser.get(following[1]).text

    assert ("numéro 00" in first, "numéro 22" in first) == (True, False)
    assert ("numéro 00" in second, "numéro 22" in second) == (False, True)
