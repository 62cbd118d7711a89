"""The states of a component, kept by each process: lists read them at each row, and they seldom change."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from participa.db import db
from participa.proposals.models import ProposalState, Sign
from participa.spaces.models import Component


@dataclass(frozen=True, slots=True)
class State:
    """What an answer may say, as lists and forms read it."""

    id: int
    token: str
    sign: Sign
    is_final: bool
    needs_reason: bool
    needs_costs: bool


def states_of(component: Component) -> dict[int, State]:
    """The states that answers may give in a component, in order, by id.

    Whatever changes them takes the next revision of the component, so that no process keeps old ones.
    """
    return _states(component.id, component.revision)


@lru_cache(maxsize=1024)
def _states(component_id: int, _revision: int) -> dict[int, State]:
    found = db.session.scalars(
        select(ProposalState)
        .where(ProposalState.component_id == component_id, ProposalState.retired_at.is_(None))
        .order_by(ProposalState.position, ProposalState.id)
    )
    return {
        state.id: State(
            state.id, state.token, state.sign, state.is_final, state.needs_reason, state.needs_costs
        )
        for state in found
    }
