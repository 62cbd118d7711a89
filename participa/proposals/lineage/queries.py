"""Reads of what proposals came from and became."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from participa.authorization import Actor
from participa.contributions.models import ContributionKind
from participa.contributions.policies import may_read
from participa.contributions.queries import shown
from participa.contributions.successors import finds_successors
from participa.contributions.words import with_words
from participa.db import at_most, db
from participa.network.models import Centre
from participa.proposals.lineage.models import REPLACING, Lineage, LineageLink
from participa.proposals.models import Proposal, ProposalState
from participa.spaces.models import Component, Space
from participa.spaces.queries import components_visible_to
from participa.votes.models import Vote

OFFERED = 20
"""How many proposals a search for others to merge shows."""
SHOWN = 20
"""How many acts the page of a proposal tells."""
MOST_HOPS = 10
MOST_COMPONENTS = 200


def originals(component_id: int, ids: Collection[int]) -> list[Proposal]:
    """Proposals of a component, whole, with author, centre and place, in the order of `ids`; one statement."""
    rows = db.session.scalars(
        select(Proposal)
        .where(
            Proposal.id.in_(ids),
            Proposal.component_id == component_id,
            shown(),
            Proposal.withdrawn_at.is_(None),
        )
        .options(
            joinedload(Proposal.author),
            joinedload(Proposal.centre),
            joinedload(Proposal.component).joinedload(Component.space),
        )
    ).unique()
    held = {proposal.id: proposal for proposal in rows}
    return [held[number] for number in dict.fromkeys(ids) if number in held]


def others(component: Component, words: str, without: Collection[int]) -> Sequence[Proposal]:
    """Proposals of a component that may be merged, found by words, the most active first; one statement."""
    query = (
        select(Proposal)
        .where(Proposal.component_id == component.id, Proposal.about_id.is_(None))  # what its index says
        .where(shown(), Proposal.withdrawn_at.is_(None), Proposal.id.not_in(without))
        .where(Proposal.state_id.is_(None) | Proposal.state_id.not_in(_final()))
        .options(joinedload(Proposal.author), joinedload(Proposal.centre))
        .order_by(Proposal.last_activity_at.desc(), Proposal.id.desc())
        .limit(at_most(OFFERED))
    )
    found = with_words(words, component.id) if words else None
    if words and found is None:
        return []
    return db.session.scalars(query if found is None else query.where(found)).all()


def _final() -> Any:
    return select(ProposalState.id).where(ProposalState.is_final)


def supporters(ids: Collection[int]) -> int:
    """How many people voted on at least one of these proposals."""
    return (
        db.session.scalar(select(func.count(Vote.voter_id.distinct())).where(Vote.contribution_id.in_(ids)))
        or 0
    )


def centres(ids: Collection[int]) -> int:
    """How many centres took part in at least one of these proposals."""
    return (
        db.session.scalar(
            select(func.count(Vote.centre_id.distinct()))
            .where(Vote.contribution_id.in_(ids))
            .join(Centre, Centre.id == Vote.centre_id)
        )
        or 0
    )


def lineages(proposal_id: int) -> Sequence[Lineage]:
    """What was done to and with a proposal, the latest first, with who did it and the other proposals."""
    others_of = selectinload(Lineage.links).joinedload(LineageLink.proposal)
    return (
        db.session.scalars(
            select(Lineage)
            .where(
                Lineage.id.in_(select(LineageLink.lineage_id).where(LineageLink.proposal_id == proposal_id))
            )
            .options(
                joinedload(Lineage.by),
                others_of.joinedload(Proposal.author),
                others_of.joinedload(Proposal.centre),
                others_of.joinedload(Proposal.component).joinedload(Component.space),
            )
            .order_by(Lineage.at.desc(), Lineage.id.desc())
            .limit(at_most(SHOWN))
        )
        .unique()
        .all()
    )


def find_lineage(proposal_id: int, lineage_id: int) -> Lineage | None:
    """One act about a proposal, with the proposals it concerned."""
    return next((lineage for lineage in lineages(proposal_id) if lineage.id == lineage_id), None)


@finds_successors(ContributionKind.PROPOSAL)
def elsewhere(proposal_id: int, actor: Actor) -> Proposal | None:
    """Where an address that no longer holds leads: what replaced the proposal, or its new component."""
    number: int | None = proposal_id
    for _hop in range(MOST_HOPS):
        if number is None:
            return None
        proposal = db.session.scalar(
            select(Proposal)
            .where(Proposal.id == number)
            .options(
                load_only(
                    Proposal.id, Proposal.title, Proposal.trashed_at, Proposal.hidden_at, Proposal.deleted_at,
                    Proposal.author_id, Proposal.coauthor_ids, Proposal.component_id, Proposal.about_id,
                    Proposal.within_id, Proposal.official, Proposal.restricted,
                ),
                joinedload(Proposal.component).joinedload(Component.space),
            )
        )  # fmt: skip
        if proposal is None:
            return None
        if proposal.trashed_at is None:
            return proposal if may_read(actor, proposal) else None
        number = _successor(number)
    return None


def _successor(proposal_id: int) -> int | None:
    """The first of what replaced a proposal."""
    into = LineageLink.__table__.alias("into")
    return db.session.scalar(
        select(into.c.proposal_id)
        .select_from(LineageLink)
        .join(Lineage, Lineage.id == LineageLink.lineage_id)
        .join(into, into.c.lineage_id == Lineage.id)
        .where(
            LineageLink.proposal_id == proposal_id,
            LineageLink.is_source,
            Lineage.kind.in_(REPLACING),
            Lineage.undone_at.is_(None),
            into.c.is_source.is_(False),
        )
        .order_by(Lineage.id.desc(), into.c.position)
        .limit(at_most(1))
    )


def receiving(actor: Actor, without: int) -> Sequence[Component]:
    """The components of proposals that `actor` curates, with their space, but one."""
    query = (
        select(Component)
        .join(Component.space)
        .where(Component.kind == "proposals", components_visible_to(actor), Component.id != without)
        .options(joinedload(Component.space))
        .order_by(Space.position, Space.id, Component.position, Component.id)
        .limit(at_most(MOST_COMPONENTS))
    )
    if not actor.is_coordinator:
        query = query.where(Component.space_id.in_(sorted(actor.curated_spaces)))
    return db.session.scalars(query).unique().all()
