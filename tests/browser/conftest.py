"""A real Chromium in front of a real server on a database of its own."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from flask import Flask, abort
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import scoped_session
from werkzeug.serving import make_server

from participa import create_app
from participa.auth.models import Member
from participa.auth.passwords import hashed
from participa.config import Settings, psycopg_url
from participa.db import db, set_clock
from participa.errors import Conflict, TooManyTries
from participa.jobs import run_worker
from tests.factories import Factory

CHROMIUM = "/usr/bin/chromium"
WITH_AND_WITHOUT = [
    pytest.param(True, id="with JavaScript"),
    pytest.param(False, id="without JavaScript", marks=pytest.mark.long),
]
"""A story told twice; the second time among what is long."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "un long mot de passe d’essai"
AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js"


@dataclass(slots=True)
class Live:
    """A served application and the means to prepare and inspect its database."""

    app: Flask
    address: str
    make: Factory
    session: scoped_session[Any]

    def account(self, name: str, **values: Any) -> Member:
        """A member who can sign in with PASSWORD."""
        return self.make.member(name, password_hash=hashed(PASSWORD), **values)

    def work(self) -> None:
        """Let the background worker do all there is to do."""
        self.session.commit()
        worker = threading.Thread(target=run_worker, args=(self.app,), kwargs={"wait": False})
        worker.start()  # beside this thread, where the browser's own event loop runs
        worker.join()


def fail(code: int) -> NoReturn:
    """Go wrong on demand, so that the page of each error can be looked at."""
    if code == 409:
        raise Conflict(
            fields={"body": "Le mien"}, draft=SimpleNamespace(revision=2, fields={"body": "Le leur"})
        )
    if code == 429:
        raise TooManyTries(60)
    if code == 503:
        raise OperationalError("SELECT 1", {}, ConnectionError())
    abort(code)


@pytest.fixture(scope="session")
def served(
    clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[tuple[Flask, str, Callable[[], None]]]:
    """The application behind a threaded server, and a way to empty its database."""
    name = f"live_{worker_id}"
    settings = Settings(
        instance=tmp_path_factory.mktemp("live"),
        database_url=psycopg_url(clone(name)),
        password_hashing="cheap",
        encoder=False,
    )
    app = create_app(settings)
    app.add_url_rule("/error/<int:code>", "fail", fail)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def renew() -> None:
        with app.app_context():
            db.engine.dispose()
        clone(name)
        app.extensions.pop("component_kinds", None)

    yield app, f"http://127.0.0.1:{server.server_port}", renew
    server.shutdown()
    thread.join()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def live(served: tuple[Flask, str, Callable[[], None]]) -> Iterator[Live]:
    """A served application with an empty network."""
    app, address, renew = served
    renew()
    with app.app_context():
        set_clock(None)
        make = Factory(db.session)
        make.network()
        yield Live(app, address, make, db.session)
        set_clock(None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


Visitor = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, live: Live) -> Iterator[Visitor]:
    """Open a window for someone: `visit(member, javascript=…, width=…, dark=…)` gives a page on the front page."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_window(
        member: Member | None = None, *, javascript: bool = True, width: int = 1280, dark: bool = False
    ) -> Page:
        context = chromium.new_context(
            base_url=live.address,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale="fr-FR",
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda message: (
                problems.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        if member is not None:
            page.goto("/sign-in")
            page.fill("input[name=email]", member.email or "")
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert problems == [], "errors in the browser's console"
