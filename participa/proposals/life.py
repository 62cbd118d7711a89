"""Where proposals are in their life, as `ui` names or shows it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, load_only

from participa.contributions.models import ContributionKind
from participa.contributions.references import tells_states
from participa.db import clock, db
from participa.proposals.answering.states import State
from participa.proposals.models import Proposal, Sign
from participa.spaces.models import Component, Space


def state_of(proposal: Proposal, *, voting: bool) -> str | Sign:
    """Where a proposal is in its life; needs its state loaded."""
    if proposal.withdrawn_at is not None:
        return "withdrawn"
    return proposal.state.sign if proposal.state else ("voting" if voting else "discussed")


def state_of_row(row: Any, states: Mapping[int, State], *, voting: bool) -> str | Sign:
    """The same of a row of a list, which has the number of its state."""
    if row.withdrawn_at is not None:
        return "withdrawn"
    return states[row.state_id].sign if row.state_id in states else ("voting" if voting else "discussed")


@tells_states(ContributionKind.PROPOSAL)
def states_of(numbers: Collection[int]) -> Mapping[int, str | Sign]:
    """Where proposals are in their life, by number; one statement."""
    found = db.session.scalars(
        select(Proposal)
        .where(Proposal.id.in_(numbers))
        .options(
            load_only(Proposal.id, Proposal.withdrawn_at, Proposal.component_id, Proposal.state_id),
            joinedload(Proposal.state),
            joinedload(Proposal.component).joinedload(Component.space).joinedload(Space.phases),
        )
    ).unique()
    return {one.id: state_of(one, voting=one.component.rules_at(clock()).voting_open) for one in found}
