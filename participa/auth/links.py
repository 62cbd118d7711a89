"""One-time links to choose a password: only the hash of their token is kept."""

import secrets
from datetime import timedelta

from sqlalchemy import delete

from participa.auth.models import Member, PasswordLink
from participa.auth.session import fingerprint
from participa.db import clock
from participa.events import AnySession


def write_link(session: AnySession, member: Member, lifetime: timedelta, maker: Member | None = None) -> str:
    """Add a link for `member` to the transaction and give its token; links made before stop working."""
    forget_links(session, member)
    token = secrets.token_urlsafe(32)
    session.add(
        PasswordLink(
            token_hash=fingerprint(token),
            member_id=member.id,
            created_at=clock(),
            created_by_id=maker.id if maker else None,
            expires_at=clock() + lifetime,
        )
    )
    return token


def forget_links(session: AnySession, member: Member) -> None:
    """Make the unused links of `member` stop working."""
    session.execute(
        delete(PasswordLink).where(PasswordLink.member_id == member.id, PasswordLink.used_at.is_(None))
    )
