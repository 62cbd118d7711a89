"""Pages of what became of a proposal: its line of time, and what changed from one version to another."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from participa.contributions import versions
from participa.db import clock, day_of
from participa.proposals.life import state_of
from participa.proposals.models import Proposal
from participa.proposals.timeline import timeline
from participa.proposals.views import bp, readable, right_base
from participa.spaces.kinds import KINDS
from participa.spaces.queries import find_space
from participa.web import actor, address_of
from participa.wording import called


@bp.get("/<key:proposal_id>/history")
def history(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """What became of a proposal, the last first."""
    held = readable(component_id, proposal_id, slug)
    proposal, component = held.proposal, held.proposal.component
    return render_template(
        "proposals/history.html",
        proposal=proposal,
        space=component.space,
        component=component,
        page=timeline(proposal, actor(), request.args.get("page")),
        debating=_debating(proposal) if proposal.is_shown else [],
        life=state_of(proposal, voting=component.rules_at(clock()).voting_open),
        today=day_of(clock()),
        base=right_base(proposal),
        back=address_of(proposal),
    )


def _debating(proposal: Proposal) -> list[tuple[str, str]]:
    """Where in its space the reader may open a debate about a proposal: names and addresses."""
    space = find_space(proposal.component.space.slug)
    address = address_of(proposal)
    return [
        (called(component), href)
        for component in (space.components if space is not None else ())
        if (href := KINDS[component.kind].discuss(actor(), component, address)) is not None
    ]


@bp.get("/<key:proposal_id>/versions")
def compare(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """What changed between two versions of a proposal, word by word."""
    held = readable(component_id, proposal_id, slug)
    proposal = held.proposal
    chosen = versions.choose(proposal.id, request.args.get("from"), request.args.get("to"), held.version)
    return render_template(
        "proposals/versions.html",
        proposal=proposal,
        space=proposal.component.space,
        component=proposal.component,
        chosen=chosen,
        back=address_of(proposal),
        here=f"{right_base(proposal)}/versions",
        view="split" if request.args.get("view") == "split" else "text",
    )
