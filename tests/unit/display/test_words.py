"""What a reader sees of dates, numbers, extracts and French spacing."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from participa import catalogues, display
from participa.db import set_clock
from participa.mail.services import reading_as

NOW = datetime(2018, 6, 25, 7, 30, tzinfo=UTC)  # half past nine in Paris, a Monday


@pytest.fixture
def french(app: Flask) -> Iterator[None]:
    """A French reader in Paris, at `NOW`."""
    with app.app_context(), reading_as("fr", "Europe/Paris"):
        set_clock(NOW)
        yield
        set_clock(None)


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    """An English reader in Cayenne, at `NOW`."""
    with app.app_context(), reading_as("en", "America/Cayenne"):
        set_clock(NOW)
        yield
        set_clock(None)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "à l’instant"),
        (NOW - timedelta(minutes=5), "il y a 5 min"),
        (NOW - timedelta(hours=3), "aujourd’hui, 6\u00a0h\u00a030"),
        (NOW - timedelta(hours=16), "hier, 17\u00a0h\u00a030"),
        (NOW - timedelta(days=3), "vendredi 22\u00a0juin"),
        (NOW - timedelta(days=10), "15\u00a0juin"),
        (NOW - timedelta(days=400), "21\u00a0mai 2017"),
        (NOW + timedelta(hours=24), "demain, 9\u00a0h\u00a030"),
        (datetime(2018, 6, 29, 8, 0, tzinfo=UTC), "vendredi 29\u00a0juin, 10\u00a0h"),
        (datetime(2018, 5, 1, 8, 0, tzinfo=UTC), "1er\u00a0mai"),
    ],
)
def test_a_moment_is_told_as_people_say_it_in_french(french: None, moment: datetime, words: str) -> None:
    assert display.when_words(moment) == words


def test_a_moment_is_told_in_the_readers_own_zone_and_language(english: None) -> None:
    assert display.when_words(NOW - timedelta(hours=3)) == "today, 1:30 am"
    assert display.when_words(NOW - timedelta(hours=5)) == "yesterday, 11:30 pm"
    assert display.when(NOW - timedelta(days=10)) == Markup(
        '<time datetime="2018-06-15T04:30-03:00">15 June</time>'
    )


def test_freshness_is_said_in_a_word_or_two(french: None) -> None:
    def words(**ago: int) -> str:
        return display.fresh(NOW - timedelta(**ago)).partition(">")[2].removesuffix("</time>")

    told = [words(minutes=20), words(hours=1), words(hours=2), words(days=1), words(days=5), words(days=18)]
    assert told == ["il y a 20 min", "il y a 1 heure", "il y a 2 heures", "hier", "mercredi", "7\u00a0juin"]


def test_a_day_can_be_said_in_full(french: None) -> None:
    assert display.day_words(date(2018, 6, 25), "full") == "lundi 25\u00a0juin 2018"
    assert display.day(date(2018, 7, 1)) == Markup('<time datetime="2018-07-01">1er\u00a0juillet</time>')


def test_nothing_is_shown_for_a_missing_date(french: None) -> None:
    assert (display.when(None), display.day(None), display.fresh(None), display.hour(None)) == (
        "",
        "",
        "",
        "",
    )


def test_french_spaces_do_not_break(french: None) -> None:
    assert display.typo("Quoi ? Oui ! Note : « bon » ; le 14 juin.") == (
        "Quoi\u202f? Oui\u202f! Note\u00a0: «\u202fbon\u202f»\u202f; le 14\u00a0juin."
    )
    assert display.typo("À 10:30, voir http://exemple.fr/?a=b;c") == "À 10:30, voir http://exemple.fr/?a=b;c"


def test_french_spaces_leave_tags_addresses_and_code_alone(french: None) -> None:
    html = Markup('<p>Vrai ?</p><a href="/x ?y ;z">a !</a><code>a ; b ?</code><pre>x :\ny</pre>')
    assert display.typo(html) == Markup(
        '<p>Vrai\u202f?</p><a href="/x ?y ;z">a\u202f!</a><code>a ; b ?</code><pre>x :\ny</pre>'
    )


def test_other_languages_keep_their_spaces(english: None) -> None:
    assert display.typo("Really ?") == "Really ?"


@given(st.text(alphabet="ab <>&;:!?«» \u00a0é1", max_size=40))
def test_spacing_never_turns_text_into_markup(app: Flask, text: str) -> None:
    with app.app_context(), reading_as("fr", "Europe/Paris"):
        spaced = display.typo(text)
        assert not isinstance(spaced, Markup)
        assert isinstance(display.typo(escape(text)), Markup)
        assert display.typo(escape(text)).count("<") == 0


def test_numbers_and_sizes_follow_the_language(french: None) -> None:
    assert catalogues.number(1500) == "1\u202f500"
    assert [display.size(90_000), display.size(3_140_000)] == ["90\u00a0ko", "3,1\u00a0Mo"]


def test_numbers_in_english(english: None) -> None:
    assert catalogues.number(1500) == "1,500"
    assert display.size(90_000) == "90\u00a0kB"


def test_an_extract_is_plain_words_cut_between_two() -> None:
    html = "<h3>Le constat</h3><p>Trois sites &amp; une <em>grille</em> commune.</p>"
    assert display.excerpt(html, 100) == "Le constat Trois sites & une grille commune."
    assert display.excerpt(html, 24) == "Le constat Trois sites &…"
    assert display.excerpt("<p>" + "mot " * 10_000 + "</p>", 12) == "mot mot mot…"
    assert display.excerpt(None) == ""


def test_an_extract_never_gives_back_a_tag() -> None:
    assert "<" not in display.excerpt('<p><a href="' + "x" * 5000 + '">lien</a></p>', 20)


def test_the_words_of_an_address_are_searched_for() -> None:
    assert display.words_of_address("/e/sante/3/12-evaluations-impact-en-sante") == "evaluations impact sante"


def test_a_sentence_starts_with_a_capital(french: None) -> None:
    assert display.upper_first("lundi 25 juin") == "Lundi 25 juin"
    assert display.upper_first(Markup("<time>hier</time>")) == Markup("<time>Hier</time>")


def test_quotation_marks_follow_the_language(french: None) -> None:
    assert display.quoted("oui") == "«\u202foui\u202f»"


@pytest.mark.usefixtures("french")
def test_markup_and_the_same_words_as_text_are_not_taken_for_each_other() -> None:
    words = "<b>Vraiment !</b>"

    assert isinstance(display.typo(Markup(words)), Markup)
    assert not isinstance(display.typo(words), Markup)
    assert isinstance(display.typo(Markup(words)), Markup)
