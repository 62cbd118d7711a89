"""Reads of accounts."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, raiseload

from participa.auth.models import Invitation, Member, PasswordLink, UserSession
from participa.auth.session import fingerprint
from participa.db import at_most, clock, db


def find_member_by_email(email: str) -> Member | None:
    """The member with this address, whatever the case, with their centre."""
    return db.session.scalar(
        select(Member).where(func.lower(Member.email) == email.lower()).options(joinedload(Member.centre))
    )


def find_member(member_id: int) -> Member | None:
    """A member with their centre."""
    return db.session.scalar(select(Member).where(Member.id == member_id).options(joinedload(Member.centre)))


def find_password_link(token: str) -> PasswordLink | None:
    """The link with this token, used and expired ones too."""
    return db.session.scalar(select(PasswordLink).where(PasswordLink.token_hash == fingerprint(token)))


def find_invitation(token: str) -> Invitation | None:
    """The invitation with this token, whatever became of it, with its centre."""
    return db.session.scalar(
        select(Invitation)
        .where(Invitation.token_hash == fingerprint(token))
        .options(joinedload(Invitation.centre))
    )


def live_sessions(member: Member) -> Select[UserSession]:
    """The browsers where `member` is signed in, the last used first; the hundred latest are enough to tell."""
    return (
        select(UserSession)
        .where(UserSession.member_id == member.id, UserSession.expires_at > clock())
        .options(raiseload("*"))
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
        .limit(at_most(100))
    )
