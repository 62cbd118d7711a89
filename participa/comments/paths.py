"""Where a comment stands in its branch, as text that sorts in conversation order.

A path holds the ids of a comment's ancestors below the top-level one, then its own, each in the same number
of base-36 digits: the ancestors are read off the path without asking the database.
"""

from participa.comments.models import MAX_DEPTH

WIDTH = 8
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def step(comment_id: int) -> str:
    """The part of a path that stands for one comment."""
    digits = ""
    while comment_id:
        comment_id, digit = divmod(comment_id, 36)
        digits = DIGITS[digit] + digits
    return digits.rjust(WIDTH, "0")


def ids(path: str) -> list[int]:
    """The ids in a path, from the ancestor nearest to the top-level comment down to the comment itself."""
    return [int(path[start : start + WIDTH], 36) for start in range(0, len(path), WIDTH)]


def hangs(path: str) -> bool:
    """Whether a comment of this path is deeper than threads go: it hangs under its ancestor of that depth."""
    return len(path) > MAX_DEPTH * WIDTH


def under(path: str, comment_id: int) -> str:
    """The path of a comment that answers the one at `path`."""
    return (path[:-WIDTH] if hangs(path) else path) + step(comment_id)


def depth(path: str) -> int:
    """The depth kept for a comment of this path."""
    return min(len(path) // WIDTH, MAX_DEPTH)


def end(path: str) -> str:
    """A text that sorts after every path below `path`."""
    return path + "~"
