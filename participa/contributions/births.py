"""What gave birth to a contribution: a message or an argument that someone made more of."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased, joinedload, raiseload

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


def told_in(contribution_id: int | None, actor: Actor) -> Contribution | None:
    """The discussion in which the message or argument of that number was written, if `actor` reads it."""
    one = find_contribution(contribution_id) if contribution_id else None
    about = one.about if one is not None else None
    found = find_contribution(about.id) if about is not None else None
    return found if found is not None and found.is_shown and may_read(actor, found) else None


def born_of(text_id: int, actor: Actor) -> Sequence[Contribution]:
    """What was born of a text, or of anything said about it, and `actor` may read; one statement."""
    source = aliased(Contribution, flat=True)
    said = select(source.id).where(
        source.id == Contribution.born_from_id, or_(source.id == text_id, source.about_id == text_id)
    )
    return db.session.scalars(
        select(Contribution)
        .where(Contribution.born_from_id.is_not(None), said.exists(), listed_to(actor))
        .order_by(Contribution.id)
        .options(
            joinedload(Contribution.component).joinedload(Component.space), raiseload("*", sql_only=True)
        )
        .limit(at_most(SHOWN))
    ).all()
