"""Who answers for the moderators, and who shapes answers."""

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.db import clock
from participa.proposals.models import Proposal
from participa.spaces.models import Component
from participa.spaces.policies import may_administer, may_moderate

define_rules(
    answering_off=_l(
        "Answers are switched off here at the moment. The settings of the tool say in which phases they are on."
    ),
    decided_already=_l("The final answer is published: there is no date left to promise."),
    state_gone=_l("This state has been deleted in the meantime. Go back and choose another one."),
    not_internal=_l(
        "There is no internal answer here any more: it was published or dropped in the meantime."
    ),
)


def answering_open(component: Component) -> bool:
    """Whether the moderators answer in this component now; its settings and its phase both say so."""
    rules = component.rules_at(clock())
    return bool(component.configuration.proposal_answering_enabled and rules.proposal_answering_enabled)


def may_see_answers(actor: Actor, component: Component) -> Verdict:
    """Whether `actor` sees what waits for an answer, internal answers and templates: whoever curates the space."""
    return may_moderate(actor, component.space)


def may_answer(actor: Actor, proposal: Proposal) -> Verdict:
    """Whether `actor` may answer for the moderators, or change their answer."""
    return all_of(
        may_moderate(actor, proposal.component.space),
        (proposal.is_shown, "hidden"),
        (proposal.withdrawn_at is None, "withdrawn"),
        (answering_open(proposal.component), "answering_off"),
    )


def may_promise(actor: Actor, proposal: Proposal) -> Verdict:
    """Whether `actor` may promise a date for the answer, change it or take it back."""
    return all_of(may_answer(actor, proposal), (not proposal.is_decided, "decided_already"))


def may_shape_states(actor: Actor, component: Component) -> Verdict:
    """Whether `actor` may change the states that answers give: whoever administers the space."""
    return may_administer(actor, component.space)
