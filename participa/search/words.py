"""From what a person typed to a query of the text index."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.expression import bindparam, column

from participa import text
from participa.db import db

LONGEST = 200
"""Characters read of a search."""
MOST_WORDS = 12
"""Words of a search beyond this many are left out."""
SHORT = 2
"""Words this short are found as they are: as the start of a word they would mean nearly everything."""

_PHRASE = re.compile(r"[\"“”«»]([^\"“”«»]+)[\"“”«»]")
_WORD = re.compile(r"[^\W_]+")
_LEXEME = re.compile(r"'((?:[^']|'')+)'")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for."""

    query: str
    """A `tsquery` in its text form, written by PostgreSQL itself."""
    beginnings: tuple[str, ...]
    """How the words found begin, without accents: what extracts mark."""
    words: tuple[str, ...]
    """The words and phrases as they were typed, to offer each alone."""


def read(typed: str) -> Wanted | None:
    """Read a search; None when there is no word in it. One statement.

    Each word is wanted as its French or English stem or as the start of a word; a phrase between quotation
    marks as it is. Empty words (the, of …) count only when there is nothing else.
    """
    typed = text.clean(typed)[:LONGEST]
    phrases = [" ".join(_WORD.findall(found)) for found in _PHRASE.findall(typed)]
    phrases = [phrase for phrase in phrases if " " in phrase]
    rest = _PHRASE.sub(lambda found: "" if " " in found[1].strip() else f" {found[1]} ", typed)
    words = list(dict.fromkeys(_WORD.findall(rest)))[:MOST_WORDS]
    if not words and not phrases:
        return None
    found = _stems(words, phrases)
    meaningful = [one for one in found if one.french or one.is_phrase] or found
    parts = [one.query for one in meaningful if one.query]
    if not parts:
        return None
    beginnings = {lexeme for one in meaningful for lexeme in one.lexemes if lexeme}
    return Wanted(
        " & ".join(f"({part})" for part in parts),
        tuple(sorted(beginnings)),
        tuple(f"“{one.typed}”" if one.is_phrase else one.typed for one in meaningful),
    )


@dataclass(frozen=True, slots=True)
class _Stems:
    """One word or phrase as PostgreSQL understands it."""

    typed: str
    is_phrase: bool
    folded: str
    french: str
    """Empty for a word that French does not index."""
    english: str
    plain: str
    start: str

    @property
    def query(self) -> str:
        """The alternatives to look for."""
        if self.is_phrase:
            return self.plain
        whole = self.plain if len(self.folded) <= SHORT else self.start
        return " | ".join(dict.fromkeys(part for part in (whole, self.french, self.english) if part))

    @property
    def lexemes(self) -> list[str]:
        """How the words that this finds begin."""
        if self.is_phrase:
            return self.folded.split()
        stems = _LEXEME.findall(f"{self.french} {self.english}")
        return [self.folded, *(stem for stem in stems if len(stem) > SHORT)]


def _stems(words: list[str], phrases: list[str]) -> list[_Stems]:
    typed = bindparam("typed", words + phrases, ARRAY(Text))
    item: Any = func.unnest(typed).table_valued("typed", with_ordinality="place").render_derived()
    folded = func.fold(item.c.typed)
    rows = db.session.execute(
        select(
            item.c.typed,
            item.c.place,
            folded,
            func.plainto_tsquery("french", folded).cast(Text),
            func.plainto_tsquery("english", folded).cast(Text),
            func.phraseto_tsquery("simple", folded).cast(Text),
            func.to_tsquery("simple", func.replace(folded, " ", " & ").op("||")(":*")).cast(Text),
        ).order_by(column("place"))
    )
    return [
        _Stems(typed, place > len(words), folded, french, english, plain, start)
        for typed, place, folded, french, english, plain, start in rows
    ]
