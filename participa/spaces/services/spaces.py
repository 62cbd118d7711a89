"""Opening, editing, ordering and publishing spaces."""

from datetime import date
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from participa import text
from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Role
from participa.db import clock, transaction
from participa.events import AnySession
from participa.ordering import advance, last_position, move
from participa.spaces.drafts import RESERVED_SLUGS, PlannedPhase, SpaceDraft
from participa.spaces.kinds import KINDS
from participa.spaces.models import (
    ALWAYS,
    FormerSlug,
    Phase,
    RelatedSpace,
    Space,
    SpaceGroup,
    SpaceRole,
)
from participa.spaces.plans import SpacePlan, component_of
from participa.spaces.topics.services import add_topics, offer
from participa.spaces.translations.words import put


def open_space(opener: Member, draft: SpaceDraft, plan: SpacePlan) -> Space:
    """Open a space, not published yet, as planned; its opener becomes its administrator. Unknown tools are left out."""
    with transaction() as session:
        space = Space(
            kind=plan.kind,
            slug=draft.slug or free_slug(session, text.slugify(draft.name)),
            **said(draft),
            blocks=plan.blocks,
            position=last_position(session, Space),
            created_at=clock(),
            phases=[_phase(planned) for planned in plan.phases],
            components=[],
        )
        put(space, plan.translations, same_only=True)
        session.add(space)
        session.flush()
        keys = [str(phase.id) for phase in space.phases] or [ALWAYS]
        known = [component for component in plan.components if component.kind in KINDS]
        topics = add_topics(session, space, plan.topics)
        space.components = [component_of(each, keys, topics, n, clock()) for n, each in enumerate(known)]
        session.flush()
        for component, each in zip(space.components, known, strict=True):
            offer(session, component.id, each.shared)
        session.add(
            SpaceRole(space_id=space.id, member_id=opener.id, role=Role.ADMINISTRATOR, given_at=clock())
        )
        record(
            session,
            opener,
            "space.opened",
            space,
            space_id=space.id,
            components=[component.kind for component in known],
            origin=plan.origin,
        )
    return space


def _phase(planned: PlannedPhase) -> Phase:
    phase = Phase(
        name=planned.name,
        description=planned.description,
        starts_on=planned.starts_on,
        ends_on=planned.ends_on,
    )
    put(phase, planned.translations)
    return phase


def said(draft: SpaceDraft) -> dict[str, Any]:
    """What a draft makes of a space's row, the HTML of its texts beside them."""
    values = draft._asdict()
    del values["slug"]
    for source, html in HTML.items():
        values[html] = text.to_html(values[source])
    return values


HTML = {"description": "html", "announcement": "announcement_html", "programme": "programme_html"}


def free_slug(session: AnySession, wanted: str) -> str:
    """The slug `wanted`, followed by a number when another space has it or had it."""
    wanted = wanted or "espace"
    taken = set(RESERVED_SLUGS)
    for model in (Space, FormerSlug):
        likes = or_(model.slug == wanted, model.slug.startswith(f"{wanted}-", autoescape=True))
        taken |= set(session.scalars(select(model.slug).where(likes)))
    return next(
        slug for slug in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )


def edit_space(
    editor: Member, space: Space, draft: SpaceDraft, *, revision: int, merge: dict[str, Any]
) -> None:
    """Change what a space says of itself; an address that it had leads to the new one.

    Raises Conflict, carrying `merge`, when `revision` is stale.
    """
    with transaction() as session:
        advance(session, space, revision, merge)
        wanted = said(draft)
        changed = [name for name in draft._fields if name != "slug" and getattr(space, name) != wanted[name]]
        short = [name for name in changed if name not in HTML]
        before = {name: _plain(session, name, getattr(space, name)) for name in short}
        for name, value in wanted.items():
            setattr(space, name, value)
        after = {name: _plain(session, name, getattr(space, name)) for name in short}
        if draft.slug and draft.slug != space.slug:
            before["slug"], after["slug"] = space.slug, draft.slug
            _move(session, space, draft.slug)
        record(
            session,
            editor,
            "space.edited",
            space,
            space_id=space.id,
            before=before,
            after=after,
            texts=[name for name in changed if name in HTML],
        )


def _plain(session: AnySession, name: str, value: Any) -> Any:
    """A value as the record keeps it: days as text, a group or an assembly by its name."""
    if name in NAMED:
        return session.scalar(select(NAMED[name].name).where(NAMED[name].id == value))
    return value.isoformat() if isinstance(value, date) else value


NAMED: dict[str, type[Space] | type[SpaceGroup]] = {"parent_id": Space, "group_id": SpaceGroup}


def _move(session: AnySession, space: Space, slug: str) -> None:
    """Give a space another address; the one that people know since it was published goes on leading to it."""
    session.execute(delete(FormerSlug).where(FormerSlug.slug == slug, FormerSlug.space_id == space.id))
    if space.published_at is not None:
        session.add(FormerSlug(slug=space.slug, space_id=space.id))
    space.slug = slug


def relate(editor: Member, space: Space, other: Space) -> bool:
    """Point the readers of a space to another one; false when it already did."""
    with transaction() as session:
        insert = upsert(RelatedSpace).values(space_id=space.id, related_id=other.id, added_at=clock())
        added = session.execute(insert.on_conflict_do_nothing().returning(RelatedSpace.related_id)).first()
        if added is not None:
            record(session, editor, "space.related", space, space_id=space.id, other=other.id)
    return added is not None


def unrelate(editor: Member, space: Space, other_id: int) -> bool:
    """Stop pointing the readers of a space to another one; false when it did not."""
    with transaction() as session:
        gone = session.execute(
            delete(RelatedSpace)
            .where(RelatedSpace.space_id == space.id, RelatedSpace.related_id == other_id)
            .returning(RelatedSpace.related_id)
        ).first()
        if gone is not None:
            record(session, editor, "space.unrelated", space, space_id=space.id, other=other_id)
    return gone is not None


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
