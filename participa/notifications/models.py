"""What happened, and whom it was told to."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.contributions.models import Contribution
from participa.db import Base, BigId

if TYPE_CHECKING:
    from participa.auth.models import Member
    from participa.spaces.models import Space


class Event(Base):
    """Something that people may want to hear about."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str]
    """A dotted name, such as `proposal.published`, `comment.posted`, `report.closed`."""
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), index=True
    )
    """What it happened to: the new comment, the published proposal …"""
    about_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), index=True
    )
    """The thing that notifications are grouped by: the proposal or debate."""
    recipients: Mapped[list[int] | None]
    """Ids of the members told, when it is not the followers."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    contribution: Mapped[Contribution | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[contribution_id]
    )
    about: Mapped[Contribution | None] = relationship(lazy="raise_on_sql", foreign_keys=[about_id])
    space: Mapped["Space | None"] = relationship(lazy="raise_on_sql")
    actor: Mapped["Member | None"] = relationship(lazy="raise_on_sql")


class Notification(Base):
    """One event told to one person, once."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("uq_notifications_event", "event_id", "recipient_id", unique=True),
        Index("ix_notifications_recipient", "recipient_id", "id"),
        Index("ix_notifications_unread", "recipient_id", postgresql_where="read_at IS NULL"),
        Index("ix_notifications_mail", "mail_id", postgresql_where="mail_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(BigId, ForeignKey("events.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    """When it was written as a mail; the worker asks again who may read before it sends."""
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_mails.id", ondelete="SET NULL"))

    event: Mapped[Event] = relationship(lazy="raise_on_sql")


class Channel(Base):
    """Whether a member hears about one space by mail too; without a row, the member's default holds."""

    __tablename__ = "channels"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    space_id: Mapped[int] = mapped_column(
        ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    by_mail: Mapped[bool]
