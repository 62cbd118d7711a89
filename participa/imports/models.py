"""Files of texts that administrators bring in, line by line."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.db import Base

if TYPE_CHECKING:
    from participa.spaces.models import Component


class Stage(StrEnum):
    """How far an import is."""

    MATCHING = "matching"
    """Its columns are being matched."""
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"


class Fate(StrEnum):
    """What becomes of a line."""

    READY = "ready"
    WRONG = "wrong"
    KNOWN = "known"
    """It came in before."""
    REPEATED = "repeated"
    """It stands in the file twice."""
    ADDED = "added"


class Import(Base):
    """One file, where it comes from, and which of its columns is what."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("source <> ''", name="import_names_its_source"),
        Index("ix_imports_component", "component_id", "created_at", "id"),
        Index("ix_imports_created", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("components.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str]
    """Of the file."""
    source: Mapped[str]
    """Where the texts come from, in words that stand in place of an author."""
    named: Mapped[bool]
    """Whether the first row names the columns."""
    matching: Mapped[list[int]] = mapped_column(default=list, server_default="[]")
    """For each field of `columns.FIELDS`, the column it is read from, or -1."""
    stage: Mapped[Stage]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    component: Mapped["Component"] = relationship(lazy="raise_on_sql")


class Line(Base):
    """One row of a file, and what becomes of it."""

    __tablename__ = "import_lines"
    __table_args__ = (Index("ix_import_lines_fate", "import_id", "fate", "number"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Of the row in the file."""
    cells: Mapped[list[str]]
    fate: Mapped[Fate | None]
    """None until the columns are matched."""
