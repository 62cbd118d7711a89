"""Amendments to proposals."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from participa.contributions.models import Contribution, ContributionKind
from participa.db import BigId


class Decision(StrEnum):
    """What the authors answered."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Amendment(Contribution):
    """A whole text that a member would put in the place of a proposal's."""

    __tablename__ = "amendments"
    __mapper_args__ = {"polymorphic_identity": ContributionKind.AMENDMENT}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NOT DISTINCT FROM 'accepted') = (version_number IS NOT NULL)",
            name="decision_is_dated",
        ),
        CheckConstraint(
            "promoted_id IS NULL OR decision = 'rejected'", name="only_the_rejected_are_promoted"
        ),
        Index(
            "uq_amendments_promoted", "promoted_id", unique=True, postgresql_where="promoted_id IS NOT NULL"
        ),
    )

    id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    base_number: Mapped[int]
    """The version of the proposal that it was begun from."""
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why, in its author's words."""
    decision: Mapped[Decision | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    decision_reason: Mapped[str] = mapped_column(default="", server_default="")
    version_number: Mapped[int | None]
    """The version of the proposal that it became."""
    promoted_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="SET NULL")
    )
    """The proposal that its author made of it once it was rejected."""

    __mapper_args__["inherit_condition"] = id == Contribution.id

    @property
    def state(self) -> str:
        """Where it is in its life, as `ui` names it."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return self.decision or "evaluating"
