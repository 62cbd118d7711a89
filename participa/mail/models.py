"""What is sent, and what became of it."""

from datetime import datetime

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
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many times sending was tried in vain."""
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    """When sending was given up."""
    address_refused: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether it was given up because the address does not exist or does not take mail."""
    error: Mapped[str | None]
    """What the mail server last answered."""
