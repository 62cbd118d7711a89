"""Reads of topics."""

from collections.abc import Iterable

from sqlalchemy import Table, func, or_, select, union_all
from sqlalchemy.sql.schema import Column

from participa.db import Base, db
from participa.spaces.models import Component, Space, Topic, offered_topics, space_topics
from participa.spaces.topics.tree import Branch, in_order

ORDER = (Topic.position, Topic.id)


def kept_by(space: Space | None) -> list[Topic]:
    """The topics that a space keeps, or the network."""
    owner = Topic.space_id.is_(None) if space is None else Topic.space_id == space.id
    return list(db.session.scalars(select(Topic).where(owner).order_by(*ORDER)))


def branches_for(component: Component) -> list[tuple[Branch, bool]]:
    """The topics that a component may offer, those of its space first; and whether they are the network's."""
    query = select(Topic).where(or_(Topic.space_id == component.space_id, Topic.space_id.is_(None)))
    found = list(db.session.scalars(query.order_by(*ORDER)))
    own = in_order(topic for topic in found if topic.space_id is not None)
    shared = in_order(topic for topic in found if topic.space_id is None)
    return [(branch, False) for branch in own] + [(branch, True) for branch in shared]


def sorting_columns() -> list[Column[int]]:
    """The columns of all tables that sort something under a topic: those of contributions, whatever their kind."""
    apart: set[Table] = {Topic.__table__, offered_topics, space_topics}  # type: ignore[arg-type]
    key = Topic.__table__.c.id
    return [
        reference.parent
        for table in Base.metadata.sorted_tables
        if table not in apart
        for reference in table.foreign_keys
        if reference.column is key
    ]


def uses_of(topic_ids: Iterable[int]) -> dict[int, int]:
    """How many contributions and spaces are sorted under each of these topics; one statement."""
    ids = list(topic_ids)
    columns = [*sorting_columns(), space_topics.c.topic_id]
    counts = union_all(
        *(select(column.label("topic_id")).where(column.in_(ids)) for column in columns)
    ).subquery()
    rows = db.session.execute(select(counts.c.topic_id, func.count()).group_by(counts.c.topic_id))
    return {topic_id: count for topic_id, count in rows}


def subjects_of(space: Space) -> list[Topic]:
    """What a space is about, of the network's topics."""
    query = select(Topic).join(space_topics).where(space_topics.c.space_id == space.id).order_by(*ORDER)
    return list(db.session.scalars(query))
