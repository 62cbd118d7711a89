"""Comments and the threads they make."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.contributions.models import Contribution, ContributionKind
from participa.db import Base, BigId

MAX_DEPTH = 250
"""Deeper replies hang under their ancestor of this depth and name whom they answer."""
ANSWER = "answer"
"""The nature of what someone who is asked writes in the thread of a question."""
NEAR = 4
"""The depth down to which the page of a thread shows replies; the deeper ones have pages of their own."""


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
        _top("discussed", "reply_count"),
        _top("together", "together"),
        Index("ix_comments_shared", "root_id", "together", postgresql_where="shared"),
        Index("ix_comments_stale", "root_id", postgresql_where="stale"),
        CheckConstraint("nature IN ('nuance', 'question', 'source', 'answer')", name="nature_is_known"),
        Index("ix_comments_thread", "top_id", "path"),
        Index("ix_comments_near", "top_id", "path", postgresql_where=f"depth <= {NEAR}"),
        Index("ix_comments_since", "root_id", "id"),
        Index("ix_comments_parent", "parent_id"),
        {"postgresql_with": {"fillfactor": 85}},
    )

    id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    root_id: Mapped[int] = mapped_column(BigId, ForeignKey("contributions.id", ondelete="CASCADE"))
    """What the thread is about: `within_id` or else `about_id`, kept here so that indexes can use it."""
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
    nature: Mapped[str | None]
    """What it brings to an argument: `nuance`, `question` or `source`; to a question, `answer`; null elsewhere."""
    score: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """What the order *most useful* sorts by; follows the useful votes."""
    reply_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """What the order *most discussed* sorts by: the visible comments under a top-level one."""
    near_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of them its thread's own page shows: those down to the depth `NEAR`."""
    together: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """What the order *what brings together* sorts by; made again soon after votes (see `comments.together`)."""
    shared: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether people of both sides find it useful; made with `together`."""
    stale: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether votes on it came since `together` was made; see also `Unweighed`."""
    orphan: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether it answers a comment that its source does not have any more; it stands at the top."""
    crossing: Mapped[bool | None]
    """Whether it answers someone of another centre; null for a comment at the top, or without both centres."""
    edited_late: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether its text changed after someone had answered it."""
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


class Visit(Base):
    """When a member last looked at a thread, which tells what they have not read yet."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_root", "root_id"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    root_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime]
    """When the thread was last shown to them."""
    seen_id: Mapped[int] = mapped_column(BigId)
    """Its latest comment at that moment."""
    known_id: Mapped[int] = mapped_column(BigId)
    """Its latest comment when this visit began: what came later is new to them."""


class Exchange(Base):
    """How many visible replies of one thread have a centre on both ends, and how many go from one to another."""

    __tablename__ = "exchanges"
    __table_args__ = (CheckConstraint("replies >= 0 AND crossing >= 0", name="exchanges_are_not_negative"),)

    root_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    replies: Mapped[int]
    crossing: Mapped[int]


class Branch(Base):
    """How many visible comments stand under one, however deep; comments that nothing answered have no row.

    Apart, in rows of two numbers: an answer two hundred deep changes two hundred of them.
    """

    __tablename__ = "branches"
    __table_args__ = {"postgresql_with": {"fillfactor": 50}}  # noqa: RUF012

    comment_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    below: Mapped[int]


class Unweighed(Base):
    """A thread whose figures of *what brings together* are to be made again: where people stand about it changed."""

    __tablename__ = "unweighed"

    root_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
