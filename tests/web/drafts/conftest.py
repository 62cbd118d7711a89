"""An application with forms of its own, whose unsafe methods are guarded as in production."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, redirect, render_template_string
from wtforms import RadioField

from participa import create_app, jobs
from participa.auth.models import Member
from participa.auth.session import member
from participa.authorization import Refused
from participa.contributions import drafts
from participa.contributions.forms import DraftedForm
from participa.forms import BodyField, LineField
from tests.factories import Factory
from tests.tools import Browserlike, found_in

PAGE = """{% extends "base.html" %}{% from "ui/actions.html" import csrf %}
{% from "ui/drafts.html" import draft_button, draft_fields, draft_status %}
{% block main %}<div class="wrap"><h1>Note</h1>{{ draft_status("note", "notes.new", "/notes/new") }}
<form id="note" method="post" action="{{ action }}">{{ csrf() }}{{ draft_fields(form) }}
<label>Titre {{ form.title }}</label><label>Texte {{ form.body }}</label>
<button>Publier</button>{{ draft_button("notes.new", "/notes/new") }}</form></div>{% endblock %}"""

posted: list[str] = []
HTMX = {"HX-Request": "true"}


class NoteForm(DraftedForm):
    title = LineField("Titre")
    body = BodyField("Texte")
    side = RadioField("Côté", validate_choice=False)


def blueprint() -> Blueprint:
    bp = Blueprint("notes", __name__, url_prefix="/notes")

    @bp.route("/new", methods=["GET", "POST"])
    def new() -> Any:
        member()
        form = NoteForm(**drafts.filled("notes.new"))
        if form.validate_on_submit():
            posted.append(form.body.data or "")
            return redirect("/notes/new")
        return render_template_string(PAGE, form=form, action="/notes/new")

    @bp.get("/thread")
    def thread() -> Any:
        form = NoteForm(**drafts.filled("notes.answer", side="for"))
        return render_template_string(PAGE, form=form, action="/notes/answer")

    @bp.get("/closed")
    def closed() -> Any:
        return render_template_string("{% extends 'base.html' %}")

    @bp.post("/answer")
    def answer() -> Any:
        member()
        raise Refused("withdrawn")

    return bp


@pytest.fixture(scope="package")
def app(app: Flask, clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, with CSRF protection on."""
    settings = dataclasses.replace(app.config["SETTINGS"], instance=Path(tmp_path_factory.mktemp("drafts")))
    guarded = create_app(settings, TESTING=True, SERVER_NAME="participa.test", PREFERRED_URL_SCHEME="http")
    guarded.register_blueprint(blueprint())
    yield guarded
    with guarded.app_context():
        from participa.db import db

        db.engine.dispose()
    jobs.init_app(app)


@pytest.fixture(autouse=True)
def nothing_posted() -> None:
    posted.clear()


@pytest.fixture
def ada(make: Factory) -> Any:
    make.network()
    return make.member("Ada")


@pytest.fixture
def browser(sign_in: Any, ada: Member) -> Any:
    return sign_in(ada)


def data(browser: Browserlike, **fields: Any) -> Any:
    token = found_in(r'name="csrf_token" value="([^"]+)"', browser.get("/notes/new").text)
    return {"csrf_token": token, "draft_form": "notes.new", "draft_target": "/notes/new"} | fields
