"""Inviting people, and accepting."""

import secrets
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from participa import mail
from participa.audit.services import record
from participa.auth import passwords, queries
from participa.auth.events import MemberJoined
from participa.auth.models import Invitation, Member
from participa.auth.policies import may_accept
from participa.auth.session import fingerprint
from participa.authorization import Refused, authorize
from participa.db import clock, transaction
from participa.events import AnySession, announce

LIFETIME = timedelta(days=14)
"""How long an invitation can be accepted after it was last sent."""


def invite(
    session: AnySession,
    coordinator: Member | None,
    email: str,
    name: str,
    function: str | None,
    centre_id: int | None,
    language: str,
) -> tuple[Invitation, str]:
    """Keep a place for someone, in the caller's transaction; gives the invitation and its secret token.

    `coordinator` is None from the command line. Raises Refused when the address has an account or is invited.
    """
    email = email.strip().lower()
    if session.scalar(select(Member.id).where(func.lower(Member.email) == email)) is not None:
        raise Refused("already_member")
    token = secrets.token_urlsafe(32)
    kept = session.scalar(
        upsert(Invitation)
        .values(
            email=email,
            name=name,
            function=function or None,
            centre_id=centre_id,
            language=language,
            token_hash=fingerprint(token),
            created_at=clock(),
            created_by_id=coordinator.id if coordinator else None,
            expires_at=clock() + LIFETIME,
        )
        .on_conflict_do_nothing()
        .returning(Invitation)
    )
    if kept is None:
        raise Refused("already_invited")
    record(session, coordinator, "member.invited", kept)
    return kept, token


def mail_invitation(session: AnySession, invitation: Invitation, token: str) -> None:
    """Write the invitation's message in the caller's transaction; needs `centre` loaded."""
    message = mail.write(
        session,
        purpose="invitation",
        address=invitation.email,
        template="emails/invitation",
        language=invitation.language,
        context={
            "invitation": invitation,
            "centre": invitation.centre,
            "link": mail.absolute(f"/invitation/{token}"),
        },
    )
    invitation.sent_at, invitation.mail_id = clock(), message.id


def resend(session: AnySession, coordinator: Member | None, invitation: Invitation) -> str:
    """Give the invitation a new token and two more weeks; links sent before stop working.

    The caller sends the message, or shows the link to copy.
    """
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise Refused("invitation_over")
    token = secrets.token_urlsafe(32)
    invitation.token_hash = fingerprint(token)
    invitation.expires_at = clock() + LIFETIME
    invitation.opened_at = None
    record(session, coordinator, "invitation.renewed", invitation)
    return token


def revoke(session: AnySession, coordinator: Member | None, invitation: Invitation) -> None:
    """Take the invitation back; its link says so."""
    if invitation.accepted_at is not None:
        raise Refused("invitation_over")
    if invitation.revoked_at is None:
        invitation.revoked_at = clock()
        record(session, coordinator, "invitation.revoked", invitation)


def open_invitation(invitation: Invitation) -> None:
    """Note that the link was followed."""
    if invitation.opened_at is None:
        with transaction():
            invitation.opened_at = clock()


def decline(invitation: Invitation) -> None:
    """Take the invitation back, for whoever holds its link."""
    with transaction() as session:
        revoke(session, None, invitation)


def accept(
    invitation: Invitation, *, name: str, function: str | None, language: str, password: str
) -> Member:
    """Make the account that the invitation kept a place for; raises Refused when it is over."""
    authorize(may_accept(invitation, clock()))
    made = passwords.hashed(password)
    with transaction() as session:
        taken = session.execute(
            update(Invitation)
            .where(
                Invitation.id == invitation.id,
                Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
            )
            .values(accepted_at=clock())
            .returning(Invitation.id)
        ).first()
        if taken is None or queries.find_member_by_email(invitation.email) is not None:
            raise Refused("invitation_used")
        member = Member(
            email=invitation.email,
            name=name,
            function=function or None,
            centre_id=invitation.centre_id,
            language=language,
            password_hash=made,
            created_at=clock(),
        )
        session.add(member)
        session.flush()
        invitation.member_id = member.id
        record(session, member, "member.joined", member)
        announce(session, MemberJoined(member))
    return member
