"""Reads of proposals: a page of a list (`lists`), one proposal (`one`), what waits for somebody (`waiting`)."""

from participa.proposals.queries.lists import (
    ANSWERS_WANTED,
    CHANCE,
    MOST_COUNTED,
    ORDERS,
    PARTICIPATIONS,
    STATES,
    Wish,
    count_listed,
    count_wished,
    listed,
    narrowed,
    signature,
    values_of,
)
from participa.proposals.queries.one import Found, count_written, find, topic_of
from participa.proposals.queries.waiting import (
    goal_of,
    goal_shown,
    to_answer,
    undecided,
    votes_left,
    waits_for_answer,
)

__all__ = [
    "ANSWERS_WANTED",
    "CHANCE",
    "MOST_COUNTED",
    "ORDERS",
    "PARTICIPATIONS",
    "STATES",
    "Found",
    "Wish",
    "count_listed",
    "count_wished",
    "count_written",
    "find",
    "goal_of",
    "goal_shown",
    "listed",
    "narrowed",
    "signature",
    "to_answer",
    "topic_of",
    "undecided",
    "values_of",
    "votes_left",
    "waits_for_answer",
]
