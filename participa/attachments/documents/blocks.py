"""The blocks that show images and documents, and how images of blocks are taken in."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from participa.attachments import content
from participa.attachments.documents import queries, services
from participa.attachments.documents.views import IMAGE_MEGABYTES, read
from participa.attachments.models import Attachment, Purpose
from participa.auth.session import member
from participa.authorization import Actor
from participa.catalogues import gettext
from participa.catalogues import lazy_gettext as _l
from participa.db import at_most, db
from participa.spaces.blocks.images import Taken, images
from participa.spaces.blocks.kinds import Asked, BlockKind, Front, Place, register
from participa.spaces.models import Space
from participa.spaces.overview import TABS, TRASH, Tab, Trashed, overview


def _space(place: Place) -> Space | None:
    return place if isinstance(place, Space) else None


def _image(front: Front, told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    image = find(front.place, told.get("image"))
    return {"image": image, "alt": told["alt"], "caption": told["caption"]} if image else None


register(
    BlockKind(
        "image",
        _l("Image"),
        _l("A picture, with what it shows for whoever does not see it."),
        _image,
        network=True,
        repeats=True,
        has_image=True,
        asked=(
            Asked("alt", _l("What it shows"), maximum=300, note=_l("For whoever does not see it.")),
            Asked("caption", _l("Caption"), maximum=200),
        ),
        rank=36,
    )
)


def _folders(place: Place) -> Sequence[tuple[str, Any]]:
    space = _space(place)
    return (
        [("", _l("No folder")), *((name, name) for name, _n in queries.folders(space) if name)]
        if space
        else []
    )


def _documents(front: Front, told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if front.space is None:
        return None
    folder = told["folder"] or ""
    order = queries.documents(front.space, folder=folder).order_by(Attachment.position, Attachment.id)
    found = db.session.scalars(order.limit(at_most(10))).all()
    href = url_for("documents.index", slug=front.space.slug, folder=folder)
    return {"folder": folder, "documents": found, "href": href} if found else None


register(
    BlockKind(
        "documents",
        _l("Documents"),
        _l("The first documents of one folder."),
        _documents,
        repeats=True,
        asked=(Asked("folder", _l("Folder"), "choice", choices=_folders),),
        rank=45,
    )
)


def take(place: Place, held: int | None) -> Taken:
    """Take in the image sent with this request instead of the one that the block has."""
    upload = request.files.get("image")
    if upload is None or not upload.filename:
        return Taken(held)
    try:
        # the image it had stays until the page in force no longer shows it
        image = services.set_image(member(), place, Purpose.BLOCK, read(upload, IMAGE_MEGABYTES), "")
    except content.Unacceptable as refusal:
        return Taken(held, str(refusal))
    return Taken(image.id)


def find(place: Place, number: int | None) -> Attachment | None:
    """An image of the page, by number."""
    return queries.find_block_image(_space(place), number) if number else None


def _tab(actor: Actor, space: Space) -> Tab | None:
    """The tab of the documents, where there are some or the reader may add some."""
    if not space.document_count and not actor.moderates(space.id):
        return None
    return (
        "documents",
        gettext("Documents"),
        url_for("documents.index", slug=space.slug),
        space.document_count,
    )


def _trashed(space: Space) -> list[Trashed]:
    """The documents in the trash of a space, the latest first."""
    rows = db.session.execute(
        select(Attachment.id, Attachment.title, Attachment.trashed_at)
        .where(Attachment.space_id == space.id, Attachment.trashed_at.is_not(None))
        .order_by(Attachment.trashed_at.desc())
        .limit(at_most(200))
    )
    return [
        Trashed(title, at, None, url_for("documents.act", slug=space.slug, document_id=number))
        for number, title, at in rows
        if at is not None
    ]


def plug() -> None:
    """Give the pages of spaces what they show of documents and images."""
    images.take, images.find, images.accept = take, find, "image/png,image/jpeg,image/webp,image/gif"
    overview.cover = queries.cover_of
    TABS.append(_tab)
    TRASH.append(_trashed)
