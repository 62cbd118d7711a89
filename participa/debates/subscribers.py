"""What a debate does when an argument's state changes."""

from typing import Any

from sqlalchemy import select, update

from participa.comments.together import mark
from participa.contributions.events import VisibilityChanged
from participa.contributions.models import ContributionKind
from participa.debates.models import Argument
from participa.debates.questions import subscribers as _questions  # noqa: F401 - hears of its own
from participa.debates.services import count
from participa.events import AnySession, subscribe
from participa.votes.events import VoteChanged
from participa.votes.services import take_part


@subscribe(VisibilityChanged)
def count_what_shows(session: AnySession, event: VisibilityChanged) -> None:
    """Keep the counts of each side, and the centre's part, to what ordinary readers see."""
    argument = event.contribution
    if argument.kind != ContributionKind.ARGUMENT:
        return
    own = Argument.__table__
    row = session.execute(select(own.c.debate_id, own.c.side).where(own.c.id == argument.id)).one()
    n = 1 if event.shown else -1
    count(session, row.debate_id, row.side, n)
    mark(session, [row.debate_id])
    if not argument.imported:
        take_part(session, row.debate_id, argument.centre_id, n)


@subscribe(VoteChanged)
def sort_by_backers(session: AnySession, event: VoteChanged) -> None:
    """Let the order by backers follow the votes, and mark what *brings together* to be made again."""
    argument = event.contribution
    if argument.kind == ContributionKind.ARGUMENT:
        own: Any = Argument.__table__
        values = {"backed": argument.support_count, "stale": True}
        session.execute(update(own).where(own.c.id == argument.id).values(values))
