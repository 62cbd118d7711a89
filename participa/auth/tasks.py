"""What the worker does for accounts: mail a password link, forget what has expired."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import delete

from participa import mail
from participa.auth import queries, throttle
from participa.auth.links import write_link
from participa.auth.models import PasswordLink, UserSession
from participa.db import clock, transaction
from participa.jobs import periodic, task

BY_MAIL = timedelta(hours=2)
TRACE = timedelta(days=30)
"""How long links that have served or expired are kept."""


@task("auth.mail_password_link")
def mail_password_link(email: str) -> None:
    """Send a link to choose a password, if the address has an account that may be used."""
    with transaction() as session:
        member = queries.find_member_by_email(email)
        if member is None or member.email is None or not member.is_active:
            return
        if not mail.is_configured(current_app.config["SETTINGS"]):
            return
        token = write_link(session, member, BY_MAIL)
        mail.write(
            session,
            purpose="password",
            address=member.email,
            recipient_id=member.id,
            template="emails/password",
            context={"member": member, "link": mail.absolute(f"/password/{token}"), "hours": 2},
        )


@periodic("23 * * * *", "auth.forget")
def forget() -> None:
    """Remove the counters, sessions and links that no longer serve."""
    throttle.purge()
    with transaction() as session:
        session.execute(delete(UserSession).where(UserSession.expires_at < clock()))
        session.execute(delete(PasswordLink).where(PasswordLink.expires_at < clock() - TRACE))
