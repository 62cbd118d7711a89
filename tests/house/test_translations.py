"""Everything people read exists in French."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "participa" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"


@pytest.fixture(scope="module")
def french() -> dict[str, Message]:
    """The French catalogue by English message."""
    with CATALOGUE.open("rb") as file:
        return {_key(message): message for message in read_po(file, locale="fr") if message.id}


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    """Every message of the code and the templates."""
    extracted = tmp_path_factory.mktemp("messages") / "messages.pot"
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg",
         "-k", "lazy_gettext", "-k", "_l", "-k", "lazy_ngettext:1,2", "-o", str(extracted), "."],
        cwd=ROOT, check=True,
    )  # fmt: skip
    with extracted.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    assert len(messages) > 1000
    return messages


def test_nothing_is_translated_where_extraction_does_not_look() -> None:
    asked = {"_", "_l", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext"}
    lost = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "participa").rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and getattr(call.func, "id", None) in asked
    ]
    assert lost == []  # inside an f-string, a message never reaches the catalogue


def _key(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)


def _texts(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (str(message.string),)


def test_every_message_has_its_french(english: list[Message], french: dict[str, Message]) -> None:
    missing = [_key(m) for m in english if _key(m) not in french or not all(_texts(french[_key(m)]))]
    assert missing == []


def test_plurals_are_plural_in_french(english: list[Message], french: dict[str, Message]) -> None:
    plural = [_key(m) for m in english if isinstance(m.id, (tuple, list))]
    assert [key for key in plural if key in french and len(_texts(french[key])) != 2] == []


def test_no_french_text_is_left_without_use(english: list[Message], french: dict[str, Message]) -> None:
    assert sorted(set(french) - {_key(m) for m in english}) == []


def test_placeholders_are_the_same(french: dict[str, Message]) -> None:
    def names(texts: tuple[str, ...]) -> set[str]:
        return {name for text in texts for name in re.findall(r"%\((\w+)\)", text)}

    wrong = []
    for key, message in french.items():
        source = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        allowed = names(tuple(map(str, source)))
        if not names(_texts(message)) <= allowed:
            wrong.append(key)
    assert wrong == []


def test_french_is_typographically_right(french: dict[str, Message]) -> None:
    """Narrow no-break space before ; ! ? and inside « », no-break space before a colon, curly apostrophes."""
    wrong = []
    for message in french.values():
        for text in _texts(message):
            bare = re.sub(r"https?://\S+|%\(\w+\)[sd]|<[^>]+>|`[^`]*`|&\w+;", "", text)
            if re.search(r"(?<![\u202f\s])[;!?](?![\w=])|[ ][;!?](?:\s|$)|«[^\u202f]|[^\u202f]»", bare):
                wrong.append(text)
            if re.search(r"(?<![\u00a0\d])\s?:(?=\s|$)", bare) and not re.search(r"\u00a0:", bare):
                wrong.append(text)
            if re.search(r"\w'\w", bare):
                wrong.append(text)
    assert wrong == []
