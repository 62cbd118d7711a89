"""Reads of accounts."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from participa.auth.models import Member
from participa.db import db


def find_member_by_email(email: str) -> Member | None:
    """The member with this address, whatever the case, with their centre."""
    return db.session.scalar(
        select(Member).where(func.lower(Member.email) == email.lower()).options(joinedload(Member.centre))
    )
