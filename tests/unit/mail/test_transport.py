"""What the mail server answers decides whether a message is tried again."""

import email.policy
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from participa.config import Settings
from participa.db import clock
from participa.mail import OutgoingMail
from participa.mail.transport import Unavailable, Undeliverable, compose, deliver, message_id


class Server:
    """A mail server that answers what it is told to at each step."""

    def __init__(self) -> None:
        self.sender, self.recipient, self.text = "250 OK", "250 OK", "250 accepted"
        self.received: list[bytes] = []

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.sender.startswith("250"):
            envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.text.startswith("250"):
            self.received.append(envelope.content)
        return self.text


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def started(server: Server, **options: Any) -> Controller:
    controller = Controller(server, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    return controller


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def settings(server: Server, tmp_path: Path) -> Iterator[Settings]:
    """Settings that send through `server`."""
    controller = started(server)
    yield Settings(
        instance=tmp_path,
        mail_server="127.0.0.1",
        mail_port=controller.port,
        mail_tls="none",
        mail_sender="ne-pas-repondre@participa.test",
    )
    controller.stop()


@pytest.fixture
def mail(session: Any) -> OutgoingMail:
    """A message ready to leave."""
    return OutgoingMail(
        id=7,
        purpose="test",
        address="ada@exemple.fr",
        subject="Un  sujet\r\nsur deux lignes",
        text="Bonjour",
        html="<p>Bonjour</p>",
        created_at=clock(),
    )


def test_a_message_without_a_sender_name_comes_from_participa(settings: Settings, mail: OutgoingMail) -> None:
    message = compose(settings, mail)

    assert message["From"] == "Participa <ne-pas-repondre@participa.test>"
    assert message["Subject"] == "Un sujet sur deux lignes"
    assert message["List-Unsubscribe"] is None
    assert message["Message-ID"] == compose(settings, mail)["Message-ID"]
    assert message_id(7, mail.created_at, "").endswith("@localhost>")


def test_an_accepted_message_arrives(settings: Settings, server: Server, mail: OutgoingMail) -> None:
    deliver(settings, mail)

    received = message_from_bytes(server.received[0], policy=email.policy.default)
    assert received["To"] == "ada@exemple.fr"


@pytest.mark.parametrize("step", ["sender", "text"])
def test_a_refusal_for_good_is_not_the_address_s_fault(
    settings: Settings, server: Server, mail: OutgoingMail, step: str
) -> None:
    setattr(server, step, "554 5.7.1 Not from you")

    with pytest.raises(Undeliverable, match=r"554 5\.7\.1 Not from you") as told:
        deliver(settings, mail)
    assert not told.value.address_refused


@pytest.mark.parametrize("step", ["sender", "recipient", "text"])
def test_a_refusal_for_now_is_tried_again(
    settings: Settings, server: Server, mail: OutgoingMail, step: str
) -> None:
    setattr(server, step, "451 4.3.0 Come back later")

    with pytest.raises(Unavailable, match=r"451 4\.3\.0 Come back later"):
        deliver(settings, mail)
    setattr(server, step, "250 OK")
    deliver(settings, mail)
    assert len(server.received) == 1


def test_an_address_that_does_not_exist_is_known_as_such(
    settings: Settings, server: Server, mail: OutgoingMail
) -> None:
    server.recipient = "550 5.1.1 No such person"

    with pytest.raises(Undeliverable) as told:
        deliver(settings, mail)
    assert told.value.address_refused


def test_a_server_that_is_away_or_knows_no_tls_is_tried_again(
    settings: Settings, server: Server, mail: OutgoingMail
) -> None:
    for other in (
        replace(settings, mail_port=free_port()),
        replace(settings, mail_tls="tls"),
        replace(settings, mail_tls="starttls"),
    ):
        with pytest.raises(Unavailable):
            deliver(other, mail)
    assert server.received == []


def test_production_without_a_mail_server_says_what_is_missing(tmp_path: Path, mail: OutgoingMail) -> None:
    with pytest.raises(Undeliverable, match="No mail server"):
        deliver(Settings(instance=tmp_path, production=True), mail)
    assert not (tmp_path / "mailbox").exists()


def test_the_password_opens_the_server_and_a_wrong_one_is_a_setting_to_mend(
    settings: Settings, mail: OutgoingMail
) -> None:
    def authenticated(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
        return AuthResult(success=given.password == b"juste", handled=False)

    guarded = Server()
    controller = started(guarded, authenticator=authenticated, auth_require_tls=False)
    try:
        there = replace(settings, mail_port=controller.port, mail_username="participa")
        for wrong in ("faux", None):
            with pytest.raises(Unavailable, match="535"):
                deliver(replace(there, mail_password=wrong), mail)
        deliver(replace(there, mail_password="juste"), mail)
        assert len(guarded.received) == 1
    finally:
        controller.stop()
