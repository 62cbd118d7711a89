"""Curating acts: each is done, noted so that it can be undone, and recorded with what was before and after."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text, update

from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Contribution, SearchDocument
from participa.contributions.queries import find_contribution
from participa.curation.acts import KINDS, MOVERS, register
from participa.curation.models import CurationAct
from participa.curation.policies import MOST_FEATURED, MOST_PINNED
from participa.curation.queries import topic_column
from participa.db import clock, transaction
from participa.events import AnySession
from participa.spaces.models import Component, Space, Topic, offered_topics
from participa.spaces.queries import whole_component


def note(
    session: AnySession, by: Member, kind: str, space_id: int, subject_id: int | None = None, **details: Any
) -> None:
    """Add to the transaction that an act was done, with what undoing it needs."""
    session.add(
        CurationAct(
            kind=kind, at=clock(), by_id=by.id, space_id=space_id, subject_id=subject_id, details=details
        )
    )


def undo(by: Member, act: CurationAct) -> int:
    """Take an act back; gives how many of its texts were changed since, and stay as they are.

    Raises Refused when it was undone already, or when something else was done since.
    """
    with transaction() as session:
        if not note_undone(session, by, CurationAct.id == act.id):
            raise Refused("act_undone")
        left = KINDS[act.kind].undo(by, act)
        record(session, by, "curation.undone", act, space_id=act.space_id, name=act.kind, left=left)
    return left


def note_undone(session: AnySession, by: Member, condition: Any) -> bool:
    """Note that an act is undone, here or from another page; false when it was noted already."""
    done = session.execute(
        update(CurationAct)
        .where(condition, CurationAct.undone_at.is_(None))
        .values(undone_at=clock(), undone_by_id=by.id)
        .returning(CurationAct.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


# ── Pinning and featuring: a short list of numbers, on the component or on the space ────────────


def pin(by: Member, contribution: Contribution, *, pinned: bool) -> bool:
    """Have a proposal or debate stand first in its list, or no longer; false when it was so already."""
    return _keep(by, contribution, "pin", Component.pinned, contribution.component_id, MOST_PINNED, on=pinned)


def feature(by: Member, contribution: Contribution, *, featured: bool) -> bool:
    """Show a proposal or debate on the front page of its space, or no longer; false when it was so already."""
    space_id = contribution.component.space_id
    return _keep(by, contribution, "feature", Space.featured, space_id, MOST_FEATURED, on=featured)


def _keep(
    by: Member, contribution: Contribution, kind: str, column: Any, owner_id: int, most: int, *, on: bool
) -> bool:
    with transaction() as session:
        before = _numbers(session, column, owner_id)
        after = [number for number in before if number != contribution.id]
        if on:
            shown = select(Contribution.id).where(
                Contribution.id.in_(after),
                Contribution.trashed_at.is_(None),
                Contribution.hidden_at.is_(None),
            )
            standing = set(session.scalars(shown))
            after = [number for number in after if number in standing]  # those that are gone make room
            if contribution.id not in before and len(after) >= most:
                raise Refused("pinned_full" if kind == "pin" else "featured_full")
            after.append(contribution.id)
        if before == after or (on and contribution.id in before):
            return False
        _write(session, column, owner_id, after)
        act = kind if on else f"un{kind}"
        space_id = contribution.component.space_id
        note(session, by, act, space_id, contribution.id, owner=owner_id)
        record(session, by, f"contribution.{act}ned" if kind == "pin" else f"contribution.{act}d",
               contribution, space_id=space_id)  # fmt: skip
    return True


def _numbers(session: AnySession, column: Any, owner_id: int) -> list[int]:
    owner = column.class_
    query = select(column).where(owner.id == owner_id).with_for_update(key_share=True)
    return list(session.scalar(query) or ())


def _write(session: AnySession, column: Any, owner_id: int, numbers: list[int]) -> None:
    owner = column.class_
    session.execute(
        update(owner)
        .where(owner.id == owner_id)
        .values({column.key: numbers})
        .execution_options(synchronize_session=False)
    )


def _undo_list(column: Any, act: CurationAct, *, on: bool) -> int:
    with transaction() as session:
        numbers, subject = _numbers(session, column, act.details["owner"]), act.subject_id or 0
        held = [number for number in numbers if number != subject]
        if (subject in numbers) == on:
            raise Refused("act_overtaken")
        _write(session, column, act.details["owner"], [*held, subject] if on else held)
    return 0


register("pin", _l("Pinned"))(lambda by, act: _undo_list(Component.pinned, act, on=False))
register("unpin", _l("Unpinned"))(lambda by, act: _undo_list(Component.pinned, act, on=True))
register("feature", _l("Featured"))(lambda by, act: _undo_list(Space.featured, act, on=False))
register("unfeature", _l("No longer featured"))(lambda by, act: _undo_list(Space.featured, act, on=True))


# ── Sorting many ─────────────────────────────────────────────────────────────────────────────────


def sort(by: Member, component: Component, ids: Sequence[int], topic_id: int | None) -> int:
    """Put many proposals or debates of a component under one topic, or under none; gives how many changed."""
    column = topic_column(component)
    own = column.table
    with transaction() as session:
        offered = select(offered_topics.c.topic_id).where(
            offered_topics.c.component_id == component.id, offered_topics.c.topic_id == topic_id
        )
        if topic_id is not None and session.scalar(offered) is None:
            raise Refused("no_such_topic")
        rows = session.execute(
            select(own.c.id, column)
            .join(Contribution.__table__, Contribution.__table__.c.id == own.c.id)
            .where(own.c.id.in_(ids), Contribution.__table__.c.component_id == component.id)
            .where(column.is_distinct_from(topic_id))
            .with_for_update(of=own)
        ).all()
        if not rows:
            return 0
        session.execute(update(own).where(own.c.id.in_([row.id for row in rows])).values(topic_id=topic_id))
        before = {str(row.id): row.topic_id for row in rows}
        note(session, by, "sort", component.space_id, before=before, after=topic_id, component=component.id)
        names = dict(session.execute(select(Topic.id, Topic.name)).all())
        record(
            session,
            by,
            "contribution.sorted",
            component,
            space_id=component.space_id,
            name=component.name,
            before=sorted({names.get(row.topic_id, "") for row in rows}),
            after=names.get(topic_id or 0, ""),
            count=len(rows),
        )
    return len(rows)


@register("sort", _l("Sorted under a topic"))
def _unsort(_by: Member, act: CurationAct) -> int:
    """Put texts back under the topics they had; those sorted otherwise since stay where they are."""
    with transaction() as session:
        component = session.get_one(Component, act.details["component"])
        column = topic_column(component)
        own, back = column.table, 0
        kept = set(session.scalars(select(Topic.id)))
        here = select(Contribution.id).where(Contribution.component_id == component.id)
        for number, topic_id in act.details["before"].items():
            done = session.execute(
                update(own)
                .where(own.c.id == int(number), own.c.id.in_(here))
                .where(column.is_not_distinct_from(act.details["after"]))
                .values(topic_id=topic_id if topic_id in kept else None)
                .returning(own.c.id)
            )
            back += len(done.all())
    return len(act.details["before"]) - back


# ── Moving ───────────────────────────────────────────────────────────────────────────────────────

_PARTICIPATIONS = text("UPDATE participations SET component_id = :component WHERE about_id = :id")


def relocate(session: AnySession, contribution_id: int, component_id: int) -> None:
    """Take a proposal or debate, and all that stands under it, to another component, in the act of the caller."""
    for key in (Contribution.id, Contribution.about_id):
        session.execute(
            update(Contribution)
            .where(key == contribution_id)
            .values(component_id=component_id)
            .execution_options(synchronize_session=False)
        )
    there = (Contribution.id == contribution_id) | (Contribution.about_id == contribution_id)
    session.execute(
        update(SearchDocument)
        .where(SearchDocument.contribution_id.in_(select(Contribution.id).where(there)))
        .values(component_id=component_id)
        .execution_options(synchronize_session=False)
    )
    session.execute(_PARTICIPATIONS, {"id": contribution_id, "component": component_id})


def topic_there(session: AnySession, topic_id: int | None, component_id: int) -> int | None:
    """The topic, where the component offers it too."""
    offered = offered_topics.c
    return session.scalar(
        select(offered.topic_id).where(offered.topic_id == topic_id, offered.component_id == component_id)
    )


def move(by: Member, contribution: Contribution, component: Component) -> None:
    """Move a proposal or debate to another component of its kind; old addresses lead there."""
    left = contribution.component
    with transaction() as session:
        column = topic_column(left)
        topic_id = session.scalar(select(column).where(column.table.c.id == contribution.id))
        MOVERS[left.kind](by, contribution, component)
        note(
            session, by, "move", left.space_id, contribution.id, left=left.id, to=component.id, topic=topic_id
        )


@register("move", _l("Moved"))
def _move_back(by: Member, act: CurationAct) -> int:
    """Take a text back where it was, with all that was written under it since."""
    with transaction() as session:
        contribution = find_contribution(act.subject_id or 0)
        component = whole_component(act.details["left"])
        if contribution is None or component is None or contribution.component_id != act.details["to"]:
            raise Refused("act_overtaken")
        MOVERS[component.kind](by, contribution, component)
        column = topic_column(component)
        if (topic_id := topic_there(session, act.details["topic"], component.id)) is not None:
            session.execute(
                update(column.table)
                .where(column.table.c.id == contribution.id, column.is_(None))
                .values(topic_id=topic_id)
            )
    return 0
