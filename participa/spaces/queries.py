"""Reads of spaces and components."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from participa.authorization import Actor, Role, grouped_roles, role_loader
from participa.db import db
from participa.spaces.models import Component, Space, SpaceRole, Visibility
from participa.web import ComponentConverter


def spaces_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on `spaces` under which `actor` may read one; says the same as `may_read_space`."""
    if not actor.may_enter:
        return false()
    visibilities = [Visibility.PUBLIC, Visibility.TRANSPARENT]
    if actor.is_authenticated:
        visibilities.append(Visibility.MEMBERS)
    opened: ColumnElement[bool] = Space.visibility.in_(visibilities)
    if actor.roles:
        opened = or_(opened, Space.id.in_(sorted(actor.roles)))
    if actor.is_coordinator:
        published: ColumnElement[bool] = true()
    else:
        published = or_(Space.published_at.is_not(None), Space.id.in_(sorted(actor.curated_spaces)))
    return and_(Space.trashed_at.is_(None), opened, published)


def components_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on `components` and `spaces`, joined, under which `actor` may read a component."""
    published: ColumnElement[bool] = true()
    if not actor.is_coordinator:
        published = or_(Component.published_at.is_not(None), Component.space_id.in_(sorted(actor.curated_spaces)))
    return and_(spaces_visible_to(actor), Component.trashed_at.is_(None), published)


def readable_components(actor: Actor) -> Select[tuple[int]]:
    """The ids of the components that `actor` may read."""
    return select(Component.id).join(Component.space).where(components_visible_to(actor))


def spaces(actor: Actor) -> Select[tuple[Space]]:
    """The spaces that `actor` may read, in the network's order, without their components or phases."""
    return select(Space).where(spaces_visible_to(actor)).order_by(Space.position, Space.id)


def find_space(slug: str) -> Space | None:
    """A space by its slug, with its phases and components."""
    return db.session.scalar(
        select(Space).where(Space.slug == slug).options(selectinload(Space.phases), selectinload(Space.components))
    )


def find_component(component_id: int, slug: str | None = None) -> Component | None:
    """A component with its topics, its space and that space's phases and components."""
    condition = Component.id == component_id
    query = select(Component).join(Component.space).where(condition)
    if slug is not None:
        query = query.where(Space.slug == slug)
    return db.session.scalar(
        query.options(
            joinedload(Component.space).options(selectinload(Space.phases), selectinload(Space.components)),
            selectinload(Component.topics),
        )
    )


def roles_of(member_id: int) -> Mapping[int, frozenset[Role]]:
    """The roles of a member by space id."""
    rows = db.session.execute(select(SpaceRole.space_id, SpaceRole.role).where(SpaceRole.member_id == member_id))
    return grouped_roles((space_id, role) for space_id, role in rows)


def kind_of_component(component_id: int) -> str | None:
    """The kind of a component, for routing."""
    return db.session.scalar(select(Component.kind).where(Component.id == component_id))


def register() -> None:
    """Give lower layers what only spaces know."""
    role_loader.load = roles_of
    ComponentConverter.find_kind = staticmethod(kind_of_component)
