"""What a for / mixed / against vote may say of persons and of centres without telling who voted what.

Everything here is decided from what has been said already, never from what would be kept silent: a silence that
depended on the votes would itself tell them (Kenthapadi, Mishra and Nissim, "Simulatable auditing", 2005).
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache

FOR, MIXED, AGAINST = 0, 1, 2
Split = tuple[int, int, int]
"""How many say for, mixed and against."""

FEWEST_VOTERS = 6
"""Below this many voters, nothing is said of what they voted."""
FEWEST_OTHERS = 3
"""Fewer persons than this apart from the largest value are not counted: the others would be known to agree."""
VOICE_FROM = 3
"""A centre has a voice from this many voters on."""
MARGIN = 2
"""Votes of two values at least that stay free, so that one voter who knows their own vote learns no more."""


class Told(StrEnum):
    """How much is said of what persons voted."""

    NOTHING = "nothing"
    LARGEST = "largest"
    """Which value is the largest, and that fewer than `FEWEST_OTHERS` persons say otherwise."""
    EXACT = "exact"


def told_of(split: Split) -> Told:
    """How much may be said of a split of persons."""
    if sum(split) < FEWEST_VOTERS:
        return Told.NOTHING
    return Told.EXACT if sum(split) - max(split) >= FEWEST_OTHERS else Told.LARGEST


def voice_of(split: Split) -> int:
    """The value that most of a centre's voters chose; mixed when two values share the lead."""
    most = max(split)
    return split.index(most) if split.count(most) == 1 else MIXED


def voices(persons: Split, centres: Sequence[Split], start: int = 0) -> list[int | None]:
    """The voice of each centre that took part, None where it is not told.

    Centres are looked at one after the other from the one at `start`, round. Before each, whatever its voice might
    turn out to be, what all readers then know must leave every vote and every small centre's voice open; else
    nothing more is told.
    """
    found: list[int | None] = [None] * len(centres)
    if told_of(persons) != Told.EXACT:
        return found
    said = (0, 0, 0)
    for done in range(len(centres)):
        if not _may_go_on(persons, said, done, len(centres)):
            break
        place = (start + done) % len(centres)
        if sum(centres[place]) >= VOICE_FROM:
            voice = found[place] = voice_of(centres[place])
            said = _with(said, voice)
    return found


def _with(said: Split, voice: int) -> Split:
    """The voices told, with one more."""
    return (said[0] + (voice == FOR), said[1] + (voice == MIXED), said[2] + (voice == AGAINST))


@lru_cache(maxsize=4096)
def _may_go_on(persons: Split, said: Split, done: int, named: int) -> bool:
    """Whether the next centre may be looked at, whatever it turns out to be.

    Two centres not looked at yet may be of any size and say anything; without them, what is left must fit.
    """
    last = done + 3 > named
    mute = named - sum(said) - 1
    for voice in (FOR, MIXED, AGAINST):
        then = _with(said, voice)
        if mute < 0 or not any(True for _ in _left(persons, then, mute)):
            continue
        if not _is_open(persons, then, mute) or (last and not _fits(persons, then, mute)):
            return False
    return not last or (_is_open(persons, said, mute + 1) and _fits(persons, said, mute + 1))


def _left(persons: Split, said: Split, mute: int) -> Iterator[tuple[Split, int]]:
    """Every way to give each centre the fewest votes that make its voice: the votes left, and how many are free.

    A voice for needs two of them and any third; against likewise; mixed two of them and any third, one of each, or
    two for and two against. Each of the `mute` centres needs one vote.
    """
    for apart in range(said[MIXED] + 1):
        for tied in range(said[MIXED] - apart + 1):
            plain = said[MIXED] - apart - tied
            left = (
                persons[FOR] - 2 * said[FOR] - apart - 2 * tied,
                persons[MIXED] - 2 * plain - apart,
                persons[AGAINST] - 2 * said[AGAINST] - apart - 2 * tied,
            )
            free = sum(left) - (said[FOR] + said[AGAINST] + plain + mute)
            if min(left) >= 0 and free >= 0:
                yield left, free


def _is_open(persons: Split, said: Split, mute: int) -> bool:
    """Whether a mute centre's voter may have chosen one of two values at least, also for who knows one vote."""
    possible = {
        value
        for left, free in _left(persons, said, mute)
        if free >= MARGIN - 1
        for value in (FOR, MIXED, AGAINST)
        if left[value] >= MARGIN
    }
    return len(possible) >= 2


def _fits(persons: Split, said: Split, mute: int) -> bool:
    """Whether it stays open too when readers know that every voter has a centre, and the mute ones are small.

    Then each value that is no centre's voice has to fit under the voices of others: with room to spare, or not at
    all, in which case some voter has no centre.
    """
    spoken = [value for value in (FOR, MIXED, AGAINST) if said[value]]
    room = sum(persons[value] - said[value] for value in spoken)
    most = sum(persons[value] for value in spoken) - said[FOR] - said[AGAINST] + 2 * mute
    if said[MIXED]:
        most += min(persons[FOR], persons[AGAINST])
    unspoken = [persons[value] for value in (FOR, MIXED, AGAINST) if not said[value] and persons[value]]
    return any(count > most for count in unspoken) or all(count + MARGIN <= room for count in unspoken)
