"""Who wants to hear about what."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from participa.db import Base, BigId


class Follow(Base):
    """A member's wish to be told about one space or one contribution."""

    __tablename__ = "follows"
    __table_args__ = (
        CheckConstraint("(space_id IS NULL) <> (contribution_id IS NULL)", name="follow_has_one_subject"),
        Index(
            "uq_follows_space", "space_id", "member_id", unique=True, postgresql_where="space_id IS NOT NULL"
        ),
        Index(
            "uq_follows_contribution",
            "contribution_id",
            "member_id",
            unique=True,
            postgresql_where="contribution_id IS NOT NULL",
        ),
        Index("ix_follows_member", "member_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    contribution_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE")
    )
    created_at: Mapped[datetime]
