"""Writes of documents and images: one function for each thing a moderator does."""

from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from participa.attachments import content
from participa.attachments.documents.queries import of_place
from participa.attachments.models import Attachment, Purpose
from participa.attachments.services import forget, take_in
from participa.audit.services import record
from participa.auth.models import Member
from participa.db import clock, transaction
from participa.events import AnySession
from participa.network.models import Network
from participa.ordering import advance, move
from participa.spaces.models import Space


class DocumentDraft(NamedTuple):
    """What is said of a document."""

    title: str
    folder: str = ""
    note: str = ""
    url: str | None = None


def add_document(
    editor: Member, space: Space, draft: DocumentDraft, upload: tuple[str, bytes] | None = None
) -> Attachment:
    """Add a link, or a file as (name, content), to the documents of a space; raises content.Unacceptable."""
    file = take_in(editor, *upload) if upload else None
    with transaction() as session:
        document = Attachment(
            space_id=space.id,
            purpose=Purpose.DOCUMENT,
            title=draft.title or (file.name if file else draft.url or ""),
            folder=draft.folder,
            note=draft.note,
            url=None if file else draft.url,
            file_id=file.id if file else None,
            position=_last(session, space) + 1,
            added_by_id=editor.id,
            created_at=clock(),
        )
        session.add(document)
        session.flush()
        _count(session, space, 1)
        _record(session, editor, "document.added", document)
    return document


def edit_document(
    editor: Member, document: Attachment, draft: DocumentDraft, *, revision: int, merge: dict[str, Any]
) -> None:
    """Change what is said of a document; raises Conflict, carrying `merge`, when `revision` is stale."""
    with transaction() as session:
        advance(session, document, revision, merge)
        before = {name: getattr(document, name) for name in ("title", "folder", "note")}
        for name in before:
            setattr(document, name, getattr(draft, name))
        if document.url is not None and draft.url:
            document.url = draft.url
        after = {name: getattr(document, name) for name in before}
        changed = [name for name in before if before[name] != after[name]]
        _record(
            session,
            editor,
            "document.edited",
            document,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


def move_document(editor: Member, document: Attachment, step: int) -> None:
    """Move a document one place up (−1) or down (+1) in its folder."""
    siblings = (
        select(Attachment)
        .where(
            Attachment.space_id == document.space_id,
            Attachment.purpose == Purpose.DOCUMENT,
            Attachment.folder == document.folder,
            Attachment.trashed_at.is_(None),
        )
        .order_by(Attachment.position, Attachment.id)
    )
    with transaction() as session:
        if move(session, siblings, document.id, step):
            _record(session, editor, "document.moved", document, step=step)


def show_document(editor: Member, space: Space, document: Attachment, *, shown: bool) -> None:
    """Put a document in the trash, or take it out of it."""
    with transaction() as session:
        changed = session.execute(
            update(Attachment)
            .where(Attachment.id == document.id, Attachment.trashed_at.is_not(None) == shown)
            .values(trashed_at=None if shown else clock())
            .returning(Attachment.id)
            .execution_options(synchronize_session=False)
        ).first()
        if changed is not None:
            _count(session, space, 1 if shown else -1)
            _record(session, editor, "document.restored" if shown else "document.trashed", document)


def set_image(
    editor: Member,
    place: Space | Network,
    purpose: Purpose,
    upload: tuple[str, bytes],
    alt: str,
    instead_of: Attachment | None = None,
) -> Attachment:
    """Give a space or the network an image, instead of the one it had; raises content.Unacceptable."""
    if content.judge(*upload).width is None:
        raise content.Unacceptable(_("“%(name)s” is not an image.", name=content.safe_name(upload[0])[0]))
    file = take_in(editor, *upload)
    with transaction() as session:
        if instead_of is not None and instead_of.file_id is not None:
            forget(session, [instead_of.file_id])
        image = Attachment(
            space_id=place.id if isinstance(place, Space) else None,
            network=isinstance(place, Network),
            purpose=purpose,
            title=file.name,
            alt=alt,
            file_id=file.id,
            added_by_id=editor.id,
            created_at=clock(),
        )
        session.add(image)
        session.flush()
        _record(session, editor, "image.set", image)
    return image


def describe_image(editor: Member, image: Attachment, alt: str) -> None:
    """Say what an image shows."""
    with transaction() as session:
        before, image.alt = image.alt, alt
        if before != alt:
            _record(session, editor, "image.described", image, before=before, after=alt)


def remove_image(editor: Member, image: Attachment) -> None:
    """Take an image away, for good."""
    with transaction() as session:
        _record(session, editor, "image.removed", image)
        if image.file_id is not None:
            forget(session, [image.file_id])


def _last(session: AnySession, space: Space) -> int:
    return int(session.scalar(select(func.max(Attachment.position)).where(of_place(space))) or 0)


def _count(session: AnySession, space: Space, step: int) -> None:
    session.execute(
        update(Space)
        .where(Space.id == space.id)
        .values(document_count=Space.document_count + step)
        .execution_options(synchronize_session=False)
    )


def _record(session: AnySession, editor: Member, action: str, thing: Attachment, **details: Any) -> None:
    record(session, editor, action, thing, space_id=thing.space_id, name=thing.title, **details)
