"""Outgoing mail: written in the transaction that causes it, sent by the worker, failures kept to be shown."""

from datetime import datetime

from flask import Flask
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from participa.db import Base


class OutgoingMail(Base):
    """One message to one address, with what became of it; bodies are emptied once sent."""

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        Index("ix_outgoing_mails_failed", "failed_at", postgresql_where="failed_at IS NOT NULL"),
        Index("ix_outgoing_mails_created", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    purpose: Mapped[str]
    """What it is for: invitation, password, test, notification."""
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    unsubscribe_url: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]


def init_app(app: Flask) -> None:
    """Register the mail templates' needs."""
