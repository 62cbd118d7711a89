"""A mould says what its macro says, whatever the values, and keeps nothing of a reader."""

from itertools import product
from types import SimpleNamespace

import pytest
from flask import Flask, get_template_attribute
from flask_babel import force_locale

from participa.moulds import filled, label

COMMENT = {
    "id": 7,
    "who": "Chargée de mission <i>",
    "author_id": 3,
    "place": "IREV & ORIV",
    "when": "hier",
    "origin": "Une autre proposition",
    "answers": 'un « autre " nom',
    "text": "\ue000id\ue001 and \ue000who\ue001",
    "count": 12,
    "offer": "/e/a/1/7/authors?comment=",
}
ROW = {
    "id": 7, "href": '/e/a/1/7-"x"', "title": "<b>Titre</b>", "excerpt": "Un début…", "author": "Une autrice",
    "centre": "IREV", "comments": "3 commentaires", "counts": "4", "button": "-",
    "state": "Soumise au vote", "promise": "Réponse promise",
}  # fmt: skip
BUTTON = {"id": 7, "title": "<b>Titre</b>", "edit_href": "/e/a/1/7/edit", "sign_in": "/sign-in?next=/a&b"}

PLAIN = (True, 0, False)
OPEN = ("open", False, False)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_mould_says_what_its_macro_says(app: Flask, language: str) -> None:
    yes_no = (True, False)
    cases: list[tuple[str, str, dict[str, object], tuple[object, ...]]] = [
        (
            "comments/_messages.html",
            "message",
            COMMENT,
            (
                own,
                linked,
                True,
                stance,
                edited,
                mine,
                own,
                useful,
                mine,
                writes,
                True,
                writes,
                own,
                mine,
                linked,
            ),
        )
        for own, linked, stance, edited, useful, mine, writes in product(
            yes_no, yes_no, (None, 1, 0, -1), yes_no, ("form", "count", None), yes_no, yes_no
        )
    ]
    cases += [("comments/_messages.html", "removed", COMMENT, states) for states in product(yes_no, repeat=3)]
    cases += [("proposals/_row.html", "cast_row", ROW, states) for states in product(yes_no, (0, 2), yes_no)]
    cases += [
        ("proposals/_vote.html", "cast_button", BUTTON, states)
        for states in product(("open", "own", "closed", "sign_in"), yes_no, yes_no)
    ]
    with app.test_request_context("/"), force_locale(language):
        for template, macro, values, states in cases:
            told = get_template_attribute(template, macro)(SimpleNamespace(**values), *states)
            assert filled(template, macro, values, *states) == told, (macro, states)


def test_a_value_is_only_ever_text(app: Flask) -> None:
    with app.test_request_context("/"):
        page = filled("proposals/_row.html", "cast_row", ROW | {"title": "\ue000id\ue001<script>"}, *PLAIN)

    assert ">\ue000id\ue001&lt;script&gt;</a>" in page


def test_a_form_carries_the_proof_of_its_own_reader(app: Flask) -> None:
    proofs = set()
    for _reader in range(2):
        with app.test_request_context("/"):
            proofs.add(filled("proposals/_vote.html", "cast_button", BUTTON, *OPEN))

    assert len(proofs) == 2


def test_a_label_kept_ready_is_in_the_language_of_the_reader(app: Flask) -> None:
    with app.test_request_context("/"):
        with force_locale("fr"):
            french = label("centres", 3, 19)
        with force_locale("en"):
            english = label("centres", 3, 19)

    assert "3 centres sur 19" in french
    assert "3 centres of 19" in english
