"""Proposals and the answers to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.contributions.models import Contribution, ContributionKind
from participa.db import BigId
from participa.spaces.models import Topic


class Answer(StrEnum):
    """What the moderators answered."""

    EVALUATING = "evaluating"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Proposal(Contribution):
    """An idea that a person puts forward for others to support."""

    __tablename__ = "proposals"
    __mapper_args__ = {"polymorphic_identity": ContributionKind.PROPOSAL}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer_is_dated"),
        Index("ix_proposals_topic", "topic_id"),
        Index("ix_proposals_answer", "answer", postgresql_where="answer IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id", ondelete="SET NULL"))
    answer: Mapped[Answer | None]
    answer_body: Mapped[str] = mapped_column(default="", server_default="")
    answer_html: Mapped[str] = mapped_column(default="", server_default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))

    topic: Mapped[Topic | None] = relationship(lazy="raise_on_sql")

    __mapper_args__["inherit_condition"] = id == Contribution.id
