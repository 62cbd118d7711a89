"""The words found, shown in their sentence."""

import re
from functools import lru_cache

from markupsafe import Markup, escape

from participa import text

LENGTH = 240
"""Characters of an extract."""
LEAD = 80
"""Characters kept before the first word found."""
READ = 60_000
"""Characters of a text that are looked through."""

_ACCENTED, _PLAIN = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ’", "aaaaaaceeeeiiiinooooouuuuyy'"
_FOLDED = str.maketrans(_ACCENTED + _ACCENTED[:-1].upper(), _PLAIN + _PLAIN[:-1])
"""The folding of the text index, one character for one, so that places in the text stay the same."""


def extract(html: str, beginnings: tuple[str, ...]) -> Markup:
    """A part of a text around the first word that begins like one of `beginnings`, each such word marked.

    The text is made plain and then escaped piece by piece: nothing that it holds becomes markup.
    """
    plain = text.to_plain(html[:READ])
    spots = [found.span() for found in _pattern(beginnings).finditer(plain.translate(_FOLDED))]
    start = _boundary(plain, spots[0][0] - LEAD) if spots else 0
    end = len(plain) if len(plain) <= start + LENGTH else plain.rfind(" ", start + LEAD, start + LENGTH)
    if end <= start:
        end = start + LENGTH
    pieces: list[str] = ["… "] if start else []
    at = start
    for first, last in spots:
        if first < at or last > end:
            continue
        pieces += [escape(plain[at:first]), Markup("<mark>{}</mark>").format(plain[first:last])]
        at = last
    pieces.append(escape(plain[at:end]))
    if end < len(plain):
        pieces.append(" …")
    return Markup("").join(pieces)


def _boundary(plain: str, place: int) -> int:
    """The start of the first whole word at or after `place`."""
    if place <= 0:
        return 0
    return plain.find(" ", place, place + LEAD) + 1 or place


@lru_cache(maxsize=256)
def _pattern(beginnings: tuple[str, ...]) -> re.Pattern[str]:
    """Words that begin so; the ligatures that the index spells out are met too."""
    starts = (
        re.escape(start).replace("oe", "(?:oe|œ)").replace("ae", "(?:ae|æ)")
        for start in sorted(beginnings, key=len, reverse=True)
    )
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(starts)})[^\W_]*", re.IGNORECASE)
