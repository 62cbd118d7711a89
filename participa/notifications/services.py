"""Telling, marking as read, choosing channels."""

from collections.abc import Mapping
from datetime import datetime

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from participa import mail
from participa.auth.models import Member
from participa.authorization import Actor
from participa.db import at_most, clock, transaction
from participa.events import AnySession
from participa.notifications import queries
from participa.notifications.models import Channel, Event, Notification
from participa.notifications.stories import Story
from participa.spaces.models import Space

BATCH = 1000
"""How many people one statement tells."""
MAILS = 100
"""How many mails one transaction writes."""


# ── In the worker ────────────────────────────────────────────────────────────────────────────────


def tell_batch(session: AnySession, event: Event, after: int) -> tuple[int | None, bool]:
    """Tell the next `BATCH` people in one statement, without loading them.

    Gives the last one's id, None when nobody was left, and whether some of them chose mail. Whoever was
    already told stays told once.
    """
    batch = (
        select(Member.id, queries.wants_mail(event.space_id).label("by_mail"))
        .where(Member.id > after, queries.audience(event), queries.may_be_told(event))
        .order_by(Member.id)
        .limit(at_most(BATCH))
        .cte("batch")
    )
    told = (
        upsert(Notification)
        .from_select(
            ["recipient_id", "event_id", "created_at"],
            select(batch.c.id, literal(event.id), literal(clock(), type_=Notification.created_at.type)),
        )
        .on_conflict_do_nothing()
        .cte("told")
    )
    row = session.execute(select(func.max(batch.c.id), func.bool_or(batch.c.by_mail)).add_cte(told)).one()
    return row[0], bool(row[1])


def write_mails(event: Event, after: int, upto: int) -> int | None:
    """Write the next mails about an event, to members after `after` up to `upto`; gives the last one's id."""
    with transaction() as session:
        rows = queries.to_mail(event, after, upto, MAILS)
        story = Story(event)
        for notification, member in rows:
            assert member.email is not None
            written = mail.write(
                session,
                purpose="notification",
                address=member.email,
                recipient_id=member.id,
                template="emails/notification",
                context={
                    "story": story,
                    "href": mail.absolute(story.href),
                    "settings_url": mail.absolute(url_for("notifications.settings")),
                    "charter_url": mail.absolute(url_for("network.text", page="charter")),
                },
                unsubscribe_url=mail.absolute(
                    url_for("notifications.unsubscribe", token=unsubscribe_token(member.id, event.space_id))
                ),
            )
            notification.mailed_at, notification.mail_id = clock(), written.id
        return rows[-1][1].id if rows else None


# ── By the member ────────────────────────────────────────────────────────────────────────────────


def mark_read(
    actor: Actor, *, until: int | None = None, thing_id: int | None = None, space_id: int | None = None
) -> None:
    """Mark as read what `actor` was told up to the notification `until`: about a thing, a space, or all."""
    with transaction() as session:
        about = select(Event.id).where(Event.id == Notification.event_id)
        if thing_id is not None:
            about = about.where(Event.about_id == thing_id)
        elif space_id is not None:
            about = about.where(Event.about_id.is_(None), Event.space_id == (space_id or None))
        mine = update(Notification).where(
            Notification.recipient_id == actor.id, Notification.read_at.is_(None), about.exists()
        )
        if until is not None:
            mine = mine.where(Notification.id <= until)
        session.execute(mine.values(read_at=clock()).execution_options(synchronize_session=False))


def forget_unreadable(actor: Actor) -> None:
    """Mark as read what `actor` may no longer read, so that it is not counted."""
    with transaction() as session:
        visible = (
            select(Event.id).where(Event.id == Notification.event_id, queries.visible_events(actor)).exists()
        )
        session.execute(
            update(Notification)
            .where(Notification.recipient_id == actor.id, Notification.read_at.is_(None), ~visible)
            .values(read_at=clock())
            .execution_options(synchronize_session=False)
        )


def choose(member: Member, by_default: bool, channels: Mapping[int, bool | None]) -> None:
    """Choose what comes by mail: by default, and space by space, where None follows the default."""
    with transaction() as session:
        member.mail_by_default = by_default
        followers = [space_id for space_id, by_mail in channels.items() if by_mail is None]
        session.execute(
            delete(Channel)
            .where(Channel.member_id == member.id, Channel.space_id.in_(followers))
            .execution_options(synchronize_session=False)
        )
        chosen = [
            {"member_id": member.id, "space_id": space_id, "by_mail": by_mail}
            for space_id, by_mail in channels.items()
            if by_mail is not None
        ]
        if chosen:
            insert = upsert(Channel).values(chosen)
            session.execute(
                insert.on_conflict_do_update(
                    index_elements=[Channel.member_id, Channel.space_id],
                    set_={"by_mail": insert.excluded.by_mail},
                )
            )


# ── One-click unsubscribe (RFC 8058) ─────────────────────────────────────────────────────────────


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsubscribe")


def unsubscribe_token(member_id: int, space_id: int | None) -> str:
    """What lets whoever holds it stop the mails of one member about one space, and nothing else."""
    return str(_signer().dumps([member_id, space_id or 0]))


def read_token(token: str) -> tuple[int, int | None] | None:
    """The member and the space that a token names; None when we did not sign it."""
    try:
        member_id, space_id = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return member_id, space_id or None


def unsubscribe(member_id: int, space_id: int | None) -> None:
    """Stop mails about a space or, for what belongs to no space, mails in general; nothing else changes."""
    with transaction() as session:
        if space_id is None:
            session.execute(update(Member).where(Member.id == member_id).values(mail_by_default=False))
        elif session.get(Space, space_id) is not None and session.get(Member, member_id) is not None:
            session.execute(
                upsert(Channel)
                .values(member_id=member_id, space_id=space_id, by_mail=False)
                .on_conflict_do_update(
                    index_elements=[Channel.member_id, Channel.space_id], set_={"by_mail": False}
                )
            )


# ── In the long run ──────────────────────────────────────────────────────────────────────────────


def forget_old(before: datetime, limit: int) -> int:
    """Remove up to `limit` notifications older than `before`; gives how many."""
    with transaction() as session:
        old = (
            select(Notification.id)
            .where(Notification.created_at < before)
            .order_by(Notification.id)
            .limit(at_most(limit))
        )
        gone = session.execute(
            delete(Notification).where(Notification.id.in_(old)).execution_options(synchronize_session=False)
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]
