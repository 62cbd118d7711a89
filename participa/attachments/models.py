"""What is joined to a contribution or a space."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.db import Base, BigId


class StoredFile(Base):
    """An image or a document in the storage; it waits for its text until an attachment names it."""

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint("(width IS NULL) = (height IS NULL)", name="images_have_both_sides"),
        Index("ix_files_owner", "owner_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    key: Mapped[str] = mapped_column(unique=True)
    """What its objects in the storage are called, before the ends that `content.ENDS` gives them."""
    name: Mapped[str]
    """What people read and what it is saved as."""
    media_type: Mapped[str]
    size: Mapped[int]
    """Bytes in the storage, all its sizes together."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    """Pixels of an image, turned upright; null for a document."""
    created_at: Mapped[datetime]

    @property
    def is_image(self) -> bool:
        """Whether it is shown in the page."""
        return self.width is not None


class Purpose(StrEnum):
    """What an attachment is for."""

    JOINED = "joined"
    """Goes with a contribution."""
    DOCUMENT = "document"
    """Stands in the documents of a space."""
    COVER = "cover"
    """The image of a space."""
    BLOCK = "block"
    """An image on a front page."""
    LOGO = "logo"
    """That of the network, which everybody sees."""


class Attachment(Base):
    """A link to a source, or a file, joined to one contribution, to one space or to the network."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(space_id, contribution_id) + network::int = 1", name="attachment_has_one_subject"
        ),
        CheckConstraint(
            "(contribution_id IS NOT NULL) = (purpose = 'joined')", name="attachment_of_text_is_joined"
        ),
        CheckConstraint("(url IS NULL) <> (file_id IS NULL)", name="attachment_is_a_link_or_a_file"),
        CheckConstraint("url LIKE 'http://%' OR url LIKE 'https://%'", name="url_is_web_address"),
        Index("ix_attachments_contribution", "contribution_id", "position", "id"),
        Index("ix_attachments_space", "space_id", "purpose", "folder", "position", "id"),
        Index(
            "uq_attachments_cover",
            "space_id",
            unique=True,
            postgresql_where="purpose = 'cover'",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    contribution_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE")
    )
    network: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether it belongs to the network itself."""
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.JOINED, server_default="joined")
    folder: Mapped[str] = mapped_column(default="", server_default="")
    """The name of the folder it is filed in; empty for none."""
    title: Mapped[str]
    url: Mapped[str | None]
    file_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("files.id", ondelete="CASCADE"), unique=True
    )
    alt: Mapped[str] = mapped_column(default="", server_default="")
    """What an image shows, for whoever does not see it."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    """Why it matters, in plain text."""
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime]
    trashed_at: Mapped[datetime | None]
    import_key: Mapped[str | None] = mapped_column(unique=True)
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
