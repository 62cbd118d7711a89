"""How a message leaves: through SMTP, or into a folder while developing."""

import smtplib
import ssl
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from participa.config import Settings
from participa.mail.models import OutgoingMail

TIMEOUT = 20
"""Seconds to wait for the mail server at each step; the message's row stays locked meanwhile."""


class Undeliverable(Exception):
    """Raised when trying again would not help."""

    def __init__(self, answer: str, *, address_refused: bool = False) -> None:
        super().__init__(answer)
        self.address_refused = address_refused


class Unavailable(Exception):
    """Raised when the mail server cannot take the message now."""


def deliver(settings: Settings, mail: OutgoingMail) -> None:
    """Hand `mail` over; raises Undeliverable or Unavailable."""
    if settings.mail_server:
        _send(settings, mail)
    elif not settings.production:
        _file(settings, mail)
    else:
        raise Undeliverable("No mail server is set up.")


def compose(settings: Settings, mail: OutgoingMail) -> EmailMessage:
    """The message as it travels; raises Undeliverable when its address cannot be one."""
    name, sender = parseaddr(settings.mail_sender)
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = Address(addr_spec=mail.address)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise Undeliverable("This is not an e-mail address.", address_refused=True) from error
    message["From"] = Address(name or "Participa", addr_spec=sender)
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = message_id(mail.id, mail.created_at, sender)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def message_id(number: int, created_at: datetime, sender: str) -> str:
    """The same identifier each time the same message is tried, so that a mailbox can tell a second copy."""
    return f"<{number}.{created_at:%Y%m%d%H%M%S%f}@{sender.rpartition('@')[2] or 'localhost'}>"


def _file(settings: Settings, mail: OutgoingMail) -> None:
    folder = settings.instance / "mailbox"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{mail.created_at:%Y%m%d-%H%M%S}-{mail.id}.eml"
    path.write_bytes(compose(settings, mail).as_bytes())


def _send(settings: Settings, mail: OutgoingMail) -> None:
    message = compose(settings, mail)
    try:
        with _connect(settings) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        if code >= 500:
            raise Undeliverable(_answer(code, answer), address_refused=True) from error
        raise Unavailable(_answer(code, answer)) from error
    except smtplib.SMTPAuthenticationError as error:  # a setting to mend: the message is not at fault
        raise Unavailable(_answer(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= 500:
            raise Undeliverable(_answer(error.smtp_code, error.smtp_error)) from error
        raise Unavailable(_answer(error.smtp_code, error.smtp_error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(str(error)[:500] or type(error).__name__) from error


def _connect(settings: Settings) -> smtplib.SMTP:
    """An open and authenticated connection to the mail server."""
    assert settings.mail_server is not None
    if settings.mail_tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.mail_server, settings.mail_port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(settings.mail_server, settings.mail_port, timeout=TIMEOUT)
    try:
        if settings.mail_tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.mail_username:
            server.login(settings.mail_username, settings.mail_password or "")
    except BaseException:
        server.close()
        raise
    return server


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:500]
