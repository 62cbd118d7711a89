"""Following and no longer following; what is followed is counted on contributions."""

from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlalchemy.dialects.postgresql import insert as upsert

from participa.contributions.models import Contribution
from participa.db import clock
from participa.events import AnySession
from participa.follows.models import Follow
from participa.follows.queries import subject

_table: Any = Follow.__table__
_FOLLOW = (
    upsert(_table)
    .values(
        member_id=bindparam("member", type_=_table.c.member_id.type),
        contribution_id=bindparam("contribution", type_=_table.c.contribution_id.type),
        space_id=bindparam("space", type_=_table.c.space_id.type),
        created_at=bindparam("now", type_=_table.c.created_at.type),
    )
    .on_conflict_do_nothing()
    .returning(_table.c.id)
)


def follow(
    session: AnySession, member_id: int, *, contribution_id: int | None = None, space_id: int | None = None
) -> bool:
    """Make a member follow one contribution or one space, in the caller's transaction; false if they did."""
    new = session.execute(
        _FOLLOW, {"member": member_id, "contribution": contribution_id, "space": space_id, "now": clock()}
    ).first()
    if new and contribution_id is not None:
        _count(session, contribution_id, 1)
    return new is not None


def unfollow(
    session: AnySession, member_id: int, *, contribution_id: int | None = None, space_id: int | None = None
) -> bool:
    """Undo `follow`; false when the member did not follow it."""
    gone = session.execute(
        delete(Follow)
        .where(Follow.member_id == member_id, subject(contribution_id, space_id))
        .returning(Follow.id)
        .execution_options(synchronize_session=False)
    ).first()
    if gone and contribution_id is not None:
        _count(session, contribution_id, -1)
    return gone is not None


def _count(session: AnySession, contribution_id: int, n: int) -> None:
    session.execute(
        update(Contribution)
        .where(Contribution.id == contribution_id)
        .values(follow_count=Contribution.follow_count + n)
        .execution_options(synchronize_session=False)
    )
