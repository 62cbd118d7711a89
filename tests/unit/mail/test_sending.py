"""Messages leave when their transaction commits, once, in their reader's language, and failures are kept."""

import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from participa import mail
from participa.config import ConfigurationError, Settings
from participa.db import clock
from participa.mail import OutgoingMail
from participa.mail.services import MOST_ATTEMPTS, send
from participa.mail.transport import Unavailable


class Sink:
    """A mail server that keeps what it accepts and refuses what it is told to."""

    def __init__(self) -> None:
        self.messages: list[email.message.EmailMessage] = []
        self.refuse: str | None = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, email.message.EmailMessage)
        self.messages.append(message)
        return "250 accepted"


@pytest.fixture
def sink(app: Flask) -> Iterator[Sink]:
    """A mail server that the application sends through."""
    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(
        before,
        mail_server="127.0.0.1",
        mail_port=port,
        mail_sender="Participa <ne-pas-repondre@participa.test>",
        public_url="https://participa.test",
    )
    try:
        yield sink
    finally:
        app.config["SETTINGS"] = before
        controller.stop()


def written(session: Any, **values: Any) -> int:
    values = {"purpose": "test", "address": "ada@exemple.fr", "template": "emails/test"} | values
    message = mail.write(session, context={"asked_at": clock()}, **values)
    session.commit()
    return message.id


def fate(session: Any, mail_id: int) -> OutgoingMail:
    """What became of a message."""
    session.expire_all()
    found: OutgoingMail | None = session.scalar(select(OutgoingMail).where(OutgoingMail.id == mail_id))
    assert found is not None
    return found


def test_a_message_arrives_in_its_readers_language_with_both_bodies(session, make, run_jobs, sink):
    ada = make.member("Ada", email="ada@exemple.fr", language="en")
    make.network(name="Réseau d’essai")

    written(session, recipient_id=ada.id)
    run_jobs()

    [message] = sink.messages
    assert message["To"] == "ada@exemple.fr"
    assert message["From"] == "Participa <ne-pas-repondre@participa.test>"
    assert message["Subject"] == "Test message from Réseau d’essai"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime
    assert message["Message-ID"].endswith("@participa.test>")
    assert message["List-Unsubscribe"] is None
    body = message.get_body(("plain",))
    assert body is not None
    assert "Mail works." in body.get_content()
    html = message.get_body(("html",))
    assert html is not None
    assert "<h1" in html.get_content()


def test_a_message_without_an_account_is_in_the_language_asked_for(session, make, run_jobs, sink):
    make.network(name="Réseau d’essai")
    written(session, language="fr")
    run_jobs()
    assert sink.messages[0]["Subject"] == "Message d’essai de Réseau d’essai"


def test_one_click_unsubscribing_is_announced(session, make, run_jobs, sink):
    make.network()
    written(session, unsubscribe_url="/unsubscribe/abc")
    run_jobs()
    assert sink.messages[0]["List-Unsubscribe"] == "<https://participa.test/unsubscribe/abc>"
    assert sink.messages[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_bodies_are_forgotten_once_sent_and_a_second_run_sends_nothing(session, make, run_jobs, sink):
    make.network()
    sent = written(session)
    run_jobs()
    send.func(mail_id=sent)

    assert len(sink.messages) == 1
    message = fate(session, sent)
    assert message.sent_at is not None
    assert (message.text, message.html) == ("", "")


def test_nothing_leaves_when_the_transaction_rolls_back(session, make, run_jobs, sink):
    make.network()
    mail.write(
        session,
        purpose="test",
        address="ada@exemple.fr",
        template="emails/test",
        context={"asked_at": clock()},
    )
    session.rollback()
    assert run_jobs() == 0
    assert sink.messages == []


def test_a_refused_address_is_given_up_at_once_and_says_why(session, make, run_jobs, sink):
    make.network()
    sink.refuse = "550 5.1.1 No such person here"
    sent = written(session)
    run_jobs()

    message = fate(session, sent)
    assert message.failed_at is not None
    assert message.address_refused
    assert message.error == "550 5.1.1 No such person here"
    assert message.text, "its body stays so that it can be sent again"


def test_a_full_mailbox_is_tried_again_and_given_up_in_the_end(session, make, run_jobs, sink):
    make.network()
    sink.refuse = "452 4.2.2 Mailbox full"
    sent = written(session)
    for _ in range(MOST_ATTEMPTS - 1):
        with pytest.raises(Unavailable):
            send.func(mail_id=sent)
    message = fate(session, sent)
    assert message.failed_at is None
    send.func(mail_id=sent)

    message = fate(session, sent)
    assert message.failed_at is not None
    assert not message.address_refused


def test_a_server_that_comes_back_gets_the_message(session, make, app, sink):
    make.network()
    up = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(up, mail_port=1)
    sent = written(session)
    with pytest.raises(Unavailable):
        send.func(mail_id=sent)
    app.config["SETTINGS"] = up
    send.func(mail_id=sent)

    assert len(sink.messages) == 1
    message = fate(session, sent)
    assert message.error is None


def test_a_message_given_up_can_be_sent_again(session, make, run_jobs, sink):
    make.network()
    sink.refuse = "550 No"
    sent = written(session)
    run_jobs()
    sink.refuse = None

    assert mail.retry(OutgoingMail.id == sent) == 1
    run_jobs()

    assert len(sink.messages) == 1


def test_a_server_without_tls_is_not_spoken_to_in_the_clear(session, make, app, sink):
    make.network()
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_tls="starttls")
    sent = written(session)
    with pytest.raises(Unavailable, match="STARTTLS"):
        send.func(mail_id=sent)
    assert sink.messages == []


@pytest.mark.parametrize("address", ["ada@exemple.fr\nBcc: eve@exemple.fr", "a, b@exemple.fr", "nowhere", ""])
def test_an_address_never_adds_a_header_or_a_recipient(session, make, run_jobs, sink, address):
    make.network()
    sent = written(session, address=address)
    run_jobs()
    assert sink.messages == []
    message = fate(session, sent)
    assert message.address_refused


def test_a_name_with_a_line_break_stays_inside_the_subject(session, make, run_jobs, sink):
    make.network(name="Réseau\rBcc: eve@exemple.fr")
    written(session)
    run_jobs()
    assert sink.messages[0]["Bcc"] is None
    assert "Bcc: eve@exemple.fr" in sink.messages[0]["Subject"]


def test_without_a_mail_server_development_writes_files(session, make, run_jobs, app):
    make.network()
    mailbox = app.config["SETTINGS"].instance / "mailbox"
    before = set(mailbox.glob("*.eml"))
    written(session)
    run_jobs()
    [path] = set(mailbox.glob("*.eml")) - before
    assert b"To: ada@exemple.fr" in path.read_bytes()
    path.unlink()


def test_production_without_a_mail_server_has_no_mail(tmp_path):
    assert mail.is_configured(Settings(instance=tmp_path))
    assert not mail.is_configured(Settings(instance=tmp_path, production=True))
    assert mail.is_configured(Settings(instance=tmp_path, production=True, mail_server="smtp.exemple.fr"))


def test_the_way_to_encrypt_is_one_of_three():
    for name in ("none", "starttls", "tls"):
        assert Settings.from_environ({"PARTICIPA_MAIL_TLS": name}).mail_tls == name
    with pytest.raises(ConfigurationError, match="PARTICIPA_MAIL_TLS must be one of none, starttls, tls"):
        Settings.from_environ({"PARTICIPA_MAIL_TLS": "yes"})


def test_production_mail_needs_the_public_address_that_its_links_hold():
    values = {
        "PARTICIPA_ENV": "production",
        "PARTICIPA_SECRET_KEY": "x" * 40,
        "PARTICIPA_MAIL_SERVER": "smtp.exemple.fr",
    }
    with pytest.raises(ConfigurationError, match="PARTICIPA_PUBLIC_URL"):
        Settings.from_environ(values)
    assert Settings.from_environ(values | {"PARTICIPA_PUBLIC_URL": "https://p.exemple.fr/"}).public_url


def test_old_messages_are_forgotten(session, make, at):
    from participa.mail.services import forget

    make.network()
    sent = written(session)
    at(make.later(days=31))
    forget()
    assert session.scalar(select(OutgoingMail.id).where(OutgoingMail.id == sent)) is None
