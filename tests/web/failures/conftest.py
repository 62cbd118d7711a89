"""An application with pages that go wrong in every way, answered as in production."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, abort, redirect
from sqlalchemy import text

from participa import create_app, jobs
from participa.auth.tasks import mail_password_link
from participa.db import db
from participa.errors import TooManyTries

GIVEN_UP = "DO $$ BEGIN RAISE EXCEPTION 'given up' USING ERRCODE = '{}'; END $$"
tries: list[str] = []


def cut() -> None:
    mine = db.session.scalar(text("SELECT pg_backend_pid()"))
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:mine, 5000)"), {"mine": mine})


def blueprint() -> Blueprint:
    bp = Blueprint("trouble", __name__, url_prefix="/trouble")

    @bp.get("/bug")
    def bug() -> Any:
        raise RuntimeError("the secret of the house")

    @bp.get("/sql/<name>")
    def sql(name: str) -> Any:
        statements = {
            "slow": "SET LOCAL statement_timeout = 20; SELECT pg_sleep(20)",
            "huge": "SELECT 99999999999::int",
            "division": "SELECT 1 / 0",
            "cut": "SELECT pg_terminate_backend(pg_backend_pid())",
        }
        for statement in statements[name].split("; "):
            db.session.execute(text(statement))
        return "fine"

    @bp.get("/last-breath")
    def last_breath() -> Any:
        cut()
        return "done"

    @bp.get("/last-job")
    def last_job() -> Any:
        cut()
        jobs.defer(db.session, mail_password_link, email="personne@exemple.fr")
        return "done"

    @bp.get("/prepared")
    def prepared() -> Any:
        return str(db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements")))

    @bp.get("/busy/<int:times>/<code>")
    def busy(times: int, code: str) -> Any:
        tries.append("once more")
        if len(tries) <= times:
            db.session.execute(text(GIVEN_UP.format(code)))
        return "done"

    @bp.get("/status/<int:code>")
    def status(code: int) -> Any:
        abort(code)

    @bp.get("/elsewhere")
    def elsewhere() -> Any:
        abort(redirect("/healthz"))

    @bp.get("/wait/<int:seconds>")
    def wait(seconds: int) -> Any:
        raise TooManyTries(seconds)

    return bp


def troubled(settings: Any) -> Flask:
    """The application with pages that fail."""
    made = create_app(
        settings,
        TESTING=True,
        PROPAGATE_EXCEPTIONS=False,
        WTF_CSRF_ENABLED=False,
        SERVER_NAME="participa.test",
        PREFERRED_URL_SCHEME="http",
    )
    made.register_blueprint(blueprint())
    return made


@pytest.fixture(scope="package")
def app(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with pages that fail, on the tests' database."""
    settings = dataclasses.replace(app.config["SETTINGS"], instance=Path(tmp_path_factory.mktemp("failures")))
    made = troubled(settings)
    yield made
    with made.app_context():
        db.engine.dispose()
    jobs.init_app(app)


@pytest.fixture(scope="package")
def unplugged(app: Flask) -> Iterator[Flask]:
    """The application whose database does not answer."""
    settings = dataclasses.replace(
        app.config["SETTINGS"], database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    )
    yield troubled(settings)
    jobs.init_app(app)


@pytest.fixture(autouse=True)
def no_tries() -> None:
    tries.clear()
