"""Reads of share links."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participa.auth.models import Member
from participa.db import clock, db
from participa.paging import Page, page_of
from participa.spaces.models import Component, ShareLink, Space


def links_of(space: Space, key: str | None) -> Page[ShareLink]:
    """The links made for a space and its components, the last first, with what they open and who made them."""
    query = (
        select(ShareLink)
        .where(ShareLink.space_id == space.id)
        .options(joinedload(ShareLink.component), joinedload(ShareLink.created_by).load_only(Member.name))
    )
    return page_of(query, (ShareLink.id,), key, size=20)


def find_link(link_id: int) -> ShareLink | None:
    """A link with what it opens."""
    return db.session.scalar(
        select(ShareLink)
        .where(ShareLink.id == link_id)
        .options(joinedload(ShareLink.space), joinedload(ShareLink.component).joinedload(Component.space))
    )


def opened_by(link_ids: Collection[int], *, signed_in: bool) -> list[tuple[int, int | None]]:
    """What the links among these that still work open: (space, component or None for the whole space)."""
    query = select(ShareLink.space_id, ShareLink.component_id).where(
        ShareLink.id.in_(link_ids), ShareLink.revoked_at.is_(None), ShareLink.expires_at > clock()
    )
    if not signed_in:
        query = query.where(ShareLink.members_only.is_(False))
    return [(space_id, component_id) for space_id, component_id in db.session.execute(query)]
