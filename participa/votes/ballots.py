"""What a vote on each kind of contribution means, and whether it may be cast now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from participa.authorization import Actor, Verdict
from participa.contributions.models import Contribution, ContributionKind


@dataclass(frozen=True, slots=True)
class BallotRules:
    """The rules of one vote; values are +1, 0 and −1, as the kind allows."""

    values: Iterable[int]
    verdict: Verdict
    """Whether this person may cast or withdraw a vote now."""
    limit: int | None = None
    """How many contributions of the component one member may vote on; None for no limit."""
    cap: int | None = None
    """How many votes one contribution takes at most; None for no cap."""
    counts_centres: bool = True
    """Whether centres' tallies are kept (useful votes on comments keep none)."""


_RULES: dict[ContributionKind, Callable[[Actor, Contribution], BallotRules]] = {}


def ballot_for(
    kind: ContributionKind,
) -> Callable[[Callable[[Actor, Contribution], BallotRules]], Callable[[Actor, Contribution], BallotRules]]:
    """Make the decorated function give the rules of votes on contributions of this kind."""

    def register(function: Callable[[Actor, Contribution], BallotRules]) -> Callable[[Actor, Contribution], BallotRules]:
        _RULES[kind] = function
        return function

    return register


def ballot_of(actor: Actor, contribution: Contribution) -> BallotRules:
    """The rules of a vote by `actor` on `contribution`; needs what `find_contribution` loads."""
    return _RULES[contribution.kind](actor, contribution)
