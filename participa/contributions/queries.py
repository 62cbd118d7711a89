"""Reads that hold for every kind of contribution."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload, raiseload

from participa.authorization import Actor
from participa.contributions.models import Contribution, Draft
from participa.db import db
from participa.spaces.models import Component, Space
from participa.spaces.queries import readable_components


def standing(table: Any = Contribution) -> ColumnElement[bool]:
    """The condition that a contribution is there: the SQL of `Contribution.is_shown`."""
    return and_(table.deleted_at.is_(None), table.hidden_at.is_(None), table.trashed_at.is_(None))


def shown(table: Any = Contribution) -> ColumnElement[bool]:
    """The condition under which a contribution is in lists, counts, search, feeds, mails and exports."""
    return and_(standing(table), ~table.restricted)


def written_by(member_id: int | None, table: Any = Contribution) -> ColumnElement[bool]:
    """The condition that a member is one of its authors; the SQL of `is_author`."""
    if member_id is None:
        return false()
    return or_(table.author_id == member_id, table.coauthor_ids.any_() == member_id)


def written_alone(member_id: int) -> ColumnElement[bool]:
    """The condition that a member is its only author: what goes with their account."""
    return and_(Contribution.author_id == member_id, func.cardinality(Contribution.coauthor_ids) == 0)


def written_by_others(member_id: Any, table: Any = Contribution) -> ColumnElement[bool]:
    """The condition that a member is none of its authors; true of everything for a visitor, who has no number."""
    return and_(
        table.author_id.is_distinct_from(member_id),
        (table.coauthor_ids.any_() == member_id).is_not(true()),
    )


def _own_state(actor: Actor, table: Any) -> ColumnElement[bool]:
    """The SQL of `may_read_own_state`."""
    moderated: ColumnElement[bool] = _in_spaces(actor, actor.curated_spaces, table)
    administered = _in_spaces(
        actor, [space_id for space_id in actor.roles if actor.administers(space_id)], table
    )
    own = written_by(actor.id, table)
    root = aliased(Contribution, flat=True)
    about_own = select(root.id).where(root.id == table.about_id, written_by(actor.id, root)).exists()
    return or_(
        shown(table),
        and_(table.trashed_at.is_not(None), administered),
        and_(
            table.trashed_at.is_(None),
            table.deleted_at.is_(None),
            or_(table.hidden_at.is_not(None), table.restricted),
            or_(moderated, own),
        ),
        and_(standing(table), table.restricted, about_own),
    )


def _in_spaces(actor: Actor, space_ids: list[int], table: Any) -> ColumnElement[bool]:
    if actor.is_coordinator:
        return true()
    if not space_ids:
        return false()
    return table.component_id.in_(select(Component.id).where(Component.space_id.in_(sorted(space_ids))))  # type: ignore[no-any-return]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on `contributions` under which `actor` may read the text; says the same as `may_read`."""
    return and_(
        Contribution.component_id.in_(readable_components(actor)),
        _own_state(actor, Contribution),
        *(_above(key, lambda table: _own_state(actor, table)) for key in _CHAIN),
    )


_CHAIN = (Contribution.about_id, Contribution.within_id)
"""What a text belongs to, and is read only as far as that is."""


def _above(key: Any, condition: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """The condition that what `key` names, if anything, meets `condition`."""
    above = aliased(Contribution, flat=True)
    return or_(key.is_(None), select(above.id).where(above.id == key, condition(above)).exists())


def whole_chain_shown() -> ColumnElement[bool]:
    """The condition that a contribution, and all that it belongs to, is shown."""
    return and_(shown(), *(_above(key, shown) for key in _CHAIN))


def listed_to(actor: Actor) -> ColumnElement[bool]:
    """The condition under which lists across spaces show a contribution to `actor`: readable, and shown whole."""
    return and_(Contribution.component_id.in_(readable_components(actor)), whole_chain_shown())


def with_place(query: Select[Any]) -> Select[Any]:
    """Load with each contribution its author, centre, component and space, in the same statement."""
    return query.options(
        joinedload(Contribution.author),
        joinedload(Contribution.centre),
        joinedload(Contribution.component).joinedload(Component.space),
    )


def find_contribution(contribution_id: int) -> Contribution | None:
    """A contribution of any kind (base columns) with its root, author, centre, component, space and phases."""
    found: Contribution | None = db.session.scalar(
        with_place(select(Contribution))
        .where(Contribution.id == contribution_id)
        .options(
            joinedload(Contribution.about),
            joinedload(Contribution.within),
            joinedload(Contribution.component).joinedload(Component.space).selectinload(Space.phases),
        )
    )
    return found


def drafts_of(actor: Actor, form: str | None = None, target: str | None = None) -> Select[Draft]:
    """What `actor` is writing, the last saved first; in one form, or for one page, when named."""
    query = (
        select(Draft)
        .where(Draft.author_id == actor.id, Draft.claim_hash.is_(None))
        .options(raiseload("*"))
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
    )
    if form is not None:
        query = query.where(Draft.form == form)
    return query if target is None else query.where(Draft.target == target)


def find_draft(actor: Actor, draft_id: int) -> Draft | None:
    """A draft of `actor`."""
    return db.session.scalar(drafts_of(actor).where(Draft.id == draft_id))
