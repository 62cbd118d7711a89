"""A forgotten password: one-time links, by mail or copied by a coordinator."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from participa.audit.services import record
from participa.auth import passwords, throttle
from participa.auth.links import forget_links, write_link
from participa.auth.models import Member, PasswordLink
from participa.auth.policies import may_have_password_link
from participa.auth.session import end_sessions
from participa.auth.tasks import mail_password_link
from participa.authorization import Refused, authorize
from participa.db import clock, transaction
from participa.jobs import defer

BY_COORDINATOR = timedelta(days=3)


def ask_password_link(email: str, address: str) -> None:
    """Queue a message with a link for this address, if it has an account; raises TooManyTries.

    Whether it has one is found out later, by the worker: neither the answer nor its time tells.
    """
    throttle.take_turns(throttle.letter(email), throttle.address(address))
    with transaction() as session:
        defer(session, mail_password_link, email=email)


def make_password_link(coordinator: Member | None, member: Member) -> str:
    """A token that lets `member` choose a password at /password/<token>, for a coordinator to hand over."""
    authorize(may_have_password_link(member))
    with transaction() as session:
        token = write_link(session, member, BY_COORDINATOR, coordinator)
        record(session, coordinator, "password_link.made", member)
    return token


def choose_password(link: PasswordLink, password: str) -> Member:
    """Set the password by a link, which stops working; every session ends. Needs `member` loaded."""
    made = passwords.hashed(password)
    with transaction() as session:
        used = session.execute(
            update(PasswordLink)
            .where(
                PasswordLink.id == link.id, PasswordLink.used_at.is_(None), PasswordLink.expires_at > clock()
            )
            .values(used_at=clock())
            .returning(PasswordLink.member_id)
        ).first()
        if used is None:
            raise Refused("link_used")
        member = session.scalars(
            select(Member).where(Member.id == used.member_id).options(joinedload(Member.centre))
        ).one()
        authorize(may_have_password_link(member))
        member.password_hash = made
        end_sessions(member)
        forget_links(session, member)
        record(session, member, "password.changed", member)
    throttle.forget(throttle.account(member.email or ""))
    return member
