"""Coming in."""

from flask import request

from participa.audit.services import record
from participa.auth import passwords, queries, throttle
from participa.auth.models import Member
from participa.auth.session import open_session
from participa.authorization import Verdict
from participa.db import clock, transaction


def sign_in(email: str, password: str, address: str, devices: dict[str, str]) -> Member | Verdict:
    """The member whose address and password these are, or the rule that refuses them.

    Raises TooManyTries when the account or the address has failed too often and too lately.
    """
    member = queries.find_member_by_email(email)
    gates = throttle.gates(email, address, devices.get(str(member.id)) if member else None)
    throttle.take_turns(*gates)  # its commit also gives the connection back while the hash is made
    if not passwords.matches(member.password_hash if member else None, password) or member is None:
        return Verdict("wrong_password")
    throttle.let_in(*gates)
    if not member.is_active:
        return Verdict("deactivated")
    if member.password_hash and passwords.is_outdated(member.password_hash):
        fresh = passwords.hashed(password)
        with transaction():
            member.password_hash = fresh
    return member


def open_here(member: Member, *, remember: bool) -> None:
    """Sign `member` in on this browser."""
    with transaction() as session:
        member.last_seen_at = clock()
        open_session(member, request.user_agent.string, remember=remember)
        record(session, member, "session.opened", member)
