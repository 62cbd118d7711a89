"""Reads of attachments."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, raiseload

from participa.attachments.models import Attachment, Purpose, StoredFile
from participa.contributions.models import Contribution
from participa.contributions.queries import find_contribution
from participa.db import db
from participa.spaces.models import Component, Space


class Joined(NamedTuple):
    """What is joined to a contribution, each sort in its order."""

    images: list[Attachment]
    documents: list[Attachment]
    links: list[Attachment]

    @property
    def files(self) -> list[Attachment]:
        """Images and documents, in the order that their author gave them."""
        return sorted((*self.images, *self.documents), key=lambda each: (each.position, each.id))


class Place(NamedTuple):
    """A file, and the contribution or the space that it is joined to."""

    file: StoredFile
    contribution: Contribution | None
    space: Space | None
    network: bool = False
    """Whether it is an image of the front page of the network."""
    trashed: bool = False
    """Whether it is a document in the trash of its space."""
    logo: bool = False
    """Whether it is the logo of the network, which everybody sees."""


def joined_to(contribution_id: int) -> Joined:
    """The images, documents and links of a contribution; one statement."""
    rows = db.session.scalars(
        select(Attachment)
        .where(Attachment.contribution_id == contribution_id)
        .options(joinedload(Attachment.file), raiseload("*"))
        .order_by(Attachment.position, Attachment.id)
    ).all()
    return Joined(
        [row for row in rows if row.file and row.file.is_image],
        [row for row in rows if row.file and not row.file.is_image],
        [row for row in rows if row.url],
    )


def usable_files(
    ids: Iterable[int], owner_id: int | None, contribution_id: int | None = None
) -> Sequence[tuple[StoredFile, str]]:
    """Those of the files that a text may have, with what they show: the owner's that wait, and its own."""
    own = StoredFile.owner_id == owner_id, Attachment.id.is_(None)
    there = () if contribution_id is None else (Attachment.contribution_id == contribution_id,)
    return [
        (file, alt or "")
        for file, alt in db.session.execute(
            select(StoredFile, Attachment.alt)
            .outerjoin(Attachment, Attachment.file_id == StoredFile.id)
            .where(StoredFile.id.in_(list(ids)))
            .where(or_(and_(*own), *there))
        )
    ]


def find_file(file_id: int) -> Place | None:
    """A file with the contribution or the space it is joined to, as their policies need them."""
    row = db.session.execute(
        select(
            StoredFile,
            Attachment.contribution_id,
            Attachment.space_id,
            Attachment.network,
            Attachment.trashed_at,
            Attachment.purpose,
        )
        .outerjoin(Attachment, Attachment.file_id == StoredFile.id)
        .where(StoredFile.id == file_id)
    ).first()
    if row is None:
        return None
    file, contribution_id, space_id, network, trashed_at, purpose = row
    return Place(
        file,
        find_contribution(contribution_id) if contribution_id else None,
        db.session.get(Space, space_id) if space_id else None,
        bool(network),
        trashed_at is not None,
        purpose == Purpose.LOGO,
    )


def component_of(component_id: int) -> Component | None:
    """The component that a form's text is for, with its space."""
    return db.session.get(Component, component_id, options=[joinedload(Component.space)])


def waiting_weight(owner_id: int) -> int:
    """The bytes of the member's files that no text has yet."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(StoredFile.size), 0)).where(
                StoredFile.owner_id == owner_id, ~exists().where(Attachment.file_id == StoredFile.id)
            )
        )
        or 0
    )
