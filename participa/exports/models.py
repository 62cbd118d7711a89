"""Exports that the worker makes."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.db import Base

if TYPE_CHECKING:
    from participa.spaces.models import Component


class Format(StrEnum):
    """What a file may be."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class Export(Base):
    """One file that a member asked for, and how far it is."""

    __tablename__ = "exports"
    __table_args__ = (
        Index("ix_exports_member", "member_id", "asked_at", "id"),
        Index("ix_exports_component", "component_id"),
        Index("ix_exports_asked", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    component_id: Mapped[int] = mapped_column(ForeignKey("components.id", ondelete="CASCADE"))
    query: Mapped[str] = mapped_column(default="", server_default="")
    """The filters, as the address of the list holds them."""
    format: Mapped[Format]
    root: Mapped[str]
    """The public address that links in the file start with."""
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    size: Mapped[int] = mapped_column(default=0, server_default="0")
    """Bytes of the finished file."""
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    outdated_at: Mapped[datetime | None]
    """Since when it holds a text that readers no longer see: it is not handed out any more."""

    component: Mapped["Component"] = relationship(lazy="raise_on_sql")

    @property
    def state(self) -> str:
        """Where it is: `outdated`, `failed`, `done` or `running`."""
        if self.outdated_at:
            return "outdated"
        if self.failed_at:
            return "failed"
        return "done" if self.finished_at else "running"
