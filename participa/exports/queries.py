"""Reads of exports."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, raiseload

from participa.authorization import Actor
from participa.db import db
from participa.exports.models import Export
from participa.spaces.models import Component, Space


def exports_of(actor: Actor) -> Select[Export]:
    """The files that `actor` asked for, each with its component and space, in one statement."""
    return (
        select(Export)
        .where(Export.member_id == actor.id)
        .options(joinedload(Export.component).joinedload(Component.space), raiseload("*"))
    )


def find_export(actor: Actor, export_id: int) -> Export | None:
    """A file that `actor` asked for."""
    return db.session.scalar(exports_of(actor).where(Export.id == export_id))


def unfinished(actor: Actor) -> int:
    """How many of the files that `actor` asked for are not made yet."""
    waiting = select(func.count()).where(
        Export.member_id == actor.id,
        Export.finished_at.is_(None),
        Export.failed_at.is_(None),
        Export.outdated_at.is_(None),
    )
    return db.session.scalar(waiting) or 0


def whole(export_id: int) -> Export | None:
    """A file to make, with its component, topics, space and phases."""
    component = joinedload(Export.component)
    return db.session.scalar(
        select(Export)
        .where(Export.id == export_id)
        .options(
            component.selectinload(Component.topics),
            component.joinedload(Component.space).selectinload(Space.phases),
        )
    )
