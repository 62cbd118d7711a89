"""Who asks to join a space, who answers, who leaves."""

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.spaces.models import Space
from participa.spaces.policies import may_moderate, may_read_space

define_rules(
    open_to_all=_l("Every member of the network takes part in this space: there is nothing to ask for."),
    not_in_space=_l("You do not belong to this space."),
    already_asked=_l("You have asked already. The moderators of the space will answer you."),
    request_over=_l("This request is answered already, or was taken back."),
)


def may_ask_to_join(actor: Actor, space: Space) -> Verdict:
    """Whether `actor` may ask to be a member of the space."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        may_read_space(actor, space),
        (space.is_restricted, "open_to_all"),
        (not actor.roles.get(space.id), "already_in_space"),
    )


def may_answer_requests(actor: Actor, space: Space) -> Verdict:
    """Whether `actor` answers those who ask to join the space."""
    return may_moderate(actor, space)


def may_leave(actor: Actor, space: Space) -> Verdict:
    """Whether `actor` may give up all they are in the space."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        may_read_space(actor, space),
        (actor.roles.get(space.id), "not_in_space"),
    )
