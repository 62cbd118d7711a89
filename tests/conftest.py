"""A real PostgreSQL for every test: one server, a template database cloned per worker, rolled back after each test."""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from participa import create_app
from participa.auth.models import Member
from participa.config import Settings, psycopg_url
from participa.db import db, set_clock
from participa.embedded import Cluster
from participa.similarity.encoder import load
from tests.encoders import answering
from tests.factories import Factory
from tests.tools import Browserlike, run_queued_jobs

TEMPLATE = "participa_template"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the long checks run the same tests on another PostgreSQL."""
    parser.addoption(
        "--pg-programs", default=None, help="folder of the programs of the PostgreSQL to test on"
    )


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One PostgreSQL server per worker, as fast as a throw-away one may be."""
    programs = request.config.getoption("--pg-programs")
    with tempfile.TemporaryDirectory(prefix="pt-", ignore_cleanup_errors=True) as folder:
        options = {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "60",
        }
        server = Cluster(Path(folder), programs=Path(programs) if programs else None, options=options)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _settings(url: str, folder: Path) -> Settings:
    return Settings(instance=folder, database_url=psycopg_url(url), password_hashing="cheap", encoder=False)


@pytest.fixture(scope="session")
def template(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with the tables and nothing in it."""
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {TEMPLATE}")
    app = create_app(_settings(cluster.url(TEMPLATE), tmp_path_factory.mktemp("instance")), TESTING=True)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    return TEMPLATE


@pytest.fixture(scope="session")
def clone(cluster: Cluster, template: str) -> Callable[[str], str]:
    """Make a database of one's own from the template and give its address."""

    def make(name: str) -> str:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return cluster.url(name)

    return make


@pytest.fixture(scope="session")
def app(clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on this worker's database."""
    url = clone(f"participa_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    made = create_app(
        _settings(url, tmp_path_factory.mktemp("instance")),
        TESTING=True,
        WTF_CSRF_ENABLED=False,
        SERVER_NAME="participa.test",
        PREFERRED_URL_SCHEME="http",
    )
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Any]]:
    """The session of this test; whatever is committed in it is rolled back at the end."""
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        outer = connection.begin()
        engines = db._app_engines[app]
        engines[None] = connection  # type: ignore[assignment]
        set_clock(None)
        set_clock(connection.scalar(text("SELECT now()")))
        try:
            yield db.session
        finally:
            db.session.remove()
            outer.rollback()
            connection.close()
            engines[None] = engine
            set_clock(None)


@pytest.fixture
def make(session: scoped_session[Session]) -> Factory:
    """Makes members, spaces, proposals … that tests are about."""
    return Factory(session)


@pytest.fixture
def at() -> Callable[[datetime], None]:
    """Set the moment that everything happens at."""
    return set_clock


@pytest.fixture
def client(app: Flask, session: scoped_session[Session]) -> FlaskClient:
    """A browser without JavaScript, signed out."""
    app.test_client_class = Browserlike
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, session: scoped_session[Session]) -> Callable[[Member], Browserlike]:
    """Give a browser in which a member is signed in."""

    def signed_in(member: Member) -> Browserlike:
        app.test_client_class = Browserlike
        browser = app.test_client()
        assert isinstance(browser, Browserlike)
        browser.become(member)
        return browser

    return signed_in


@pytest.fixture(scope="session")
def model() -> Callable[[str], bytes]:
    """What makes vectors of texts, for real; it takes seconds to load."""
    return load()


@pytest.fixture
def encoder(
    app: Flask, model: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], bytes]]:
    """Switch the encoder on, and have one answer as long as the test lasts; gives what it makes vectors by."""
    settings = replace(app.config["SETTINGS"], encoder=True)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    monkeypatch.setattr("participa.similarity.client.BUDGET", 5)  # other tests keep the machine busy
    app.extensions.pop("encoder", None)
    with answering(settings.instance, model):
        yield model
    app.extensions.pop("encoder", None)


@pytest.fixture
def run_jobs(app: Flask, session: scoped_session[Session]) -> Callable[[], int]:
    """Run the jobs this test's transaction has queued, as the worker would; gives how many ran."""
    return lambda: run_queued_jobs(session)
