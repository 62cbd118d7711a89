"""Reports by readers and the decisions of moderators."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.contributions.models import Contribution
from participa.db import Base, BigId

if TYPE_CHECKING:
    from participa.auth.models import Member


class Reason(StrEnum):
    """Why something is reported or hidden."""

    SPAM = "spam"
    OFFENSIVE = "offensive"
    PERSONAL_DATA = "personal_data"
    OFF_TOPIC = "off_topic"
    OTHER = "other"


class Act(StrEnum):
    """What a moderator decided."""

    HIDE = "hide"
    KEEP = "keep"
    RESTORE = "restore"
    DEACTIVATE = "deactivate"


class Decision(Base):
    """What a moderator did about a contribution or a person, and why; it can be undone once."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("(contribution_id IS NULL) <> (member_id IS NULL)", name="decision_has_one_subject"),
        Index("ix_decisions_contribution", "contribution_id", "at"),
        Index("ix_decisions_member", "member_id", "at"),
        Index("ix_decisions_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[Act]
    contribution_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE")
    )
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    moderator_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[Reason]
    note: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    effects: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What undoing must put back."""

    contribution: Mapped[Contribution | None] = relationship(lazy="raise_on_sql")
    member: Mapped["Member | None"] = relationship(lazy="raise_on_sql", foreign_keys=[member_id])
    moderator: Mapped["Member"] = relationship(lazy="raise_on_sql", foreign_keys=[moderator_id])


class Report(Base):
    """A reader's call for a moderator; one per person and thing."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("(contribution_id IS NULL) <> (member_id IS NULL)", name="report_has_one_subject"),
        Index(
            "uq_reports_contribution",
            "contribution_id",
            "reporter_id",
            unique=True,
            postgresql_where="contribution_id IS NOT NULL",
        ),
        Index(
            "uq_reports_member",
            "member_id",
            "reporter_id",
            unique=True,
            postgresql_where="member_id IS NOT NULL",
        ),
        Index("ix_reports_open", "created_at", "id", postgresql_where="closed_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE")
    )
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[Reason]
    note: Mapped[str] = mapped_column(default="", server_default="")
    revision_seen: Mapped[int | None]
    """The revision of the text that was reported."""
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))

    contribution: Mapped[Contribution | None] = relationship(lazy="raise_on_sql")
    member: Mapped["Member | None"] = relationship(lazy="raise_on_sql", foreign_keys=[member_id])
    reporter: Mapped["Member"] = relationship(lazy="raise_on_sql", foreign_keys=[reporter_id])
