"""Who invites authors, answers an invitation, and leaves."""

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.contributions.policies import is_author, may_take_part
from participa.proposals.models import Proposal
from participa.spaces.policies import may_act_in

define_rules(
    not_invited=_l("Nobody invites you to be an author of this proposal, or the invitation was cancelled."),
    last_author=_l("You are its only author. Invite someone first, or withdraw the proposal."),
    signs_for_centre=_l("You sign this proposal for your centre, and stay the one who answers for it."),
    too_many_authors=_l(
        "A proposal has at most 20 authors, those invited included. Cancel an invitation first."
    ),
    asked_already=_l("This person is an author already, or has already been asked."),
)

MOST_AUTHORS = 20
"""How many authors a proposal may have by invitation, those still invited included."""


def may_invite(actor: Actor, proposal: Proposal) -> Verdict:
    """Whether `actor` may invite authors and cancel invitations: an author, until the answer is final."""
    return all_of(
        may_take_part(actor, proposal),
        (is_author(actor, proposal), "not_author"),
        (not proposal.is_decided, "already_answered"),
    )


def may_answer_invitation(actor: Actor, proposal: Proposal, *, invited: bool) -> Verdict:
    """Whether `actor` may accept or decline to be an author."""
    return all_of(may_take_part(actor, proposal), (invited, "not_invited"))


def may_leave(actor: Actor, proposal: Proposal) -> Verdict:
    """Whether `actor` may stop being an author; whoever is the only one cannot."""
    return all_of(
        may_act_in(actor, proposal.component),
        (is_author(actor, proposal), "not_author"),
        (proposal.coauthor_ids, "last_author"),
        (not (proposal.official and proposal.author_id == actor.id), "signs_for_centre"),
    )
