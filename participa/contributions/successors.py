"""What became of a contribution that was replaced: whoever links to it is led on."""

from collections.abc import Callable

from participa.authorization import Actor
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import may_read
from participa.contributions.queries import find_contribution

Finder = Callable[[int, Actor], Contribution | None]
_FINDERS: dict[ContributionKind, Finder] = {}


def finds_successors(kind: ContributionKind) -> Callable[[Finder], Finder]:
    """Make the decorated function find what replaced a contribution of this kind, as far as the reader reads it."""

    def register(finder: Finder) -> Finder:
        _FINDERS[kind] = finder
        return finder

    return register


def still_readable(contribution_id: int, actor: Actor) -> Contribution | None:
    """A contribution with its author, centre and place, or what replaced it, if `actor` may read it."""
    one = find_contribution(contribution_id)
    if one is None:
        return None
    finder = _FINDERS.get(one.kind)
    if one.trashed_at is not None and finder is not None and (successor := finder(one.id, actor)):
        return successor
    return one if may_read(actor, one) else None
