"""What pages show of the questions of a debate, and of what the reader may do about them."""

from collections.abc import Sequence
from typing import Any

from participa.authorization import RULES
from participa.contributions import drafts
from participa.db import clock
from participa.debates.models import Debate
from participa.debates.questions import policies, queries
from participa.debates.questions.forms import QuestionForm
from participa.votes.queries import votes_of
from participa.web import actor


def asked(debate: Debate, failed: QuestionForm | None = None) -> dict[str, Any] | None:
    """What `debates/_questions.html` shows of the questions of a debate; None where there are none and no guest."""
    if debate.guest_id is None and not debate.question_count:
        return None
    rows = queries.first_of(debate.id) if debate.question_count else []
    return around(debate, rows, failed)


def around(debate: Debate, rows: Sequence[Any], failed: QuestionForm | None = None) -> dict[str, Any]:
    """Some questions with what the reader may do about them."""
    may_ask = policies.may_ask(actor(), debate)
    form = failed or QuestionForm(**(drafts.filled("debates.ask") or {"formdata": None}))
    return {
        "rows": rows,
        "raised": votes_of(actor().id, [row.id for row in rows]),
        "may_ask": may_ask,
        "refusal": RULES[may_ask.rule] if may_ask.rule and debate.guest_id else None,
        "form": form if may_ask else None,
        "is_guest": debate.guest_id is not None and debate.guest_id == actor().id,
        "begun": debate.guest_from is None or clock() >= debate.guest_from,
        "over": debate.guest_until is not None and clock() >= debate.guest_until,
        "moderates": actor().moderates(debate.component.space_id),
    }
