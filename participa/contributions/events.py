"""What other features must follow when a contribution changes state."""

from dataclasses import dataclass

from participa.contributions.models import Contribution


@dataclass(frozen=True, slots=True)
class VisibilityChanged:
    """A contribution left or rejoined what ordinary readers see (hidden, restored, deleted, trashed)."""

    contribution: Contribution
    shown: bool


@dataclass(frozen=True, slots=True)
class TextChanged:
    """A contribution was published, or its text edited."""

    contribution: Contribution
