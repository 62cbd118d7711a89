"""The acts of those who curate, each with what undoes it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.auth.models import Member
from participa.db import Base, BigId
from participa.spaces.models import Space


class CurationAct(Base):
    """One act on one text or several."""

    __tablename__ = "curation_acts"
    __table_args__ = (Index("ix_curation_acts_space", "space_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """A key of `acts.KINDS`."""
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    """Where it was done: of a move, the space that the text left."""
    subject_id: Mapped[int | None] = mapped_column(BigId)
    """The text, without a key: the act outlives it. None for several."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What was before and after, as its kind writes it."""
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))

    by: Mapped[Member | None] = relationship(lazy="raise_on_sql", foreign_keys=[by_id])
    space: Mapped[Space] = relationship(lazy="raise_on_sql")
