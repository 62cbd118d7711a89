"""Which column is what, what a line says, and what is wrong with it."""

import difflib
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from participa import text
from participa.catalogues import lazy_gettext as _l
from participa.catalogues import number
from participa.imports.machinery import to_markdown

FIELDS: dict[str, Any] = {
    "title": _l("Title"),
    "body": _l("Text"),
    "topic": _l("Topic"),
    "at": _l("Date of publication"),
    "key": _l("Number or reference"),
}
REQUIRED = ("title", "body")
HEADINGS = {
    "title": {"title", "titre", "intitule", "objet", "title-fr", "title-en", "titre-fr", "nom", "name"},
    "body": {"body", "text", "texte", "description", "contenu", "body-fr", "body-en", "corps", "proposition"},
    "topic": {"topic", "sujet", "theme", "thematique", "categorie", "category", "rubrique", "category-name-fr"},
    "at": {"published-at", "published-on", "published", "date", "publiee-le", "publie-le", "date-de-publication",
           "date-de-depot", "deposee-le", "created-at"},
    "key": {"id", "key", "cle", "numero", "number", "reference", "ref", "identifiant", "no", "n"},
}  # fmt: skip
LONGEST_TITLE, LONGEST_BODY, LONGEST_KEY = 300, 100_000, 200
"""Characters: an import keeps to these, not to the lengths that members are asked for."""
_HTML = re.compile(r"</(?:p|div|ul|ol|li|strong|em|b|i|h\d)>|<br ?/?>", re.IGNORECASE)


def guess(row: Sequence[str]) -> list[int]:
    """The column of each field in a row of headings, -1 for those it does not name."""
    words = [text.slugify(cell) for cell in row]
    taken: list[int] = []
    for name in FIELDS:
        at = next((n for n, word in enumerate(words) if word in HEADINGS[name] and n not in taken), -1)
        taken.append(at)
    return taken


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says, field by field, as written."""

    title: str = ""
    body: str = ""
    topic: str = ""
    at: str = ""
    key: str = ""

    @property
    def identity(self) -> str:
        """What tells this line from any other, in this file and in the next: its reference, else its text."""
        if self.key:
            return f"ref:{self.key}"
        return "text:" + hashlib.sha256(f"{self.title}\n{self.body}".encode()).hexdigest()[:40]


def said(cells: Sequence[str], matching: Sequence[int]) -> Said:
    """Read a line by the columns chosen."""
    found = {
        name: cells[at] if 0 <= at < len(cells) else "" for name, at in zip(FIELDS, matching, strict=True)
    }
    body = found["body"]
    return Said(
        title=" ".join(text.clean(found["title"]).split()),
        body=to_markdown(body) if _HTML.search(body) else text.clean(body),
        topic=" ".join(text.clean(found["topic"]).split()),
        at=found["at"].strip(),
        key=" ".join(text.clean(found["key"]).split()),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where lines come in: the topics there, the time zone dates are written in, and now."""

    topics: Mapping[str, int]
    """Ids by name, folded."""
    names: Sequence[str]
    zone: ZoneInfo
    now: datetime

    def topic_of(self, name: str) -> int | None:
        """The id of the topic of this name."""
        return self.topics.get(text.slugify(name)) if name else None


def faults(line: Said, place: Place) -> dict[str, str]:
    """What is wrong with a line, by field: a sentence each that says what to do."""
    wrong: dict[str, str] = {}
    for name, most in (("title", LONGEST_TITLE), ("body", LONGEST_BODY), ("key", LONGEST_KEY)):
        length = len(getattr(line, name))
        if length > most:
            wrong[name] = _(
                "Write at most %(maximum)s characters; there are %(length)s.",
                maximum=number(most),
                length=number(length),
            )
    if not line.title:
        wrong["title"] = _("Write a title.")
    if not line.body:
        wrong["body"] = _("Write a text.")
    if line.topic and place.topic_of(line.topic) is None:
        wrong["topic"] = _unknown_topic(line.topic, place)
    if line.at:
        moment = moment_of(line.at, place.zone)
        if moment is None:
            wrong["at"] = _("Write a date such as 2018-06-14 or 14/06/2018.")
        elif moment > place.now:
            wrong["at"] = _("This day is yet to come.")
    return wrong


def _unknown_topic(name: str, place: Place) -> str:
    close = difflib.get_close_matches(text.slugify(name), place.topics, n=1, cutoff=0.4)
    if close:
        nearest = next(one for one in place.names if text.slugify(one) == close[0])
        return str(_("This topic does not exist here. The closest: %(name)s.", name=nearest))
    return str(_("This topic does not exist here. Add it in the settings of the list, or leave this empty."))


def moment_of(written: str, zone: ZoneInfo) -> datetime | None:
    """The moment that a date is, with or without an hour: ISO 8601, or day/month/year. None when it is none."""
    day = re.fullmatch(
        r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T](\d{1,2})[:h](\d{2})(?::(\d{2}))?)?", written
    )
    try:
        if day:
            d, m, y, hour, minute, second = (int(part) if part else 0 for part in day.groups())
            moment = datetime(y, m, d, hour, minute, second, tzinfo=zone)
        else:
            moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year >= 1900 else None
