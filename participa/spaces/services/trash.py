"""Putting spaces and components in the trash, and taking them out: nothing in them changes."""

from sqlalchemy import update

from participa.audit.services import record
from participa.auth.models import Member
from participa.db import clock, transaction
from participa.spaces.models import Component, Space


def trash_component(editor: Member, component: Component, *, trashed: bool) -> bool:
    """Put a component in the trash with all it holds, or take it out; false when it was so already."""
    return _trash(editor, component, component.space_id, "component", trashed=trashed)


def trash_space(editor: Member, space: Space, *, trashed: bool) -> bool:
    """Put a space in the trash with all it holds, or take it out; false when it was so already."""
    return _trash(editor, space, space.id, "space", trashed=trashed)


def _trash(editor: Member, thing: Component | Space, space_id: int, word: str, *, trashed: bool) -> bool:
    model = type(thing)
    with transaction() as session:
        changed = session.execute(
            update(model)
            .where(model.id == thing.id, model.trashed_at.is_(None) == trashed)
            .values(trashed_at=clock() if trashed else None, revision=model.revision + 1)
            .returning(model.id)
            .execution_options(synchronize_session=False)
        ).first()
        if changed is not None:
            action = f"{word}.trashed" if trashed else f"{word}.restored"
            record(session, editor, action, thing, space_id=space_id, name=thing.name)
    return changed is not None
