"""Reads of the questions to a guest, each with its first answer."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Integer, Row, Select, and_, func, or_, select, true, type_coerce
from sqlalchemy.orm import Bundle, aliased, joinedload

from participa.auth.models import Member
from participa.authorization import Actor
from participa.comments.models import ANSWER, Comment
from participa.contributions.models import Contribution
from participa.contributions.queries import listed_to, shown
from participa.db import at_most, clock, db
from participa.debates.models import Debate
from participa.debates.questions.models import Question
from participa.network.models import Centre
from participa.paging import Page, page_of
from participa.spaces.models import Component, Space

FIRST = 5
"""How many questions the page of a debate shows."""
PAGE = 20

_questions: Any = Question.__table__
_comments: Any = Comment.__table__
_ORDER = (
    type_coerce(_questions.c.answers == 0, Boolean),
    type_coerce(-_questions.c.raised, Integer),
    _questions.c.id,
)
"""Answered ones first, then the most raised, then the oldest; as the index says it."""


def _rows(debate_id: int) -> Select[Any]:
    text: Any = aliased(Contribution.__table__, name="answer_text")
    answer = (
        select(_comments.c.id.label("number"), text.c.html.label("words"))
        .join(text, text.c.id == _comments.c.id)
        .where(_comments.c.root_id == _questions.c.id, _comments.c.nature == ANSWER, shown(text.c))
        .order_by(_comments.c.id)
        .limit(at_most(1))
        .correlate(_questions)
        .lateral("answer")
    )
    base = Contribution.__table__
    return (
        select(
            Contribution.id,
            Contribution.author_id,
            Contribution.html,
            Contribution.published_at,
            Contribution.support_count,
            Contribution.comment_count,
            _questions.c.answers,
            answer.c.number.label("answer_id"),
            answer.c.words.label("answer"),
            Member.name.label("author_name"),
            Member.erased_at,
            Centre.name.label("centre_name"),
        )
        .select_from(
            _questions.join(base, base.c.id == _questions.c.id).outerjoin(
                answer, and_(true(), _questions.c.answers > 0)
            )
        )
        .outerjoin(Member, Member.id == Contribution.author_id)
        .outerjoin(Centre, Centre.id == Contribution.centre_id)
        .where(_questions.c.debate_id == debate_id, shown())
    )


def first_of(debate_id: int) -> Sequence[Row[Any]]:
    """The questions that the page of a debate shows; one statement."""
    return db.session.execute(_rows(debate_id).order_by(*_ORDER).limit(at_most(FIRST))).all()


def questions_of(debate_id: int, key: str | None) -> Page[Any]:
    """A page of all the questions of a debate; one statement."""
    columns = _rows(debate_id)
    row: Bundle[Any] = Bundle("question", *columns.selected_columns)
    query = columns.with_only_columns(row, maintain_column_froms=True)
    return page_of(query, _ORDER, key, size=PAGE, descending=False)


def question(question_id: int, debate_id: int) -> Row[Any] | None:
    """One question as its page shows it; none when it is not shown."""
    return db.session.execute(_rows(debate_id).where(Contribution.id == question_id)).first()


def find_question(question_id: int) -> Question | None:
    """A question with its debate and guest, author, centre, component, space and phases."""
    return (
        db.session.scalars(
            select(Question)
            .where(Question.id == question_id)
            .options(
                joinedload(Question.about.of_type(Debate)).joinedload(Debate.guest).joinedload(Member.centre),
                joinedload(Question.author),
                joinedload(Question.centre),
                joinedload(Question.component).joinedload(Component.space).joinedload(Space.phases),
            )
        )
        .unique()
        .one_or_none()
    )


def waiting_for(actor: Actor) -> Sequence[Row[Any]]:
    """The debates where questions wait for `actor`, their guest: number, title, place and how many; one statement."""
    debate, own = aliased(Contribution, flat=True), Debate.__table__.c
    now = clock()
    query: Any = (
        select(debate.id, debate.title, debate.component_id, Space.slug, func.count().label("n"))
        .select_from(_questions)
        .join(Contribution, Contribution.id == _questions.c.id)
        .join(debate, debate.id == _questions.c.debate_id)
        .join(Debate.__table__, own.id == debate.id)
        .join(Component, Component.id == debate.component_id)
        .join(Space, Space.id == Component.space_id)
        .where(
            own.guest_id == actor.id,
            own.closed_at.is_(None),
            or_(own.ends_at.is_(None), own.ends_at > now),
            _questions.c.answers == 0,
            listed_to(actor),
        )
        .group_by(debate.id, debate.title, debate.component_id, Space.slug)
        .order_by(func.count().desc(), debate.id)
        .limit(at_most(3))
    )
    return db.session.execute(query).all()
