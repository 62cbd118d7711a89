"""Proposals with everything they hold, for what leaves the site."""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Bundle

from participa.authorization import Actor
from participa.contributions.models import Contribution
from participa.db import at_most, db
from participa.paging import Page, page_of
from participa.proposals.answering.models import Answer, Standing
from participa.proposals.models import Proposal
from participa.proposals.queries import CHANCE, ORDERS, Wish, narrowed, signature, values_of
from participa.spaces.models import Component, Topic

BY_DATE = (Contribution.published_at, Contribution.id)


class Place(NamedTuple):
    """After which proposal, in the order of publication, a reading goes on."""

    published_at: datetime
    id: int


@lru_cache(maxsize=1)
def _row() -> Bundle[Any]:
    own, topic, given = (entity.__table__.alias().c for entity in (Proposal, Topic, Answer))

    def of_proposal(name: str) -> Any:
        return select(own[name]).where(own.id == Contribution.id).scalar_subquery().label(name)

    def of_answer(name: str, label: str) -> Any:
        """Of the published answer alone: an internal one leaves the space's team in no way."""
        current = select(given[name]).where(
            given.proposal_id == Contribution.id, given.standing == Standing.CURRENT
        )
        return current.scalar_subquery().label(label)

    sorted_in = select(topic.name).where(own.id == Contribution.id, topic.id == own.topic_id)
    return Bundle(
        "proposal",
        Contribution.id,
        Contribution.title,
        Contribution.body,
        Contribution.html,
        Contribution.language,
        Contribution.author_id,
        Contribution.coauthor_ids,
        Contribution.published_at,
        Contribution.edited_at,
        Contribution.withdrawn_at,
        Contribution.last_activity_at,
        Contribution.support_count,
        Contribution.neutral_count,
        Contribution.against_count,
        Contribution.centre_count,
        Contribution.comment_count,
        Contribution.follow_count,
        of_proposal("state_id"),
        of_proposal("promised_on"),
        of_answer("published_at", "answered_at"),
        of_answer("body", "answer_body"),
        of_answer("html", "answer_html"),
        *signature(),
        sorted_in.scalar_subquery().label("topic"),
    )


def _whole(component: Component, wish: Wish) -> Select[Any]:
    return narrowed(select(_row()), component, wish)  # type: ignore[no-any-return]


def page_by_date(component: Component, wish: Wish, actor: Actor, key: str | None, *, size: int) -> Page[Any]:
    """Whole proposals, the last published first; one statement."""
    query = _whole(component, wish)
    return page_of(query, BY_DATE, key, size=size, given=values_of(component, wish, actor))


def page_in_order(component: Component, wish: Wish, actor: Actor, key: str | None, *, size: int) -> Page[Any]:
    """Whole proposals in the order of the list; at random, in the order of publication. One statement."""
    order = ORDERS[wish.order] if wish.order != CHANCE else Contribution.published_at
    given = values_of(component, wish, actor)
    return page_of(_whole(component, wish), (order, Contribution.id), key, size=size, given=given)


def batch(component: Component, wish: Wish, actor: Actor, after: Place | None, *, size: int) -> list[Any]:
    """The next whole proposals in the order of publication, the first published first; one statement."""
    query = _whole(component, wish).order_by(*BY_DATE).limit(at_most(size))
    if after is not None:
        query = query.where(tuple_(*BY_DATE) > tuple_(after.published_at, after.id))
    return [row[0] for row in db.session.execute(query, values_of(component, wish, actor))]
