"""Twenty people act at once, and processes die under them: what was acknowledged is there, and counted once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from participa import create_app
from participa.auth.models import Member
from participa.auth.passwords import hashed
from participa.config import Settings, psycopg_url
from participa.contributions.models import Contribution
from participa.db import clock, db, set_clock
from participa.demo.accounts import PASSWORD
from participa.embedded import Cluster
from participa.network.models import Centre
from participa.votes.models import Vote
from tests.processes import Instance, eventually

RACERS = 20
SECONDS = 30
RACER = Path(__file__).with_name("racer.py")
SEED = 14062018


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    """A running instance with the demonstration network."""
    running = Instance(tmp_path / "instance")
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def app(instance: Instance) -> Iterator[Flask]:
    """The application on that instance's database, to prepare and to check."""
    url = psycopg_url(Cluster(instance.folder / "postgresql").url())
    made = create_app(Settings(instance=instance.folder, database_url=url, password_hashing="cheap"))
    yield made
    with made.app_context():
        db.engine.dispose()


def prepare(app: Flask) -> tuple[list[str], list[str]]:
    """Add the racers to the centres and choose a few hot proposals; gives e-mails and paths."""
    with app.app_context():
        set_clock(None)
        centres = db.session.scalars(select(Centre.id).order_by(Centre.id)).all()
        password = hashed(PASSWORD)
        emails = [f"coureuse-{n}@exemple.fr" for n in range(RACERS)]
        db.session.add_all(
            Member(
                email=email,
                name=f"Coureuse {n}",
                centre_id=centres[n % 7],
                created_at=clock(),
                password_hash=password,
            )
            for n, email in enumerate(emails)
        )
        ids = db.session.scalars(
            select(Contribution.id)
            .where(Contribution.kind == "proposal", Contribution.hidden_at.is_(None))
            .order_by(Contribution.id)
            .limit(5)
        ).all()
        db.session.commit()
        return emails, [f"/p/{id}" for id in ids]


def start_racers(address: str, emails: list[str], paths: list[str]) -> "list[subprocess.Popen[str]]":
    """Let every racer go, each a process of its own."""
    return [
        subprocess.Popen(
            [sys.executable, str(RACER), address, email, PASSWORD, str(SECONDS), str(n), *paths],
            stdout=subprocess.PIPE,
            text=True,
        )
        for n, email in enumerate(emails)
    ]


def results(racers: "list[subprocess.Popen[str]]") -> list[dict[str, Any]]:
    """What each racer was told."""
    out = []
    for racer in racers:
        said, _ = racer.communicate(timeout=SECONDS + 120)
        assert racer.returncode == 0
        out.append(json.loads(said))
    return out


def answered(told: list[dict[str, Any]]) -> "Counter[str]":
    """How often each status was answered; 0 stands for no answer."""
    return sum((Counter(racer["statuses"]) for racer in told), Counter())


def check(app: Flask, told: list[dict[str, Any]]) -> None:
    """Every acknowledged comment is there once, every acknowledged vote as last said."""
    with app.app_context():
        set_clock(None)
        members = {email: id for email, id in db.session.execute(select(Member.email, Member.id))}
        votes = set(db.session.execute(select(Vote.voter_id, Vote.contribution_id)).all())
        written = db.session.scalars(
            select(Contribution.body).where(
                Contribution.kind == "comment", Contribution.body.like("Message %")
            )
        ).all()
        assert len(written) == len(set(written)), "a comment was written twice"
        lost = [body for racer in told for body in racer["comments"] if body not in set(written)]
        assert lost == []
        for racer in told:
            for contribution, value in racer["supports"].items():
                if value is not None:
                    there = (members[racer["email"]], int(contribution)) in votes
                    assert there == (value == "1"), (racer["email"], contribution, value)


def test_twenty_people_at_once_leave_counters_that_equal_a_recount(instance: Instance, app: Flask) -> None:
    emails, paths = prepare(app)
    told = results(start_racers(instance.address, emails, paths))

    statuses = answered(told)
    assert sum(statuses.values()) > 20 * RACERS, "hardly anybody raced"
    assert set(statuses) <= {"302", "303"}, statuses
    check(app, told)
    counted = instance.participa("recount", "--check")
    assert counted.returncode == 0, counted.stdout + counted.stderr


def test_what_was_acknowledged_survives_five_kills(instance: Instance, app: Flask) -> None:
    emails, paths = prepare(app)
    rng = random.Random(SEED)
    racers = start_racers(instance.address, emails, paths)
    for victim in rng.sample(["web", "worker", "postgresql", "web worker", "postgresql"], 5):
        time.sleep(SECONDS / 7)
        assert eventually(lambda: instance.answers("/readyz"), 40), instance.said()[-2000:]
        os.kill(instance.pid(victim), signal.SIGKILL)
    told = results(racers)

    assert eventually(lambda: instance.answers("/readyz"), 40), instance.said()[-2000:]
    assert sum(len(racer["comments"]) for racer in told) > RACERS
    assert set(answered(told)) <= {"0", "302", "303", "503"}, answered(told)
    check(app, told)
    counted = instance.participa("recount", "--check")
    assert counted.returncode == 0, counted.stdout + counted.stderr
