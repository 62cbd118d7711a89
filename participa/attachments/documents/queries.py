"""Reads of the documents and images of a space or of the network."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, raiseload

from participa.attachments.models import Attachment, Purpose
from participa.db import at_most, db
from participa.network.models import Network
from participa.paging import Page, folded, page_of
from participa.spaces.models import Space

PAGE = 50


def of_place(space: Space | None) -> ColumnElement[bool]:
    """The condition on attachments that they are a space's or, without one, the network's."""
    return Attachment.network.is_(True) if space is None else Attachment.space_id == space.id


def documents(space: Space, *, folder: str | None = None) -> Select[Attachment]:
    """The documents of a space that are not in the trash, of one folder or of all, with their file."""
    query = (
        select(Attachment)
        .where(
            Attachment.space_id == space.id,
            Attachment.purpose == Purpose.DOCUMENT,
            Attachment.trashed_at.is_(None),
        )
        .options(joinedload(Attachment.file), raiseload("*"))
    )
    return query if folder is None else query.where(Attachment.folder == folder)


def page_of_documents(space: Space, folder: str, key: str | None) -> Page[Attachment]:
    """The documents of one folder in the order they were given, fifty at a time."""
    order = (Attachment.position, Attachment.id)
    return page_of(documents(space, folder=folder), order, key, size=PAGE, descending=False)


def folders(space: Space) -> Sequence[tuple[str, int]]:
    """The folders of a space by name, and how many documents each holds; one statement."""
    rows = db.session.execute(
        select(Attachment.folder, func.count())
        .where(
            Attachment.space_id == space.id,
            Attachment.purpose == Purpose.DOCUMENT,
            Attachment.trashed_at.is_(None),
        )
        .group_by(Attachment.folder)
        .order_by(folded(Attachment.folder))
        .limit(at_most(200))
    )
    return [(folder, count) for folder, count in rows]


def find_document(space: Space, attachment_id: int, *, trashed: bool = False) -> Attachment | None:
    """One document of a space, with its file; one of its trash with `trashed`."""
    return db.session.scalar(
        select(Attachment)
        .where(
            Attachment.id == attachment_id,
            Attachment.space_id == space.id,
            Attachment.purpose == Purpose.DOCUMENT,
            Attachment.trashed_at.is_not(None) == trashed,
        )
        .options(joinedload(Attachment.file), raiseload("*"))
    )


def cover_of(space: Space) -> Attachment | None:
    """The image of a space."""
    return db.session.scalar(
        select(Attachment)
        .where(Attachment.space_id == space.id, Attachment.purpose == Purpose.COVER)
        .options(joinedload(Attachment.file), raiseload("*"))
    )


def logo_of(network: Network) -> Attachment | None:
    """The logo of the network."""
    if network.logo is None:
        return None
    return db.session.scalar(
        select(Attachment)
        .where(Attachment.file_id == network.logo["file"], Attachment.purpose == Purpose.LOGO)
        .options(joinedload(Attachment.file), raiseload("*"))
    )


def find_block_image(space: Space | None, attachment_id: int) -> Attachment | None:
    """An image of the front page of a space or of the network."""
    return db.session.scalar(
        select(Attachment)
        .where(Attachment.id == attachment_id, of_place(space), Attachment.purpose == Purpose.BLOCK)
        .options(joinedload(Attachment.file), raiseload("*"))
    )
