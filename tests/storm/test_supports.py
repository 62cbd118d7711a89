"""Two hundred members race, in several processes, for supports with a limit, a minimum and a cap."""

import random
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
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

MEMBERS, PROPOSALS, PROCESSES = 200, 8, 4
LIMIT, MINIMUM, CAP = 4, 2, 60


def race(url: str, folder: str, seed: int, members: list[int], proposals: list[int], supports: int) -> int:
    """Support `supports` times for each member, in a process of its own; gives how many were refused."""
    chance, refused = random.Random(seed), 0
    app = create_app(Settings(instance=Path(folder), database_url=url), TESTING=True)
    with app.app_context():
        set_clock(datetime.now(UTC))
        turns = [member for member in members for _ in range(supports)]
        chance.shuffle(turns)
        for member in turns:
            refused += not _support(member, chance.choice(proposals), withdrawing=chance.random() < 0.15)
        db.engine.dispose()
    return refused


def _support(member_id: int, proposal_id: int, *, withdrawing: bool) -> bool:
    for attempt in range(4):
        try:
            voter, proposal = db.session.get(Member, member_id), find_votable(proposal_id)
            assert voter is not None and proposal is not None
            if withdrawing:
                services.withdraw(voter, proposal)
            else:
                services.cast(voter, proposal, 1)
        except Refused:
            return False
        except DBAPIError as error:
            if attempt == 3 or not is_worth_retrying(error):
                raise
        else:
            return True
        finally:
            db.session.remove()
    return False


@pytest.fixture
def url(clone: Callable[[str], str]) -> str:
    return str(psycopg_url(clone("participa_supports")))


def in_processes(url: str, folder: Path, jobs: list[tuple[list[int], list[int], int]]) -> int:
    with ProcessPoolExecutor(len(jobs), get_context("spawn")) as pool:
        running = [pool.submit(race, url, str(folder), seed, *job) for seed, job in enumerate(jobs)]
        return sum(one.result(300) for one in running)


def counts() -> list[Any]:
    return list(db.session.execute(select(Contribution.support_count).order_by(Contribution.id)).scalars())


def test_totals_are_exact_after_a_race_of_two_hundred(url: str, tmp_path: Path) -> None:
    app = create_app(Settings(instance=tmp_path, database_url=url), TESTING=True)
    with app.app_context():
        make = Factory(db.session)
        settings = {"vote_limit": LIMIT, "minimum_votes_per_user": MINIMUM, "threshold_per_proposal": CAP}
        settings |= {"can_accumulate_votes_beyond_threshold": False}
        component, author = make.component("proposals", settings=settings), make.member()
        centres = [*(make.centre() for _ in range(7)), None]
        members = [make.member(centre=centres[n % 8]).id for n in range(MEMBERS)]
        proposals = [make.proposal(component, author).id for _ in range(PROPOSALS)]
        db.session.remove()

        # Everybody is raced for by two processes at once.
        halves = [members[::2], members[1::2], members[::2], members[1::2]]
        assert in_processes(url, tmp_path, [(half, proposals, 3) for half in halves]) > 0

        assert wrong_counters() == []
        assert max(counts()) == CAP
        cast = db.session.execute(
            select(Vote.voter_id, func.count(), func.count().filter(Vote.counted)).group_by(Vote.voter_id)
        ).all()
        assert max(n for _voter, n, _counted in cast) <= LIMIT
        assert all(counted == (n if n >= MINIMUM else 0) for _voter, n, counted in cast)
        used = dict(db.session.execute(select(Ballot.voter_id, Ballot.used)).all())
        assert all(used[voter] == n for voter, n, _counted in cast)
        assert sum(counts()) == sum(counted for _voter, _n, counted in cast)
        db.session.remove()
        db.engine.dispose()
    set_clock(None)


def test_the_last_support_sent_twice_at_once_counts_once(url: str, tmp_path: Path) -> None:
    app = create_app(Settings(instance=tmp_path, database_url=url), TESTING=True)
    with app.app_context():
        make = Factory(db.session)
        component, author = make.component("proposals", settings={"vote_limit": 1}), make.member()
        members = [make.member().id for _ in range(40)]
        proposals = [make.proposal(component, author).id for _ in range(2)]
        db.session.remove()
        in_processes(url, tmp_path, [(members, proposals[:1], 1), (members, proposals[1:], 1)])
        each = db.session.scalars(select(func.count()).select_from(Vote).group_by(Vote.voter_id)).all()
        assert set(each) <= {1}
        assert wrong_counters() == []
        db.session.remove()
        db.engine.dispose()
    set_clock(None)
