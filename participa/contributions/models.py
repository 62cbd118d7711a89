"""What people publish, whatever its kind, with its versions, drafts and text index."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.db import Base, BigId

if TYPE_CHECKING:
    from participa.auth.models import Member
    from participa.network.models import Centre
    from participa.spaces.models import Component


class ContributionKind(StrEnum):
    """The kinds of contributions; from comments on, they belong to another contribution."""

    PROPOSAL = "proposal"
    DEBATE = "debate"
    COMMENT = "comment"
    ARGUMENT = "argument"
    QUESTION = "question"
    AMENDMENT = "amendment"


def _listed(name: str, *columns: str) -> Index:
    """An index for one order of the lists of a component, of the kinds that stand alone."""
    return Index(f"ix_contributions_{name}", "component_id", *columns, postgresql_where="about_id IS NULL")


class Contribution(Base):
    """Anything a person publishes; each kind adds a table of its own."""

    __tablename__ = "contributions"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}  # noqa: RUF012
    __table_args__: Any = (
        CheckConstraint(
            "(kind IN ('comment', 'argument', 'question', 'amendment')) = (about_id IS NOT NULL)",
            name="dependent_kinds_are_about_something",
        ),
        CheckConstraint(
            "(kind IN ('comment', 'argument', 'question')) = (title IS NULL)",
            name="only_messages_have_no_title",
        ),
        CheckConstraint("within_id IS NULL OR kind = 'comment'", name="only_comments_stand_within"),
        _listed("by_date", "published_at", "id"),
        _listed("by_support", "support_count", "id"),
        _listed("by_centres", "centre_count", "id"),
        _listed("by_comments", "comment_count", "id"),
        _listed("by_follows", "follow_count", "id"),
        _listed("by_activity", "last_activity_at", "id"),
        _listed("by_chance", "shuffle", "id"),
        Index("ix_contributions_author", "author_id", "published_at", "id"),
        Index("ix_contributions_centre", "centre_id", "published_at", "id"),
        Index(
            "ix_contributions_centre_roots",
            "centre_id",
            "published_at",
            "id",
            postgresql_where="about_id IS NULL",
        ),
        Index("ix_contributions_about", "about_id", "kind"),
        Index("ix_contributions_born", "born_from_id", postgresql_where="born_from_id IS NOT NULL"),
        Index("ix_contributions_born_in", "born_in_id", "id", postgresql_where="born_in_id IS NOT NULL"),
        Index("ix_contributions_within", "within_id", postgresql_where="within_id IS NOT NULL"),
        Index("ix_contributions_recent", "last_activity_at", "id", postgresql_where="about_id IS NULL"),
        Index(
            "ix_contributions_shown",  # counts read this index alone
            "component_id",
            "withdrawn_at",
            postgresql_where="about_id IS NULL AND deleted_at IS NULL AND hidden_at IS NULL AND trashed_at IS NULL"
            " AND NOT restricted",
        ),
        Index(
            "ix_contributions_trash",
            "component_id",
            "trashed_at",
            postgresql_where="trashed_by_id IS NOT NULL",
        ),
        Index("ix_contributions_hidden", "hidden_at", postgresql_where="hidden_at IS NOT NULL"),
        {"postgresql_with": {"fillfactor": 85}},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[ContributionKind]
    component_id: Mapped[int] = mapped_column(ForeignKey("components.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centres.id"))
    """The author's centre at the moment of publishing."""
    coauthor_ids: Mapped[tuple[int, ...]] = mapped_column(
        ARRAY(Integer, as_tuple=True), default=tuple, server_default="{}"
    )
    """The members who accepted to be authors beside `author_id`, as `authorships` has them, the first first."""
    official: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether the author's centre signs it, instead of the member."""
    about_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("contributions.id", ondelete="CASCADE"))
    within_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("contributions.id", ondelete="CASCADE"))
    """The argument, question or amendment in whose thread a comment stands, when that is not `about_id`."""
    born_from_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="SET NULL")
    )
    """The message or argument that gave birth to it."""
    born_in_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("contributions.id", ondelete="SET NULL"))
    """The discussion where that was written, kept here so that its page need not look through all that was said."""
    title: Mapped[str | None]
    body: Mapped[str]
    html: Mapped[str]
    language: Mapped[str] = mapped_column(default="fr", server_default="fr")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    trashed_at: Mapped[datetime | None]
    trashed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    """The administrator who put it in the trash; null when a merge did."""
    restricted: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether it is read only by its authors, by those of what it is about, and by whoever curates the space."""
    imported: Mapped[bool] = mapped_column(default=False, server_default="false")
    import_key: Mapped[str | None] = mapped_column(unique=True)
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    shuffle: Mapped[int] = mapped_column(server_default=text("(random() * 2147483646)::integer"))
    comment_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Visible comments about it; those that answer a comment are counted in `branches`."""
    support_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Votes of value +1; useful votes for a comment."""
    neutral_count: Mapped[int] = mapped_column(default=0, server_default="0")
    against_count: Mapped[int] = mapped_column(default=0, server_default="0")
    centre_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many centres voted on it."""
    follow_count: Mapped[int] = mapped_column(default=0, server_default="0")
    last_activity_at: Mapped[datetime]

    author: Mapped["Member | None"] = relationship(lazy="raise_on_sql", foreign_keys=[author_id])
    centre: Mapped["Centre | None"] = relationship(lazy="raise_on_sql")
    component: Mapped["Component"] = relationship(lazy="raise_on_sql")
    about: Mapped["Contribution | None"] = relationship(
        lazy="raise_on_sql", foreign_keys=[about_id], remote_side="Contribution.id"
    )
    within: Mapped["Contribution | None"] = relationship(
        lazy="raise_on_sql", foreign_keys=[within_id], remote_side="Contribution.id"
    )

    @property
    def signer(self) -> "Member | Centre | None":
        """Whose name stands first under it: the author's, or that of the centre for which they sign."""
        return self.centre if self.official else self.author

    @property
    def is_shown(self) -> bool:
        """Whether it is there: neither deleted, nor hidden, nor in the trash."""
        return self.deleted_at is None and self.hidden_at is None and self.trashed_at is None


class Authorship(Base):
    """A member who is, or is asked to be, an author of a contribution beside the one who published it."""

    __tablename__ = "authorships"
    __table_args__ = (
        CheckConstraint("accepted_at IS NULL OR declined_at IS NULL", name="authorship_is_taken_or_left"),
        Index("ix_authorships_member", "member_id", postgresql_where="accepted_at IS NOT NULL"),
    )

    contribution_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centres.id"))
    """The member's centre when they became an author."""
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    invited_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    """Kept, so that nobody is asked twice."""

    member: Mapped["Member"] = relationship(lazy="raise_on_sql", foreign_keys=[member_id])
    centre: Mapped["Centre | None"] = relationship(lazy="raise_on_sql")


class Part(StrEnum):
    """The parts of a contribution that have versions of their own."""

    TEXT = "text"
    """Its title and body, which every contribution has."""
    INSTRUCTIONS = "instructions"
    UPDATES = "updates"
    CONCLUSIONS = "conclusions"


class Version(Base):
    """The text of a contribution, or of one of its parts, as it stood after one change."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("contribution_id", "part", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contribution_id: Mapped[int] = mapped_column(BigId, ForeignKey("contributions.id", ondelete="CASCADE"))
    part: Mapped[Part] = mapped_column(default=Part.TEXT, server_default="text")
    number: Mapped[int]
    """From 1, the text first published, for each part."""
    title: Mapped[str | None]
    body: Mapped[str]
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="", server_default="")

    editor: Mapped["Member | None"] = relationship(lazy="raise_on_sql")


class Draft(Base):
    """Something a member is writing and has not published."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_author", "author_id", "saved_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    """Null only for a text posted after the session expired, until its writer signs in."""
    claim_hash: Mapped[str | None] = mapped_column(unique=True)
    """Hash of the one-time cookie that lets the writer claim such a text."""
    form: Mapped[str]
    """Which form it fills, such as `proposal`, `comment`."""
    target: Mapped[str]
    """The path of the page that holds the form."""
    fields: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    saved_at: Mapped[datetime]


class SearchDocument(Base):
    """The words of a contribution, kept off its row so that a vote does not rewrite them."""

    __tablename__ = "search_documents"
    __table_args__ = (
        Index("ix_search_documents_vector", "vector", postgresql_using="gin"),
        Index(
            "ix_search_documents_titles",  # what stands in titles alone
            text("ts_filter(vector, '{a}'::\"char\"[])"),
            postgresql_using="gin",
        ),
        Index("ix_search_documents_component", "component_id", "published_at"),
        Index("ix_search_documents_recent", "published_at"),
    )

    contribution_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    component_id: Mapped[int] = mapped_column(ForeignKey("components.id", ondelete="CASCADE"))
    language: Mapped[str]
    published_at: Mapped[datetime]
    vector: Mapped[Any] = mapped_column(TSVECTOR)
