"""Opening, editing, ordering and publishing spaces."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import or_, select

from participa import text
from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused, Role
from participa.db import clock, transaction
from participa.events import AnySession
from participa.spaces.drafts import RESERVED_SLUGS, SpaceDraft
from participa.spaces.kinds import KINDS
from participa.spaces.models import ALWAYS, Component, Space, SpaceKind, SpaceRole
from participa.spaces.services.ordering import advance, last_position, move


def open_space(
    opener: Member, kind: SpaceKind, draft: SpaceDraft, component_kinds: Sequence[str] = ()
) -> Space:
    """Open a space, not published yet, with some components; its opener becomes its administrator."""
    with transaction() as session:
        space = Space(
            kind=kind,
            name=draft.name,
            slug=free_slug(session, draft.slug or text.slugify(draft.name)),
            summary=draft.summary,
            description=draft.description,
            html=text.to_html(draft.description),
            accent=draft.accent,
            visibility=draft.visibility,
            position=last_position(session, Space),
            created_at=clock(),
            phases=[],
            components=[
                Component(
                    kind=name,
                    name=str(KINDS[name].label),
                    position=position,
                    created_at=clock(),
                    published_at=clock(),
                    settings=asdict(KINDS[name].open_settings),
                    rules={ALWAYS: asdict(KINDS[name].open_rules)},
                    topics=[],
                )
                for position, name in enumerate(component_kinds)
            ],
        )
        session.add(space)
        session.flush()
        session.add(
            SpaceRole(space_id=space.id, member_id=opener.id, role=Role.ADMINISTRATOR, given_at=clock())
        )
        record(session, opener, "space.opened", space, space_id=space.id, components=list(component_kinds))
    return space


def free_slug(session: AnySession, wanted: str, keeper_id: int | None = None) -> str:
    """The slug `wanted`, followed by a number when another space, `keeper_id` aside, already has it."""
    wanted = wanted or "espace"
    others = select(Space.slug).where(
        or_(Space.slug == wanted, Space.slug.startswith(f"{wanted}-", autoescape=True))
    )
    if keeper_id is not None:
        others = others.where(Space.id != keeper_id)
    taken = set(session.scalars(others)) | RESERVED_SLUGS
    return next(
        slug for slug in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )


def edit_space(
    editor: Member, space: Space, draft: SpaceDraft, *, revision: int, merge: dict[str, Any]
) -> None:
    """Change what a space says of itself.

    Raises Conflict, carrying `merge`, when `revision` is stale; Refused when the address is kept.
    """
    with transaction() as session:
        advance(session, space, revision, merge)
        if draft.slug and draft.slug != space.slug:
            if space.published_at is not None:
                raise Refused("address_is_kept")
            space.slug = free_slug(session, draft.slug, space.id)
        changed = [
            name for name in draft._fields if name != "slug" and getattr(space, name) != getattr(draft, name)
        ]
        before = space.visibility
        for name in changed:
            setattr(space, name, getattr(draft, name))
        space.html = text.to_html(draft.description)
        details: dict[str, Any] = {"changed": changed}
        if "visibility" in changed:
            details["visibility"] = [before, draft.visibility]
        record(session, editor, "space.edited", space, space_id=space.id, **details)


def show_space(editor: Member, space: Space, *, published: bool) -> None:
    """Publish a space, or take it back from everyone but those who curate it; what is in it stays."""
    if (space.published_at is not None) == published:
        return
    with transaction() as session:
        space.published_at = clock() if published else None
        space.revision += 1
        action = "space.published" if published else "space.unpublished"
        record(session, editor, action, space, space_id=space.id)


def move_space(editor: Member, space: Space, step: int) -> None:
    """Move a space one place up (−1) or down (+1) in the order of the network."""
    with transaction() as session:
        spaces = select(Space).where(Space.trashed_at.is_(None)).order_by(Space.position, Space.id)
        if move(session, spaces, space.id, step):
            record(session, editor, "space.moved", space, space_id=space.id, step=step)
