"""Reads of the network, its centres and their members."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, load_only, raiseload

from participa.auth.models import Member
from participa.db import at_most, db
from participa.network.models import Centre, Network
from participa.paging import Page, folded, page_of


def the_network() -> Network | None:
    """The network's settings, or None before it is set up."""
    return db.session.get(Network, 1)


def centres() -> Select[Centre]:
    """The centres that are members now, by name."""
    return select(Centre).where(Centre.left_at.is_(None)).order_by(folded(Centre.name), Centre.id)


MOST_OFFERED = 200


def offered_centres() -> Select[Centre]:
    """The centres to choose from in a list of filters: their numbers and names, the first two hundred."""
    return centres().options(load_only(Centre.id, Centre.name, raiseload=True)).limit(at_most(MOST_OFFERED))


def zones_of_centres() -> list[str]:
    """The time zones that centres are in."""
    here = select(Centre.time_zone).where(Centre.left_at.is_(None)).distinct().order_by(Centre.time_zone)
    return list(db.session.scalars(here))


def page_of_centres(key: str | None, *, former: bool = False) -> Page[Centre]:
    """The centres by name, fifty at a time; with `former`, those that left are among them."""
    query = select(Centre).options(raiseload("*"))
    if not former:
        query = query.where(Centre.left_at.is_(None))
    return page_of(query, (folded(Centre.name), Centre.id), key, size=50, descending=False)


def find_centre(slug: str) -> Centre | None:
    """A centre by its slug, members and former ones alike."""
    return db.session.scalar(select(Centre).where(Centre.slug == slug))


def directory() -> Select[Member]:
    """The members that others find by name: neither imported nor gone."""
    return (
        select(Member)
        .where(~Member.imported, Member.deactivated_at.is_(None), Member.erased_at.is_(None))
        .options(joinedload(Member.centre), raiseload("*"))
    )


def members_of(centre: Centre, key: str | None, *, size: int = 50) -> Page[Member]:
    """The members of a centre, by name."""
    query = directory().where(Member.centre_id == centre.id)
    return page_of(query, (folded(Member.name), Member.id), key, size=size, descending=False)


def member_counts(centre_ids: Sequence[int]) -> Mapping[int, int]:
    """How many members each of these centres has."""
    rows = db.session.execute(
        select(Member.centre_id, func.count())
        .where(
            Member.centre_id.in_(centre_ids),
            ~Member.imported,
            Member.deactivated_at.is_(None),
            Member.erased_at.is_(None),
        )
        .group_by(Member.centre_id)
    )
    return {centre_id: n for centre_id, n in rows if centre_id is not None}


def find_member(member_id: int) -> Member | None:
    """A member with their centre, whatever their state."""
    return db.session.scalar(select(Member).where(Member.id == member_id).options(joinedload(Member.centre)))
