"""Reads of attachments."""

from collections.abc import Sequence

from sqlalchemy import select

from participa.attachments.models import Attachment
from participa.db import db


def links_of(contribution_id: int) -> Sequence[Attachment]:
    """The links joined to a contribution, in their order; one statement."""
    return db.session.scalars(
        select(Attachment)
        .where(Attachment.contribution_id == contribution_id)
        .order_by(Attachment.position, Attachment.id)
    ).all()
