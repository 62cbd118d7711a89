"""Which column is what, and what is wrong with a line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from participa.imports.columns import Place, faults, guess, moment_of, said

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 6, 15, tzinfo=UTC)
PLACE = Place({"eau": 1, "transports": 2}, ["Eau", "Transports"], PARIS, NOW)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (["Numéro", "Titre", "Texte", "Sujet", "Publiée le"], [1, 2, 3, 4, 0]),
        (["id", "title/fr", "body/fr"], [1, 2, -1, -1, 0]),
        (["Une", "ligne"], [-1] * 5),
        (["Titre", "Titre", "Description"], [0, 2, -1, -1, -1]),
    ],
)
def test_columns_are_guessed_from_their_names(row, found):
    assert guess(row) == found


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2018-06-14", datetime(2018, 6, 13, 22, tzinfo=UTC)),
        ("14/06/2018", datetime(2018, 6, 13, 22, tzinfo=UTC)),
        ("14.6.2018 9h40", datetime(2018, 6, 14, 7, 40, tzinfo=UTC)),
        ("2018-06-14T09:40:00+02:00", datetime(2018, 6, 14, 7, 40, tzinfo=UTC)),
        ("2018-06-14 09:40:00", datetime(2018, 6, 14, 7, 40, tzinfo=UTC)),
        ("31/02/2018", None),
        ("hier", None),
        ("0001-01-01", None),
        ("9999-12-31T23:59:59-23:00", None),
    ],
)
def test_days_are_read_as_people_write_them(written, moment):
    assert moment_of(written, PARIS) == moment


def test_each_fault_stands_with_its_field(app):
    line = said(["", "x" * 100_001, "Transport", "20/06/2026", "r" * 201], [0, 1, 2, 3, 4])
    with app.test_request_context():
        wrong = faults(line, PLACE)
    assert set(wrong) == {"title", "body", "topic", "at", "key"}
    assert "Transports" in wrong["topic"]


def test_a_line_that_is_short_or_html_is_read(app):
    line = said(["Titre", "<p>Un <strong>gras</strong></p>"], [0, 1, 5, -1, -1])
    with app.test_request_context():
        assert faults(line, PLACE) == {}
    assert line.body == "Un **gras**" and line.topic == ""


def test_lines_are_known_by_their_reference_else_by_their_text():
    assert (
        said(["A", "b", "7"], [0, 1, -1, -1, 2]).identity == said(["Z", "z", "7"], [0, 1, -1, -1, 2]).identity
    )
    assert said(["A", "b"], [0, 1, -1, -1, -1]).identity != said(["A", "c"], [0, 1, -1, -1, -1]).identity
