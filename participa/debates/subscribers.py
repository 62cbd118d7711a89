"""What a debate does when an argument's state changes."""

from sqlalchemy import select, update

from participa.contributions.events import VisibilityChanged
from participa.contributions.models import ContributionKind
from participa.debates.models import Argument
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
    if not argument.imported:
        take_part(session, row.debate_id, argument.centre_id, n)


@subscribe(VoteChanged)
def mark_what_is_backed(session: AnySession, event: VoteChanged) -> None:
    """Mark an argument whose backers changed: what it *brings together* is made again soon."""
    if event.contribution.kind == ContributionKind.ARGUMENT:
        own = Argument.__table__
        session.execute(update(own).where(own.c.id == event.contribution.id).values(stale=True))  # type: ignore[arg-type]
