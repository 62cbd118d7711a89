"""What people do through the application itself, in a list of its own, before the pages that show it are measured."""

from dataclasses import dataclass

from sqlalchemy import select

from bench.fill import CURATED, CURATOR, Filled
from participa.auth.models import Member
from participa.authorization import Actor
from participa.db import db, set_clock
from participa.proposals import queries
from participa.proposals.amendments import services as amending
from participa.proposals.amendments.forms import Draft
from participa.proposals.amendments.models import Amendment
from participa.proposals.amendments.queries import find
from participa.proposals.answering import services as answering
from participa.proposals.models import Proposal, ProposalState

AMENDMENTS = 12
TEXT = "Un autre texte, que l’on préfère, assez long pour être publié et pour que la comparaison ait du sens."


@dataclass(frozen=True, slots=True)
class Deeds:
    """Where what was done is read."""

    amended: int
    """A proposal with twelve amendments, one of them accepted."""
    amendment: int
    answered: int
    """A proposal with an answer."""
    state: int
    """A state that an answer may give."""
    untouched: list[int]
    """Proposals that nobody amended or answered yet."""


def do(filled: Filled) -> Deeds:
    """Amend one proposal many times, accept one of its amendments, and answer another; needs an application context."""
    set_clock(None)
    amended, answered, *untouched = filled.curated
    authors = db.session.scalars(select(Member).where(Member.id.between(10, 10 + AMENDMENTS - 1))).all()
    numbers = []
    for n, author in enumerate(authors):
        proposal = _read(amended)
        draft = Draft(proposal.title or "", f"{proposal.body}\n\n{TEXT} {n}", "Pour être complet")
        numbers.append(amending.publish(db.session.merge(author), proposal, draft, base_number=1).id)
    accepted = _read(amended)
    first = db.session.get_one(Member, accepted.author_id)
    amendment = _amendment(accepted, numbers[0])
    amending.accept(
        first, accepted, amendment, amendment.title or "", amendment.body, revision=accepted.revision
    )
    state = db.session.scalars(select(ProposalState.id).where(ProposalState.component_id == CURATED)).first()
    assert state is not None
    answering.answer(
        db.session.get_one(Member, CURATOR),
        _read(answered),
        answering.Given(state, TEXT),
        seen=answering.Seen(1),
        publish=True,
    )
    db.session.remove()
    set_clock(None)
    return Deeds(amended, numbers[-1], answered, state, untouched)


def _amendment(proposal: Proposal, number: int) -> Amendment:
    found = find(proposal, number, Actor(visitors_may_read=True))
    assert found is not None
    return found.amendment


def _read(number: int) -> Proposal:
    found = queries.find(CURATED, number, Actor(visitors_may_read=True))
    assert found is not None
    return found.proposal
