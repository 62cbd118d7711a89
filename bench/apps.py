"""What the pages are compared with: a bare Flask, and one query through the real base template."""

from flask import Flask, render_template
from sqlalchemy import select

from participa import create_app
from participa.db import db
from participa.similarity import pace
from participa.spaces.models import Space

hello = Flask("hello")


@hello.get("/")
def greet() -> str:
    """Say hello, with no database and no template."""
    return "hello"


def ceiling() -> Flask:
    """The application with one more page: one indexed query in the real frame."""
    app = create_app()
    pace.BURST = 10**9  # one member asks for all
    frame = app.jinja_env.from_string(
        '{% extends "base.html" %}{% block main %}<h1>{{ space.name }}</h1>{% endblock %}'
    )

    @app.get("/bench/ceiling")
    def page() -> str:
        space = db.session.scalar(select(Space).where(Space.slug == "espace-1"))
        return render_template(frame, space=space)

    return app
