"""Inviting people, one or many."""

import secrets
from collections.abc import Sequence

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import joinedload

from participa import mail
from participa.admin.tasks import mail_invitations
from participa.audit.services import record
from participa.auth import services as auth
from participa.auth.models import Invitation, Member
from participa.auth.services.invitations import LIFETIME
from participa.auth.session import fingerprint
from participa.authorization import Refused
from participa.db import clock, transaction
from participa.events import AnySession
from participa.jobs import defer
from participa.network.lists import Line


def mail_leaves() -> bool:
    """Whether invitations can be mailed; links are copied otherwise."""
    return mail.is_configured(current_app.config["SETTINGS"])


def invite_one(
    by: Member,
    *,
    email: str,
    name: str,
    function: str | None,
    centre_id: int | None,
    language: str,
    by_mail: bool,
) -> tuple[Invitation, str]:
    """Invite one person, by mail or by the link made from the token; raises Refused when they are here."""
    with transaction() as session:
        invitation, token = auth.invite(session, by, email, name, function, centre_id, language)
        if by_mail:
            auth.mail_invitation(session, _with_centre(session, invitation.id), token)
    return invitation, token


def invite_all(by: Member, lines: Sequence[Line], language: str) -> int:
    """Invite everyone on a checked list, in as many statements whatever its length; gives how many.

    The worker makes each link as it writes each message; without mail, links are made when they are copied.
    """
    if not lines:
        return 0
    with transaction() as session:
        here = set(
            session.scalars(
                select(func.lower(Member.email)).where(
                    func.lower(Member.email).in_([line.email for line in lines])
                )
            )
        )
        rows = [
            {
                "email": line.email,
                "name": line.name,
                "function": line.function or None,
                "centre_id": line.centre_id,
                "language": language,
                "token_hash": fingerprint(secrets.token_urlsafe(32)),
                "created_at": clock(),
                "created_by_id": by.id,
                "expires_at": clock() + LIFETIME,
            }
            for line in lines
            if line.email not in here
        ]
        if not rows:
            return 0
        invitations = session.scalars(
            upsert(Invitation).values(rows).on_conflict_do_nothing().returning(Invitation)
        ).all()
        for invitation in invitations:
            record(session, by, "member.invited", invitation)
        if invitations and mail_leaves():
            defer(session, mail_invitations, ids=[invitation.id for invitation in invitations])
    return len(invitations)


def renew(by: Member, invitation_id: int) -> tuple[Invitation, str]:
    """Give an invitation a new link and two more weeks, to be copied; the links before stop working."""
    with transaction() as session:
        invitation = _with_centre(session, invitation_id)
        token = auth.resend(session, by, invitation)
        invitation.sent_at, invitation.mail_id = None, None
    return invitation, token


def send_again(by: Member, invitation_id: int) -> Invitation:
    """Mail an invitation once more, with a new link."""
    with transaction() as session:
        invitation = _with_centre(session, invitation_id)
        token = auth.resend(session, by, invitation)
        auth.mail_invitation(session, invitation, token)
    return invitation


def revoke(by: Member, invitation_id: int) -> Invitation:
    """Take an invitation back."""
    with transaction() as session:
        invitation = _with_centre(session, invitation_id)
        auth.revoke(session, by, invitation)
    return invitation


def _with_centre(session: AnySession, invitation_id: int) -> Invitation:
    invitation = session.scalar(
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .options(joinedload(Invitation.centre))
        .with_for_update(of=Invitation)
        .execution_options(populate_existing=True)
    )
    if invitation is None:
        raise Refused("invitation_over")
    return invitation
