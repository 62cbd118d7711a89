"""Reads for coordinators: members, invitations, centres, mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, raiseload

from participa.auth.models import Invitation, Member
from participa.authorization import Actor, Role
from participa.db import db
from participa.mail import OutgoingMail
from participa.network.models import Centre
from participa.paging import Page, folded, page_of
from participa.spaces.models import Space, SpaceRole
from participa.spaces.queries import spaces_visible_to

CURATING = (Role.ADMINISTRATOR, Role.MODERATOR)
IN_NETWORK = and_(~Member.imported, Member.erased_at.is_(None))
"""Accounts that coordinators keep: people, still here or deactivated."""


@dataclass(frozen=True, slots=True)
class MemberFilters:
    """What the table of members is narrowed by."""

    words: str = ""
    centre_id: int | None = None
    role: str = ""
    """`member`, `curator` or `coordinator`."""
    state: str = ""
    """`active`, `never_came` or `deactivated`."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures at the head of the coordination."""

    members: int
    never_came: int
    invitations: int


def counts() -> Counts:
    """How many members, how many who never came, how many invitations wait; one statement."""
    waiting = (
        select(func.count())
        .where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(
        select(func.count(), func.count().filter(Member.last_seen_at.is_(None)), waiting).where(
            IN_NETWORK, Member.deactivated_at.is_(None)
        )
    ).one()
    return Counts(*row)


def members(filters: MemberFilters) -> Select[Member]:
    """The accounts that match, with their centre."""
    query = select(Member).where(IN_NETWORK).options(joinedload(Member.centre), raiseload("*"))
    if filters.words:
        words = func.fold(filters.words)
        query = query.where(
            or_(
                func.strpos(folded(Member.name), words) > 0,
                func.strpos(func.lower(Member.email), words) > 0,
                func.strpos(folded(Member.function), words) > 0,
            )
        )
    if filters.centre_id is not None:
        query = query.where(Member.centre_id == (filters.centre_id or None))
    if filters.role == "coordinator":
        query = query.where(Member.is_coordinator)
    elif filters.role in ("curator", "member"):
        curates = (
            select(SpaceRole.member_id)
            .where(SpaceRole.member_id == Member.id, SpaceRole.role.in_(CURATING))
            .exists()
        )
        query = query.where(curates if filters.role == "curator" else and_(~curates, ~Member.is_coordinator))
    conditions: dict[str, ColumnElement[bool]] = {
        "active": and_(Member.deactivated_at.is_(None), Member.last_seen_at.is_not(None)),
        "never_came": and_(Member.deactivated_at.is_(None), Member.last_seen_at.is_(None)),
        "deactivated": Member.deactivated_at.is_not(None),
    }
    if filters.state in conditions:
        query = query.where(conditions[filters.state])
    return query


def page_of_members(filters: MemberFilters, key: str | None) -> Page[Member]:
    """The accounts that match, by name, fifty at a time."""
    return page_of(members(filters), (folded(Member.name), Member.id), key, size=50, descending=False)


def spaces_curated_by(member_ids: Sequence[int], actor: Actor) -> Mapping[int, list[Space]]:
    """The spaces each of these members administers or moderates, those `actor` may see."""
    rows = db.session.execute(
        select(SpaceRole.member_id, Space)
        .join(Space, Space.id == SpaceRole.space_id)
        .where(SpaceRole.member_id.in_(member_ids), SpaceRole.role.in_(CURATING), spaces_visible_to(actor))
        .order_by(Space.position, Space.id)
    )
    found: dict[int, list[Space]] = {}
    for member_id, space in rows:
        curated = found.setdefault(member_id, [])
        if space not in curated:
            curated.append(space)
    return found


def count_coordinators() -> int:
    """How many members may coordinate now."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Member)
            .where(Member.is_coordinator, Member.deactivated_at.is_(None), Member.erased_at.is_(None))
        )
        or 0
    )


def page_of_invitations(key: str | None, *, over: bool = False) -> Page[Any]:
    """The invitations that wait, or with `over` the ones accepted or revoked, the latest first."""
    waiting = and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    query = select(Invitation).where(~waiting if over else waiting)
    query = query.options(joinedload(Invitation.centre), raiseload("*"))
    return page_of(query, (Invitation.created_at, Invitation.id), key, size=50)


def refused_addresses(invitations: Sequence[Invitation]) -> set[int]:
    """The ids of those among these invitations whose message was given up."""
    ids = [invitation.mail_id for invitation in invitations if invitation.mail_id is not None]
    if not ids:
        return set()
    failed = set(
        db.session.scalars(
            select(OutgoingMail.id).where(OutgoingMail.id.in_(ids), OutgoingMail.failed_at.is_not(None))
        )
    )
    return {invitation.id for invitation in invitations if invitation.mail_id in failed}


def find_invitation(invitation_id: int) -> Invitation | None:
    """An invitation with its centre."""
    return db.session.scalar(
        select(Invitation).where(Invitation.id == invitation_id).options(joinedload(Invitation.centre))
    )


def state_of(invitation: Invitation, refused: set[int], now: datetime) -> str:
    """The key of the state that an invitation shows."""
    if invitation.accepted_at is not None:
        return "accepted_invitation"
    if invitation.revoked_at is not None:
        return "revoked"
    if invitation.id in refused:
        return "refused"
    if invitation.expires_at <= now:
        return "expired"
    if invitation.opened_at is not None:
        return "opened"
    return "sent" if invitation.sent_at is not None else "to_copy"


def centre_choices() -> list[tuple[int, str]]:
    """The centres that are members now, for a list to choose from."""
    rows = db.session.execute(
        select(Centre.id, Centre.name)
        .where(Centre.left_at.is_(None))
        .order_by(folded(Centre.name), Centre.id)
    )
    return [(centre_id, name) for centre_id, name in rows]


def find_centre(centre_id: int) -> Centre | None:
    """A centre, member or former."""
    return db.session.scalar(select(Centre).where(Centre.id == centre_id))


def page_of_failures(key: str | None) -> Page[OutgoingMail]:
    """The messages given up, the latest first."""
    query = select(OutgoingMail).where(OutgoingMail.failed_at.is_not(None)).options(raiseload("*"))
    return page_of(query, (OutgoingMail.failed_at, OutgoingMail.id), key, size=50)


def mail_queue() -> tuple[int, str | None]:
    """How many messages wait to be sent, and what the mail server last answered to one of them."""
    row = db.session.execute(
        select(func.count(), func.max(OutgoingMail.error)).where(
            OutgoingMail.sent_at.is_(None), OutgoingMail.failed_at.is_(None)
        )
    ).one()
    return row[0], row[1]
