"""What members change about themselves."""

from typing import NamedTuple

from flask import request
from flask import session as cookie
from sqlalchemy import delete, update

from participa.audit.services import record
from participa.auth import passwords, throttle
from participa.auth.links import forget_links
from participa.auth.models import Member, Theme, UserSession
from participa.auth.session import end_sessions, open_session
from participa.authorization import Verdict
from participa.db import transaction


class Profile(NamedTuple):
    """What a member shows and how pages look to them."""

    name: str
    function: str | None
    language: str
    time_zone: str | None
    theme: Theme


def save_profile(member: Member, profile: Profile, revision: int) -> bool:
    """Change the profile; false when it changed elsewhere since `revision`."""
    with transaction() as session:
        saved = session.execute(
            update(Member)
            .where(Member.id == member.id, Member.revision == revision)
            .values(**profile._asdict(), revision=revision + 1)
            .returning(Member.id)
        ).first()
        if saved is not None:
            record(session, member, "member.edited", member)
    return saved is not None


def change_password(member: Member, current: str, new: str, address: str, devices: dict[str, str]) -> Verdict:
    """Change the password, end every session and open this browser's again under a new token.

    Raises TooManyTries when the current password was missed too often.
    """
    gates = throttle.gates(member.email or "", address, devices.get(str(member.id)))
    throttle.take_turns(*gates)
    if not passwords.matches(member.password_hash, current):
        return Verdict("wrong_current_password")
    throttle.let_in(*gates)
    made = passwords.hashed(new)
    remembered = cookie.permanent
    with transaction() as session:
        member.password_hash = made
        end_sessions(member)
        forget_links(session, member)
        open_session(member, request.user_agent.string, remember=remembered)
        record(session, member, "password.changed", member)
    return Verdict()


def end_session(member: Member, session_id: int) -> bool:
    """Sign one of the member's browsers out; false when it already is."""
    with transaction() as session:
        ended = session.execute(
            delete(UserSession)
            .where(UserSession.id == session_id, UserSession.member_id == member.id)
            .returning(UserSession.id)
        ).first()
        if ended is not None:
            record(session, member, "session.ended", member)
    return ended is not None


def end_other_sessions(member: Member, keep: int | None) -> None:
    """Sign all of the member's other browsers out."""
    with transaction() as session:
        end_sessions(member, keep=keep)
        record(session, member, "session.ended", member, others=True)


def speak(member: Member, language: str) -> None:
    """Show the tool in another language from now on, on every device."""
    with transaction() as session:
        session.execute(update(Member).where(Member.id == member.id).values(language=language))
