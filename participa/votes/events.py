"""What other features must follow when a vote changes."""

from dataclasses import dataclass

from participa.contributions.models import Contribution


@dataclass(frozen=True, slots=True)
class VoteChanged:
    """A vote was cast, changed or withdrawn; `contribution` already carries its new counts."""

    contribution: Contribution
    voter_id: int
    before: int | None
    """The value it had; None for a new vote."""
    value: int | None
    """The value it has; None once withdrawn."""
