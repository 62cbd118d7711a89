"""Comments and the threads they make."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.contributions.models import Contribution, ContributionKind
from participa.db import Base, BigId

MAX_DEPTH = 250
"""Deeper replies hang under their ancestor of this depth and name whom they answer."""


def _top(name: str, *columns: str) -> Index:
    """An index for one order of the top-level comments of a thread."""
    return Index(f"ix_comments_{name}", "root_id", *columns, "id", postgresql_where="depth = 0")


class Comment(Contribution):
    """A message about a contribution, or an answer to another one; its own table sorts threads."""

    __tablename__ = "comments"
    __mapper_args__ = {"polymorphic_identity": ContributionKind.COMMENT}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("position IN (-1, 0, 1)", name="position_is_a_stance"),
        CheckConstraint(f"depth BETWEEN 0 AND {MAX_DEPTH}", name="depth_is_bounded"),
        CheckConstraint("(parent_id IS NULL) = (depth = 0)", name="replies_have_a_parent"),
        _top("oldest", "posted_at"),
        _top("useful", "score"),
        Index("ix_comments_thread", "top_id", "path"),
        Index("ix_comments_parent", "parent_id"),
        {"postgresql_with": {"fillfactor": 85}},
    )

    id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    root_id: Mapped[int] = mapped_column(BigId, ForeignKey("contributions.id", ondelete="CASCADE"))
    """The same as `about_id`, kept here so that indexes can use it."""
    top_id: Mapped[int] = mapped_column(BigId)
    """The top-level comment this one stands under; itself at depth 0."""
    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("comments.id", ondelete="CASCADE"))
    answers_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("comments.id", ondelete="SET NULL"))
    """The comment really answered, when it is too deep to be the parent."""
    path: Mapped[str] = mapped_column(Text(collation="C"))
    """One fixed-width step per ancestor below the top-level comment, then its own; see `paths`."""
    depth: Mapped[int] = mapped_column(SmallInteger)
    position: Mapped[int | None] = mapped_column(SmallInteger)
    """−1 against, 0 neutral, +1 for; null when none was asked."""
    score: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """What the order *most useful* sorts by; follows the useful votes."""
    origin_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="SET NULL", name="fk_comments_origin_id")
    )
    """What it was first written about, when that was merged into another."""
    posted_at: Mapped[datetime]
    """The same as `published_at`, kept here so that indexes can use it."""

    __mapper_args__["inherit_condition"] = id == Contribution.id
    answers: Mapped["Comment | None"] = relationship(
        lazy="raise_on_sql", foreign_keys=[answers_id], remote_side="Comment.id"
    )


class Stance(Base):
    """How many visible top-level comments about one contribution take one position."""

    __tablename__ = "stances"
    __table_args__ = (CheckConstraint("n >= 0", name="stance_count_is_not_negative"),)

    root_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    n: Mapped[int]
