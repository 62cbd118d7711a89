"""Which words are written again, and where those of a space or of the network stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from sqlalchemy import select

from participa import text
from participa.catalogues import gettext as _
from participa.catalogues import lazy_gettext as _l
from participa.db import db
from participa.network.models import Network
from participa.spaces.models import Component, Phase, Space, SpaceGroup, Topic
from participa.spaces.queries import load_topics
from participa.spaces.topics.queries import kept_by
from participa.spaces.topics.tree import in_order
from participa.wording import Worded

Place = Space | Network
Row = Network | Space | SpaceGroup | Phase | Component | Topic


@dataclass(frozen=True, slots=True)
class Word:
    """A column whose words are written again."""

    name: str
    label: Any
    longest: int
    html: str = ""
    """The column of its HTML, when it is Markdown."""


_NAME = Word("name", _l("Name"), 80)
_SENTENCE = Word("summary", _l("What it is for"), 240)
_DESCRIPTION = Word("description", _l("Description"), 20_000, "html")

WORDS: dict[type[Worded], tuple[Word, ...]] = {
    Network: (Word("description", _l("Description"), 300),),
    Space: (
        _NAME,
        _SENTENCE,
        Word("announcement", _l("Announcement"), 500, "announcement_html"),
        _DESCRIPTION,
        Word("programme", _l("Programme"), 20_000, "programme_html"),
    ),
    SpaceGroup: (_NAME, _SENTENCE, _DESCRIPTION),
    Phase: (_NAME, Word("description", _l("Description"), 300)),
    Component: (Word("name", _l("Name"), 60), Word("introduction", _l("Introduction"), 500)),
    Topic: (_NAME,),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A row whose words are written again."""

    row: Row

    @property
    def key(self) -> str:
        """What its fields begin with."""
        return f"{self.row.__tablename__}-{self.row.id}"

    @property
    def words(self) -> list[Word]:
        """Those that it says in the network's first language."""
        return [word for word in WORDS[type(self.row)] if getattr(self.row, word.name)]

    def label_of(self, word: Word) -> str:
        """What the field of a word is called: by the name it says again, or after the name of the row."""
        if isinstance(self.row, (Space, Network)):
            return str(word.label)
        return self.row.name if word.name == "name" else f"{word.label}, {self.row.name}"


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one sort, under one title of the page."""

    title: str
    parts: list[Part]


def sections_of(place: Place) -> list[Section]:
    """What a space says, or the network, in the order people read it; needs phases and components of a space."""
    rows: list[tuple[str, Iterable[Row]]]
    if isinstance(place, Network):
        groups = db.session.scalars(select(SpaceGroup).order_by(SpaceGroup.position, SpaceGroup.id)).all()
        topics = in_order(kept_by(None))
        rows = [(_("The network"), [place]), (_("Groups of spaces"), groups)]
    else:
        load_topics(place)
        topics = in_order(place.topics)
        tools = [component for component in place.components if component.trashed_at is None]
        rows = [(_("The space"), [place]), (_("Phases"), place.phases), (_("Tools"), tools)]
    rows.append((_("Topics"), [branch.topic for branch in topics]))
    sections = [Section(title, [part for row in held if (part := Part(row)).words]) for title, held in rows]
    return [section for section in sections if section.parts]


def written(row: Row, said: Mapping[str, str]) -> dict[str, Any]:
    """What a row keeps of its words in one language: them, their HTML, and which originals they say again."""
    kept: dict[str, Any] = {}
    for word in WORDS[type(row)]:
        if words := said.get(word.name):
            kept[word.name] = words
            kept.setdefault("of", {})[word.name] = _print(row, word)
            if word.html:
                kept[word.html] = text.to_html(words)
    return kept


def is_behind(row: Row, word: Word, code: str) -> bool:
    """Whether the original changed since its translation was saved."""
    kept = row.translations.get(code, {})
    return word.name in kept and kept.get("of", {}).get(word.name) != _print(row, word)


def _print(row: Row, word: Word) -> int:
    return crc32(getattr(row, word.name).encode())


def copied(row: Row) -> dict[str, dict[str, Any]]:
    """The words of a row in the other languages, without their HTML: what a copy or a file takes."""
    names = ["of", *(word.name for word in WORDS[type(row)])]
    return {
        code: {name: kept[name] for name in names if name in kept}
        for code, kept in sorted(row.translations.items())
    }


def put(row: Row, translations: Mapping[str, Any], *, same_only: bool = False) -> None:
    """Give a new row words that `copied` took; with `same_only`, those of originals that it says too."""
    row.translations = {}
    for code, said in translations.items():
        of = said.get("of", {})
        names = [
            word.name
            for word in WORDS[type(row)]
            if said.get(word.name)
            and getattr(row, word.name)
            and (of.get(word.name) == _print(row, word) or not same_only)
        ]
        if names:
            kept = written(row, {name: said[name] for name in names})
            row.translations[code] = kept | {"of": {name: of.get(name) for name in names}}
