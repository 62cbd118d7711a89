"""What people do with their account."""

from flask import request
from flask_babel import gettext as _

from participa.audit.services import record
from participa.auth import passwords, queries, throttle
from participa.auth.models import Member
from participa.auth.session import open_session
from participa.db import clock, transaction


def sign_in(email: str, password: str, address: str, devices: dict[str, str]) -> Member | str:
    """The member whose address and password these are, or the sentence that refuses them.

    Raises TooManyTries when the account or the address has failed too often and too lately.
    """
    member = queries.find_member_by_email(email)
    nonce = devices.get(str(member.id)) if member else None
    gates = (
        (throttle.device(nonce),) if nonce else (throttle.account(email), throttle.address(address))
    )
    throttle.take_turns(*gates)  # its commit also gives the connection back while the hash is made
    if not passwords.matches(member.password_hash if member else None, password) or member is None:
        return _("This address and this password do not go together.")
    throttle.forget(gates[0])
    throttle.give_back(*gates[1:])
    if not member.is_active:
        return _("This account is deactivated. Write to the coordination of the network to have it opened again.")
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
