"""Votes over time: one step a day, a week or a month, days without a vote included, and the curve they draw."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from participa.display import day_words

MOST_STEPS = 62
"""More days than this are told by the week, more weeks than this by the month."""


@dataclass(frozen=True, slots=True)
class Step:
    """One day, week or month."""

    starts_on: date
    votes: int
    """How many votes in force were cast, or last changed, in it."""
    total: int
    """And until its end."""


@dataclass(frozen=True, slots=True)
class Series:
    """The votes in force, in the order of time."""

    unit: str
    """`day`, `week` or `month`."""
    steps: Sequence[Step]

    @property
    def curve(self) -> str:
        """The path of the totals in a drawing 300 wide and 80 high, one tread for each step."""
        most = max(1, self.steps[-1].total)
        width = 300 / len(self.steps)
        treads = (
            f"V{78 - 76 * step.total / most:.4g}H{(n + 1) * width:.4g}" for n, step in enumerate(self.steps)
        )
        return "M0 78" + "".join(treads)

    def words_of(self, step: Step) -> Any:
        """When a step was."""
        if self.unit == "day":
            return day_words(step.starts_on, "auto")
        if self.unit == "week":
            return _("week of %(day)s", day=day_words(step.starts_on, "auto"))
        return _("month from %(day)s", day=day_words(step.starts_on, "auto"))


def series_of(days: Sequence[tuple[date, int]], until: date) -> Series | None:
    """The series from the first day with a vote until `until`; None without votes."""
    if not days:
        return None
    first, last = days[0][0], max(until, days[-1][0])
    unit = "day"
    if (last - first).days >= MOST_STEPS:
        unit = "week" if (last - first).days < 7 * MOST_STEPS else "month"
    counts: dict[date, int] = {}
    for at, n in days:
        start = _start(at, unit)
        counts[start] = counts.get(start, 0) + n
    steps, total = [], 0
    for start in _starts(_start(first, unit), last, unit):
        total += counts.get(start, 0)
        steps.append(Step(start, counts.get(start, 0), total))
    return Series(unit, steps)


def _start(at: date, unit: str) -> date:
    """The first day of the step that a day belongs to; weeks begin on Monday."""
    if unit == "week":
        return at - timedelta(days=at.weekday())
    return at.replace(day=1) if unit == "month" else at


def _starts(first: date, last: date, unit: str) -> Iterator[date]:
    at = first
    while at <= last:
        yield at
        step = {"day": 1, "week": 7, "month": 31}[unit]
        at = _start(at + timedelta(days=step), unit)
