"""What the thread does when a comment's state or useful votes change."""

from typing import Any

from sqlalchemy import select, update

from participa.comments.events import Answered
from participa.comments.models import ANSWER, Comment
from participa.comments.scores import score
from participa.comments.services import count
from participa.comments.together import mark
from participa.contributions.events import VisibilityChanged
from participa.contributions.models import ContributionKind
from participa.events import AnySession, announce, subscribe
from participa.votes.events import VoteChanged
from participa.votes.services import take_part

_own: Any = Comment.__table__
_place = _own.c


@subscribe(VisibilityChanged)
def count_what_shows(session: AnySession, event: VisibilityChanged) -> None:
    """Keep the counts above a comment, and its centre's part, to what ordinary readers see."""
    comment = event.contribution
    if comment.kind != ContributionKind.COMMENT:
        return
    place = session.execute(select(*_place).where(_place.id == comment.id)).one()
    n = 1 if event.shown else -1
    count(session, place, n)
    if place.nature == ANSWER:
        announce(session, Answered(place.root_id, n))
    if place.position is not None:
        mark(session, [place.root_id])
    if not comment.imported:
        take_part(session, comment.about_id or place.root_id, comment.centre_id, n)


@subscribe(VoteChanged)
def sort_by_use(session: AnySession, event: VoteChanged) -> None:
    """Let the order *most useful* follow the votes, and mark what *brings together* to be made again."""
    voted = event.contribution
    if voted.kind == ContributionKind.COMMENT:
        values = {"score": score(voted.support_count, voted.against_count), "stale": _place.depth == 0}
        session.execute(update(_own).where(_place.id == voted.id).values(values))
    elif voted.comment_count:
        mark(session, [voted.id])
