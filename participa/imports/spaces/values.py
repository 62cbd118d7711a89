"""What a file of a space may hold: its limits, and its values read one by one."""

from datetime import date, datetime
from typing import Any

LONGEST_TEXT = 100_000
MOST_VERSIONS = 10_000
"""Versions of one text."""
MOST_VOTES = 100_000
"""Votes of one sort on one text: nobody has more members."""


def words(said: Any, longest: int) -> str:
    """Words of a file; raises ValueError for anything else, and for more than a form would take."""
    if not isinstance(said, str) or len(said) > longest or "\0" in said:
        raise ValueError(str(said)[:40])
    return said


def number(said: Any) -> int:
    """The number of a version."""
    if not 0 < int(said) <= MOST_VERSIONS:
        raise ValueError("versions")
    return int(said)


def day(said: str | None) -> date | None:
    """A day, or none."""
    return date.fromisoformat(said) if said else None


def moment(said: str | None) -> datetime | None:
    """A moment, or none; raises ValueError when it is in no time zone."""
    found = datetime.fromisoformat(said) if said else None
    if found is not None and found.tzinfo is None:
        raise ValueError("time zone")
    return found
