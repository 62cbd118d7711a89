"""Writing rows into files, each as soon as it is read: memory stays the same however many there are."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import IO, Any, Protocol

from participa.exports.models import Format
from participa.exports.sources import Column, Source

MIMETYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a cell begins with that a spreadsheet would compute instead of showing."""
LONGEST_CELL = 32_767
"""Characters that a cell of a spreadsheet holds."""


class Writer(Protocol):
    """Writes one file."""

    def row(self, values: Sequence[Any]) -> None:
        """Add a row."""

    def close(self) -> None:
        """End the file."""


def neutral(value: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before what looks like one."""
    return f"'{value}" if value.startswith(FORMULA) or value.startswith("'") else value


class CsvWriter:
    """UTF-8 with a mark that Excel needs, and the separator of the reader's language."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], zone: tzinfo, language: str) -> None:
        self.text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self.zone = zone
        self.writer = csv.writer(self.text, delimiter=";" if language == "fr" else ",", lineterminator="\r\n")
        self.writer.writerow([neutral(str(column.label)) for column in columns])

    def row(self, values: Sequence[Any]) -> None:
        """Add a row; moments in the reader's time zone."""
        self.writer.writerow([self._cell(value) for value in values])

    def _cell(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")
        return neutral(value) if isinstance(value, str) else value

    def close(self) -> None:
        """Hand the file back."""
        self.text.flush()
        self.text.detach()


class JsonWriter:
    """A list of objects, whose names are the columns' own; moments as ISO 8601."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], zone: tzinfo, language: str) -> None:  # noqa: ARG002
        self.file, self.names, self.started = file, [column.name for column in columns], False
        file.write(b"[")

    def row(self, values: Sequence[Any]) -> None:
        """Add an object."""
        plain = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in zip(self.names, values, strict=True)
        }
        self.file.write(b",\n" if self.started else b"\n")
        self.file.write(json.dumps(plain, ensure_ascii=False).encode())
        self.started = True

    def close(self) -> None:
        """End the list."""
        self.file.write(b"\n]\n")


class XlsxWriter:
    """One sheet; texts are texts, never formulas or links, and rows leave memory as they are written."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], zone: tzinfo, language: str) -> None:  # noqa: ARG002
        from xlsxwriter import Workbook

        self.book = Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.sheet, self.zone, self.n = self.book.add_worksheet(), zone, 0
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        bold = self.book.add_format({"bold": True})
        self.sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            self.sheet.write_string(0, at, str(column.label), bold)

    def row(self, values: Sequence[Any]) -> None:
        """Add a row; a text longer than a cell is cut, and says so at its end."""
        self.n += 1
        for at, value in enumerate(values):
            if isinstance(value, str):
                if len(value) > LONGEST_CELL:
                    value = value[: LONGEST_CELL - 2] + " …"  # noqa: PLW2901
                self.sheet.write_string(self.n, at, value)
            elif isinstance(value, datetime):
                local = value.astimezone(self.zone).replace(tzinfo=None, microsecond=0)
                self.sheet.write_datetime(self.n, at, local, self.moment)
            elif value is not None:
                self.sheet.write_number(self.n, at, value)

    def close(self) -> None:
        """Put the workbook together."""
        self.book.close()


WRITERS: dict[Format, Callable[[IO[bytes], Sequence[Column], tzinfo, str], Writer]] = {
    Format.CSV: CsvWriter,
    Format.XLSX: XlsxWriter,
    Format.JSON: JsonWriter,
}


def write(
    source: Source,
    wanted: Format,
    file: IO[bytes],
    zone: tzinfo,
    language: str,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Write the rows of a source into a file, telling the progress after each batch; gives how many there were."""
    writer = WRITERS[wanted](file, source.columns, zone, language)
    done = 0
    for batch in source.batches():
        for row in batch:
            writer.row([column.value(row) for column in source.columns])
        done += len(batch)
        progress(done)
    writer.close()
    return done
