"""What a vote on each kind of contribution means, and whether it may be cast now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from participa.authorization import Actor, Verdict
from participa.contributions.models import Contribution, ContributionKind


@dataclass(frozen=True, slots=True)
class BallotRules:
    """The rules of one vote; values are +1, 0 and −1, as the kind allows."""

    values: Iterable[int]
    verdict: Verdict
    """Whether this person may cast a vote now, and withdraw it unless `withdrawing` says otherwise."""
    withdrawing: Verdict | None = None
    limit: int | None = None
    """How many contributions of the component one member may vote on; None for no limit."""
    minimum: int | None = None
    """How many votes of the component one member casts before any of theirs counts; None for no minimum."""
    cap: int | None = None
    """How many votes one contribution takes at most; None for no cap."""
    over: ColumnElement[str | None] | None = None
    """Of a contribution, read under its lock: the rule by which no vote on it changes any more; null for none."""
    counts_centres: bool = True
    """Whether centres' tallies are kept (useful votes on comments keep none)."""

    @property
    def ballots(self) -> bool:
        """Whether how many votes each member has cast matters."""
        return self.limit is not None or self.minimum is not None


Answer = Callable[[Contribution, int | None, str | None], str]
"""Makes the part of a page that a vote changes: contribution, the voter's vote, what went wrong → HTML."""

_ANSWERS: dict[ContributionKind, tuple[str, Answer]] = {}


def answer_for(kind: ContributionKind, anchor: str) -> Callable[[Answer], Answer]:
    """Make the decorated function answer votes on this kind; `anchor` and the id name its place in a page."""

    def register(function: Answer) -> Answer:
        _ANSWERS[kind] = (anchor, function)
        return function

    return register


def answer_of(contribution: Contribution) -> tuple[str, Answer]:
    """The anchor of a contribution in pages, and what makes the part that a vote on it changes."""
    anchor, answer = _ANSWERS[contribution.kind]
    return f"{anchor}{contribution.id}", answer


_RULES: dict[ContributionKind, Callable[[Actor, Contribution], BallotRules]] = {}


def ballot_for(
    kind: ContributionKind,
) -> Callable[[Callable[[Actor, Contribution], BallotRules]], Callable[[Actor, Contribution], BallotRules]]:
    """Make the decorated function give the rules of votes on contributions of this kind."""

    def register(
        function: Callable[[Actor, Contribution], BallotRules],
    ) -> Callable[[Actor, Contribution], BallotRules]:
        _RULES[kind] = function
        return function

    return register


def ballot_of(actor: Actor, contribution: Contribution) -> BallotRules:
    """The rules of a vote by `actor` on `contribution`; needs what `find_contribution` loads."""
    return _RULES[contribution.kind](actor, contribution)
