"""Files of any make become rows of texts; hostile ones become a sentence."""

import io
import json
import zipfile

import pytest
from xlsxwriter import Workbook

from participa.imports import files
from participa.imports.files import UnreadableFile, read


def workbook(*rows: tuple[object, ...]) -> bytes:
    made = io.BytesIO()
    with Workbook(made) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return made.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encodings_and_separators_are_recognised(app, encoding, separator):
    written = (
        separator.join(["Titre", "Texte"]) + "\r\n" + separator.join(["Été", '"Un, deux ; trois\nquatre"'])
    )
    with app.test_request_context():
        assert read(written.encode(encoding)).rows == [
            (1, ["Titre", "Texte"]),
            (2, ["Été", "Un, deux ; trois\nquatre"]),
        ]


def test_a_workbook_gives_texts_whole_numbers_and_days(app):
    content = workbook(
        ("n", "Titre", "Vide"), (12, "=1+1 n’est pas une formule", ""), ("", "", ""), (1.5, "Autre", "")
    )
    with app.test_request_context():
        rows = read(content).rows
    assert [number for number, _cells in rows] == [1, 2, 4]
    assert rows[1][1][0] == "12" and rows[2][1][:2] == ["1.5", "Autre"]


@pytest.mark.parametrize(
    "written",
    [
        [{"title": {"fr": "Un"}, "body": "Deux", "n": 3}],
        {"proposals": [{"title": {"fr": "Un"}, "body": "Deux", "n": 3}]},
    ],
)
def test_json_names_its_columns(app, written):
    with app.test_request_context():
        table = read(json.dumps(written).encode())
    assert table.named
    assert table.rows == [(1, ["title/fr", "body", "n"]), (2, ["Un", "Deux", "3"])]


def test_json_may_be_one_object_a_line(app):
    with app.test_request_context():
        assert read(b'{"title": "Un"}\n{"title": "Deux"}\n').rows[1:] == [(2, ["Un"]), (3, ["Deux"])]


def test_the_apostrophe_that_disarms_a_formula_is_taken_off(app):
    with app.test_request_context():
        assert read(b"a;b\n'=1+1;'avant\n").rows[1][1] == ["=1+1", "'avant"]


def far_cell() -> bytes:
    """A small workbook whose one cell stands at the far end of its sheet."""
    made = io.BytesIO()
    with Workbook(made) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")
    return made.getvalue()


def bomb() -> bytes:
    """A small workbook that unpacks to a hundred times its size."""
    content, made = workbook(("Titre",)), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name == "xl/worksheets/sheet1.xml":
                with new.open(name, "w", force_zip64=True) as sheet:
                    sheet.write(
                        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                    )
                    row = b'<row><c t="inlineStr"><is><t>' + b"x" * 30_000 + b"</t></is></c></row>"
                    for _ in range(3_000):
                        sheet.write(row)
                    sheet.write(b"</sheetData></worksheet>")
            else:
                new.writestr(name, old.read(name))
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "nothing"),
        (b"\n\n;;\n", "nothing"),
        (b"[1, 2]", "no list of objects"),
        (b"[{", "cannot be read as JSON"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (b"PK\x03\x04 but no workbook", "cannot be read"),
        (b"x" * (files.MOST_BYTES + 1), "too large"),
        (b"a;b\n" * (files.MOST_LINES + 2), "more than 10000 lines"),
    ],
)
def test_what_is_no_table_is_said_so(app, content, sentence):
    with (
        app.test_request_context("/", headers={"Accept-Language": "en"}),
        pytest.raises(UnreadableFile) as error,
    ):
        read(content)
    assert sentence in str(error.value)


@pytest.mark.parametrize("make_content", [far_cell, bomb])
def test_a_workbook_made_to_exhaust_memory_ends_in_a_sentence(app, make_content, monkeypatch):
    monkeypatch.setattr(files, "MOST_SECONDS", 10)
    content = make_content()
    assert len(content) < files.MOST_BYTES
    with app.test_request_context(), pytest.raises(UnreadableFile):
        read(content)
