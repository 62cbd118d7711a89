"""Groups of spaces: opened, edited, ordered and closed by coordinators."""

from typing import Any

from participa import text
from participa.audit.services import record
from participa.auth.models import Member
from participa.db import clock, transaction
from participa.ordering import advance, last_position
from participa.spaces.drafts import GroupDraft
from participa.spaces.models import SpaceGroup


def open_group(opener: Member, draft: GroupDraft) -> SpaceGroup:
    """Make a group, empty; spaces choose it in their settings."""
    with transaction() as session:
        group = SpaceGroup(
            **_said(draft),
            slug=draft.slug or text.slugify(draft.name),
            position=last_position(session, SpaceGroup),
            created_at=clock(),
        )
        session.add(group)
        session.flush()
        record(session, opener, "group.opened", group, name=group.name)
    return group


def edit_group(
    editor: Member, group: SpaceGroup, draft: GroupDraft, *, revision: int, merge: dict[str, Any]
) -> None:
    """Change what a group says of itself; raises Conflict, carrying `merge`, when `revision` is stale."""
    with transaction() as session:
        advance(session, group, revision, merge)
        before = {name: getattr(group, name) for name in ("name", "summary", "slug")}
        for name, value in _said(draft).items():
            setattr(group, name, value)
        group.slug = draft.slug or group.slug
        after = {name: getattr(group, name) for name in before}
        record(session, editor, "group.edited", group, name=group.name, before=before, after=after)


def close_group(closer: Member, group: SpaceGroup) -> None:
    """Take a group away; its spaces stay, in no group."""
    with transaction() as session:
        record(session, closer, "group.closed", group, name=group.name)
        session.delete(group)


def _said(draft: GroupDraft) -> dict[str, Any]:
    values = draft._asdict()
    del values["slug"]
    return values | {"html": text.to_html(draft.description)}
