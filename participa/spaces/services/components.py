"""Adding, configuring and ordering the components of a space."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from participa.audit.services import record
from participa.auth.models import Member
from participa.db import clock, transaction
from participa.events import announce
from participa.ordering import advance, last_position, move
from participa.spaces.drafts import Configuration
from participa.spaces.events import ComponentConfigured
from participa.spaces.kinds import KINDS
from participa.spaces.models import ALWAYS, Component, Space


def add_component(editor: Member, space: Space, kind: str, name: str = "") -> Component:
    """Add a tool to a space, not published yet, with its kind's open preset in every phase."""
    registered = KINDS[kind]
    keys = [str(phase.id) for phase in space.phases] or [ALWAYS]
    with transaction() as session:
        component = Component(
            space_id=space.id,
            kind=kind,
            name=name or str(registered.label),
            position=last_position(session, Component, Component.space_id == space.id),
            created_at=clock(),
            settings=asdict(registered.open_settings),
            rules={key: asdict(registered.open_rules) for key in keys},
        )
        session.add(component)
        session.flush()
        record(session, editor, "component.added", component, space_id=space.id, kind=kind)
    return component


def configure(
    editor: Member, component: Component, wanted: Configuration, *, revision: int, merge: dict[str, Any]
) -> dict[str, list[Any]]:
    """Change a component's texts, settings and rules; gives what changed, [before, after] by name.

    Raises Conflict, carrying `merge`, when `revision` is stale.
    """
    with transaction() as session:
        advance(session, component, revision, merge)
        changes = _changes("", component.settings, wanted.settings)
        for key, rules in wanted.rules.items():
            changes |= _changes(f"{key}.", component.rules.get(key, {}), rules)
        changes |= _changes("", {"name": component.name}, {"name": wanted.name})
        long = [name for name, bounds in KINDS[component.kind].bounds.items() if bounds.long]
        changes |= {name: [None, None] for name in long if name in changes}
        if component.introduction != wanted.introduction:
            changes["introduction"] = [None, None]  # the record holds no text of people
        component.name, component.introduction = wanted.name, wanted.introduction
        component.settings = component.settings | wanted.settings
        component.rules = component.rules | wanted.rules
        if changes:
            record(
                session,
                editor,
                "component.configured",
                component,
                space_id=component.space_id,
                changes=changes,
            )
            announce(session, ComponentConfigured(component, changes))
    return changes


def _changes(prefix: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    return {
        f"{prefix}{name}": [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }


def show_component(editor: Member, component: Component, *, published: bool) -> None:
    """Publish a component, or take it back from all but those who curate the space; what is in it stays."""
    if (component.published_at is not None) == published:
        return
    with transaction() as session:
        component.published_at = clock() if published else None
        component.revision += 1
        action = "component.published" if published else "component.unpublished"
        record(session, editor, action, component, space_id=component.space_id)


def move_component(editor: Member, component: Component, step: int) -> None:
    """Move a component one place earlier (−1) or later (+1) in its space."""
    siblings = (
        select(Component)
        .where(Component.space_id == component.space_id, Component.trashed_at.is_(None))
        .order_by(Component.position, Component.id)
    )
    with transaction() as session:
        if move(session, siblings, component.id, step):
            record(session, editor, "component.moved", component, space_id=component.space_id, step=step)
