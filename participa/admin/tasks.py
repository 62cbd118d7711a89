"""What the worker does for coordinators."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participa.auth import services as auth
from participa.auth.models import Invitation
from participa.auth.session import fingerprint
from participa.db import transaction
from participa.jobs import task


@task("admin.mail_invitations")
def mail_invitations(ids: list[int]) -> None:
    """Make the link of each invitation and write its message; one already written to is passed over."""
    for invitation_id in ids:
        with transaction() as session:
            invitation = session.scalar(
                select(Invitation)
                .where(
                    Invitation.id == invitation_id,
                    Invitation.sent_at.is_(None),
                    Invitation.accepted_at.is_(None),
                    Invitation.revoked_at.is_(None),
                )
                .options(joinedload(Invitation.centre))
                .with_for_update(of=Invitation)
            )
            if invitation is None:
                continue
            token = secrets.token_urlsafe(32)
            invitation.token_hash = fingerprint(token)
            auth.mail_invitation(session, invitation, token)
