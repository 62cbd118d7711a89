"""Reads of the acts of those who curate, and of what there is to sort."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Bundle, joinedload, raiseload

from participa.auth.models import Member
from participa.authorization import Actor
from participa.contributions.models import Contribution
from participa.contributions.queries import shown
from participa.contributions.words import with_words
from participa.curation.models import CurationAct
from participa.db import db
from participa.paging import Page, page_of
from participa.spaces.kinds import KINDS
from participa.spaces.models import Component, Space, Topic
from participa.spaces.queries import spaces_visible_to


def page_of_acts(actor: Actor, space_id: int | None, key: str | None) -> Page[CurationAct]:
    """The acts in the spaces that `actor` curates, or in one, the latest first, with who did them and where."""
    query = (
        select(CurationAct)
        .join(Space, Space.id == CurationAct.space_id)
        .where(spaces_visible_to(actor))
        .options(
            joinedload(CurationAct.by).load_only(Member.name), joinedload(CurationAct.space), raiseload("*")
        )
    )
    if not actor.is_coordinator:
        query = query.where(CurationAct.space_id.in_(sorted(actor.curated_spaces)))
    if space_id is not None:
        query = query.where(CurationAct.space_id == space_id)
    return page_of(query, (CurationAct.id,), key, size=30)


def find_act(act_id: int) -> CurationAct | None:
    """An act with its space."""
    return db.session.scalar(
        select(CurationAct).where(CurationAct.id == act_id).options(joinedload(CurationAct.space))
    )


def subjects_of(acts: Sequence[CurationAct]) -> dict[int, Contribution]:
    """The texts that acts are about, with their place; one statement."""
    ids = [act.subject_id for act in acts if act.subject_id is not None]
    found = db.session.scalars(
        select(Contribution)
        .where(Contribution.id.in_(ids))
        .options(
            joinedload(Contribution.component).joinedload(Component.space), joinedload(Contribution.about)
        )
    )
    return {text.id: text for text in found} if ids else {}


def topic_column(component: Component) -> Any:
    """The column that sorts the texts of a component under topics."""
    return KINDS[component.kind].contribution.__table__.c.topic_id


def page_to_sort(component: Component, wanted: str, words: str, key: str | None) -> Page[Any]:
    """The proposals or debates of a component, the latest first; under one topic, under none, or all."""
    column = topic_column(component)
    base = Contribution.__table__
    row: Bundle[Any] = Bundle("row", base.c.id, base.c.title, base.c.published_at, Topic.name.label("topic"))
    query = (
        select(row)
        .select_from(base)
        .join(column.table, column.table.c.id == base.c.id)
        .outerjoin(Topic, Topic.id == column)
        .where(base.c.component_id == component.id, base.c.about_id.is_(None), shown())
    )
    if wanted == "none":
        query = query.where(column.is_(None))
    elif wanted:
        query = query.where(column == int(wanted))
    if words and (found := with_words(words, component.id)) is not None:
        query = query.where(found)
    return page_of(query, (base.c.published_at, base.c.id), key, size=50)


def components_like(actor: Actor, component: Component) -> list[Component]:
    """The other components of that kind in the spaces that `actor` curates, with their space."""
    query = (
        select(Component)
        .join(Component.space)
        .where(
            Component.kind == component.kind,
            Component.id != component.id,
            Component.trashed_at.is_(None),
            spaces_visible_to(actor),
        )
        .order_by(Space.position, Space.id, Component.position)
        .limit(200)
        .options(joinedload(Component.space))
    )
    if not actor.is_coordinator:
        query = query.where(Component.space_id.in_(sorted(actor.curated_spaces)))
    return list(db.session.scalars(query))
