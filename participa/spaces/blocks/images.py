"""Images of blocks, which attachments, higher up, take in and keep."""

from collections.abc import Callable
from typing import Any, NamedTuple

from participa.spaces.blocks.kinds import Place


class Taken(NamedTuple):
    """The image a block has from now on, or why the one that was sent is not taken."""

    id: int | None
    refusal: str = ""


class Images:
    """What the attachments package registers."""

    def __init__(self) -> None:
        self.take: Callable[[Place, int | None], Taken] = lambda place, held: Taken(held)
        """Take in the image sent with this request, if there is one, instead of the one of that number."""
        self.find: Callable[[Place, int | None], Any] = lambda place, number: None
        """The image of that number."""
        self.accept = ""
        """What the browser's window offers to choose."""


images = Images()
