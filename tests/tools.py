"""What tests do to the application from outside."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import g
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from participa.auth.models import Member, UserSession
from participa.db import clock, db, set_clock
from participa.jobs import runner


class Browserlike(FlaskClient):
    """A client that keeps each request's objects apart from the test's, as a real request would."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request with an empty identity map and the test's own moment."""
        moment = clock()
        db.session.commit()
        db.session.expunge_all()
        g.__dict__.clear()  # the test's own context is under every request; each must find it bare
        try:
            answer = super().open(*args, **{"buffered": True} | kwargs)  # read whole and closed, files too
            # a large body is a temporary file, which the client leaves open
            for sent in (*answer.history, answer):
                sent.request.environ["wsgi.input"].close()
            keep_page(answer)
            return answer
        finally:
            db.session.rollback()
            g.__dict__.clear()
            set_clock(moment)

    def become(self, member: Member) -> None:
        """Sign `member` in without the sign-in page."""
        token = secrets.token_hex(8)
        now = clock()
        db.session.add(
            UserSession(
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                member_id=member.id,
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(days=30),
            )
        )
        db.session.commit()
        with self.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True


KEPT_PAGES = os.environ.get("PARTICIPA_KEEP_PAGES")
"""A folder that gets every page the tests render, for the check of their HTML; none is kept by default."""


def keep_page(answer: TestResponse) -> None:
    """Write a whole page down, under its address and what it holds."""
    if (
        KEPT_PAGES is None
        or answer.mimetype != "text/html"
        or b"<!doctype html>" not in answer.data[:600].lower()
    ):
        return
    # what somebody typed is given back as typed, be it a date or an address of no kind that the checker knows
    page = re.sub(r'(<input\b[^>]*?\bvalue=")[^"]*', r"\1", answer.text)
    address = re.sub(r"\W+", "-", re.sub(r"\d+", "0", answer.request.path))[:80]
    name = f"{address}-{hashlib.sha256(page.encode()).hexdigest()[:16]}.html"
    (Path(KEPT_PAGES) / name).write_text(page)


def run_queued_jobs(session: scoped_session[Session]) -> int:
    """Run and remove every queued job, those they queue too; gives how many ran."""
    ran = 0
    while True:
        row = session.execute(
            text(
                "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1"
            )
        ).first()
        if row is None:
            return ran
        session.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": row.id})
        session.commit()
        moment = clock()
        runner.tasks[row.task_name].func(**row.args)
        set_clock(moment)
        session.expire_all()
        ran += 1


def found_in(pattern: str, page: str) -> str:
    """What the first group of `pattern` matches in a page."""
    match = re.search(pattern, page)
    assert match is not None, f"{pattern} is not in the page"
    return match[1]


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Collect the statements sent to the database, transaction control aside."""
    seen: list[str] = []

    def note(
        connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if not re.match(r"(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)", statement):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
