"""The append-only record of what was done by whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from participa.db import Base, BigId


class AuditEntry(Base):
    """One act; it outlives its subject, so it names it without a foreign key."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", "at", "id"),
        Index("ix_audit_entries_group", text("split_part(action, '.', 1)"), "at", "id"),
        Index("ix_audit_entries_space", "space_id", "at", "id"),
        Index("ix_audit_entries_subject", "subject_kind", "subject_id"),
        Index("ix_audit_entries_actor", "actor_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    action: Mapped[str]
    """A dotted name, such as `proposal.published`."""
    subject_kind: Mapped[str | None]
    subject_id: Mapped[int | None] = mapped_column(BigId)
    space_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    request_id: Mapped[str | None]


class Heartbeat(Base):
    """The last sign of life of each background worker."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
