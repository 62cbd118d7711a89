"""Who is an author beside the one who published: rows of `authorships`, listed on the contribution itself.

Lists, policies and votes read `Contribution.coauthor_ids`; whoever changes the rows changes it in the same
transaction, with the contribution locked.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm.attributes import set_committed_value

from participa.contributions.models import Authorship, Contribution
from participa.db import clock
from participa.events import AnySession


def lock(session: AnySession, contribution: Contribution) -> None:
    """Lock the contribution and read its authors and state as they are now."""
    names = (
        "author_id",
        "centre_id",
        "coauthor_ids",
        "withdrawn_at",
        "hidden_at",
        "deleted_at",
        "trashed_at",
    )
    row = session.execute(
        select(*(getattr(Contribution, name) for name in names))
        .where(Contribution.id == contribution.id)
        .with_for_update(key_share=True)
    ).one()
    for name in names:
        set_committed_value(contribution, name, getattr(row, name))


def add_authors(
    session: AnySession,
    contribution: Contribution,
    people: Iterable[tuple[int, int | None]],
    *,
    invited_by_id: int | None = None,
) -> list[int]:
    """Make members, given with their centres, authors of a locked contribution; gives those who were not yet."""
    rows = [
        {
            "contribution_id": contribution.id,
            "member_id": member_id,
            "centre_id": centre_id,
            "invited_by_id": invited_by_id,
            "invited_at": clock(),
            "accepted_at": clock(),
        }
        for member_id, centre_id in dict(people).items()
        if member_id != contribution.author_id
    ]
    if not rows:
        return []
    insert = upsert(Authorship).values(rows)
    added = session.scalars(
        insert.on_conflict_do_update(
            index_elements=[Authorship.contribution_id, Authorship.member_id],
            set_={"accepted_at": insert.excluded.accepted_at, "declined_at": None},
            where=Authorship.accepted_at.is_(None),
        ).returning(Authorship.member_id)
    ).all()
    list_authors(session, contribution)
    return sorted(added)


def drop_author(session: AnySession, contribution: Contribution, member_id: int) -> bool:
    """Make a member an author no longer; when it is the first, the next one takes their place.

    False when they were no author, or the only one. The contribution is locked.
    """
    if member_id == contribution.author_id and contribution.coauthor_ids:
        next_id = contribution.coauthor_ids[0]
        centre_id = session.scalar(_delete(contribution, next_id))
        session.execute(_change(contribution, author_id=next_id, centre_id=centre_id))
        set_committed_value(contribution, "author_id", next_id)
        set_committed_value(contribution, "centre_id", centre_id)
    elif member_id in contribution.coauthor_ids:
        session.execute(_delete(contribution, member_id))
    else:
        return False
    list_authors(session, contribution)
    return True


def list_authors(session: AnySession, contribution: Contribution) -> None:
    """Write on a locked contribution who its rows of `authorships` say are its authors."""
    accepted = (
        select(Authorship.member_id)
        .where(Authorship.contribution_id == contribution.id, Authorship.accepted_at.is_not(None))
        .order_by(Authorship.accepted_at, Authorship.member_id)
    )
    changed = _change(contribution, coauthor_ids=func.array(accepted.scalar_subquery()))
    listed = session.scalar(changed.returning(Contribution.coauthor_ids))
    set_committed_value(contribution, "coauthor_ids", listed or ())


def _delete(contribution: Contribution, member_id: int) -> Any:
    return (
        delete(Authorship)
        .where(Authorship.contribution_id == contribution.id, Authorship.member_id == member_id)
        .returning(Authorship.centre_id)
        .execution_options(synchronize_session=False)
    )


def _change(contribution: Contribution, **values: Any) -> Any:
    return (
        update(Contribution)
        .where(Contribution.id == contribution.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
