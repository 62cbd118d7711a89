"""Who is signed in on this request."""

import hashlib
import secrets
from datetime import timedelta

from flask import Flask, flash, g, request
from flask import session as cookie
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import delete, update

from participa.auth.models import Member, Theme, UserSession
from participa.authorization import RULES, Actor, Refused, Role, grouped_roles
from participa.db import clock, db, transaction
from participa.web import Shell, actor, fill_frame

LIFETIME = timedelta(days=30)
"""A session ends after this time without a visit."""
RENEWAL = timedelta(hours=1)
"""Visits are written down at most this often."""

manager = LoginManager()
manager.session_protection = None  # sessions are rows that can be ended, and phones change address all day


def fingerprint(token: str) -> str:
    """The hash under which a secret token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


@manager.user_loader
def load_member(token: str) -> Member | None:
    """The member that the start of the request found behind the cookie's token."""
    who = g.get("member")
    return who if isinstance(who, Member) and who.session_token == token else None


def live_member(token: str, found: UserSession | None) -> Member | None:
    """The member of a session if it is live; renews it at most once an hour. Needs its member and centre loaded."""
    now = clock()
    if found is None or found.expires_at <= now:
        return None
    if not found.member.is_active:
        end_sessions(found.member)
        db.session.commit()
        flash(str(RULES["deactivated"]), "error")
        return None
    if now - found.last_seen_at > RENEWAL:
        db.session.execute(
            update(UserSession)
            .where(UserSession.id == found.id)
            .values(last_seen_at=now, expires_at=now + LIFETIME)
            .execution_options(synchronize_session=False)
        )
        db.session.execute(
            update(Member)
            .where(Member.id == found.member_id)
            .values(last_seen_at=now)
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
    g.session_id = found.id
    found.member.session_token = token  # type: ignore[misc]
    return found.member


def open_session(member: Member, user_agent: str = "", *, remember: bool = False) -> None:
    """Sign `member` in on this browser, under new tokens; the caller's transaction adds the row.

    With `remember`, the cookie outlives the browser's closing.
    """
    now = clock()
    links = cookie.get("links")  # they show the same to a stranger
    cookie.clear()  # nothing else planted or left before signing in is worth anything after
    if links:
        cookie["links"] = links
    cookie.permanent = remember
    cookie["member"] = member.id  # says whose browser it was once the session has ended
    token = secrets.token_urlsafe(32)
    db.session.add(
        UserSession(
            token_hash=fingerprint(token),
            member=member,
            created_at=now,
            last_seen_at=now,
            expires_at=now + LIFETIME,
            user_agent=user_agent[:200],
        )
    )
    member.session_token = token  # type: ignore[misc]
    login_user(member)


def close_session() -> None:
    """Sign out of this browser."""
    if "session_id" in g:
        with transaction() as db_session:
            db_session.execute(delete(UserSession).where(UserSession.id == g.session_id))
    logout_user()
    kept = {name: cookie[name] for name in ("language", "member") if name in cookie}
    cookie.clear()
    cookie.update(kept)


def end_sessions(member: Member, *, keep: int | None = None) -> None:
    """End every session of `member`, but the one to `keep`."""
    condition = UserSession.member_id == member.id
    if keep is not None:
        condition &= UserSession.id != keep
    db.session.execute(delete(UserSession).where(condition))


def member() -> Member:
    """The signed-in member; raises Refused when nobody is."""
    if not isinstance(g.get("member"), Member):
        raise Refused("sign_in")
    return g.member  # type: ignore[no-any-return]


def identify(token: str | None, found: UserSession | None) -> None:
    """Make the actor that policies read, from the cookie's token and the session found under it."""
    network = g.get("network")
    readable = bool(network and network.visitors_may_read)
    who = live_member(token, found) if token else None
    if who is not None:
        g.member = who
        g.actor = Actor(
            id=who.id,
            centre_id=who.centre_id,
            is_coordinator=who.is_coordinator,
            visitors_may_read=readable,
            roles=grouped_roles((space_id, Role(role)) for space_id, role in g.alongside["roles"] or ()),
        )
    else:
        g.actor = Actor(visitors_may_read=readable)


@fill_frame
def _theme(frame: Shell) -> None:
    here = request.cookies.get("theme")  # set by the button of the account menu
    if here in (Theme.LIGHT, Theme.DARK):
        frame.theme = here
    elif actor().is_authenticated and member().theme != Theme.SYSTEM:
        frame.theme = member().theme.value


def init_app(app: Flask) -> None:
    """Install sign-in."""
    app.config["PERMANENT_SESSION_LIFETIME"] = LIFETIME
    manager.init_app(app)


__all__ = ["actor", "close_session", "end_sessions", "identify", "member", "open_session"]
