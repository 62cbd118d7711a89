"""The authors of a proposal: one page, and the acts on it."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa import text
from participa.auth.session import member
from participa.authorization import Actor, Refused, all_of, authorize
from participa.comments.policies import Action, register_action
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import is_author
from participa.proposals.authors import policies, queries, services
from participa.proposals.models import Proposal
from participa.proposals.queries import Found
from participa.proposals.views import bp, readable, right_base
from participa.web import actor, address_of, found


@bp.get("/<key:proposal_id>/authors")
def authors(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Who writes the proposal together, and a search for one more."""
    held = readable(component_id, proposal_id, slug)
    proposal = held.proposal
    who = actor()
    may_invite = policies.may_invite(who, proposal)
    authorize(all_of((may_invite or policies.may_leave(who, proposal), may_invite.rule or "not_author")))
    words = " ".join(text.clean(request.args.get("q", "")).split())[:100]
    commenter = request.args.get("comment", "")
    named = None
    if may_invite and commenter.isdecimal() and len(commenter) < 16:
        writer_id = queries.writer_of(proposal, int(commenter))
        named = queries.candidate(proposal, writer_id) if writer_id else None
    return render_template(
        "proposals/authors/index.html",
        proposal=proposal,
        space=proposal.component.space,
        component=proposal.component,
        back=address_of(proposal),
        base=f"{right_base(proposal)}/authors",
        authorships=queries.authorships(proposal),
        may_invite=may_invite,
        may_leave=policies.may_leave(who, proposal),
        words=words,
        named=named,
        commenter=commenter,
        matches=queries.candidates(proposal, words) if words and may_invite else [],
    )


@bp.post("/<key:proposal_id>/authors/invite")
def invite_author(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Ask a member to be an author."""
    proposal = readable(component_id, proposal_id, slug).proposal
    authorize(policies.may_invite(actor(), proposal))
    invited = found(queries.participant(proposal, _number("member")))
    if not services.invite(member(), proposal, invited):
        raise Refused("asked_already")
    flash(_("%(name)s is told, and may accept or decline.", name=invited.name), "success")
    return _to_authors(proposal)


@bp.post("/<key:proposal_id>/authors/cancel")
def cancel_author(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    proposal = readable(component_id, proposal_id, slug).proposal
    authorize(policies.may_invite(actor(), proposal))
    if services.cancel(member(), proposal, _number("member")):
        flash(_("The invitation is cancelled."), "success")
    else:
        flash(_("This invitation has been answered in the meantime."), "warning")
    return _to_authors(proposal)


@bp.post("/<key:proposal_id>/authors/accept")
def accept_authorship(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Become an author."""
    held = readable(component_id, proposal_id, slug)
    _authorize_answer(held)
    if services.accept(member(), held.proposal):
        flash(_("You are now an author of this proposal: you may edit it, and you follow it."), "success")
    return redirect(address_of(held.proposal), 303)


@bp.post("/<key:proposal_id>/authors/decline")
def decline_authorship(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Say no to an invitation."""
    held = readable(component_id, proposal_id, slug)
    _authorize_answer(held)
    if services.decline(member(), held.proposal):
        flash(_("You declined. Whoever invited you is told."), "success")
    return redirect(address_of(held.proposal), 303)


@bp.post("/<key:proposal_id>/authors/leave")
def leave_authors(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Stop being an author."""
    proposal = readable(component_id, proposal_id, slug).proposal
    authorize(policies.may_leave(actor(), proposal))
    if services.leave(member(), proposal):
        flash(_("You are no longer an author of this proposal. The others are told."), "success")
    return redirect(address_of(proposal), 303)


@register_action(ContributionKind.PROPOSAL)
def invite_commenter(who: Actor, proposal: Contribution) -> Action | None:
    """Let an author of the proposal invite whoever wrote a comment about it."""
    assert isinstance(proposal, Proposal)
    if not is_author(who, proposal) or not policies.may_invite(who, proposal):
        return None
    address = f"{right_base(proposal)}/authors?comment="
    return Action(_("Invite as an author"), address, "#add", to_others=True)


def _authorize_answer(held: Found) -> None:
    """An author who answers twice is simply led back; anybody else must be invited."""
    own = is_author(actor(), held.proposal)
    authorize(policies.may_answer_invitation(actor(), held.proposal, invited=held.invited or own))


def _number(name: str) -> int:
    sent = request.form.get(name, "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0


def _to_authors(proposal: Proposal) -> ResponseReturnValue:
    return redirect(f"{right_base(proposal)}/authors", 303)
