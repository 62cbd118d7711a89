"""What other features must follow in threads."""

from dataclasses import dataclass

from participa.comments.models import Comment


@dataclass(frozen=True, slots=True)
class Answered:
    """What someone was asked has `n` more visible answers in its thread, or fewer."""

    root_id: int
    n: int
    comment: Comment | None = None
    """The answer, when it was just posted."""
