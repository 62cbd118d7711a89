"""Spaces, their phases and roles, the components placed in them and their topics."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.authorization import Role
from participa.db import Base, day_of
from participa.spaces import kinds
from participa.wording import Worded

if TYPE_CHECKING:
    from participa.auth.models import Member

ALWAYS = "always"
"""The key of the rules of a space without phases."""


class SpaceKind(StrEnum):
    """What sort of space it is."""

    THEMATIC = "thematic"
    PROCESS = "process"
    ASSEMBLY = "assembly"
    EVENT = "event"


class Visibility(StrEnum):
    """Who reads a space and who acts in it."""

    PUBLIC = "public"
    MEMBERS = "members"
    TRANSPARENT = "transparent"
    PRIVATE = "private"


class Space(Worded, Base):
    """A place where exchanges about one subject happen."""

    __tablename__ = "spaces"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="space_ends_after_it_starts"),
        CheckConstraint("parent_id IS NULL OR kind = 'assembly'", name="only_assemblies_have_parents"),
        Index("ix_spaces_position", "position", "id"),
        Index("ix_spaces_parent", "parent_id", postgresql_where="parent_id IS NOT NULL"),
        Index("ix_spaces_group", "group_id", postgresql_where="group_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[SpaceKind]
    name: Mapped[str]
    summary: Mapped[str] = mapped_column(default="", server_default="")
    """One line under the name in lists."""
    description: Mapped[str] = mapped_column(default="", server_default="")
    html: Mapped[str] = mapped_column(default="", server_default="")
    accent: Mapped[str] = mapped_column(default="reseau", server_default="reseau")
    visibility: Mapped[Visibility]
    announcement: Mapped[str] = mapped_column(default="", server_default="")
    """What stands above everything else on its front page, for as long as it is there."""
    announcement_html: Mapped[str] = mapped_column(default="", server_default="")
    promoter: Mapped[str] = mapped_column(default="", server_default="")
    """Who asked for it: a centre, a working group, an institution."""
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    """Its last day, included; the days of an event, the life of anything else."""
    programme: Mapped[str] = mapped_column(default="", server_default="")
    programme_html: Mapped[str] = mapped_column(default="", server_default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id", ondelete="SET NULL"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("space_groups.id", ondelete="SET NULL"))
    document_count: Mapped[int] = mapped_column(default=0, server_default="0")
    blocks: Mapped[list[Any] | None] = mapped_column(JSONB)
    """What its front page is made of, from top to bottom; null is what a space of its kind begins with."""
    blocks_draft: Mapped[list[Any] | None] = mapped_column(JSONB)
    """The same, being changed: seen by those who shape the space until it is put in force."""
    featured: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list, server_default="{}")
    """The numbers of the contributions that its front page shows."""
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    trashed_at: Mapped[datetime | None]
    import_key: Mapped[str | None] = mapped_column(unique=True)
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    phases: Mapped[list["Phase"]] = relationship(
        lazy="raise_on_sql", order_by="Phase.starts_on", back_populates="space", passive_deletes=True
    )
    components: Mapped[list["Component"]] = relationship(
        lazy="raise_on_sql",
        order_by="Component.position, Component.id",
        back_populates="space",
        passive_deletes=True,
    )

    topics: Mapped[list["Topic"]] = relationship(
        lazy="raise_on_sql", order_by="Topic.position, Topic.id", passive_deletes=True
    )
    """The trees it keeps, for its components to offer."""

    def phase_at(self, moment: datetime) -> "Phase | None":
        """The phase of the day that `moment` falls on in the network's time zone, last day included."""
        today = day_of(moment)
        return next((phase for phase in self.phases if phase.starts_on <= today <= phase.ends_on), None)

    @property
    def is_restricted(self) -> bool:
        """Whether only its own members act in it."""
        return self.visibility in (Visibility.TRANSPARENT, Visibility.PRIVATE)


class SpaceGroup(Worded, Base):
    """Spaces that are shown together, on a page of their own."""

    __tablename__ = "space_groups"
    __table_args__ = (Index("ix_space_groups_position", "position", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    summary: Mapped[str] = mapped_column(default="", server_default="")
    description: Mapped[str] = mapped_column(default="", server_default="")
    html: Mapped[str] = mapped_column(default="", server_default="")
    accent: Mapped[str] = mapped_column(default="reseau", server_default="reseau")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")


class FormerSlug(Base):
    """An address that a space had: it leads to the one it has now."""

    __tablename__ = "former_slugs"

    slug: Mapped[str] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)


class RelatedSpace(Base):
    """A space that another one points its readers to."""

    __tablename__ = "related_spaces"
    __table_args__ = (CheckConstraint("space_id <> related_id", name="space_is_not_related_to_itself"),)

    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    related_id: Mapped[int] = mapped_column(
        ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime]


class Phase(Worded, Base):
    """A stretch of days of a space, last day included, in the network's time zone."""

    __tablename__ = "phases"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="phase_ends_after_it_starts"),
        Index("ix_phases_space", "space_id", "starts_on"),
        Index("ix_phases_waiting", "starts_on", postgresql_where="begun_at IS NULL"),
        Index("ix_phases_under_way", "ends_on", postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    begun_at: Mapped[datetime | None]
    """When the worker announced that it began."""
    ended_at: Mapped[datetime | None]
    """When the worker announced that it ended, none following it."""

    space: Mapped[Space] = relationship(lazy="raise_on_sql", back_populates="phases")


class SpaceRole(Base):
    """What a member may do in a space."""

    __tablename__ = "space_roles"

    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[Role] = mapped_column(primary_key=True)
    given_at: Mapped[datetime]


class JoinRequest(Base):
    """A member who asks to belong to a space; answered ones are kept."""

    __tablename__ = "join_requests"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name="answer_to_join_is_dated"),
        Index(
            "uq_join_requests_waiting",
            "space_id",
            "member_id",
            unique=True,
            postgresql_where="decided_at IS NULL",
        ),
        Index("ix_join_requests_asked", "space_id", "asked_at", "id", postgresql_where="decided_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    message: Mapped[str] = mapped_column(default="", server_default="")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    accepted: Mapped[bool | None]

    member: Mapped["Member"] = relationship(lazy="raise_on_sql", foreign_keys=[member_id])


class ShareLink(Base):
    """What shows a space, or one component of it, to whoever holds its address before it is published."""

    __tablename__ = "share_links"
    __table_args__ = (Index("ix_share_links_space", "space_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    component_id: Mapped[int | None] = mapped_column(
        ForeignKey("components.id", ondelete="CASCADE"), index=True
    )
    """None shows the whole space, with what is published in it."""
    label: Mapped[str] = mapped_column(default="", server_default="")
    members_only: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    uses: Mapped[int] = mapped_column(default=0, server_default="0")
    last_used_at: Mapped[datetime | None]

    space: Mapped[Space] = relationship(lazy="raise_on_sql")
    component: Mapped["Component | None"] = relationship(lazy="raise_on_sql")
    created_by: Mapped["Member | None"] = relationship(lazy="raise_on_sql")


offered_topics = Table(
    "offered_topics",
    Base.metadata,
    Column("component_id", ForeignKey("components.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Which topics each component offers to sort what is in it by."""

space_topics = Table(
    "space_topics",
    Base.metadata,
    Column("space_id", ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""What each space is about, of the network's topics."""


class Component(Worded, Base):
    """A tool placed in a space, with its settings and its rules for each phase."""

    __tablename__ = "components"
    __table_args__ = (Index("ix_components_space", "space_id", "position", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    kind: Mapped[str]
    """A key of `spaces.KINDS`; never changes."""
    name: Mapped[str]
    introduction: Mapped[str] = mapped_column(default="", server_default="")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    published_at: Mapped[datetime | None]
    trashed_at: Mapped[datetime | None]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Rules by phase id as text, or under `always` for a space without phases."""
    pinned: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list, server_default="{}")
    """The numbers of the contributions that stand first in its list."""
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    space: Mapped[Space] = relationship(lazy="raise_on_sql", back_populates="components")
    topics: Mapped[list["Topic"]] = relationship(
        lazy="raise_on_sql",
        secondary=offered_topics,
        order_by="Topic.position, Topic.id",
        passive_deletes=True,
    )
    """Those it offers, of its space's trees and the network's."""

    @property
    def configuration(self) -> Any:
        """Its settings, as its kind's dataclass."""
        return kinds.from_json(kinds.KINDS[self.kind].settings, self.settings)

    def rules_at(self, moment: datetime) -> Any:
        """The rules in force at `moment`, as its kind's dataclass; needs `space.phases` loaded."""
        phase = self.space.phase_at(moment)
        if self.space.phases and phase is None:
            return self.rules_of(None)
        return self.rules_of(str(phase.id) if phase else ALWAYS)

    def rules_of(self, key: str | None) -> Any:
        """The rules of one phase, by its key; closed for None, and for a phase that has none."""
        return kinds.from_json(kinds.KINDS[self.kind].phase_rules, self.rules.get(key) if key else None)

    def hides_counts_at(self, moment: datetime) -> bool:
        """Whether the counts of votes are hidden from everybody at `moment`; needs `space.phases` loaded.

        Between two phases, and after the last one, what the phase before said still holds. Says the same as
        `hiding_counts` in SQL.
        """
        key, phases = ALWAYS, sorted(self.space.phases, key=lambda phase: phase.starts_on)
        if phases:
            begun = [phase for phase in phases if phase.starts_on <= day_of(moment)]
            key = str((begun[-1] if begun else phases[0]).id)
        return bool(getattr(self.rules_of(key), "votes_hidden", False))


class Topic(Worded, Base):
    """A subject to sort contributions by, and spaces: a place in a tree kept by a space, or by the network."""

    __tablename__ = "topics"
    __table_args__ = (
        Index(
            "uq_topics_name",
            "space_id",
            "parent_id",
            "name",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_topics_parent", "parent_id", postgresql_where="parent_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    """The space that keeps it; None for those of the network."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
