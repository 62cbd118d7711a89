"""Reads of the requests to join spaces."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, raiseload

from participa.auth.models import Member
from participa.authorization import Actor
from participa.db import db
from participa.paging import Page, page_of
from participa.spaces.models import JoinRequest, Space
from participa.spaces.queries import spaces_visible_to


def waiting_requests(space: Space, key: str | None) -> Page[JoinRequest]:
    """The requests that nobody answered yet, the oldest first, with who asks and their centre."""
    query = (
        select(JoinRequest)
        .where(JoinRequest.space_id == space.id, JoinRequest.decided_at.is_(None))
        .options(joinedload(JoinRequest.member).joinedload(Member.centre), raiseload("*"))
    )
    return page_of(query, (JoinRequest.asked_at, JoinRequest.id), key, size=20, descending=False)


def request_of(space: Space, member_id: int) -> JoinRequest | None:
    """The request of a member that waits for an answer."""
    return db.session.scalar(
        select(JoinRequest).where(
            JoinRequest.space_id == space.id,
            JoinRequest.member_id == member_id,
            JoinRequest.decided_at.is_(None),
        )
    )


def find_request(space: Space, request_id: int) -> JoinRequest | None:
    """A request to join a space, with who asks."""
    return db.session.scalar(
        select(JoinRequest)
        .where(JoinRequest.id == request_id, JoinRequest.space_id == space.id)
        .options(joinedload(JoinRequest.member))
    )


def waiting_spaces(actor: Actor, *, everywhere: bool = False) -> list[tuple[Space, int]]:
    """The spaces that `actor` curates in person, or all they read, where requests wait, and how many."""
    query = (
        select(Space, func.count())
        .join(JoinRequest, JoinRequest.space_id == Space.id)
        .where(
            JoinRequest.decided_at.is_(None),
            spaces_visible_to(actor),
        )
        .group_by(Space.id)
        .order_by(Space.position, Space.id)
    )
    if not everywhere:
        query = query.where(Space.id.in_(sorted(actor.curated_spaces)))
    return [(space, count) for space, count in db.session.execute(query)]
