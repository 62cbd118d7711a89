"""What helps to conclude: what was said best, what brings together, what nobody answered, and quotations of it.

A quotation is a reference, `[[number]]`, kept so in the conclusions and filled each time they are
shown: it follows its source, and what is hidden or removed is quoted nowhere.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import get_template_attribute
from markupsafe import Markup
from sqlalchemy import Row, and_, func, or_, select

from participa.auth.models import Member
from participa.comments.models import Branch, Comment
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.queries import whole_chain_shown
from participa.db import at_most, db
from participa.debates.models import Argument, Debate
from participa.debates.questions.models import Question
from participa.network.models import Centre

FEW = 5
"""How many arguments of each side, and of what brings together, are listed."""
QUESTIONS = 10
MOST_QUOTED = 50

_QUOTED = re.compile(r"\[\[(\d{1,15})\]\]")
_HTML = re.compile(r"(<p>)?\[\[(\d{1,15})\]\](?(1)</p>)|\[\[(\d{1,15})\]\]")
"""A quotation in HTML: alone in its paragraph, or within a sentence or the item of a list."""

_texts: Any = Contribution.__table__
_arguments: Any = Argument.__table__
_comments: Any = Comment.__table__
_questions: Any = Question.__table__

Text = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Material:
    """What whoever concludes may quote."""

    best: dict[int, Sequence[Text]]
    """The most backed arguments of each side."""
    together: Sequence[Text]
    """The arguments and messages that people of both sides support, what most brings together first."""
    questions: Sequence[Text]
    """The questions to a guest, and those put to arguments, that nobody answered: the most raised, then the oldest."""


def _rows() -> Any:
    return (
        select(
            Contribution.id,
            Contribution.kind,
            Contribution.html,
            Contribution.support_count,
            Contribution.author_id,
            Contribution.edited_at,
            Contribution.published_at,
            Member.name.label("author_name"),
            Member.erased_at,
            Centre.name.label("centre_name"),
            _arguments.c.side,
        )
        .select_from(_texts)
        .outerjoin(_arguments, _arguments.c.id == _texts.c.id)
        .outerjoin(Member, Member.id == Contribution.author_id)
        .outerjoin(Centre, Centre.id == Contribution.centre_id)
        .where(whole_chain_shown())
    )


def material(debate: Debate) -> Material:
    """What may be quoted in the conclusions of a debate; four statements, a few rows each."""
    own = _rows().where(_arguments.c.debate_id == debate.id)
    best = {
        side: db.session.execute(
            own.where(_arguments.c.side == side)
            .order_by(-_arguments.c.backed, _arguments.c.id)
            .limit(at_most(FEW))
        ).all()
        for side in (1, -1)
    }
    together = db.session.execute(
        _rows()
        .outerjoin(_comments, _comments.c.id == _texts.c.id)
        .where(
            Contribution.about_id == debate.id,
            or_(_arguments.c.shared, and_(_comments.c.root_id == debate.id, _comments.c.shared)),
        )
        .order_by(func.coalesce(_arguments.c.together, _comments.c.together).desc(), Contribution.id)
        .limit(at_most(FEW))
    ).all()
    answered = select(Branch.comment_id).where(Branch.comment_id == _comments.c.id, Branch.below > 0).exists()
    questions = db.session.execute(
        _rows()
        .outerjoin(_comments, _comments.c.id == _texts.c.id)
        .outerjoin(_questions, _questions.c.id == _texts.c.id)
        .where(
            Contribution.about_id == debate.id,
            or_(
                _questions.c.answers == 0,
                and_(_comments.c.nature == "question", ~answered),
            ),
        )
        .order_by(Contribution.support_count.desc(), Contribution.published_at, Contribution.id)
        .limit(at_most(QUESTIONS))
    ).all()
    return Material(best, together, questions)


def quoted_in(body: str) -> list[int]:
    """The numbers of what a text quotes, in its order."""
    return [int(number) for number in _QUOTED.findall(body)]


def quotable(debate_id: int, numbers: Collection[int]) -> Mapping[int, Text]:
    """Of these numbers, the arguments and messages of a debate that are shown; one statement, none for none."""
    if not numbers:
        return {}
    kinds = (ContributionKind.ARGUMENT, ContributionKind.COMMENT, ContributionKind.QUESTION)
    rows = _rows().where(
        Contribution.id.in_(list(numbers)[:MOST_QUOTED]),
        Contribution.about_id == debate_id,
        or_(*(Contribution.kind == kind for kind in kinds)),
    )
    return {row.id: row for row in db.session.execute(rows)}


def with_quotations(debate: Debate) -> Markup:
    """The conclusions of a debate with what they quote as it stands now."""
    html = debate.conclusions_html
    numbers = quoted_in(html)
    if not numbers:
        return Markup(html)  # noqa: S704 - cleaned when it was written
    found = quotable(debate.id, set(numbers))
    quotation = get_template_attribute("debates/_quotation.html", "quotation")
    base = f"/e/{debate.component.space.slug}/{debate.component_id}/{debate.id}"

    def one(match: re.Match[str]) -> str:
        return str(quotation(found.get(int(match[2] or match[3])), base, match[1] is not None))

    return Markup(_HTML.sub(one, html))  # noqa: S704 - the same


def without_quotations(html: str) -> str:
    """Conclusions as they leave for mails and files, which no source follows: what they quote is left out."""
    return _HTML.sub("", html)


def unquoted(body: str) -> str:
    """The same of their source."""
    return re.sub(r"\n{3,}", "\n\n", _QUOTED.sub("", body)).strip()
