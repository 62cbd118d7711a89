"""The rules that macros hold, seen in the HTML they make."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from flask import Flask, get_template_attribute
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired

from participa.db import set_clock
from participa.forms import Between, BodyField, Form, LineField
from participa.mail.services import reading_as
from participa.proposals.models import Sign

NOW = datetime(2018, 6, 25, 7, 30, tzinfo=UTC)
Macro = Callable[..., str]


@pytest.fixture
def macro(app: Flask) -> Iterator[Callable[[str, str], Macro]]:
    """Gives macros of `templates/ui`, for a French reader."""
    with app.test_request_context(), reading_as("fr", "Europe/Paris"):
        set_clock(NOW)
        yield (
            lambda file, name: (
                lambda *args, **named: str(get_template_attribute(f"ui/{file}.html", name)(*args, **named))
            )
        )
        set_clock(None)


PROPOSAL = Thing(id=7, title="Un annuaire", support_count=4, neutral_count=2, against_count=1)


def test_support_idle_is_a_form_whose_button_names_the_proposal(macro: Any) -> None:
    html = macro("actions", "support")(PROPOSAL, "/vote/7")
    assert '<form class="d-grid" method="post" action="/vote/7"' in html
    assert "Soutenir</span>" in html
    assert "la proposition\u00a0: Un annuaire" in html
    assert 'name="value" value="1"' in html


def test_support_given_can_be_withdrawn(macro: Any) -> None:
    html = macro("actions", "support")(PROPOSAL, "/vote/7", mine=True)
    assert "is-on" in html
    assert "Vous soutenez" in html
    assert "Retirer votre soutien" in html
    assert 'name="value" value="none"' in html
    assert "aria-pressed" not in html


def test_support_says_itself_busy_in_the_readers_words(macro: Any) -> None:
    assert 'data-busy="Envoi…"' in macro("actions", "support")(PROPOSAL, "/vote/7", live="s7")


def test_support_that_failed_is_announced_and_can_be_tried_again(macro: Any) -> None:
    html = macro("actions", "support")(PROPOSAL, "/vote/7", failed="Vous avez utilisé vos 5 soutiens.")
    assert "Réessayer" in html
    assert 'role="alert"' in html
    assert "Vous avez utilisé vos 5 soutiens." in html


def test_support_closed_is_a_disabled_button_with_a_lock(macro: Any) -> None:
    html = macro("actions", "support")(PROPOSAL, "/vote/7", open=False)
    assert "disabled" in html
    assert "i-lock" in html
    assert "<form" not in html


def test_support_of_ones_own_proposal_is_a_note_with_a_way_to_edit(macro: Any) -> None:
    html = macro("actions", "support")(PROPOSAL, "/vote/7", own=True, edit_href="/edit")
    assert "Votre proposition." in html
    assert '<a href="/edit">Modifier</a>' in html
    assert "<button" not in html


def test_support_by_a_visitor_leads_to_sign_in(macro: Any) -> None:
    html = macro("actions", "support")(PROPOSAL, "/vote/7", sign_in="/sign-in?next=/p")
    assert '<a class="btn btn-secondary support" href="/sign-in?next=/p">' in html


def test_a_ballot_shows_which_vote_is_mine_and_withdraws_it(macro: Any) -> None:
    html = macro("actions", "ballot")(PROPOSAL, "/vote/7", mine=0)
    assert html.count('aria-pressed="true"') == 1
    assert html.count('aria-pressed="false"') == 2
    assert 'value="none" aria-pressed="true"' in html


def test_a_ballot_tells_no_count_open_or_closed(macro: Any) -> None:
    assert macro("actions", "ballot")(PROPOSAL, None).strip() == ""
    assert "num" not in macro("actions", "ballot")(PROPOSAL, "/vote/7", mine=1)


def test_a_support_that_waits_says_so(macro: Any) -> None:
    html = macro("actions", "support")(PROPOSAL, "/vote/7", mine=True, waiting=True)
    assert "Soutien en attente" in html and 'value="none"' in html


def test_a_title_is_escaped_wherever_it_goes(macro: Any) -> None:
    hostile = Thing(**{**PROPOSAL.__dict__, "title": '"><script>'})
    assert "<script>" not in macro("actions", "support")(hostile, "/vote/7")


def test_centres_are_told_in_words_beside_the_strokes(macro: Any) -> None:
    html = macro("labels", "centres")(11, 19)
    assert "11 centres sur 19" in html
    assert 'aria-hidden="true"' in html
    assert "1 centre sur 19" in macro("labels", "centres")(1, 19)
    assert "aucun encore" in macro("labels", "centres")(0, 19, short=True)


def test_the_goal_leaves_the_words_once_reached(macro: Any) -> None:
    supports = macro("labels", "supports")
    assert "soutiens sur 30" in supports(24, 30, 9, 19)
    reached = supports(38, 30, 16, 19)
    assert "soutiens sur 30" not in reached.split("<progress")[0]
    assert 'max="30" value="30"' in reached


@pytest.mark.parametrize(
    "key",
    [
        "draft",
        "voting",
        "expected",
        Sign("x-lg", "no", "Non retenue", "Not retained"),
        "debate_closed",
        "sent",
        "ready",
    ],
)
def test_a_state_is_one_glyph_and_one_word(macro: Any, key: str) -> None:
    html = macro("labels", "state")(key)
    assert html.count("<svg") == 1
    assert html.split("</svg>")[1].removesuffix("</span>").strip()


def test_an_unknown_state_shows_nothing(macro: Any) -> None:
    assert macro("labels", "state")("no_such_state").strip() == ""


class _Idea(Form):
    class Meta(Form.Meta):
        csrf = False

    title = LineField("Titre", [DataRequired(), Between(15, 150)], description="Une action, en une phrase.")
    body = BodyField("Texte", [DataRequired(), Between(15, 2000)])
    link = StringField("Lien")
    agreed = BooleanField("Charte lue", [DataRequired()])


@pytest.fixture
def failed(macro: Any) -> _Idea:
    form = _Idea(data={"title": "Trop court", "body": "a" * 40})
    form.validate()
    return form


def test_a_field_in_error_names_its_hint_error_and_counter(macro: Any, failed: _Idea) -> None:
    html = macro("forms", "field")(failed.title, counter=True)
    assert 'aria-describedby="title-hint title-error title-counter"' in html
    assert 'aria-invalid="true"' in html
    for part in ("title-hint", "title-error", "title-counter"):
        assert f'id="{part}"' in html
    order = [
        html.index(part)
        for part in ("<label", 'id="title-hint"', 'id="title-error"', "<input", 'id="title-counter"')
    ]
    assert order == sorted(order)


def test_a_field_without_hint_or_error_describes_nothing(macro: Any, failed: _Idea) -> None:
    html = macro("forms", "field")(failed.link)
    assert "aria-describedby" not in html
    assert "aria-invalid" not in html
    assert "(facultatif)" in html


def test_a_text_counts_its_characters(macro: Any, failed: _Idea) -> None:
    html = macro("forms", "field")(failed.body)
    assert "40 sur 2\u202f000 signes" in html
    assert "(facultatif)" not in html


def test_a_box_to_tick_carries_its_error(macro: Any, failed: _Idea) -> None:
    html = macro("forms", "field")(failed.agreed)
    assert 'aria-describedby="agreed-error"' in html
    assert html.index('id="agreed-error"') < html.index('type="checkbox"')


def test_the_error_summary_links_to_each_field(macro: Any, failed: _Idea) -> None:
    html = macro("forms", "error_summary")(failed)
    assert "2 points à corriger" in html
    assert '<a href="#title">Titre\u00a0:' in html
    assert '<a href="#agreed">' in html


def test_no_error_no_summary(macro: Any) -> None:
    form = _Idea(data={"title": "Un titre assez long", "body": "a" * 40, "agreed": True})
    form.validate()
    assert macro("forms", "error_summary")(form).strip() == ""


def test_an_author_is_named_once_even_when_their_name_holds_their_centre(macro: Any) -> None:
    signature = macro("conversation", "signature")
    assert signature(Thing(name="Ada", erased_at=None), Thing(name="IREV")) == "Ada, IREV"
    assert signature(Thing(name="Directrice, IREV", erased_at=None), Thing(name="IREV")) == "Directrice, IREV"


def test_an_author_who_is_gone_or_unknown_is_told_so(macro: Any) -> None:
    signature = macro("conversation", "signature")
    assert signature(Thing(name="", erased_at=NOW)) == "compte supprimé"
    assert signature(None) == "Texte importé"


def test_a_wrong_csv_line_is_corrected_in_place(macro: Any) -> None:
    cells = [
        ("Adresse", "l4", "a(at)b.fr", "L’adresse doit contenir une arobase."),
        ("Centre", "c4", "IREV", None),
    ]
    html = macro("tables", "csv_line")(4, cells)
    assert 'class="is-wrong"' in html
    assert 'id="l4" name="l4" value="a(at)b.fr" aria-invalid="true" aria-describedby="l4-error"' in html
    assert 'id="l4-error"' in html


def test_changed_words_are_told_to_screen_readers(macro: Any) -> None:
    html = macro("versions", "diff")([("=", "à "), ("-", "deux"), ("+", "<b>trois</b>")])
    assert "[retiré\u00a0:" in html
    assert "[ajouté\u00a0:" in html
    assert "&lt;b&gt;trois" in html


def test_a_text_with_a_least_length_is_not_optional(macro: Any) -> None:
    class _Named(Form):
        class Meta(Form.Meta):
            csrf = False

        name = LineField("Nom", [Between(2, 40)])
        note = LineField("Note", [Between(0, 40)])

    form = _Named()
    assert "(facultatif)" not in macro("forms", "field")(form.name)
    assert "(facultatif)" in macro("forms", "field")(form.note)
