"""Debates and the arguments for and against."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.auth.models import Member
from participa.contributions.models import Contribution, ContributionKind
from participa.db import BigId
from participa.spaces.models import Topic


class Debate(Contribution):
    """A question put to everyone, open for a time, closed with conclusions."""

    __tablename__ = "debates"
    __mapper_args__ = {"polymorphic_identity": ContributionKind.DEBATE}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="debate_ends_after_it_starts"),
        CheckConstraint("(closed_at IS NULL) = (conclusions IS NULL)", name="closing_has_conclusions"),
        CheckConstraint("columns IN (1, 2)", name="one_or_two_columns"),
        CheckConstraint("guest_until > guest_from", name="questions_end_after_answers_begin"),
        Index("ix_debates_topic", "topic_id"),
        Index("ix_debates_guest", "guest_id", postgresql_where="guest_id IS NOT NULL"),
        Index("ix_debates_proposal", "proposal_id", postgresql_where="proposal_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id", ondelete="SET NULL"))
    proposal_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="SET NULL")
    )
    """The proposal of the same space that it is about."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    """Null for an open-ended debate."""
    instructions: Mapped[str] = mapped_column(default="", server_default="")
    """How to take part, as whoever opened it asks."""
    instructions_html: Mapped[str] = mapped_column(default="", server_default="")
    updates: Mapped[str] = mapped_column(default="", server_default="")
    """What is new since it opened."""
    updates_html: Mapped[str] = mapped_column(default="", server_default="")
    updated_at: Mapped[datetime | None]
    """When `updates` last changed."""
    columns: Mapped[int] = mapped_column(SmallInteger, default=2, server_default="2")
    """2 for the sides beside each other, 1 for one list of both."""
    comments_open: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Whether it takes messages, beside arguments."""
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    corrected_at: Mapped[datetime | None]
    """When the conclusions last changed, once the debate was closed with them."""
    conclusions: Mapped[str | None]
    conclusions_html: Mapped[str] = mapped_column(default="", server_default="")
    for_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Visible arguments for."""
    contra_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Visible arguments against."""

    guest_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    """Who answers questions."""
    guest_from: Mapped[datetime | None]
    """When the guest begins to answer; null for as soon as questions come."""
    guest_until: Mapped[datetime | None]
    """When nobody asks any more; null for as long as the debate is open."""
    question_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Visible questions to a guest."""

    topic: Mapped[Topic | None] = relationship(lazy="raise_on_sql")
    guest: Mapped[Member | None] = relationship(lazy="raise_on_sql", foreign_keys=[guest_id])

    __mapper_args__["inherit_condition"] = id == Contribution.id


def _side(name: str, key: str) -> Index:
    """An index for one order of the arguments of a side, those of the same figure from the oldest."""
    return Index(f"ix_arguments_{name}", "debate_id", "side", text(key), "id")


class Argument(Contribution):
    """A short reason for or against, in one debate."""

    __tablename__ = "arguments"
    __mapper_args__ = {"polymorphic_identity": ContributionKind.ARGUMENT}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("side IN (-1, 1)", name="side_is_for_or_against"),
        _side("backed", "(-backed)"),
        _side("together", "(-together)"),
        Index("ix_arguments_stale", "debate_id", postgresql_where="stale"),
        Index("ix_arguments_origin", "origin_id", unique=True, postgresql_where="origin_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    debate_id: Mapped[int] = mapped_column(BigId, ForeignKey("contributions.id", ondelete="CASCADE"))
    """The same as `about_id`, kept here so that the index can use it."""
    side: Mapped[int] = mapped_column(SmallInteger)
    origin_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="SET NULL", name="fk_arguments_origin_id")
    )
    """The message of the debate's thread that moderators lifted it from."""
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    backed: Mapped[int] = mapped_column(default=0, server_default="0")
    """The same as `support_count`, kept here so that the index can use it."""
    together: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """What the order *what brings together* sorts by; made again soon after votes (see `comments.together`)."""
    shared: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether people of both sides back it; made with `together`."""
    stale: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether votes came since `together` was made."""

    __mapper_args__["inherit_condition"] = id == Contribution.id
