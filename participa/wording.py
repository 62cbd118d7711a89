"""What is written once for everybody, such as the name of a space, in each of the network's languages.

The words of the network's first language stand in columns of their own; those of the others beside them, in
`translations`. Pages and mails print `{{ space|called }}` and `{{ space|said("summary") }}`; forms, exports and
the log use the columns.
"""

from typing import Any

from flask import Flask, g
from sqlalchemy.orm import Mapped, mapped_column

from participa.catalogues import language


class Worded:
    """A row whose words are also written in the network's other languages."""

    translations: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """By language, then by the name of the column that they say again."""


def said(thing: Any, name: str) -> str:
    """The words of a column in the reader's language, else in the network's first one."""
    original: str = getattr(thing, name)
    written = thing.translations.get(language()) if thing.translations and original else None
    return (written and written.get(name)) or original


def called(thing: Any) -> str:
    """The name of a row in the reader's language, else in the network's first one."""
    return said(thing, "name")


def languages() -> list[str]:
    """The languages that the network writes in, its first one first."""
    return vars(g.get("network") or object).get("languages") or [language()]


def other_languages() -> list[str]:
    """Those that words are written in again."""
    return languages()[1:]


def stand_in(thing: Any, name: str) -> str:
    """The language of the words that stand for those nobody wrote in the reader's; nothing when none do."""
    wanted = language()
    missing = wanted in other_languages() and getattr(thing, name)
    return languages()[0] if missing and name not in thing.translations.get(wanted, {}) else ""


def init_app(app: Flask) -> None:
    """Give templates the words in the reader's language."""
    app.jinja_env.filters.update(called=called, said=said, stand_in=stand_in)
    app.jinja_env.globals.update(other_languages=other_languages)
