"""Outgoing mail: written in the transaction that causes it, sent by the worker, failures kept to be shown.

The path of a message: `services.write` → `jobs` → `services.send` → `transport.deliver`.
"""

from flask import Flask

from participa.mail.models import OutgoingMail
from participa.mail.services import absolute, is_configured, readers, reading_as, retry, write

__all__ = [
    "OutgoingMail",
    "absolute",
    "init_app",
    "is_configured",
    "readers",
    "reading_as",
    "retry",
    "write",
]


def init_app(app: Flask) -> None:
    """Let templates of messages make addresses of ours absolute."""
    app.jinja_env.filters["absolute"] = absolute
