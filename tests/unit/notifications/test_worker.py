"""The whole way through a real worker: jobs that queue jobs, on a database of their own."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from participa import create_app, jobs
from participa.comments.services import post
from participa.config import Settings, psycopg_url
from participa.db import db, transaction
from participa.follows.services import follow
from participa.notifications.models import Notification
from tests.factories import Factory


def test_a_worker_tells_and_mails(clone: Callable[[str], str], tmp_path: Path) -> None:
    settings = Settings(
        instance=tmp_path,
        database_url=psycopg_url(clone("told")),
        password_hashing="cheap",
        port=8123,
        encoder=False,
    )
    app = create_app(settings, TESTING=True)
    with app.app_context():
        make = Factory(db.session)
        proposal = make.proposal()
        with transaction() as session:
            follow(session, make.member("Lectrice").id, contribution_id=proposal.id)
        post(make.member("Ada"), proposal, "Un avis")

    jobs.run_worker(app, wait=False)

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Notification)) == 1
        db.session.remove()
        db.engine.dispose()
    [message] = (tmp_path / "mailbox").glob("*.eml")
    assert "List-Unsubscribe-Post" in message.read_text()
