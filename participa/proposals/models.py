"""Proposals, and the states that moderators' answers give them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, event, insert, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from participa.catalogues import language
from participa.contributions.models import Contribution, ContributionKind
from participa.db import Base, BigId, clock, day_of
from participa.spaces.models import Component, Topic


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state is shown: one glyph, one word in the reader's language, and one of the design's meanings."""

    glyph: str
    tone: str
    name_fr: str
    name_en: str

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return self.name_fr if language() == "fr" else self.name_en


class ProposalState(Base):
    """What an answer may say in one component; without one, a proposal is under discussion."""

    __tablename__ = "proposal_states"
    __table_args__ = (
        UniqueConstraint("component_id", "token"),
        Index("ix_proposal_states_component", "component_id", "position", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("components.id", ondelete="CASCADE"))
    token: Mapped[str]
    """Its name in addresses and files, which never changes."""
    name_fr: Mapped[str]
    name_en: Mapped[str]
    glyph: Mapped[str]
    tone: Mapped[str]
    is_final: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether it ends the vote, and the waiting for an answer."""
    needs_reason: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether an answer that says so must say why."""
    needs_costs: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether, in phases whose answers carry costs, it must name them."""
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    retired_at: Mapped[datetime | None]
    """When it was deleted; it stays in the history of answers, and is offered no more."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    @property
    def sign(self) -> Sign:
        """How it is shown."""
        return Sign(self.glyph, self.tone, self.name_fr, self.name_en)

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return self.sign.label


FIRST_STATES: tuple[dict[str, Any], ...] = (
    {"token": "evaluating", "name_fr": "En évaluation", "name_en": "Under evaluation", "glyph": "circle-half",
     "tone": "part", "is_final": False, "needs_reason": False, "needs_costs": False},
    {"token": "accepted", "name_fr": "Acceptée", "name_en": "Accepted", "glyph": "check-circle-fill",
     "tone": "ok", "is_final": True, "needs_reason": False, "needs_costs": True},
    {"token": "rejected", "name_fr": "Non retenue", "name_en": "Not retained", "glyph": "x-lg",
     "tone": "no", "is_final": True, "needs_reason": True, "needs_costs": False},
)  # fmt: skip
"""The states that a component begins with."""


@event.listens_for(Component, "after_insert")
def begin_with_states(_mapper: Any, connection: Any, component: Component) -> None:
    """Give a new component of proposals its first states, whoever adds it: the browser, an import, a test."""
    if component.kind == "proposals":
        rows = [
            {**state, "component_id": component.id, "position": n} for n, state in enumerate(FIRST_STATES)
        ]
        connection.execute(insert(ProposalState.__table__), rows)  # type: ignore[arg-type]


class Proposal(Contribution):
    """An idea that a person puts forward for others to support."""

    __tablename__ = "proposals"
    __mapper_args__ = {"polymorphic_identity": ContributionKind.PROPOSAL}  # noqa: RUF012
    __table_args__ = (
        Index("ix_proposals_topic", "topic_id"),
        Index("ix_proposals_state", "state_id", postgresql_where="state_id IS NOT NULL"),
        Index("ix_proposals_promised", "promised_on", postgresql_where="promised_on IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id", ondelete="SET NULL"))
    state_id: Mapped[int | None] = mapped_column(ForeignKey("proposal_states.id"))
    """What the published answer says; an internal one changes nothing here."""
    goal_reached_at: Mapped[datetime | None]
    """When it was first seen to have its goal of supports."""
    promised_on: Mapped[date | None]
    """The day, in the network's time zone, for which an answer is promised."""
    reminded_at: Mapped[datetime | None]
    """When the moderators were reminded of that day."""
    results_at: Mapped[datetime | None]
    """When the results of a for / mixed / against vote were first shown; no vote changes from then on."""

    topic: Mapped[Topic | None] = relationship(lazy="raise_on_sql")
    state: Mapped[ProposalState | None] = relationship(lazy="raise_on_sql")
    _decided: Mapped[bool | None] = column_property(
        select(ProposalState.is_final).where(ProposalState.id == state_id).scalar_subquery()
    )

    __mapper_args__["inherit_condition"] = id == Contribution.id

    @property
    def is_decided(self) -> bool:
        """Whether the published answer is final; read with every proposal, as the rules of voting ask it."""
        return self.state_id is not None and bool(self._decided)

    @property
    def is_late(self) -> bool:
        """Whether the day of a promised answer has passed without a final one."""
        return self.promised_on is not None and not self.is_decided and self.promised_on < day_of(clock())
