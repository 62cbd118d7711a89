"""Reading a file that somebody sends into numbered rows of texts, whatever wrote it."""

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from participa.exports.writers import FORMULA
from participa.network.lists import decode

MOST_BYTES = 10 * 1024 * 1024
MOST_LINES = 10_000
MOST_COLUMNS = 60
MOST_SECONDS = 30
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How workbooks begin: XLSX and ODS, old XLS."""
SEPARATORS = ";,\t|"


class UnreadableFile(Exception):
    """Raised when a file holds no rows; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file with their numbers in it, empty ones left out."""

    rows: list[tuple[int, list[str]]]
    named: bool = False
    """Whether the file's format says that the first row names the columns."""


def read(content: bytes) -> Table:
    """Read a CSV, JSON or workbook by what it holds; raises UnreadableFile."""
    if len(content) > MOST_BYTES:
        raise UnreadableFile(
            _("This file is too large: %(most)s MB at most. Split it and import each part.", most=10)
        )
    if content.startswith(WORKBOOKS):
        table = Table(_numbered(_workbook(content)))
    else:
        written = decode(content).lstrip("\ufeff").replace("\x00", "")
        named = written.lstrip()[:1] in ("[", "{")
        table = Table(_numbered(_json(written) if named else _csv(written)), named=named)
    if not table.rows:
        raise UnreadableFile(_("There is nothing in this file."))
    if len(table.rows) > MOST_LINES + 1:
        raise UnreadableFile(
            _("There are more than %(most)s lines. Split the file and import each part.", most=MOST_LINES)
        )
    return table


def _numbered(rows: Iterable[list[str]]) -> list[tuple[int, list[str]]]:
    kept = []
    for number, row in enumerate(rows, 1):
        cells = [_plain(cell) for cell in row[:MOST_COLUMNS]]
        if any(cells):
            kept.append((number, cells))
        if len(kept) > MOST_LINES + 1:
            break
    return kept


def _plain(cell: str) -> str:
    """A cell without the apostrophe that kept a spreadsheet from computing it."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith((*FORMULA, "'")) else cell


def _csv(written: str) -> Iterable[list[str]]:
    try:
        separator = max(SEPARATORS, key=lambda one: _fit(written, one))
        csv.field_size_limit(MOST_BYTES)
        return list(csv.reader(io.StringIO(written), delimiter=separator))
    except csv.Error as error:
        raise UnreadableFile(
            _("This file cannot be read as a table. Save it as CSV or XLSX and try again.")
        ) from error


def _fit(written: str, separator: str) -> tuple[int, int]:
    """How many of the first rows have one same number of columns above one, and that number."""
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(io.StringIO(written), delimiter=separator)
    widths = Counter(len(row) for row, _n in zip(reader, range(30), strict=False) if len(row) > 1)
    width, times = max(widths.items(), key=lambda held: held[1], default=(0, 0))
    return times, width


def _json(written: str) -> list[list[str]]:
    try:
        held = json.loads(written)
    except (ValueError, RecursionError):
        held = _json_lines(written)
    if isinstance(held, dict):
        held = next((value for value in held.values() if isinstance(value, list)), [held])
    if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
        raise UnreadableFile(_("This JSON is no list of objects: write one object per proposal."))
    flat = [_flat(one) for one in held[: MOST_LINES + 2]]
    names = list(dict.fromkeys(name for one in flat for name in one))[:MOST_COLUMNS]
    return [names, *([one.get(name, "") for name in names] for one in flat)]


def _json_lines(written: str) -> list[Any]:
    try:
        return [json.loads(line) for line in written.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(_("This file begins like JSON, and cannot be read as JSON.")) from error


def _flat(one: dict[str, Any]) -> dict[str, str]:
    """The members of an object as texts; those of an object in it are named `outer/inner`."""
    flat: dict[str, str] = {}
    for name, value in one.items():
        for inner, held in value.items() if isinstance(value, dict) else [("", value)]:
            text = (
                held
                if isinstance(held, str)
                else ""
                if held is None
                else json.dumps(held, ensure_ascii=False)
            )
            flat[f"{name}/{inner}" if inner else name] = text
    return flat


def _workbook(content: bytes) -> list[list[str]]:
    """The first sheet, read by a process that may not use much memory or time."""
    program = Path(__file__).with_name("workbook.py")
    command = [sys.executable, "-I", str(program), str(MOST_LINES + 2), str(MOST_COLUMNS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=MOST_SECONDS, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise UnreadableFile(
            _(
                "This workbook cannot be read, or is too large once unpacked. Save its sheet as CSV and try again."
            )
        ) from error
    return [json.loads(line) for line in done.stdout.decode().splitlines()]
