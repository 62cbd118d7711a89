"""Votes on contributions, and the figures they make."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from participa.db import Base, BigId


class Vote(Base):
    """What one member says of one contribution: +1, 0 (mixed) or −1; withdrawing it deletes the row."""

    __tablename__ = "votes"
    __table_args__ = (
        CheckConstraint("value IN (-1, 0, 1)", name="value_is_a_vote"),
        Index("ix_votes_voter", "voter_id", "cast_at"),
    )

    contribution_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    voter_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    value: Mapped[int]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centres.id"))
    """The voter's centre when the vote was cast; null for imports."""
    cast_at: Mapped[datetime]
    """When it was cast, or last changed."""
    counted: Mapped[bool] = mapped_column(default=True, server_default="true")
    """False while it waits for its voter to cast as many votes as the component asks for."""


class Ballot(Base):
    """How many votes one member has cast in a component with a limit or a minimum; locked first by every vote."""

    __tablename__ = "ballots"
    __table_args__ = (CheckConstraint("used >= 0", name="used_is_not_negative"),)

    component_id: Mapped[int] = mapped_column(
        ForeignKey("components.id", ondelete="CASCADE"), primary_key=True
    )
    voter_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    used: Mapped[int]


class Tally(Base):
    """How many votes of one value one centre's people cast on one contribution."""

    __tablename__ = "tallies"
    __table_args__ = (CheckConstraint("n >= 0", name="tally_is_not_negative"),)

    contribution_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True)
    value: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]


class Participation(Base):
    """How many acts (votes and comments) one centre's people made about one contribution."""

    __tablename__ = "participations"
    __table_args__ = (
        CheckConstraint("n >= 0", name="participation_is_not_negative"),
        Index("ix_participations_centre", "centre_id", "component_id", "last_at"),
    )

    about_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True)
    component_id: Mapped[int]
    """The component of what it is about, kept here so that the index tells who took part in a space."""
    n: Mapped[int]
    last_at: Mapped[datetime]
