"""What leaves by mail, to whom, and what stops it at the last moment."""

import dataclasses
import re
import socket
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from participa import mail
from participa.auth.models import Member
from participa.comments.services import post
from participa.contributions.models import Contribution
from participa.db import clock, transaction
from participa.follows.services import follow
from participa.mail import OutgoingMail
from participa.moderation import services as moderation
from participa.moderation.models import Reason
from participa.notifications.models import Channel, Notification
from participa.notifications.tasks import tell
from tests.factories import Factory


class Sink:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], Any]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - named by the mail server
        """Take a message."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture
def sink(app: Flask) -> Iterator[Sink]:
    """A mail server, which the application sends to."""
    kept = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(settings, mail_server="127.0.0.1", mail_port=port)
    try:
        yield kept
    finally:
        app.config["SETTINGS"] = settings
        controller.stop()


def followed(make: Factory, *members: Any, **values: Any) -> Any:
    proposal = make.proposal(**values)
    with transaction() as session:
        for member in members:
            follow(session, member.id, contribution_id=proposal.id)
    return proposal


def addresses(session: Any) -> list[str]:
    """To whom mails were written."""
    return sorted(session.scalars(select(OutgoingMail.address)))


def run_only(session: Any, name: str) -> None:
    """Run the queued jobs of this name, leaving those they queue."""
    from sqlalchemy import text

    from participa.jobs import runner

    rows = session.execute(
        text("DELETE FROM procrastinate_jobs WHERE task_name = :name RETURNING args"), {"name": name}
    ).all()
    session.commit()
    for row in rows:
        runner.tasks[name].func(**row.args)
    session.expire_all()


def test_a_mail_says_what_happened_and_one_click_stops_the_next(
    session: Any, make: Factory, sink: Sink, client: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    reader = make.member("Lectrice", email="lectrice@exemple.fr")
    proposal = followed(make, reader, title="Planter des arbres sur la place")
    number = reader.id
    post(make.member("Ada"), proposal, "Des **tilleuls**, surtout.")
    run_jobs()

    [(to, message)] = sink.messages
    assert to == ["lectrice@exemple.fr"]
    plain = message.get_body("plain").get_content()
    assert "Ada" in message["Subject"]
    assert "Planter des arbres sur la place" in plain
    assert "Des tilleuls, surtout." in plain
    assert re.search(r"http://\S+/c/\d+", plain)
    assert "Des tilleuls, surtout." in message.get_body("html").get_content()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.fullmatch(r"<http://[^/]+(/unsubscribe/[^>]+)>", message["List-Unsubscribe"].strip())
    assert link is not None

    client.post(link[1], data={"List-Unsubscribe": "One-Click"})
    found = session.scalar(select(Contribution).where(Contribution.about_id.is_(None)))
    assert session.scalars(select(Channel.by_mail)).all() == [False]
    with transaction() as opened:
        from participa.events import Happening, announce

        announce(opened, Happening("proposal.edited", None, _space(session), found.id, found.id))
    run_jobs()

    assert [to for to, _message in sink.messages].count(["lectrice@exemple.fr"]) == 1
    assert session.scalar(select(func.count()).where(Notification.recipient_id == number)) == 2


def _space(session: Any) -> Any:
    from participa.spaces.models import Space

    return session.scalar(select(Space.id))


def test_mail_goes_to_those_who_chose_it(session: Any, make: Factory, run_jobs: Callable[[], int]) -> None:
    usual = make.member("Usuel", email="usuel@exemple.fr")
    never = make.member("Jamais", email="jamais@exemple.fr", mail_by_default=False)
    here_only = make.member("Ici", email="ici@exemple.fr", mail_by_default=False)
    not_here = make.member("Ailleurs", email="ailleurs@exemple.fr")
    proposal = followed(make, usual, never, here_only, not_here)
    space_id = proposal.component.space_id
    session.add(Channel(member_id=here_only.id, space_id=space_id, by_mail=True))
    session.add(Channel(member_id=not_here.id, space_id=space_id, by_mail=False))
    session.commit()

    post(make.member(), proposal, "Un avis")
    run_jobs()

    assert addresses(session) == ["ici@exemple.fr", "usuel@exemple.fr"]
    assert session.scalar(select(func.count()).select_from(Notification)) == 4


@pytest.mark.parametrize("change", ["deactivated", "unsubscribed", "hidden"])
def test_what_changed_after_one_was_told_stops_the_mail(session: Any, make: Factory, change: str) -> None:
    reader = make.member("Lectrice", email="lectrice@exemple.fr")
    proposal = followed(make, reader)
    comment = post(make.member(), proposal, "Un avis")
    names = reader.id, proposal.component.space_id, comment.id
    run_only(session, "notifications.tell")
    _change(session, change, *names)

    run_only(session, "notifications.mail")

    assert session.scalar(select(func.count()).select_from(Notification)) == 1
    assert addresses(session) == []


@pytest.mark.parametrize("change", ["deactivated", "unsubscribed", "hidden"])
def test_what_changed_after_the_mail_was_written_stops_it_from_leaving(
    session: Any, make: Factory, sink: Sink, change: str
) -> None:
    reader = make.member("Lectrice", email="lectrice@exemple.fr")
    proposal = followed(make, reader)
    comment = post(make.member(), proposal, "Un avis")
    names = reader.id, proposal.component.space_id, comment.id
    run_only(session, "notifications.tell")
    run_only(session, "notifications.mail")
    assert addresses(session) == ["lectrice@exemple.fr"]
    _change(session, change, *names)

    run_only(session, "mail.send")

    assert sink.messages == []
    assert addresses(session) == []


def _change(session: Any, change: str, member_id: int, space_id: int, comment_id: int) -> None:
    if change == "deactivated":
        session.execute(update(Member).where(Member.id == member_id).values(deactivated_at=clock()))
    elif change == "unsubscribed":
        session.add(Channel(member_id=member_id, space_id=space_id, by_mail=False))
    else:
        session.execute(update(Contribution).where(Contribution.id == comment_id).values(hidden_at=clock()))
    session.commit()
    session.expire_all()


def test_jobs_delivered_twice_write_one_mail(session: Any, make: Factory) -> None:
    proposal = followed(make, make.member("Lectrice"))
    post(make.member(), proposal, "Un avis")
    from participa.notifications.models import Event
    from participa.notifications.tasks import write_mails

    event_id = session.scalar(select(Event.id))
    for _ in range(2):
        tell.func(event_id=event_id)
        write_mails.func(event_id=event_id, after=0, upto=10**9)

    assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 1


def test_the_author_of_a_hidden_text_gets_the_reason_and_the_text_to_reuse(
    session: Any, make: Factory, run_jobs: Callable[[], int]
) -> None:
    author = make.member("Autrice", email="autrice@exemple.fr")
    proposal = make.proposal(author=author, body="Le texte à reprendre, mot pour mot.")
    number = proposal.id
    moderation.hide(make.moderator(proposal.component.space), proposal, Reason.OFF_TOPIC, "Plutôt en Santé.")
    run_only(session, "notifications.tell")
    run_only(session, "notifications.mail")

    written = session.scalars(select(OutgoingMail)).one()

    for body in (written.text, written.html):
        assert "Hors sujet" in body
        assert "Plutôt en Santé." in body
        assert "Le texte à reprendre, mot pour mot." in body
        assert f"/hidden/{number}" in body
        assert "/about/charter" in body


def test_a_mail_is_in_its_readers_language(session: Any, make: Factory) -> None:
    proposal = followed(make, make.member("Reader", language="en"))
    proposal.component.space.translations = {"en": {"name": "Health"}}
    post(make.member("Ada"), proposal, "Un avis")
    run_only(session, "notifications.tell")
    run_only(session, "notifications.mail")

    mail = session.scalars(select(OutgoingMail)).one()
    assert mail.subject.startswith("[Health] New comment by Ada")
    assert "■ Health" in mail.html


def test_addresses_are_those_of_the_deployment_else_of_the_page_where_it_happened(
    app: Flask, session: Any, make: Factory
) -> None:
    proposal = followed(make, make.member("Lectrice"))
    with app.test_request_context(base_url="https://reseau.example/"):
        post(make.member(), proposal, "Un avis")
    run_only(session, "notifications.tell")
    run_only(session, "notifications.mail")
    assert "https://reseau.example/c/" in session.scalars(select(OutgoingMail)).one().text

    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(settings, public_url="https://participa.example")
    try:
        assert mail.absolute("/c/1") == "https://participa.example/c/1"
    finally:
        app.config["SETTINGS"] = settings


def test_without_a_mail_server_in_production_no_mail_is_written(
    app: Flask, session: Any, make: Factory
) -> None:
    proposal = followed(make, make.member("Lectrice"))
    post(make.member(), proposal, "Un avis")
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(settings, production=True)
    try:
        run_only(session, "notifications.tell")
        run_only(session, "notifications.mail")
    finally:
        app.config["SETTINGS"] = settings

    assert session.scalar(select(func.count()).select_from(Notification)) == 1
    assert addresses(session) == []
