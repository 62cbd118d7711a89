"""Reads a workbook from its input and writes its first sheet to its output, one JSON list of texts a line.

Run as a program of its own, which knows nothing of the application: a workbook made to exhaust memory or time
(a bomb, a cell at the far end of a sheet) ends this process, not the server.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY = 1024**3
SECONDS = 20
LONGEST = 200_000
"""Characters of a cell that are told; more is too many for any field."""

MOST_TEXT = 30_000_000
"""Characters of a sheet; what unpacks to more is refused."""


def text_of(value: Any) -> str:
    """A cell as a person would write it: whole numbers without a point, moments as ISO 8601."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value)[:LONGEST] if not isinstance(value, timedelta) else str(value.total_seconds())


def main(most_rows: int, most_columns: int) -> None:
    """Tell the rows, empty ones too, up to so many; ends in failure past `MOST_TEXT`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from python_calamine import CalamineWorkbook

    told = 0
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for n, row in enumerate(book.get_sheet_by_index(0).iter_rows()):
        if n >= most_rows:
            return
        line = json.dumps([text_of(cell) for cell in row[:most_columns]], ensure_ascii=False) + "\n"
        told += len(line)
        if told > MOST_TEXT:
            sys.exit("more text than any import holds")
        sys.stdout.write(line)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main(int(sys.argv[1]), int(sys.argv[2]))
