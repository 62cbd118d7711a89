"""What a question does when its state, its votes or its answers change."""

from typing import Any

from sqlalchemy import update

from participa.comments.events import Answered
from participa.contributions.events import VisibilityChanged
from participa.contributions.models import ContributionKind
from participa.debates.questions.models import Question
from participa.debates.questions.services import count, count_answers
from participa.events import AnySession, subscribe
from participa.votes.events import VoteChanged
from participa.votes.services import take_part

_own: Any = Question.__table__

subscribe(Answered)(count_answers)


@subscribe(VisibilityChanged)
def count_what_shows(session: AnySession, event: VisibilityChanged) -> None:
    """Keep the count of the debate, and the centre's part, to what ordinary readers see."""
    question = event.contribution
    if question.kind == ContributionKind.QUESTION and question.about_id is not None:
        n = 1 if event.shown else -1
        count(session, question.about_id, n)
        take_part(session, question.about_id, question.centre_id, n)


@subscribe(VoteChanged)
def sort_by_raised(session: AnySession, event: VoteChanged) -> None:
    """Let the order of the questions follow the votes."""
    question = event.contribution
    if question.kind == ContributionKind.QUESTION:
        values = {"raised": question.support_count}
        session.execute(update(_own).where(_own.c.id == question.id).values(values))
