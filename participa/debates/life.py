"""Where debates are in their life, as `ui` shows it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from participa.contributions.models import ContributionKind
from participa.contributions.references import tells_states
from participa.db import clock, db
from participa.debates.models import Debate
from participa.debates.policies import standing


@tells_states(ContributionKind.DEBATE)
def states_of(numbers: Collection[int]) -> Mapping[int, str]:
    """The state of each debate, by number; one statement."""
    own: Any = Debate.__table__.c
    rows: Any = db.session.execute(
        select(own.id, own.starts_at, own.ends_at, own.closed_at).where(own.id.in_(numbers))
    )
    shown_as = {"open": "debate_open", "upcoming": "debate_future"}
    return {row.id: shown_as.get(standing(row, clock()), "debate_closed") for row in rows}
