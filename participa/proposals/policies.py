"""What may be done with proposals, and by whom."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import is_author, may_take_part
from participa.db import clock
from participa.proposals.models import Proposal, ProposalState
from participa.spaces.models import Component
from participa.spaces.policies import may_act_in, may_moderate
from participa.votes.ballots import BallotRules, ballot_for

define_rules(
    proposing_closed=_l("Proposing is closed here at the moment. The phases of the space say when it opens."),
    proposal_limit=_l(
        "You have published as many proposals here as one member may. Withdraw one, or improve one of yours."
    ),
    editing_closed=_l("Proposals can no longer be edited here. Say what you would change in a comment."),
    voting_closed=_l("Voting is closed here at the moment. The phases of the space say when it opens."),
    own_proposal=_l("This proposal is yours: others decide whether they support it."),
    already_answered=_l("The moderators have answered this proposal; it stays as they read it."),
    edit_time_over=_l("The time to edit this proposal is over. Say what you would change in a comment."),
    voted_on_text=_l(
        "Others have voted on this text: it stays as they read it. An amendment may still change it."
    ),
    voted_on_withdrawal=_l("Others have voted on this proposal: it can no longer be withdrawn."),
    no_official_proposals=_l("Nobody publishes in the name of a centre here."),
    no_centre=_l("You belong to no centre in whose name you could publish."),
    answered_vote=_l("The moderators have answered this proposal; the vote on it is over."),
    votes_blocked=_l("The moderators have blocked votes here: what has been voted stays, nothing changes."),
    results_shown=_l("The results of this vote have been shown: from then on no vote on it changes."),
)


def may_propose(actor: Actor, component: Component, written: int = 0) -> Verdict:
    """Whether `actor`, who has published `written` proposals there, may publish one in the component right now."""
    limit = component.configuration.proposal_limit
    return all_of(
        may_act_in(actor, component),
        (component.rules_at(clock()).proposing_open, "proposing_closed"),
        (limit is None or written < limit, "proposal_limit"),
    )


def may_sign_for_centre(actor: Actor, component: Component) -> Verdict:
    """Whether `actor` may publish in the name of their centre: moderators who have one, where it is set so."""
    return all_of(
        may_propose(actor, component),
        may_moderate(actor, component.space),
        (component.configuration.official_proposals_enabled, "no_official_proposals"),
        (actor.centre_id is not None, "no_centre"),
    )


def may_edit(actor: Actor, proposal: Proposal) -> Verdict:
    """Whether `actor` may change the text: an author, until an answer, while the phase lets them."""
    return all_of(
        may_take_part(actor, proposal),
        (is_author(actor, proposal), "not_author"),
        may_change_text(proposal, proposal.component),
    )


def may_change_text(proposal: Any, component: Component) -> Verdict:
    """What of `may_edit` depends on the proposal and its component; a row of a list will do."""
    until = edit_until(proposal, component)
    return all_of(
        (proposal.state_id is None, "already_answered"),
        (component.rules_at(clock()).editing_open, "editing_closed"),
        (until is None or clock() < until, "edit_time_over"),
        (not (component.configuration.edit_locked_by_supports and is_voted_on(proposal)), "voted_on_text"),
    )


def edit_until(proposal: Any, component: Component) -> datetime | None:
    """When the time to edit ends, counted from the last change; None without such a limit."""
    settings = component.configuration
    if settings.proposal_edit_time == "infinite":
        return None
    last: datetime = proposal.edited_at or proposal.published_at
    return last + timedelta(minutes=settings.edit_time)


def is_voted_on(proposal: Any) -> bool:
    """Whether somebody voted on it; its authors cannot."""
    return bool(proposal.support_count or proposal.neutral_count or proposal.against_count)


def may_withdraw(actor: Actor, proposal: Proposal) -> Verdict:
    """Whether `actor` may withdraw the proposal: an author, until the answer is final."""
    return all_of(
        may_take_part(actor, proposal),
        (is_author(actor, proposal), "not_author"),
        (not proposal.is_decided, "already_answered"),
        (
            not (proposal.component.configuration.withdrawal_locked_by_supports and is_voted_on(proposal)),
            "voted_on_withdrawal",
        ),
    )


def voting_is_open(component: Component) -> Verdict:
    """Whether the phase lets members cast and withdraw votes now."""
    rules = component.rules_at(clock())
    return all_of(
        (rules.votes_enabled, "voting_closed"),
        (not rules.votes_blocked, "votes_blocked"),
    )


def may_vote(actor: Actor, proposal: Contribution) -> Verdict:
    """Whether `actor` may vote on the proposal right now."""
    assert isinstance(proposal, Proposal)
    return all_of(
        may_take_part(actor, proposal),
        may_vote_on(actor, proposal, voting_is_open(proposal.component)),
    )


def may_vote_on(actor: Actor, proposal: Any, is_open: Verdict) -> Verdict:
    """What of `may_vote` depends on the proposal itself, a row of a list at least; `is_open` on its component."""
    return all_of(
        (not is_author(actor, proposal), "own_proposal"),
        (not proposal.is_decided, "answered_vote"),
        (proposal.results_at is None, "results_shown"),
        is_open,
    )


def may_take_back(actor: Actor, proposal: Contribution) -> Verdict:
    """Whether `actor` may take their vote back: as long as they may vote, and from a withdrawn proposal."""
    assert isinstance(proposal, Proposal)
    if proposal.withdrawn_at is not None and proposal.is_shown:
        return all_of(
            may_act_in(actor, proposal.component),
            (proposal.results_at is None, "results_shown"),
            voting_is_open(proposal.component),
        )
    return may_vote(actor, proposal)


_own, _state = Proposal.__table__.c, ProposalState.__table__.c
OVER = (
    select(case((_own.results_at.is_not(None), "results_shown"), (_state.is_final, "answered_vote")))
    .select_from(Proposal.__table__.outerjoin(ProposalState.__table__, _state.id == _own.state_id))
    .where(_own.id == Contribution.id)
    .correlate(Contribution)
    .scalar_subquery()
)
"""Of a proposal, under its lock: the rule by which no vote on it changes any more."""


@ballot_for(ContributionKind.PROPOSAL)
def ballot(actor: Actor, proposal: Contribution) -> BallotRules:
    """Support, or for / mixed / against, as the component's settings say."""
    settings = proposal.component.configuration
    return BallotRules(
        values=(1, 0, -1) if settings.ballot == "stance" else (1,),
        verdict=may_vote(actor, proposal),
        withdrawing=may_take_back(actor, proposal),
        limit=settings.vote_limit,
        minimum=settings.minimum_votes_per_user,
        cap=None if settings.can_accumulate_votes_beyond_threshold else settings.threshold_per_proposal,
        over=OVER,
    )
