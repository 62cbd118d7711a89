"""Writes of attachments: taking a file in, joining files to a text, forgetting them."""

import secrets
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import delete, exists, select

from participa import jobs
from participa.attachments import content, tasks
from participa.attachments.models import Attachment, StoredFile
from participa.attachments.queries import waiting_weight
from participa.attachments.storage import storage
from participa.audit.services import record
from participa.auth.models import Member
from participa.contributions.models import Contribution
from participa.db import clock, transaction
from participa.display import size
from participa.events import AnySession

MOST_WAITING = 150_000_000
"""Bytes of one member's files that no published text has."""


class Chosen(NamedTuple):
    """A file that goes with a text, and what it shows."""

    file_id: int
    alt: str = ""


def take_in(owner: Member, filename: str, data: bytes) -> StoredFile:
    """Judge a file and keep it, for its owner alone until a text has it; raises content.Unacceptable."""
    made = content.judge(filename, data)
    weight = sum(map(len, made.parts.values()))
    if waiting_weight(owner.id) + weight > MOST_WAITING:
        raise content.Unacceptable(
            _(
                "Your drafts hold %(most)s of files already: publish or throw away one of them first.",
                most=size(MOST_WAITING),
            )
        )
    key = secrets.token_hex(16)
    for end, part in made.parts.items():
        storage().put(key + end, part)
    with transaction() as session:  # were it to fail, the sweep finds what no row names
        file = StoredFile(
            owner_id=owner.id,
            key=key,
            name=made.name,
            media_type=made.media_type,
            size=weight,
            width=made.width,
            height=made.height,
            created_at=clock(),
        )
        session.add(file)
    return file


def join(
    session: AnySession, author: Member, contribution: Contribution, chosen: list[Chosen] | None
) -> bool:
    """Make `chosen` the files of a contribution, in that order; None leaves them, false when nothing changed.

    A file that somebody else sent, or that another text has, is passed over.
    """
    if chosen is None:
        return False
    held = {
        attachment.file_id: attachment
        for attachment in session.scalars(
            select(Attachment)
            .where(Attachment.contribution_id == contribution.id, Attachment.file_id.is_not(None))
            .with_for_update()
        )
    }
    wanted = [each for each in dict.fromkeys(chosen) if each.file_id not in held]
    fresh = {}
    if wanted:
        free = ~exists().where(Attachment.file_id == StoredFile.id)
        fresh = {
            file.id: file
            for file in session.scalars(
                select(StoredFile)
                .where(StoredFile.id.in_([each.file_id for each in wanted]))
                .where(StoredFile.owner_id == author.id, free)
                .with_for_update()
            )
        }
    changed, added = False, 0
    for position, (file_id, alt) in enumerate(chosen):
        if file_id in held:
            attachment = held.pop(file_id)
            changed |= (attachment.alt, attachment.position) != (alt, position)
            attachment.alt, attachment.position = alt, position
        elif file_id in fresh:
            added += 1
            session.add(
                Attachment(
                    contribution_id=contribution.id,
                    file_id=file_id,
                    title=fresh.pop(file_id).name,
                    alt=alt,
                    position=position,
                    added_by_id=author.id,
                    created_at=clock(),
                )
            )
    if held:
        forget(session, [file_id for file_id in held if file_id is not None])
    for action, count in (("attachment.added", added), ("attachment.removed", len(held))):
        if count:
            space_id = contribution.component.space_id
            record(session, author, action, contribution, space_id=space_id, count=count)
    return changed or bool(added or held)


def forget(session: AnySession, file_ids: list[int]) -> None:
    """Remove files, and what they are joined to by; the storage lets go of them once this is committed."""
    keys = session.scalars(
        delete(StoredFile).where(StoredFile.id.in_(file_ids)).returning(StoredFile.key)
    ).all()
    if keys:
        jobs.defer(session, tasks.erase, keys=list(keys))
