"""Who amends, who answers, who takes back."""

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import is_author, may_take_part
from participa.db import clock
from participa.proposals.amendments.models import Amendment, Decision
from participa.proposals.models import Proposal
from participa.proposals.policies import may_propose
from participa.votes.ballots import BallotRules, ballot_for

define_rules(
    no_amendments=_l("Proposals are not amended here. Say what you would change in a comment."),
    amending_closed=_l("Amending is closed here at the moment. The phases of the space say when it opens."),
    amend_own=_l("This proposal is yours: edit it instead of amending it."),
    answering_amendments_closed=_l(
        "Answering amendments is closed here at the moment. The phases of the space say when it opens."
    ),
    amendment_decided=_l(
        "This amendment has been answered or withdrawn in the meantime. Nothing was changed."
    ),
    amendment_not_rejected=_l(
        "Only an amendment that was not retained may become a proposal of its own, once."
    ),
    promoting_closed=_l("An amendment cannot become a proposal of its own here at the moment."),
    restricted_amendment=_l("Only those whom this amendment concerns read it: it gathers no supports."),
    own_amendment=_l("This amendment is yours: others decide whether they support it."),
)


def may_amend(actor: Actor, proposal: Proposal) -> Verdict:
    """Whether `actor` may suggest another text to the authors, until the moderators answer."""
    return all_of(
        may_take_part(actor, proposal),
        (proposal.component.configuration.amendments_enabled, "no_amendments"),
        (not is_author(actor, proposal), "amend_own"),
        (proposal.state_id is None, "already_answered"),
        (proposal.component.rules_at(clock()).amendment_creation_enabled, "amending_closed"),
    )


def may_decide(actor: Actor, proposal: Proposal, amendment: Amendment) -> Verdict:
    """Whether `actor` may accept or reject it: an author of the proposal, until the moderators answer."""
    return all_of(
        may_take_part(actor, proposal),
        (is_author(actor, proposal), "not_author"),
        (amendment.is_shown, "hidden"),
        (amendment.state == "evaluating", "amendment_decided"),
        (proposal.state_id is None, "already_answered"),
        (
            proposal.component.rules_at(clock()).amendment_reaction_enabled,
            "answering_amendments_closed",
        ),
    )


def may_withdraw(actor: Actor, proposal: Proposal, amendment: Amendment) -> Verdict:
    """Whether `actor` may take it back: its author, until it is answered."""
    return all_of(
        may_take_part(actor, proposal),
        (amendment.author_id is not None and amendment.author_id == actor.id, "not_author"),
        (amendment.is_shown, "hidden"),
        (amendment.state == "evaluating", "amendment_decided"),
    )


def may_promote(actor: Actor, proposal: Proposal, amendment: Amendment) -> Verdict:
    """Whether `actor` may make a proposal of it: its author, once it is rejected, whatever became of the first."""
    return all_of(
        may_propose(actor, proposal.component),
        (amendment.author_id is not None and amendment.author_id == actor.id, "not_author"),
        (amendment.is_shown, "hidden"),
        (
            amendment.decision == Decision.REJECTED and amendment.promoted_id is None,
            "amendment_not_rejected",
        ),
        (proposal.component.rules_at(clock()).amendment_promotion_enabled, "promoting_closed"),
    )


@ballot_for(ContributionKind.AMENDMENT)
def ballot(actor: Actor, amendment: Contribution) -> BallotRules:
    """Support, while it waits for an answer and the vote on proposals is open; gives centres no voice."""
    assert isinstance(amendment, Amendment)
    proposal = amendment.about
    return BallotRules(
        values=(1,),
        verdict=all_of(
            may_take_part(actor, amendment),
            (amendment.author_id != actor.id, "own_amendment"),
            (proposal is None or not is_author(actor, proposal), "own_proposal"),
            (not amendment.restricted, "restricted_amendment"),
            (amendment.state == "evaluating", "amendment_decided"),
            (amendment.component.rules_at(clock()).voting_open, "voting_closed"),
        ),
        counts_centres=False,
    )
