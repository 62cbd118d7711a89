"""Reads of the network and its centres."""

from datetime import datetime

from sqlalchemy import Select, func, select

from participa.db import db
from participa.network.models import Centre, Network


def network_and_moment() -> tuple[Network | None, datetime]:
    """The network's settings and the database's time, in one statement."""
    row = db.session.execute(
        select(Network, func.clock_timestamp())
        .select_from(select(1).subquery())
        .outerjoin(Network, Network.id == 1)
    ).one()
    return row[0], row[1]


def the_network() -> Network | None:
    """The network's settings, or None before it is set up."""
    return db.session.get(Network, 1)


def centres() -> Select[Centre]:
    """The centres that are members now, by name."""
    return select(Centre).where(Centre.left_at.is_(None)).order_by(Centre.name)


def find_centre(slug: str) -> Centre | None:
    """A centre by its slug, members and former ones alike."""
    return db.session.scalar(select(Centre).where(Centre.slug == slug))
