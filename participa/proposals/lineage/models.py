"""What became of proposals, and of the texts that stood under them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.auth.models import Member
from participa.db import Base, BigId
from participa.proposals.models import Proposal


class LineageKind(StrEnum):
    """What was done; the first two replace proposals by others, and may be undone."""

    MERGE = "merge"
    SPLIT = "split"
    COPY = "copy"
    MOVE = "move"


REPLACING = (LineageKind.MERGE, LineageKind.SPLIT)


class Lineage(Base):
    """One act by which proposals came from others."""

    __tablename__ = "lineages"
    __table_args__ = (
        CheckConstraint(
            "undone_at IS NULL OR kind IN ('merge', 'split')", name="only_replacements_are_undone"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LineageKind]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(default="", server_default="")
    """What the moderator says of it, in plain text."""
    attachments: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """The attachments that moved, by the number of the proposal they came from."""
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))

    by: Mapped[Member | None] = relationship(lazy="raise_on_sql", foreign_keys=[by_id])
    links: Mapped[list["LineageLink"]] = relationship(lazy="raise_on_sql", order_by="LineageLink.position")


class LineageLink(Base):
    """One proposal that an act started from, or led to."""

    __tablename__ = "lineage_links"
    __table_args__ = (Index("ix_lineage_links_proposal", "proposal_id"),)

    lineage_id: Mapped[int] = mapped_column(ForeignKey("lineages.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """Those started from first, the one whose author and address come first at the head."""
    proposal_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("proposals.id", ondelete="SET NULL"))
    """Null once the proposal was erased."""
    is_source: Mapped[bool]
    component_id: Mapped[int]
    """Where the proposal stood when the act was done; without a key, it outlives the component."""

    proposal: Mapped[Proposal | None] = relationship(lazy="raise_on_sql")


class MovedText(Base):
    """A comment or amendment that an act moved from one proposal under another, so that undoing finds it."""

    __tablename__ = "moved_texts"
    __table_args__ = (Index("ix_moved_texts_text", "text_id"),)

    lineage_id: Mapped[int] = mapped_column(ForeignKey("lineages.id", ondelete="CASCADE"), primary_key=True)
    text_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    from_id: Mapped[int] = mapped_column(BigId, ForeignKey("contributions.id", ondelete="CASCADE"))
    base_number: Mapped[int | None]
    """The version that an amendment was begun from, when it stood under the other proposal."""
