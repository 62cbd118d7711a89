"""The registry of what needs those who curate: one row, one reason, one deadline, one act."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from participa.authorization import Actor
from participa.catalogues import ngettext
from participa.db import at_most, clock, day_of, db
from participa.display import day_words
from participa.spaces.models import Phase, Space
from participa.wording import called

SOON = timedelta(days=14)
"""What ends within this time is on the desk."""
MOST = 20
"""The rows that one sort of thing may have there."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that needs whoever curates a space."""

    title: str
    href: str
    verb: str
    """What the row's button says."""
    kicker: str
    """What sort of thing it is, in a word or two."""
    space: Any = None
    """The space, with its slug, name and accent; None for the whole network."""
    note: str = ""
    when: str = ""
    """The deadline, or since when it waits, in words."""
    due: date | None = None
    late: bool = False
    rank: int = 50
    """Among what has no deadline, the lowest first."""

    @property
    def order(self) -> tuple[bool, date, int]:
        """What is late first, then by deadline, then by rank."""
        return (not self.late, self.due or date.max, self.rank)


Finder = Callable[[Actor, Sequence[Space]], list[Task]]
DESK: list[Finder] = []
"""What features put on the desk of whoever curates these spaces; one statement each, at most `MOST` rows."""


def on_desk(finder: Finder) -> Finder:
    """Put the decorated function's findings on the desk."""
    DESK.append(finder)
    return finder


@on_desk
def phases_ending(_who: Actor, spaces: Sequence[Space]) -> list[Task]:
    """The phases that end soon, so that nothing closes by surprise."""
    today = day_of(clock())
    found = db.session.scalars(
        select(Phase)
        .join(Phase.space)
        .where(
            Phase.space_id.in_([space.id for space in spaces]),
            Phase.starts_on <= today,
            Phase.ends_on.between(today, today + SOON),
        )
        .order_by(Phase.ends_on, Phase.id)
        .limit(at_most(MOST))
        .options(contains_eager(Phase.space))
    )
    tasks = []
    for phase in found:
        left = (phase.ends_on - today).days
        tasks.append(
            Task(
                _("The phase “%(name)s” ends", name=called(phase)),
                url_for("spaces.phases", slug=phase.space.slug),
                _("Look at the phases"),
                _("Phase"),
                phase.space,
                _("What it opens closes by itself, on %(day)s at midnight.", day=day_words(phase.ends_on)),
                ngettext("In %(num)s day", "In %(num)s days", left) if left else _("Today"),
                phase.ends_on,
                rank=60,
            )
        )
    return tasks
