"""What moved last: proposals and debates with where they are in their life and what happened to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    and_,
    any_,
    bindparam,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import joinedload

from participa.authorization import Actor
from participa.catalogues import ngettext, number
from participa.contributions.models import Contribution
from participa.contributions.queries import listed_to, shown, with_place
from participa.db import at_most, clock, db
from participa.debates.models import Debate
from participa.debates.policies import standing
from participa.proposals.answering.models import Answer, Standing
from participa.proposals.models import Proposal, ProposalState, Sign
from participa.spaces.models import Component, Space

PROPOSALS, DEBATES = Proposal.__table__, Debate.__table__
STATES, ANSWERS = ProposalState.__table__, Answer.__table__
DEBATE_STATES = {"open": "debate_open", "upcoming": "debate_future"}


@dataclass(frozen=True, slots=True)
class Moved:
    """A proposal or a debate in a feed: base columns, with what only its kind knows already in words."""

    item: Contribution
    state: str | Sign
    """Where it is in its life, as `ui` names or shows it."""
    happened: str
    """What moved it last."""
    figures: tuple[str, ...]
    """How much it gathered."""


def _described(query: Select[Any]) -> Select[Any]:
    """A query of contributions with what only their kind knows beside each, author and centre loaded."""
    proposals, debates, states, answers = PROPOSALS.c, DEBATES.c, STATES.c, ANSWERS.c
    return (
        query.add_columns(
            states.name_fr, states.name_en, states.glyph, states.tone, answers.published_at.label("answered_at"),
            debates.starts_at, debates.ends_at, debates.closed_at, debates.for_count, debates.contra_count,
        )
        .outerjoin(PROPOSALS, proposals.id == Contribution.id)
        .outerjoin(STATES, states.id == proposals.state_id)
        .outerjoin(ANSWERS, and_(answers.proposal_id == proposals.id, answers.standing == Standing.CURRENT))
        .outerjoin(DEBATES, debates.id == Contribution.id)
        .options(joinedload(Contribution.author), joinedload(Contribution.centre))
    )  # fmt: skip


@cache
def _latest(limit: int, *more: ColumnElement[bool]) -> Select[Any]:
    return (
        _described(select(Contribution))
        .where(
            Contribution.component_id == any_(bindparam("components", type_=ARRAY(Integer))),
            Contribution.about_id.is_(None),
            shown(),
            *more,
        )
        .order_by(Contribution.last_activity_at.desc(), Contribution.id.desc())
        .limit(at_most(limit))
    )


def latest(
    component_ids: Sequence[int], limit: int, before: tuple[datetime, int] | None = None
) -> list[Moved]:
    """The proposals, debates … of some components that moved last, with author and centre; one statement.

    Their components must be in the session already, as the caller has just read them.
    """
    if not component_ids:
        return []
    query = _latest(limit)
    if before is not None:
        query = query.where(tuple_(Contribution.last_activity_at, Contribution.id) < tuple_(*before))
    return [_moved(row) for row in db.session.execute(query, {"components": list(component_ids)})]


ASLEEP = timedelta(days=30)
"""What is open and has not moved for this long sleeps."""


ASLEEP_THEN = (
    Contribution.withdrawn_at.is_(None),
    Contribution.last_activity_at < bindparam("before", type_=DateTime(timezone=True)),
    PROPOSALS.c.state_id.is_(None),
    DEBATES.c.closed_at.is_(None),
    func.coalesce(DEBATES.c.ends_at > bindparam("now", type_=DateTime(timezone=True)), True),
)
"""The conditions under which a proposal or a debate sleeps at a moment."""


def sleeping(component_ids: Sequence[int], now: datetime, limit: int) -> list[Moved]:
    """The proposals without an answer and the open debates that nobody touched for a month, the last ones first.

    Their components must be in the session already.
    """
    values = {"components": list(component_ids), "before": now - ASLEEP, "now": now}
    query = _latest(limit, *ASLEEP_THEN)
    return [_moved(row) for row in db.session.execute(query, values)] if component_ids else []


def chosen(actor: Actor, ids: Sequence[int]) -> list[Moved]:
    """The proposals and debates of these numbers that `actor` may read, in that order; two statements at most."""
    if not ids:
        return []
    place = joinedload(Contribution.component).joinedload(Component.space).selectinload(Space.phases)
    query = (
        with_place(_described(select(Contribution)))
        .where(Contribution.id.in_(list(ids)), Contribution.about_id.is_(None), listed_to(actor))
        .options(place)
    )
    found = {row[0].id: _moved(row) for row in db.session.execute(query)}
    return [found[number] for number in ids if number in found]


def _moved(row: Any) -> Moved:
    return (_moved_debate if row.for_count is not None else _moved_proposal)(row[0], row)


def _moved_proposal(item: Contribution, row: Any) -> Moved:
    settings, rules = item.component.configuration, item.component.rules_at(clock())
    figures = []
    state: str | Sign
    secret = settings.ballot != "support" or item.component.hides_counts_at(clock())
    if (
        not secret
        and settings.threshold_per_proposal
        and item.support_count < settings.threshold_per_proposal
    ):
        goal = number(settings.threshold_per_proposal)
        figures.append(
            ngettext(
                "%(num)s support of %(goal)s", "%(num)s supports of %(goal)s", item.support_count, goal=goal
            )
        )
    elif not secret and item.support_count:
        figures.append(ngettext("%(num)s support", "%(num)s supports", item.support_count))
    if item.comment_count:
        figures.append(ngettext("%(num)s comment", "%(num)s comments", item.comment_count))
    if item.withdrawn_at is not None:
        state, happened = "withdrawn", _("Proposal withdrawn")
    else:
        given = Sign(row.glyph, row.tone, row.name_fr, row.name_en) if row.glyph else None
        state = given or ("voting" if rules.voting_open else "discussed")
        if _is_last(item, row.answered_at):
            happened = _("Answer of the moderators")
        elif _is_last(item, item.edited_at):
            happened = _("New version")
        else:
            happened = _("New proposal") if _is_last(item, item.published_at) else _("New comment")
    return Moved(item, state, happened, tuple(figures))


def _moved_debate(item: Contribution, row: Any) -> Moved:
    figures = []
    if row.for_count or row.contra_count:
        pro = ngettext("%(num)s argument for", "%(num)s arguments for", row.for_count)
        figures.append(_("%(pro)s, %(con)s against", pro=pro, con=number(row.contra_count)))
    if item.comment_count:
        figures.append(ngettext("%(num)s message", "%(num)s messages", item.comment_count))
    if _is_last(item, row.closed_at):
        happened = _("Debate closed")
    elif _is_last(item, item.edited_at):
        happened = _("Question reworded")
    else:
        happened = _("New debate") if _is_last(item, item.published_at) else _("New message")
    state = DEBATE_STATES.get(standing(row, clock()), "debate_closed")
    return Moved(item, state, happened, tuple(figures))


def _is_last(item: Contribution, moment: datetime | None) -> bool:
    """Whether what happened at `moment` is what moved the contribution last."""
    return moment is not None and moment >= item.last_activity_at
