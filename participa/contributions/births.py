"""What gave birth to a contribution: a message or an argument that someone made more of."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, raiseload

from participa.authorization import Actor
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import may_read
from participa.contributions.queries import find_contribution, listed_to
from participa.db import at_most, db
from participa.spaces.models import Component

SOURCES = (ContributionKind.COMMENT, ContributionKind.ARGUMENT)
SHOWN = 20


def find_source(contribution_id: int | None, space_id: int, actor: Actor) -> Contribution | None:
    """The message or argument of that number, in that space, as far as `actor` reads it; with author and place."""
    one = find_contribution(contribution_id) if contribution_id else None
    if one is None or one.kind not in SOURCES or one.component.space_id != space_id:
        return None
    return one if one.is_shown and may_read(actor, one) else None


def told_in(contribution: Contribution, actor: Actor) -> Contribution | None:
    """The discussion in which what gave birth to a contribution was written, if `actor` reads it."""
    found = find_contribution(contribution.born_in_id) if contribution.born_in_id is not None else None
    return found if found is not None and found.is_shown and may_read(actor, found) else None


def born_from(text_id: int, actor: Actor) -> Sequence[Contribution]:
    """What was born of a message or an argument, and `actor` may read; one statement."""
    return _born(Contribution.born_from_id == text_id, actor)


def born_in(discussion_id: int, actor: Actor) -> Sequence[Contribution]:
    """What was born of anything said in a discussion, and `actor` may read; one statement."""
    return _born(Contribution.born_in_id == discussion_id, actor)


def _born(condition: ColumnElement[bool], actor: Actor) -> Sequence[Contribution]:
    return db.session.scalars(
        select(Contribution)
        .where(condition, listed_to(actor))
        .order_by(Contribution.id)
        .options(
            joinedload(Contribution.component).joinedload(Component.space), raiseload("*", sql_only=True)
        )
        .limit(at_most(SHOWN))
    ).all()
