"""Who may follow what."""

from participa.authorization import Actor, Verdict, all_of
from participa.contributions.models import Contribution
from participa.contributions.policies import may_read
from participa.spaces.models import Space
from participa.spaces.policies import may_read_space


def may_follow(actor: Actor, contribution: Contribution) -> Verdict:
    """Whether `actor` may be told what happens to the contribution: whoever reads it."""
    return all_of(may_read(actor, contribution), (actor.is_authenticated, "sign_in"))


def may_follow_space(actor: Actor, space: Space) -> Verdict:
    """Whether `actor` may be told what happens in the space: whoever reads it."""
    return all_of(may_read_space(actor, space), (actor.is_authenticated, "sign_in"))
