"""Keeping topics: adding, renaming, moving, merging, removing; choosing which are offered."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, delete, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused
from participa.db import transaction
from participa.events import AnySession
from participa.ordering import advance, last_position, move
from participa.spaces.models import Component, Space, Topic, offered_topics, space_topics
from participa.spaces.plans import PlannedTopic
from participa.spaces.topics.policies import MOST
from participa.spaces.topics.queries import ORDER, sorting_columns, uses_of
from participa.spaces.topics.tree import DEEPEST, height, in_order, under
from participa.spaces.translations.words import put


def add_topic(editor: Member, space: Space | None, name: str, parent_id: int | None) -> Topic:
    """Add a topic at the end of those under the same one, offered wherever that one is, or by every tool of the space.

    Raises Refused when the name is taken there, or there are too many levels or topics.
    """
    with transaction() as session:
        kept = _locked(session, space)
        if len(kept) >= MOST:
            raise Refused("too_many_topics")
        _fits(kept, None, parent_id, name)
        topic = Topic(
            space_id=space.id if space else None,
            parent_id=parent_id,
            name=name,
            position=max((each.position for each in kept if each.parent_id == parent_id), default=-1) + 1,
        )
        session.add(topic)
        session.flush()
        if parent_id is not None:
            offering = select(offered_topics.c.component_id).where(offered_topics.c.topic_id == parent_id)
        else:
            offering = select(Component.id).where(Component.space_id == topic.space_id)
        for component_id in session.scalars(offering).all():
            offer(session, component_id, [topic.id])
        record(session, editor, "topic.added", topic, space_id=topic.space_id, name=name)
    return topic


def add_topics(session: AnySession, space: Space, planned: Sequence[PlannedTopic]) -> list[Topic]:
    """Add the topics of a plan to a space that has none, in the act of the caller."""
    made: list[Topic] = []
    for n, each in enumerate(planned):
        above = made[each.parent].id if each.parent is not None and each.parent < n else None
        topic = Topic(space_id=space.id, parent_id=above, name=each.name, position=n)
        put(topic, each.translations)
        session.add(topic)
        session.flush()
        made.append(topic)
    return made


def change_topic(
    editor: Member,
    space: Space | None,
    topic: Topic,
    name: str,
    parent_id: int | None,
    *,
    revision: int,
    merge: dict[str, Any],
) -> None:
    """Rename a topic, or put it under another one, with what stands under it.

    Raises Refused when it does not fit, Conflict, carrying `merge`, when `revision` is stale.
    """
    with transaction() as session:
        kept = _locked(session, space)
        _fits(kept, topic, parent_id, name)
        advance(session, topic, revision, merge)
        before = {"name": topic.name, "under": _name(kept, topic.parent_id)}
        if topic.parent_id != parent_id:
            topic.position = (
                max((each.position for each in kept if each.parent_id == parent_id), default=-1) + 1
            )
        topic.name, topic.parent_id = name, parent_id
        after = {"name": name, "under": _name(kept, parent_id)}
        if before != after:
            record(
                session, editor, "topic.edited", topic, space_id=topic.space_id, before=before, after=after
            )


def step_topic(editor: Member, topic: Topic, step: int) -> None:
    """Move a topic one place up (−1) or down (+1) among those under the same one."""
    siblings = select(Topic).where(
        Topic.space_id.is_not_distinct_from(topic.space_id),
        Topic.parent_id.is_not_distinct_from(topic.parent_id),
    )
    with transaction() as session:
        if move(session, siblings.order_by(*ORDER), topic.id, step):
            record(session, editor, "topic.moved", topic, space_id=topic.space_id, step=step)


def remove_topic(editor: Member, space: Space | None, topic: Topic, into_id: int | None = None) -> None:
    """Remove a topic that nothing uses, or merge it into another one that takes all that was under it.

    Raises Refused when it is used and nothing replaces it, or when what stands under it does not fit there.
    """
    with transaction() as session:
        kept = _locked(session, space)
        gone = under(kept, topic.id)
        if into_id is None:
            if uses_of(gone):
                raise Refused("topic_in_use")
            for topic_id in reversed(_downwards(kept, gone)):
                session.execute(delete(Topic).where(Topic.id == topic_id))
            record(session, editor, "topic.removed", topic, space_id=topic.space_id, before=topic.name)
            return
        _merge(session, kept, topic, into_id)
        record(
            session,
            editor,
            "topic.merged",
            topic,
            space_id=topic.space_id,
            before=topic.name,
            after=_name(kept, into_id),
        )


def _merge(session: AnySession, kept: list[Topic], topic: Topic, into_id: int) -> None:
    """Sort under another topic all that was under one, its own topics too, then remove it."""
    if into_id in under(kept, topic.id):
        raise Refused("topic_within_itself")
    taken = {each.name: each for each in kept if each.parent_id == into_id}
    for child in [each for each in kept if each.parent_id == topic.id]:
        twin = taken.get(child.name)
        if twin is not None:
            _merge(session, kept, child, twin.id)
            continue
        _fits(kept, child, into_id, child.name)
        child.parent_id = into_id
        child.position = last_position(session, Topic, Topic.parent_id == into_id)
    session.flush()
    for column in sorting_columns():
        session.execute(update(column.table).where(column == topic.id).values({column.name: into_id}))
    for table, key in ((offered_topics, "component_id"), (space_topics, "space_id")):
        held = select(table.c[key], literal(into_id)).where(table.c.topic_id == topic.id)
        session.execute(upsert(table).from_select([key, "topic_id"], held).on_conflict_do_nothing())
    session.execute(delete(Topic).where(Topic.id == topic.id).execution_options(synchronize_session=False))
    kept.remove(topic)


def offer_topics(editor: Member, component: Component, wanted: Collection[int]) -> None:
    """Choose which topics a component offers, of its space's and the network's."""
    able = (Topic.space_id == component.space_id) | Topic.space_id.is_(None)
    _choose(
        editor, component, offered_topics.c.component_id, able, wanted, "topic.offered", component.space_id
    )


def offer(session: AnySession, component_id: int, topic_ids: Sequence[int]) -> None:
    """Have a component offer more topics, in the act of the caller; those it offered stay."""
    if topic_ids:
        rows = [{"component_id": component_id, "topic_id": topic_id} for topic_id in topic_ids]
        session.execute(upsert(offered_topics).values(rows).on_conflict_do_nothing())


def set_subjects(editor: Member, space: Space, wanted: Collection[int]) -> None:
    """Say what a space is about, of the network's topics."""
    able = Topic.space_id.is_(None)
    _choose(editor, space, space_topics.c.space_id, able, wanted, "space.sorted", space.id)


def _choose(
    editor: Member,
    owner: Component | Space,
    key: Column[int],
    able: ColumnElement[bool],
    wanted: Collection[int],
    action: str,
    space_id: int,
) -> None:
    """Have these topics, of those it is able to have, be all that an owner has in the table of `key`."""
    table: Any = key.table
    with transaction() as session:
        names = {number: name for number, name in session.execute(select(Topic.id, Topic.name).where(able))}
        before = set(session.scalars(select(table.c.topic_id).where(key == owner.id)))
        after = set(wanted) & set(names)
        if before == after:
            return
        session.execute(delete(table).where(key == owner.id))
        rows = [{key.name: owner.id, "topic_id": topic_id} for topic_id in sorted(after)]
        if rows:
            session.execute(insert(table).values(rows))
        said = [[names[number] for number in sorted(chosen)] for chosen in (before, after)]
        record(session, editor, action, owner, space_id=space_id, before=said[0], after=said[1])


def _locked(session: AnySession, space: Space | None) -> list[Topic]:
    """The topics that a space keeps, or the network, locked."""
    owner = Topic.space_id.is_(None) if space is None else Topic.space_id == space.id
    if space is not None:
        session.execute(select(Space.id).where(Space.id == space.id).with_for_update(key_share=True))
    return list(session.scalars(select(Topic).where(owner).order_by(*ORDER).with_for_update()))


def _fits(kept: list[Topic], topic: Topic | None, parent_id: int | None, name: str) -> None:
    """Raise Refused unless the topic may stand under that one with that name."""
    depths = {branch.topic.id: branch.depth for branch in in_order(kept)}
    if parent_id is not None and parent_id not in depths:
        raise Refused("topic_within_itself")
    if topic is not None and parent_id in under(kept, topic.id):
        raise Refused("topic_within_itself")
    above = depths[parent_id] + 1 if parent_id is not None else 0
    if above + (height(kept, topic.id) if topic else 1) > DEEPEST:
        raise Refused("topic_too_deep")
    if any(each.name == name and each.parent_id == parent_id and each is not topic for each in kept):
        raise Refused("topic_taken")


def _downwards(kept: list[Topic], ids: Collection[int]) -> list[int]:
    return [branch.topic.id for branch in in_order(kept) if branch.topic.id in ids]


def _name(kept: list[Topic], topic_id: int | None) -> str | None:
    return next((topic.name for topic in kept if topic.id == topic_id), None)
