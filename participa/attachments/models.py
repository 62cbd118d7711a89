"""What is joined to a contribution or a space."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from participa.db import Base, BigId


class Attachment(Base):
    """A link to a source, joined to one contribution or one space."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("(space_id IS NULL) <> (contribution_id IS NULL)", name="attachment_has_one_subject"),
        CheckConstraint("url LIKE 'http://%' OR url LIKE 'https://%'", name="url_is_web_address"),
        Index("ix_attachments_contribution", "contribution_id", "position", "id"),
        Index("ix_attachments_space", "space_id", "position", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    contribution_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE")
    )
    title: Mapped[str]
    url: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    """Why it matters, in plain text."""
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime]
    import_key: Mapped[str | None] = mapped_column(unique=True)
