"""Many people voting at once: limits and caps hold, and every figure equals its recount."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from participa import create_app
from participa.auth.models import Member
from participa.authorization import Refused
from participa.config import Settings, psycopg_url
from participa.contributions.models import Contribution
from participa.db import db, is_worth_retrying, set_clock
from participa.insights.counters import wrong_counters
from participa.votes import services
from participa.votes.models import Ballot, Vote
from participa.votes.queries import find_votable
from tests.factories import Factory

THREADS = 8
ROUNDS = 40


@pytest.fixture
def committed(clone: Callable[[str], str], tmp_path: Path) -> Iterator[Flask]:
    """The application on a database where commits are real, as several processes see it."""
    settings = Settings(instance=tmp_path, database_url=psycopg_url(clone("participa_race")))
    app = create_app(settings, TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    set_clock(None)


def click(app: Flask, seed: int, members: list[int], proposals: list[int]) -> int:
    """Cast and withdraw votes at random; gives how many were refused."""
    chance, refused = random.Random(seed), 0
    with app.app_context():
        set_clock(datetime.now(UTC))
        for _ in range(ROUNDS):
            member_id, proposal_id = chance.choice(members), chance.choice(proposals)
            for attempt in range(3):
                try:
                    voter, proposal = db.session.get(Member, member_id), find_votable(proposal_id)
                    assert voter is not None
                    assert proposal is not None
                    if chance.random() < 0.4:
                        services.withdraw(voter, proposal)
                    else:
                        services.cast(voter, proposal, chance.choice((1, 0, -1)))
                    break
                except Refused:
                    refused += 1
                    break
                except DBAPIError as error:
                    if attempt == 2 or not is_worth_retrying(error):
                        raise
                finally:
                    db.session.remove()
    return refused


def test_limits_caps_and_counters_hold_in_a_race(committed: Flask) -> None:
    make = Factory(db.session)
    settings = {
        "ballot": "stance",
        "vote_limit": 3,
        "threshold_per_proposal": 4,
        "can_accumulate_votes_beyond_threshold": False,
    }
    component = make.component("proposals", settings=settings)
    centres = [make.centre() for _ in range(3)]
    members = [make.member(centre=centres[n % 4] if n % 4 < 3 else None).id for n in range(12)]
    author = make.member()
    proposals = [make.proposal(component, author).id for _ in range(5)]
    db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        refused = sum(pool.map(lambda n: click(committed, n, members, proposals), range(THREADS)))

    assert refused > 0
    votes_by_member = db.session.scalars(select(func.count()).select_from(Vote).group_by(Vote.voter_id)).all()
    assert max(votes_by_member) <= 3
    total = Contribution.support_count + Contribution.neutral_count + Contribution.against_count
    assert (db.session.scalar(select(func.max(total))) or 0) <= 4
    assert db.session.scalar(select(func.sum(Ballot.used))) == sum(votes_by_member)
    assert wrong_counters() == []
