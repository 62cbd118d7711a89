"""Words looked up fast are the words Flask-Babel would give."""

import flask_babel
import pytest
from flask import Flask, render_template_string

from participa.catalogues import gettext, ngettext
from participa.mail.services import reading_as


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_same_words_as_flask_babel(app: Flask, language: str) -> None:
    with app.app_context(), reading_as(language, "Europe/Paris"):
        assert gettext("Support") == flask_babel.gettext("Support")
        assert gettext("to %(name)s", name="<b>") == flask_babel.gettext("to %(name)s", name="<b>")
        for n in (0, 1, 2):
            wanted = flask_babel.ngettext("%(num)s comment", "%(num)s comments", n)
            assert ngettext("%(num)s comment", "%(num)s comments", n) == wanted


def test_a_mail_in_another_language_does_not_leave_the_page_in_it(app: Flask) -> None:
    with app.app_context(), reading_as("fr", "Europe/Paris"):
        assert gettext("Support") == "Soutenir"
        with reading_as("en", "UTC"):
            assert gettext("Support") == "Support"
        with flask_babel.force_locale("en"):
            assert gettext("Support") == "Support"
        assert gettext("Support") == "Soutenir"


def test_a_message_without_translation_is_shown_as_it_is(app: Flask) -> None:
    with app.app_context(), reading_as("fr", "Europe/Paris"):
        assert gettext("No such message") == "No such message"


def test_variables_are_escaped_in_pages_and_not_in_plain_mails(app: Flask) -> None:
    with app.test_request_context(), reading_as("fr", "Europe/Paris"):
        page = render_template_string(
            "{{ _('to %(name)s', name=who) }} {{ ngettext('a', 'b', 2) }}", who="<b>"
        )
        plain = app.jinja_env.overlay(autoescape=False).from_string("{{ _('to %(name)s', name=who) }}")
        assert page == "à &lt;b&gt; b"
        assert plain.render(who="<b>") == "à <b>"


def test_a_block_of_translation_keeps_its_markup(app: Flask) -> None:
    with app.test_request_context(), reading_as("fr", "Europe/Paris"):
        html = render_template_string("{% trans n=x %}<b>{{ n }}</b> of 100 %{% endtrans %}", x="<i>")
        assert html == "<b>&lt;i&gt;</b> of 100 %"
