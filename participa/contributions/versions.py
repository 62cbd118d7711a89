"""Comparing two versions of a text, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from itertools import zip_longest
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from participa.contributions.models import Part, Version
from participa.db import at_most, db

Piece = tuple[Literal["=", "+", "-"], str]
"""Some words: kept, added or removed."""

MOST_STEPS = 1_500_000
"""Comparing m words with n takes up to m × n steps; beyond this many, paragraphs are compared whole."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one text to another, paragraph by paragraph."""

    paragraphs: list[list[Piece]]
    by_word: bool
    """False when the texts are too long to compare word by word."""

    @property
    def added(self) -> int:
        """How many words were added."""
        return self._words("+")

    @property
    def removed(self) -> int:
        """How many words were removed."""
        return self._words("-")

    @property
    def changed(self) -> list[tuple[list[Piece], list[Piece]]]:
        """The paragraphs that differ, as they were and as they are."""
        return [
            ([piece for piece in pieces if piece[0] != "+"], [piece for piece in pieces if piece[0] != "-"])
            for pieces in self.paragraphs
            if any(sign != "=" for sign, _ in pieces)
        ]

    def _words(self, sign: str) -> int:
        return sum(len(words.split()) for pieces in self.paragraphs for s, words in pieces if s == sign)


def compare(old: str, new: str) -> Comparison:
    """Find what changed between two texts: first the paragraphs, then the words of those that differ."""
    before, after = _paragraphs(old), _paragraphs(new)
    budget = MOST_STEPS - len(before) * len(after)
    if budget < 0:
        whole = [
            *(_whole(paragraph, "") for paragraph in before),
            *(_whole("", paragraph) for paragraph in after),
        ]
        return Comparison(whole, by_word=False)
    by_word, paragraphs = True, list[list[Piece]]()
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            paragraphs += [[("=", paragraph)] for paragraph in before[i:j]]
            continue
        for one, other in zip_longest(before[i:j], after[k:m], fillvalue=""):
            a, b = re.findall(r"\S+\s*", one), re.findall(r"\S+\s*", other)
            budget -= len(a) * len(b)
            if budget >= 0:
                paragraphs.append(_pieces(a, b))
            else:
                by_word = False
                paragraphs.append(_whole(one, other))
    return Comparison(paragraphs, by_word)


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _whole(one: str, other: str) -> list[Piece]:
    removed: list[Piece] = [("-", one)] if one else []
    return removed + ([("+", other)] if other else [])


def _pieces(a: Sequence[str], b: Sequence[str]) -> list[Piece]:
    """Compare words, each with the spaces after it, which do not make them differ."""
    pieces: list[Piece] = []
    words = [word.rstrip() for word in a], [word.rstrip() for word in b]
    for tag, i, j, k, m in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("=", "".join(map(max, a[i:j], b[k:m]))))
        else:
            pieces += _whole("".join(a[i:j]), "".join(b[k:m]))
    return pieces


def fingerprint(title: str, body: str) -> str:
    """What proves a text unchanged: the SHA-256 of its title, a line feed, and its source text, in UTF-8."""
    return sha256(f"{title}\n{body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Two versions of a text side by side, and the list they were chosen from."""

    all: Sequence[Version]
    """The latest first."""
    old: Version
    new: Version
    title: Comparison
    body: Comparison
    fingerprint: str
    """Of the newer one."""

    @property
    def added(self) -> int:
        """How many words were added, title included."""
        return self.title.added + self.body.added

    @property
    def removed(self) -> int:
        """How many words were removed, title included."""
        return self.title.removed + self.body.removed


def choose(
    contribution_id: int, old: str | None, new: str | None, latest: int | None = None, part: Part = Part.TEXT
) -> Chosen | None:
    """Compare the two versions that an address names, the last two when it does not; None when there is none."""
    listed = versions_of(contribution_id, part)
    if not listed:
        return None
    by_number = {str(version.number): version for version in listed}
    after = by_number.get(new or "", by_number.get(str(latest), listed[0]))
    before = by_number.get(old or "") or by_number.get(str(after.number - 1), after)
    texts = texts_of(contribution_id, [before.number, after.number], part)
    (old_title, old_body), (new_title, new_body) = texts[before.number], texts[after.number]
    changes = compare(old_title, new_title), compare(old_body, new_body)
    return Chosen(listed, before, after, *changes, fingerprint(new_title, new_body))


def versions_of(contribution_id: int, part: Part = Part.TEXT) -> Sequence[Version]:
    """The versions of a part with who wrote each, the latest first; the texts themselves are left out."""
    return db.session.scalars(
        select(Version)
        .where(Version.contribution_id == contribution_id, Version.part == part)
        .options(joinedload(Version.editor), defer(Version.title), defer(Version.body))
        .order_by(Version.number.desc())
        .limit(at_most(200))
    ).all()


def texts_of(
    contribution_id: int, numbers: Sequence[int], part: Part = Part.TEXT
) -> dict[int, tuple[str, str]]:
    """The title and body of some versions, by number."""
    rows = db.session.execute(
        select(Version.number, Version.title, Version.body).where(
            Version.contribution_id == contribution_id, Version.part == part, Version.number.in_(numbers)
        )
    )
    return {row.number: (row.title or "", row.body) for row in rows}
