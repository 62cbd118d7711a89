"""Reads of follows."""

from sqlalchemy import ColumnElement, exists, select

from participa.db import db
from participa.follows.models import Follow


def is_following(
    member_id: int | None, *, contribution_id: int | None = None, space_id: int | None = None
) -> bool:
    """Whether a member follows one contribution or one space."""
    if member_id is None:
        return False
    follows = Follow.member_id == member_id, subject(contribution_id, space_id)
    return bool(db.session.scalar(select(exists().where(*follows))))


def subject(contribution_id: int | None, space_id: int | None) -> ColumnElement[bool]:
    """The condition on `follows` that it concerns this contribution or, without one, this space."""
    if contribution_id is not None:
        return Follow.contribution_id == contribution_id
    return Follow.space_id == space_id
