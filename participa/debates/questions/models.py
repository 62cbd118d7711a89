"""Questions put to the guest of a debate."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from participa.contributions.models import Contribution, ContributionKind
from participa.db import BigId


class Question(Contribution):
    """What a member asks the guest of a debate; what the guest writes in its thread answers it."""

    __tablename__ = "questions"
    __mapper_args__ = {"polymorphic_identity": ContributionKind.QUESTION}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("answers >= 0", name="answers_are_not_negative"),
        Index("ix_questions_order", "debate_id", text("(answers = 0)"), text("(-raised)"), "id"),
    )

    id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    debate_id: Mapped[int] = mapped_column(BigId, ForeignKey("contributions.id", ondelete="CASCADE"))
    """The same as `about_id`, kept here so that the index can use it."""
    raised: Mapped[int] = mapped_column(default=0, server_default="0")
    """The same as `support_count`: how many members want it answered."""
    answers: Mapped[int] = mapped_column(default=0, server_default="0")
    """Visible messages of a guest in its thread; answered questions come first."""

    __mapper_args__["inherit_condition"] = id == Contribution.id
