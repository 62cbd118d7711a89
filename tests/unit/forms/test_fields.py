"""What people type comes in clean, and what does not fit is told in numbers."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from participa.forms import Between, BodyField, Form, LineField, RevisionField


class TextForm(Form):
    title = LineField("Title", [Between(5, 10)])
    body = BodyField("Body", [Between(0, 8)])
    revision = RevisionField()


@pytest.fixture
def sent(app: Flask) -> Iterator[Any]:
    """Fill the form with what a browser sends."""
    with app.test_request_context(), force_locale("fr"):
        yield lambda **fields: TextForm(formdata=MultiDict(fields))


def test_a_line_is_one_line_of_clean_text(sent: Any) -> None:
    form = sent(title="  Un\u200b \t titre\r\n\u202eclair ", body=" deux\r\nlignes ")

    assert form.title.data == "Un titre clair"
    assert form.body.data == "deux\nlignes"


@pytest.mark.parametrize(
    ("revision", "read"), [("3", 3), ("", 0), ("-1", 0), ("9" * 30, 0), ("3; DROP", 0), ("٣", 3)]
)
def test_a_forged_revision_counts_as_stale(sent: Any, revision: str, read: int) -> None:
    assert sent(revision=revision).revision.data == read


def test_a_missing_revision_counts_as_stale(sent: Any) -> None:
    assert sent(title="Un titre").revision.data == 0


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("", ["Écrivez quelque chose ici."]),
        ("Oui", ["Écrivez au moins 5 caractères\u202f; il y en a 3."]),
        ("Onze lettre", ["Écrivez au plus 10 caractères\u202f; il y en a 11."]),
        ("Assez", []),
        ("Dix lettre", []),
    ],
)
def test_a_length_that_does_not_fit_is_told_with_how_long_it_is(
    sent: Any, title: str, words: list[str]
) -> None:
    form = sent(title=title)
    form.validate()

    assert [str(error) for error in form.title.errors] == words


def test_a_text_that_need_not_be_there_may_be_empty(sent: Any) -> None:
    form = sent(title="Assez", body="")

    assert form.validate()
    assert not sent(title="Assez", body="Neuf sign").validate()


def test_the_messages_of_the_library_follow_the_reader(app: Flask) -> None:
    with app.test_request_context():
        for language in ("fr", "en"):
            with force_locale(language):
                assert TextForm(formdata=None).meta.locales == [language]
