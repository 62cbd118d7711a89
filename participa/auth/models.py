"""Accounts, sessions, invitations and the failures that slow sign-in down."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participa.db import Base

if TYPE_CHECKING:
    from participa.network.models import Centre


class Theme(StrEnum):
    """How a member wants pages to look."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Member(UserMixin, Base):
    """A person with an account; an erased one keeps its row, empty."""

    __tablename__ = "members"
    __table_args__ = (
        Index("uq_members_email", text("lower(email)"), unique=True),
        Index("ix_members_name", text("fold(name)"), "id", postgresql_where="NOT imported"),
        Index(
            "ix_members_words", text("to_tsvector('simple'::regconfig, fold(name))"), postgresql_using="gin"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    """Unique whatever the case; null for imported and erased people."""
    name: Mapped[str]
    """The name shown."""
    function: Mapped[str | None]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centres.id"), index=True)
    language: Mapped[str] = mapped_column(default="fr", server_default="fr")
    time_zone: Mapped[str | None]
    """An IANA name; null follows the centre, then the network."""
    theme: Mapped[Theme] = mapped_column(default=Theme.SYSTEM, server_default="system")
    password_hash: Mapped[str | None]
    is_coordinator: Mapped[bool] = mapped_column(default=False, server_default="false")
    mail_by_default: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Whether spaces without a choice of their own send notifications by mail too."""
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    imported: Mapped[bool] = mapped_column(default=False, server_default="false")
    import_key: Mapped[str | None] = mapped_column(unique=True)
    """Which line of which source an imported person comes from."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    centre: Mapped["Centre | None"] = relationship(lazy="raise_on_sql")

    session_token: ClassVar[str | None] = None
    """The token of the session this request came with."""

    __eq__ = object.__eq__
    """Two members are the same when they are: Flask-Login would compare session tokens, which most do not have."""
    __hash__ = object.__hash__

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the session's token, never the member's id."""
        return self.session_token or ""

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return self.deactivated_at is None and self.erased_at is None


class UserSession(Base):
    """One signed-in browser; the cookie holds its random token, the row only the token's hash."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user_agent: Mapped[str] = mapped_column(default="", server_default="")

    member: Mapped[Member] = relationship(lazy="raise_on_sql")


class SignInFailure(Base):
    """How many times sign-in failed lately for one account or from one address."""

    __tablename__ = "sign_in_failures"

    key: Mapped[str] = mapped_column(primary_key=True)
    """`account:<lower-case e-mail>` or `address:<ip>`, hashed."""
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)


class PasswordLink(Base):
    """A one-time link that lets someone choose a new password."""

    __tablename__ = "password_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    """The coordinator who made it, or null when its owner asked for it by mail."""
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Invitation(Base):
    """A place kept for someone who has no account yet."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index(
            "uq_invitations_pending_email",
            "email",
            unique=True,
            postgresql_where="accepted_at IS NULL AND revoked_at IS NULL",
        ),
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        Index("ix_invitations_created", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    function: Mapped[str | None]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centres.id"))
    language: Mapped[str] = mapped_column(default="fr", server_default="fr")
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    sent_at: Mapped[datetime | None]
    """When it last went out by mail; null when only its link was copied."""
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_mails.id", ondelete="SET NULL"))
    opened_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))

    centre: Mapped["Centre | None"] = relationship(lazy="raise_on_sql")
