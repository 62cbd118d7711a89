"""What one was told, what one receives, and the way out of mails."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from participa.auth.models import Member
from participa.comments.services import post
from participa.contributions.models import Contribution
from participa.db import clock, transaction
from participa.follows.services import follow
from participa.moderation import services as moderation
from participa.moderation.models import Reason
from participa.notifications.models import Channel, Notification
from participa.notifications.services import unsubscribe_token
from tests.factories import Factory
from tests.tools import counted_statements


@pytest.fixture
def reader(make: Factory) -> Member:
    return make.member("Lectrice")


def followed(make: Factory, reader: Member, **values: Any) -> Any:
    proposal = make.proposal(**values)
    with transaction() as session:
        follow(session, reader.id, contribution_id=proposal.id)
    return proposal


def test_what_happened_is_grouped_by_thing_and_counted(
    make: Factory, reader: Member, sign_in: Any, run_jobs: Callable[[], int]
) -> None:
    proposal = followed(make, reader, title="Planter des arbres sur la place")
    for n in range(3):
        post(make.member(), proposal, f"Avis {n}")
    browser = sign_in(reader)
    run_jobs()

    page = browser.get("/notifications").text

    assert "3 nouveaux commentaires" in page
    assert page.count("Planter des arbres sur la place</a>") == 1
    assert "Non lue" in page
    assert '<span class="count">3' in page


def test_one_thing_then_all_are_marked_as_read(
    session: Any, make: Factory, reader: Member, sign_in: Any, run_jobs: Callable[[], int]
) -> None:
    first, second = followed(make, reader), followed(make, reader)
    post(make.member(), first, "Un avis")
    post(make.member(), second, "Un autre")
    browser, thing = sign_in(reader), first.id
    run_jobs()
    until = session.scalars(select(Notification.id).order_by(Notification.id.desc())).first()

    browser.post("/notifications/read", data={"thing": thing, "until": until})
    unread = select(Notification.id).where(Notification.read_at.is_(None))
    assert len(session.scalars(unread).all()) == 1
    browser.post("/notifications/read", data={"until": until})
    assert session.scalars(unread).all() == []


def test_what_arrives_after_the_page_stays_unread(
    session: Any, make: Factory, reader: Member, sign_in: Any, run_jobs: Callable[[], int]
) -> None:
    proposal = followed(make, reader)
    post(make.member(), proposal, "Un avis")
    browser = sign_in(reader)
    run_jobs()
    until = session.scalars(select(Notification.id)).one()

    proposal = session.get_one(
        Contribution,
        session.scalar(select(Contribution.id).where(Contribution.about_id.is_(None))),
        populate_existing=True,
    )
    session.add(
        Notification(
            recipient_id=session.scalar(select(Notification.recipient_id)),
            event_id=_event(session, proposal),
            created_at=clock(),
        )
    )
    session.commit()
    browser.post("/notifications/read", data={"until": until})

    assert len(session.scalars(select(Notification.id).where(Notification.read_at.is_(None))).all()) == 1


def _event(session: Any, proposal: Any) -> int:
    from participa.notifications.models import Event

    event = Event(
        kind="proposal.edited", at=clock(), contribution_id=proposal.id, about_id=proposal.id, details={}
    )
    session.add(event)
    session.flush()
    return event.id


def test_visiting_the_thing_marks_what_was_told_about_it(
    session: Any, make: Factory, reader: Member, sign_in: Any, run_jobs: Callable[[], int]
) -> None:
    proposal = followed(make, reader)
    post(make.member(), proposal, "Un avis")
    from participa.web import address_of

    browser = sign_in(reader)
    with browser.application.test_request_context():
        address = address_of(proposal)
    run_jobs()

    page = browser.get(address, follow_redirects=True)

    assert page.status_code == 200
    assert '<span class="count">' not in page.text
    assert session.scalars(select(Notification.id).where(Notification.read_at.is_(None))).all() == []


def test_what_one_may_no_longer_read_is_neither_shown_nor_counted(
    session: Any, make: Factory, reader: Member, sign_in: Any, run_jobs: Callable[[], int]
) -> None:
    proposal = followed(make, reader, title="Un titre qui ne doit plus se voir")
    post(make.member(), proposal, "Un avis")
    browser = sign_in(reader)
    run_jobs()
    session.execute(update(Contribution).where(Contribution.about_id.is_(None)).values(hidden_at=clock()))
    session.commit()

    page = browser.get("/notifications").text

    assert "Un titre qui ne doit plus se voir" not in page
    assert '<span class="count">' not in page


def test_the_author_of_a_hidden_text_is_led_to_its_reason(
    make: Factory, reader: Member, sign_in: Any, run_jobs: Callable[[], int]
) -> None:
    proposal = make.proposal(author=reader)
    moderation.hide(make.moderator(proposal.component.space), proposal, Reason.SPAM)
    browser, number = sign_in(reader), proposal.id
    run_jobs()

    page = browser.get("/notifications").text

    assert "Les modérateurs ont masqué votre texte" in page
    assert f"/hidden/{number}" in page


def test_who_reported_is_told_the_outcome(
    make: Factory, reader: Member, sign_in: Any, run_jobs: Callable[[], int]
) -> None:
    proposal = make.proposal(title="Un titre qui ne doit plus se voir")
    moderation.report(reader, proposal, Reason.SPAM)
    moderation.hide(make.moderator(proposal.component.space), proposal, Reason.SPAM)
    browser = sign_in(reader)
    run_jobs()

    page = browser.get("/notifications").text

    assert "Un texte que vous avez signalé a été masqué" in page
    assert "Un titre qui ne doit plus se voir" not in page


def test_sentences_are_in_the_readers_language(
    make: Factory, sign_in: Any, run_jobs: Callable[[], int]
) -> None:
    reader = make.member("Reader", language="en")
    proposal = followed(make, reader)
    post(make.member(), proposal, "Un avis")
    post(make.member(), proposal, "Un autre avis")
    browser = sign_in(reader)
    run_jobs()

    assert "2 new comments" in browser.get("/notifications").text


def test_channels_are_chosen_in_general_and_by_space(
    session: Any, make: Factory, reader: Member, sign_in: Any
) -> None:
    quiet, loud, plain = make.space(), make.space(), make.space()
    ids = quiet.id, loud.id, plain.id
    browser = sign_in(reader)
    assert browser.get("/notifications/settings").status_code == 200

    browser.post(
        "/notifications/settings",
        data={
            "by_default": "app",
            f"space-{ids[0]}": "app",
            f"space-{ids[1]}": "mail",
            f"space-{ids[2]}": "",
        },
    )

    assert session.scalar(select(Member.mail_by_default).where(Member.name == "Lectrice")) is False
    chosen = {row.space_id: row.by_mail for row in session.execute(select(Channel.space_id, Channel.by_mail))}
    assert chosen == {ids[0]: False, ids[1]: True}
    browser.post("/notifications/settings", data={"by_default": "app"})
    assert session.execute(select(Channel.space_id)).all() == []


def test_unsubscribing_asks_when_opened_and_acts_when_posted(
    session: Any, make: Factory, reader: Member, client: FlaskClient
) -> None:
    space = make.space()
    ids = reader.id, space.id
    address = f"/unsubscribe/{unsubscribe_token(*ids)}"

    assert client.get(address).status_code == 200
    assert session.execute(select(Channel.space_id)).all() == []
    answer = client.post(address, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    row = session.execute(select(Channel.member_id, Channel.space_id, Channel.by_mail)).one()
    assert tuple(row) == (*ids, False)


def test_mail_programs_unsubscribe_without_session_or_form_token(
    app: Flask, session: Any, make: Factory, reader: Member, client: FlaskClient
) -> None:
    space = make.space()
    address = f"/unsubscribe/{unsubscribe_token(reader.id, space.id)}"
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert answer.status_code == 200
    assert session.scalars(select(Channel.by_mail)).all() == [False]


def test_a_forged_address_stops_nothing(
    session: Any, make: Factory, reader: Member, client: FlaskClient
) -> None:
    space = make.space()
    token = unsubscribe_token(reader.id, space.id)

    assert client.post(f"/unsubscribe/{token[:-2]}xx").status_code == 404
    assert session.execute(select(Channel.space_id)).all() == []


def test_the_page_costs_as_much_with_one_notification_as_with_many(
    make: Factory, reader: Member, sign_in: Any, run_jobs: Callable[[], int]
) -> None:
    name = reader.id
    post(make.member(), followed(make, reader), "Un avis")
    browser = sign_in(reader)
    run_jobs()

    def cost() -> int:
        with counted_statements() as statements:
            assert browser.get("/notifications").status_code == 200
        return len(statements)

    few = cost()
    make.session.expunge_all()
    for _ in range(6):
        proposal = make.proposal()
        with transaction() as session:
            follow(session, name, contribution_id=proposal.id)
            follow(session, name, space_id=proposal.component.space_id)
        post(make.member(), proposal, "Un avis")
    run_jobs()

    assert cost() == few <= 12


def test_visitors_have_none(client: FlaskClient, make: Factory) -> None:
    make.network()

    assert client.get("/notifications").status_code == 302
    assert client.get("/notifications/settings").status_code == 302


def test_older_things_are_on_the_next_page(
    make: Factory, reader: Member, sign_in: Any, run_jobs: Callable[[], int]
) -> None:
    component = make.component()
    for n in range(22):
        post(
            make.member(),
            followed(make, reader, component=component, title=f"Une proposition numéro {n:02}"),
            "Avis",
        )
    browser = sign_in(reader)
    run_jobs()

    first = browser.get("/notifications").text
    following = re.search(r'href="(/notifications\?before=\d+)" rel="next"', first)
    assert following is not None
    second = browser.get(following[1]).text

    assert ("numéro 21" in first, "numéro 00" in first) == (True, False)
    assert ("numéro 21" in second, "numéro 00" in second) == (False, True)
