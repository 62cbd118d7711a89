"""Writing a message in the transaction that causes it, sending it from the worker, trying again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import structlog
from babel import Locale
from babel.dates import get_timezone as named_zone
from flask import current_app, g, has_request_context, request
from flask_babel import get_locale, get_timezone
from procrastinate import RetryStrategy
from sqlalchemy import ColumnElement, delete, select

from participa.config import Settings
from participa.db import at_most, clock, db, transaction
from participa.events import AnySession
from participa.jobs import defer, periodic, task
from participa.mail.models import OutgoingMail
from participa.mail.transport import Unavailable, Undeliverable, deliver

MOST_ATTEMPTS = 8
"""Tries over about six hours (4 s, 16 s, 64 s … 4 h), then sending is given up and shown to coordinators."""
KEPT = timedelta(days=30)
"""How long the trace of a message is kept."""

log = structlog.get_logger(__name__)


class Readers:
    """What only higher packages know of who reads a message; the network package registers it."""

    def __init__(self) -> None:
        self.preferences: Callable[[int], tuple[str, str]] = lambda member_id: ("fr", "Europe/Paris")
        """A member's language and time zone."""
        self.network: Callable[[], Any] = lambda: None
        self.still_wanted: dict[str, Callable[[int], bool]] = {}
        """By purpose: whether the message with this id may still leave, asked just before it does."""


readers = Readers()


def is_configured(settings: Settings) -> bool:
    """Whether mail leaves at all; without a mail server, only into a folder while developing."""
    return settings.mail_server is not None or not settings.production


def absolute(address: str) -> str:
    """An address of ours as it must stand in a message."""
    if "://" in address:
        return address
    return root() + address


def root() -> str:
    """The public address of this deployment, without a slash at the end."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.public_url:
        return settings.public_url
    if has_request_context():
        return request.url_root.rstrip("/")
    return f"http://localhost:{settings.port or 8000}"


@contextmanager
def reading_as(language: str, time_zone: str) -> Iterator[None]:
    """Write texts and dates for a reader of this language and time zone."""
    before = g.get("_flask_babel")
    g._flask_babel = SimpleNamespace(babel_locale=Locale.parse(language), babel_tzinfo=named_zone(time_zone))
    try:
        yield
    finally:
        g._flask_babel = before or SimpleNamespace()


def write(
    session: AnySession,
    *,
    purpose: str,
    address: str,
    template: str,
    context: dict[str, Any],
    recipient_id: int | None = None,
    unsubscribe_url: str | None = None,
    language: str | None = None,
) -> OutgoingMail:
    """Add a message to the transaction, in its reader's language, and queue its sending.

    `template` names `<template>.txt`, whose first line is the subject, and `<template>.html`. Addresses in
    `context` must be absolute (`absolute`). `language` is for people who have no account yet; `recipient_id`
    decides otherwise.
    """
    if recipient_id is not None:
        language, zone = readers.preferences(recipient_id)
    else:
        language, zone = language or str(get_locale() or "fr"), str(get_timezone() or "Europe/Paris")
    values = {
        "network": readers.network(),
        "root": root(),
        "language": language,
        "unsubscribe_url": unsubscribe_url,
        **context,
    }
    with reading_as(language, zone):
        plain = current_app.jinja_env.get_template(f"{template}.txt").render(values)
        subject, _, text = plain.strip().partition("\n")
        html = current_app.jinja_env.get_template(f"{template}.html").render(values)
    mail = OutgoingMail(
        created_at=clock(),
        purpose=purpose,
        recipient_id=recipient_id,
        address=address,
        subject=" ".join(subject.split())[:300],
        text=text.strip() + "\n",
        html=html,
        unsubscribe_url=absolute(unsubscribe_url) if unsubscribe_url else None,
    )
    session.add(mail)
    session.flush()
    defer(session, send, mail_id=mail.id)
    return mail


@task("mail.send", retry=RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=4))
def send(mail_id: int) -> None:
    """Send one message; a failure that may pass is raised so that the job is tried again, later each time.

    The row stays locked while the mail server is spoken to and is marked sent right after it accepted, so the
    same message never leaves twice from two workers or from a job tried again. One window remains: a process
    killed between the server's answer and the commit sends a second copy, under the same Message-ID.
    """
    mail = db.session.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.id == mail_id, OutgoingMail.sent_at.is_(None), OutgoingMail.failed_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if mail is None:
        db.session.rollback()
        return
    still_wanted = readers.still_wanted.get(mail.purpose)
    if still_wanted is not None and not still_wanted(mail.id):
        db.session.delete(mail)
        db.session.commit()
        return
    try:
        deliver(current_app.config["SETTINGS"], mail)
    except Undeliverable as error:
        _give_up(mail, str(error), address_refused=error.address_refused)
    except Unavailable as error:
        mail.attempts += 1
        if mail.attempts >= MOST_ATTEMPTS:
            _give_up(mail, str(error))
            return
        mail.error = str(error)
        db.session.commit()
        raise
    else:
        mail.sent_at = clock()
        mail.text = mail.html = ""
        mail.error = None
        db.session.commit()


def _give_up(mail: OutgoingMail, answer: str, *, address_refused: bool = False) -> None:
    mail.failed_at, mail.error, mail.address_refused = clock(), answer, address_refused
    db.session.commit()
    log.warning("mail_given_up", mail_id=mail.id, purpose=mail.purpose, address_refused=address_refused)


def retry(condition: ColumnElement[bool]) -> int:
    """Queue once more the messages given up that meet `condition`; gives how many."""
    with transaction() as session:
        failed = session.scalars(
            select(OutgoingMail)
            .where(OutgoingMail.failed_at.is_not(None), condition)
            .limit(at_most(500))
            .with_for_update()
        ).all()
        for mail in failed:
            mail.failed_at, mail.error, mail.address_refused, mail.attempts = None, None, False, 0
            defer(session, send, mail_id=mail.id)
        return len(failed)


@periodic("17 3 * * *", "mail.forget")
def forget() -> None:
    """Forget the messages of more than a month ago."""
    with transaction() as session:
        session.execute(delete(OutgoingMail).where(OutgoingMail.created_at < clock() - KEPT))
