"""Answers as they were given, and the templates they are made from."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.auth.models import Member
from participa.db import Base, BigId
from participa.proposals.models import Proposal, ProposalState


class Standing(StrEnum):
    """Whether an answer holds."""

    CURRENT = "current"
    """Published, and in force."""
    PENDING = "pending"
    """Internal: only those who curate the space know of it."""
    PAST = "past"
    """Replaced by a later one, or dropped; kept as history."""


class Answer(Base):
    """An answer to a proposal as it was written once; changing it adds another one."""

    __tablename__ = "answers"
    __table_args__ = (
        CheckConstraint(
            "standing <> 'current' OR published_at IS NOT NULL", name="answer_in_force_is_published"
        ),
        CheckConstraint("standing <> 'pending' OR published_at IS NULL", name="pending_answer_is_internal"),
        Index("ix_answers_proposal", "proposal_id", "id"),
        Index("ix_answers_state", "state_id"),
        Index(
            "uq_answers_standing",
            "proposal_id",
            "standing",
            unique=True,
            postgresql_where="standing <> 'past'",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(BigId, ForeignKey("proposals.id", ondelete="CASCADE"))
    standing: Mapped[Standing]
    state_id: Mapped[int | None] = mapped_column(ForeignKey("proposal_states.id"))
    """Null when it takes the answer back: the proposal is under discussion again."""
    body: Mapped[str] = mapped_column(default="", server_default="")
    html: Mapped[str] = mapped_column(default="", server_default="")
    cost: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    """In euros."""
    cost_report: Mapped[str] = mapped_column(default="", server_default="")
    execution_period: Mapped[str] = mapped_column(default="", server_default="")
    given_at: Mapped[datetime]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    published_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")
    state: Mapped[ProposalState | None] = relationship(lazy="raise_on_sql")
    given_by: Mapped[Member | None] = relationship(lazy="raise_on_sql")


class AnswerTemplate(Base):
    """An answer to start from, or to give to many proposals at once; places in braces are filled in."""

    __tablename__ = "answer_templates"
    __table_args__ = (UniqueConstraint("component_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("components.id", ondelete="CASCADE"))
    name: Mapped[str]
    state_id: Mapped[int] = mapped_column(ForeignKey("proposal_states.id"))
    body: Mapped[str] = mapped_column(default="", server_default="")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    state: Mapped[ProposalState] = relationship(lazy="raise_on_sql")
