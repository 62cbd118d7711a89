"""Deciding from pages: about persons, twice at once, with what is missing, and from the text's own page."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from participa.auth.models import Member
from participa.contributions.models import Contribution
from participa.moderation import services
from participa.moderation.models import Decision, Reason, Report
from participa.web import found
from tests.factories import Factory


def decisions(session: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(Decision)))


def test_a_report_about_a_person_is_decided_from_the_queue(session: Any, make: Factory, sign_in: Any) -> None:
    kept, closed = make.member("Gardé"), make.member("Fermé")
    for person in (kept, closed):
        services.report_member(make.member(), person, Reason.OFFENSIVE)
    browser = sign_in(make.coordinator())
    numbers = kept.id, closed.id
    assert "Fermé" in browser.get(f"/moderation?item=m{numbers[1]}").text

    browser.post(f"/moderation/m/{numbers[0]}", data={"act": "keep", "seen": 10**6, "last": 0})
    late = browser.post(
        f"/moderation/m/{numbers[0]}",
        data={"act": "hide", "reason": "spam", "last": 0},
        follow_redirects=True,
    )
    browser.post(f"/moderation/m/{numbers[1]}", data={"act": "hide", "reason": "spam", "last": 0})

    assert "a décidé avant vous" in late.text
    closed_names = session.scalars(select(Member.name).where(Member.deactivated_at.is_not(None))).all()
    assert closed_names == ["Fermé"]
    assert session.scalar(select(func.count()).where(Report.closed_at.is_(None))) == 0


def test_a_person_reported_twice_by_one_reader_is_reported_once(
    session: Any, make: Factory, sign_in: Any
) -> None:
    person = make.member()
    address = f"/report/member/{person.id}"
    browser = sign_in(make.member())
    assert "Signaler" in browser.get(address).text
    browser.post(address, data={"reason": "offensive"})

    again = browser.post(address, data={"reason": "spam"}, follow_redirects=True)

    assert "Vous l’avez déjà signalé" in again.text
    assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_a_decision_without_a_known_reason_shows_the_case_again(
    session: Any, make: Factory, sign_in: Any
) -> None:
    first, second = make.proposal(), make.proposal(title="La seconde proposition signalée")
    for proposal in (first, second):
        services.report(make.member(), proposal, Reason.SPAM)
    number = second.id

    page = sign_in(make.coordinator()).post(
        f"/moderation/c/{number}", data={"act": "hide", "reason": "caprice", "note": "Un mot à garder"}
    )

    assert "Un mot à garder" in page.text
    assert "La seconde proposition signalée" in page.text
    assert decisions(session) == 0


def test_hiding_from_the_text_s_page_yields_to_who_decided_before(
    session: Any, make: Factory, sign_in: Any
) -> None:
    proposal = make.proposal()
    number, browser = proposal.id, sign_in(make.coordinator("Seconde"))
    services.keep(make.coordinator("Première"), proposal, seen=0)

    answer = browser.post(
        f"/moderation/hide/{number}", data={"reason": "spam", "last": 0}, follow_redirects=True
    )

    assert "Première a décidé avant vous" in answer.text
    assert session.scalar(select(Contribution.hidden_at).where(Contribution.id == number)) is None


def test_pages_about_hiding_lead_where_the_text_stands(make: Factory, sign_in: Any) -> None:
    shown, hidden = make.proposal(), make.proposal()
    moderator = make.coordinator()
    services.hide(moderator, hidden, Reason.SPAM)
    numbers = shown.id, hidden.id
    browser = sign_in(moderator)

    assert browser.get(f"/moderation/hide/{numbers[1]}").headers["Location"] == f"/hidden/{numbers[1]}"
    assert browser.get(f"/moderation/restore/{numbers[1]}").headers["Location"] == f"/hidden/{numbers[1]}"
    assert f"/{numbers[0]}" in browser.get(f"/hidden/{numbers[0]}").headers["Location"]
    assert browser.post(f"/moderation/restore/{numbers[0]}").status_code == 403


def test_a_decision_undone_twice_says_so_and_leads_back_to_its_case(make: Factory, sign_in: Any) -> None:
    proposal, person, coordinator = make.proposal(), make.member(), make.coordinator()
    about_text = services.hide(coordinator, proposal, Reason.SPAM)
    about_person = services.deactivate(coordinator, person, Reason.SPAM)
    items = {about_text.id: f"c{proposal.id}", about_person.id: f"m{person.id}"}
    browser = sign_in(coordinator)

    for decision, item in items.items():
        address = f"/moderation/decisions/{decision}/undo"
        assert browser.post(address).headers["Location"] == f"/moderation?item={item}"
        again = browser.post(address, data={"back": "history"}, follow_redirects=True)
        assert "Cette décision était déjà annulée." in again.text
        assert again.request.path == "/moderation/history"


def test_a_moderator_undoes_the_hiding_of_all_but_not_a_coordinator_s_closing(
    session: Any, make: Factory, sign_in: Any
) -> None:
    proposal = make.proposal()
    author, space = found(proposal.author), proposal.component.space
    moderator = make.moderator(space)
    mine = services.hide_all(moderator, author, Reason.SPAM, spaces=[space.id])
    number, mine_id = proposal.id, mine.id
    closing_id = services.deactivate(make.coordinator(), make.member(), Reason.SPAM).id
    browser = sign_in(moderator)

    assert browser.post(f"/moderation/decisions/{closing_id}/undo").status_code == 403
    assert browser.post(f"/moderation/decisions/{mine_id}/undo").status_code == 302
    assert session.scalar(select(Contribution.hidden_at).where(Contribution.id == number)) is None


def test_a_long_history_goes_on_over_pages(make: Factory, sign_in: Any) -> None:
    coordinator, proposal = make.coordinator(), make.proposal()
    numbers = [services.keep(coordinator, proposal, seen=0).id for _ in range(21)]
    browser = sign_in(coordinator)

    first = browser.get("/moderation/history").text
    second = browser.get(f"/moderation/history?before={numbers[1]}").text

    assert f"before={numbers[1]}" in first
    assert f"/moderation/decisions/{numbers[0]}/undo" not in first
    assert f"/moderation/decisions/{numbers[1]}/undo" in first
    assert f"/moderation/decisions/{numbers[0]}/undo" in second
    assert f"/moderation/decisions/{numbers[1]}/undo" not in second


def test_what_does_not_exist_is_not_decided_upon(make: Factory, sign_in: Any, client: FlaskClient) -> None:
    browser = sign_in(make.coordinator())

    for address in ("/moderation/c/999", "/moderation/m/999", "/moderation/decisions/999/undo"):
        assert browser.post(address, data={"act": "keep"}).status_code == 404
