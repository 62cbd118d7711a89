"""Reads of spaces and components."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import joinedload, raiseload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.base import ExecutableOption

from participa.audit.models import AuditEntry
from participa.auth.models import Member
from participa.authorization import Actor, Role, grouped_roles
from participa.db import at_most, clock, day_of, db
from participa.network.frame import alongside
from participa.network.lists import Line, fault_of_address
from participa.paging import Page, folded, page_of
from participa.spaces.models import (
    ALWAYS,
    Component,
    Phase,
    Space,
    SpaceRole,
    Topic,
    Visibility,
    offered_topics,
    space_topics,
)
from participa.web import ComponentConverter


def spaces_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on `spaces` under which `actor` may read one; says the same as `may_read_space`."""
    previewed = and_(
        Space.trashed_at.is_(None),
        Space.published_at.is_(None),
        or_(Space.visibility != Visibility.PRIVATE, Space.id.in_(sorted(actor.roles))),
        Space.id.in_(sorted(actor.previews)),
    )
    if not actor.may_enter:
        return previewed if actor.previews else false()
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
    readable = and_(Space.trashed_at.is_(None), opened, published)
    return or_(readable, previewed) if actor.previews else readable


def components_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on `components` and `spaces`, joined, under which `actor` may read a component."""
    return and_(spaces_visible_to(actor), Component.trashed_at.is_(None), _published_to(actor))


def _published_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on `components` that they are shown to `actor` as far as being published goes."""
    if actor.is_coordinator:
        return true()
    published = or_(Component.published_at.is_not(None), Component.space_id.in_(sorted(actor.curated_spaces)))
    if actor.previewed_components:
        published = or_(published, Component.id.in_(sorted(actor.previewed_components)))
    return published


def readable_components(actor: Actor) -> Select[int]:
    """The ids of the components that `actor` may read."""
    return select(Component.id).join(Component.space).where(components_visible_to(actor))


def hiding_counts() -> Select[int]:
    """The ids of the components that hide the counts of votes now; says the same as `hides_counts_at`."""
    begun = Phase.starts_on <= day_of(clock())
    last = (
        select(cast(Phase.id, Text))
        .where(Phase.space_id == Component.space_id)
        .order_by(begun.desc(), case((begun, Phase.starts_on)).desc(), Phase.starts_on)
        .limit(at_most(1))
        .correlate(Component)
        .scalar_subquery()
    )
    hidden = func.jsonb_extract_path_text(Component.rules, func.coalesce(last, ALWAYS), "votes_hidden")
    return select(Component.id).where(hidden == "true")


def which_hide(components: Iterable[Component]) -> set[int]:
    """Which of these components hide counts now; one statement, none where no phase ever hides them."""
    able = {
        component.id
        for component in components
        if any(getattr(component.rules_of(key), "votes_hidden", False) for key in component.rules)
    }
    return able & set(db.session.scalars(hiding_counts())) if able else set()


def spaces(actor: Actor) -> Select[Space]:
    """The spaces that `actor` may read, in the network's order, without their components or phases."""
    return select(Space).where(spaces_visible_to(actor)).order_by(Space.position, Space.id)


def spaces_with_components(
    actor: Actor,
    *,
    phases: bool = False,
    group_id: int | None = None,
    topic_ids: Sequence[int] | None = None,
) -> list[tuple[Space, list[Component]]]:
    """The spaces that `actor` may read, of one group, about some topics or all, each with the components they may read.

    In the network's order. One statement, and one more for their phases.
    """
    query = (
        select(Space, Component)
        .outerjoin(
            Component,
            and_(Component.space_id == Space.id, Component.trashed_at.is_(None), _published_to(actor)),
        )
        .where(spaces_visible_to(actor))
        .order_by(Space.position, Space.id, Component.position, Component.id)
        .options(raiseload("*", sql_only=True))
    )
    if phases:
        query = query.options(selectinload(Space.phases))
    if group_id is not None:
        query = query.where(Space.group_id == group_id)
    if topic_ids is not None:
        query = query.where(
            Space.id.in_(select(space_topics.c.space_id).where(space_topics.c.topic_id.in_(topic_ids)))
        )
    rows = db.session.execute(query)
    found: dict[int, tuple[Space, list[Component]]] = {}
    for space, component in rows:
        _space, components = found.setdefault(space.id, (space, []))
        if component is not None:
            components.append(component)
    return list(found.values())


def all_spaces() -> Select[Space]:
    """Every space, in the network's order; of private ones only the name may be shown to coordinators."""
    return select(Space).where(Space.trashed_at.is_(None)).order_by(Space.position, Space.id)


def page_of_trashed_spaces(actor: Actor, key: str | None) -> Page[Space]:
    """The spaces in the trash that `actor` may take out, the latest first, fifty at a time."""
    query = select(Space).where(Space.trashed_at.is_not(None)).options(raiseload("*"))
    administered = [space_id for space_id in actor.roles if actor.has(space_id, Role.ADMINISTRATOR)]
    mine: ColumnElement[bool] = Space.id.in_(sorted(administered))
    if actor.is_coordinator:
        mine = or_(mine, Space.visibility != Visibility.PRIVATE)
    return page_of(query.where(mine), (Space.trashed_at, Space.id), key, size=50)


@cache
def _space_whole() -> Select[Space]:
    return (
        select(Space)
        .where(Space.slug == bindparam("slug"))
        .options(joinedload(Space.phases), joinedload(Space.components))
    )


def find_space(slug: str) -> Space | None:
    """A space by its slug, with its phases and components, in one statement."""
    return db.session.scalars(_space_whole(), {"slug": slug}).unique().one_or_none()


@cache
def _component_whole() -> Select[Component]:
    space = joinedload(Component.space)
    return (
        select(Component)
        .join(Component.space)
        .where(Component.id == bindparam("id"), Space.slug == bindparam("slug"))
        .options(space.joinedload(Space.phases), space.joinedload(Space.components))
    )


@cache
def _topics() -> Select[Topic]:
    offered = offered_topics.c
    return (
        select(Topic)
        .join(offered_topics, offered.topic_id == Topic.id)
        .where(offered.component_id == bindparam("id"))
        .order_by(Topic.position, Topic.id)
    )


def find_component(component_id: int, slug: str) -> Component | None:
    """A component of a space with its topics, and the space with its phases and components, in two statements."""
    found = db.session.scalars(_component_whole(), {"id": component_id, "slug": slug}).unique().one_or_none()
    if found is not None:
        set_committed_value(found, "topics", list(db.session.scalars(_topics(), {"id": component_id})))
    return found


def whole_component(component_id: int) -> Component | None:
    """A component by its number, with its topics, its space, and the phases and components of that, or None."""
    slug = db.session.scalar(
        select(Space.slug).join(Component, Component.space_id == Space.id).where(Component.id == component_id)
    )
    return find_component(component_id, slug) if slug else None


def curated_spaces(actor: Actor, *more: ExecutableOption) -> list[Space]:
    """The spaces that `actor` curates, in the network's order, with what the options load beside them."""
    query = spaces(actor).options(*more, raiseload("*", sql_only=True))
    if not actor.is_coordinator:
        query = query.where(Space.id.in_(sorted(actor.curated_spaces)))
    return list(db.session.scalars(query))


def load_topics(space: Space) -> None:
    """Load the topics that a space keeps, and those that each of its components offers; two statements."""
    held: dict[int, list[Topic]] = {component.id: [] for component in space.components}
    offered = (
        select(offered_topics.c.component_id, Topic)
        .join(Topic, Topic.id == offered_topics.c.topic_id)
        .where(offered_topics.c.component_id.in_(held))
        .order_by(Topic.position, Topic.id)
    )
    for component_id, topic in db.session.execute(offered):
        held[component_id].append(topic)
    for component in space.components:
        set_committed_value(component, "topics", held[component.id])
    own = select(Topic).where(Topic.space_id == space.id).order_by(Topic.position, Topic.id)
    set_committed_value(space, "topics", list(db.session.scalars(own)))


PEOPLE_A_PAGE = 100


def people(space_id: int, after: tuple[str, int] | None = None) -> list[tuple[Member, list[Role]]]:
    """Who belongs to a space, by name, with roles and centre; one more than a page if there is a next."""
    query = (
        select(Member, func.array_agg(SpaceRole.role))
        .join(SpaceRole, SpaceRole.member_id == Member.id)
        .where(SpaceRole.space_id == space_id)
        .group_by(Member.id)
        .order_by(folded(Member.name), Member.id)
        .limit(at_most(PEOPLE_A_PAGE + 1))
        .options(selectinload(Member.centre), raiseload("*"))
    )
    if after is not None:
        name, number = after
        query = query.where(tuple_(folded(Member.name), Member.id) > tuple_(func.fold(name), number))
    order = list(Role)
    return [
        (member, sorted((Role(role) for role in roles), key=order.index))
        for member, roles in db.session.execute(query)
    ]


def curators(space_id: int) -> list[tuple[Member, Role]]:
    """Who administers or moderates a space, each under their highest role, with their centre."""
    rows = db.session.execute(
        select(Member, func.min(SpaceRole.role))  # "administrator" sorts before "moderator"
        .join(SpaceRole, SpaceRole.member_id == Member.id)
        .where(
            SpaceRole.space_id == space_id,
            SpaceRole.role.in_([Role.ADMINISTRATOR, Role.MODERATOR]),
            Member.deactivated_at.is_(None),
        )
        .group_by(Member.id)
        .order_by(func.min(SpaceRole.role), folded(Member.name))
        .limit(at_most(50))
        .options(selectinload(Member.centre), raiseload("*"))
    )
    return [(member, Role(role)) for member, role in rows]


def people_named(words: str, limit: int = 10) -> list[Member]:
    """Active members whose name, function or e-mail holds `words`, accents forgiven, with their centre."""
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", words) + "%"
    return list(
        db.session.scalars(
            select(Member)
            .where(
                Member.deactivated_at.is_(None),
                Member.erased_at.is_(None),
                ~Member.imported,
                or_(
                    func.fold(Member.name).like(func.fold(pattern)),
                    func.fold(func.coalesce(Member.function, "")).like(func.fold(pattern)),
                    func.lower(Member.email) == words.lower(),
                ),
            )
            .order_by(folded(Member.name), Member.id)
            .limit(at_most(limit))
            .options(joinedload(Member.centre), raiseload("*"))
        )
    )


def check_people(space: Space, lines: Sequence[Line], role: Role) -> tuple[list[Line], list[int]]:
    """Say of each line of a list whether it names a member who may be given `role` here; one statement.

    Gives the lines, with the member's own name and centre, and the ids of the members who are ready.
    """
    held = select(SpaceRole.member_id).where(
        SpaceRole.space_id == space.id, SpaceRole.member_id == Member.id, SpaceRole.role == role
    )
    rows = db.session.execute(
        select(func.lower(Member.email), Member, held.exists().label("held"))
        .where(func.lower(Member.email).in_([line.email for line in lines]), Member.erased_at.is_(None))
        .options(joinedload(Member.centre), raiseload("*"))
    )
    known = {email: (member, has) for email, member, has in rows}
    seen: dict[str, int] = {}
    checked, ready = [], []
    for line in lines:
        member, has = known.get(line.email, (None, False))
        fault, ignored = fault_of_address(line.email), None
        if line.email and line.email in seen:
            ignored = _("Same address as line %(number)s. The line will be ignored.", number=seen[line.email])
        elif member is None:
            fault = fault or _(
                "No member has this address. Correct it, or ask the coordination to invite this person first."
            )
        elif not member.is_active:
            ignored = _("This account is deactivated. The line will be ignored.")
        elif has:
            ignored = _("This person has this role already. The line will be ignored.")
        else:
            ready.append(member.id)
        seen.setdefault(line.email, line.number)
        checked.append(
            replace(
                line,
                name=member.name if member else line.name,
                centre=member.centre.name if member and member.centre else line.centre,
                errors={"email": str(fault)} if fault and not ignored else {},
                ignored=ignored,
            )
        )
    return checked, ready


def last_configurations(component_id: int, limit: int = 5) -> list[tuple[AuditEntry, str | None]]:
    """The last changes of a component's settings, each with the name of who made it."""
    rows = db.session.execute(
        select(AuditEntry, Member.name)
        .outerjoin(Member, Member.id == AuditEntry.actor_id)
        .where(
            AuditEntry.subject_kind == Component.__tablename__,
            AuditEntry.subject_id == component_id,
            AuditEntry.action == "component.configured",
        )
        .order_by(AuditEntry.id.desc())
        .limit(at_most(limit))
    )
    return [(entry, name) for entry, name in rows]


def roles_of(member_id: int) -> Mapping[int, frozenset[Role]]:
    """The roles of a member by space id."""
    rows = db.session.execute(
        select(SpaceRole.space_id, SpaceRole.role).where(SpaceRole.member_id == member_id)
    )
    return grouped_roles((space_id, role) for space_id, role in rows)


@alongside("roles")
def roles_read_along() -> ScalarSelect[Any]:
    """The (space id, role) pairs of the member who asks."""
    pair = func.jsonb_build_array(SpaceRole.space_id, SpaceRole.role)
    return (
        select(func.jsonb_agg(pair))
        .where(SpaceRole.member_id == Member.id)
        .correlate(Member)
        .scalar_subquery()
    )


def kind_of_component(component_id: int) -> str | None:
    """The kind of a component, for routing."""
    return db.session.scalar(select(Component.kind).where(Component.id == component_id))


def register() -> None:
    """Give lower layers what only spaces know."""
    ComponentConverter.find_kind = staticmethod(kind_of_component)
