"""What an amendment changes, and what changed underneath since it was begun: three texts, line by line.

Changes that touch different lines of the common text go together by themselves. Where both sides changed the same
lines, a person chooses: the amendment's lines stand in the text offered, and the passage is shown with both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from participa.contributions.versions import Piece, compare

Change = tuple[int, int, int, int]
"""Lines i1 to i2 of the common text that became lines j1 to j2."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of the common text that both sides changed, each in its own way."""

    theirs: list[Piece]
    """From the common text to the text in force."""
    amended: list[Piece]
    """From the common text to the amendment."""


@dataclass(frozen=True, slots=True)
class Together:
    """A text with the changes of both sides, and the passages where they meet."""

    text: str
    clashes: list[Passage]


def together(base: str, current: str, amended: str) -> Together:
    """Put what changed from `base` to `amended` into `current`."""
    common, theirs, ours = (text.splitlines() for text in (base, current, amended))
    here, there = _changes(common, theirs), _changes(common, ours)
    lines: list[str] = []
    clashes: list[Passage] = []
    at = 0
    for low, high in _groups(here, there):
        lines += common[at:low]
        at = high
        before = common[low:high]
        one = theirs[_place(here, low, start=True) : _place(here, high)]
        other = ours[_place(there, low, start=True) : _place(there, high)]
        if other == before:
            lines += one
            continue
        lines += other
        if one not in (before, other):
            clashes.append(Passage(_pieces(before, one), _pieces(before, other)))
    lines += common[at:]
    return Together("\n".join(lines), clashes)


def _changes(common: Sequence[str], text: Sequence[str]) -> list[Change]:
    codes = SequenceMatcher(None, common, text, autojunk=False).get_opcodes()
    return [(i1, i2, j1, j2) for tag, i1, i2, j1, j2 in codes if tag != "equal"]


def _groups(here: Sequence[Change], there: Sequence[Change]) -> list[tuple[int, int]]:
    """Stretches of the common text that either side changed; those that overlap or touch are one."""
    groups: list[tuple[int, int]] = []
    for low, high in sorted((change[0], change[1]) for change in (*here, *there)):
        if groups and low <= groups[-1][1]:
            groups[-1] = (groups[-1][0], max(high, groups[-1][1]))
        else:
            groups.append((low, high))
    return groups


def _place(changes: Sequence[Change], line: int, *, start: bool = False) -> int:
    """Where the start, or the end, of a stretch of the common text stands in the changed one."""
    before = [j2 - i2 for _i1, i2, _j1, j2 in changes if (i2 < line if start else i2 <= line)]
    return line + (before[-1] if before else 0)


def _pieces(before: Sequence[str], after: Sequence[str]) -> list[Piece]:
    found: list[Piece] = []
    for pieces in compare("\n".join(before), "\n".join(after)).paragraphs:
        if found:
            found.append(("=", " "))
        found += pieces
    return found
