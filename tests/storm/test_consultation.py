"""The whole real consultation comes in by the command, counts what its README says, and comes in once."""

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from participa import create_app
from participa.attachments.models import Attachment
from participa.config import ROOT, Settings, psycopg_url
from participa.contributions.models import Contribution, ContributionKind
from participa.db import db, set_clock
from participa.embedded import Cluster
from participa.imports.republique_numerique import SOURCE
from participa.spaces.models import Component, Space, Topic
from participa.votes.models import Vote
from tests.processes import Instance

FILE = ROOT.parent / "shared" / "data" / "republique-numerique" / "opinions.jsonl.gz"
LARGEST = {f"{SOURCE}:opinion:673": 4055, f"{SOURCE}:opinion:152": 2540, f"{SOURCE}:opinion:513": 2321}
"""The opinions most people were for, and how many they were."""

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE} is not there")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A running instance: the consultation comes in beside the demonstration."""
    made = Instance(tmp_path_factory.mktemp("consultation") / "instance")
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def app(instance: Instance) -> Iterator[Flask]:
    """The application on that instance's database, to look at what came in."""
    url = psycopg_url(Cluster(instance.folder / "postgresql").url())
    made = create_app(Settings(instance=instance.folder, database_url=url, password_hashing="cheap"))
    yield made
    with made.app_context():
        db.engine.dispose()


def totals(instance: Instance) -> Any:
    """What `stats --json` says."""
    said = instance.participa("stats", "--json")
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def added(before: Any, after: Any) -> Any:
    """How much each figure grew."""
    if isinstance(after, dict):
        return {name: added(before[name], value) for name, value in after.items()}
    return after - before


def page(instance: Instance, path: str) -> str:
    """The text of a page, as a visitor sees it."""
    with urllib.request.urlopen(instance.address + path, timeout=30) as answer:
        return str(answer.read().decode())


def listed(instance: Instance, path: str) -> list[int]:
    """The numbers of the proposals on every page of a list, in their order."""
    numbers: list[int] = []
    here: str | None = path
    while here:
        text = page(instance, here)
        found = re.findall(rf'href="{re.escape(path.partition("?")[0])}/(\d+)-[^"#?]*"', text)
        numbers += [int(number) for number in dict.fromkeys(found)]
        following = re.search(r'href="([^"]*)" rel="next"', text)
        here = following[1].replace("&amp;", "&") if following else None
        assert len(numbers) < 1000, "the list does not end"
    return numbers


def test_the_consultation_comes_in_whole_and_once(
    instance: Instance, app: Flask, record_property: Any
) -> None:
    before = totals(instance)
    started = time.monotonic()
    done = instance.participa("import", "republique-numerique", str(FILE))
    seconds = time.monotonic() - started
    record_property("seconds", round(seconds, 1))
    print(f"\nThe import took {seconds:.1f} s.")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Importing" in done.stdout
    after = totals(instance)
    came = added(before, after)
    assert came["proposals"] == 432
    assert came["comments"] == {"total": 2746, "for": 1381, "neutral": 0, "against": 1365, "none": 0}
    assert came["votes_on_proposals"] == {"total": 63015, "for": 51884, "mixed": 4197, "against": 6934}
    assert came["votes_on_comments"] == 9789
    assert came["hidden"]["proposals"] == 4
    assert (came["spaces"], came["members"], came["centres"]) == (1, 0, 0)

    with app.app_context():
        set_clock(None)
        component = db.session.scalars(
            select(Component).join(Space, Space.id == Component.space_id).where(Space.import_key == SOURCE)
        ).one()
        path = f"/e/{SOURCE}/{component.id}"
        count = select(func.count())
        assert db.session.scalar(count.select_from(Topic).where(Topic.space_id == component.space_id)) == 11
        sources = count.select_from(Attachment).where(Attachment.import_key.like(f"{SOURCE}:source:%"))
        assert db.session.scalar(sources) == 212
        assert db.session.scalar(count.select_from(Vote).where(Vote.centre_id.is_not(None), Vote.voter_id.in_(
            select(Contribution.author_id).where(Contribution.imported)
        ))) == 0  # fmt: skip
        keys = dict(
            db.session.execute(
                select(Contribution.id, Contribution.import_key).where(
                    Contribution.component_id == component.id,
                    Contribution.kind == ContributionKind.PROPOSAL,
                    Contribution.hidden_at.is_(None),
                )
            ).all()
        )

    shown = listed(instance, path)
    assert len(shown) == len(set(shown)) == 428
    assert set(shown) == set(keys)
    for key, votes_for in LARGEST.items():
        number = next(number for number in shown if keys[number] == key)
        assert re.search(
            rf"{votes_for // 1000}\s{votes_for % 1000:03}\b", page(instance, f"{path}/{number}")
        ), key

    again = instance.participa("import", "republique-numerique", str(FILE))
    assert again.returncode == 0, again.stdout + again.stderr
    assert "nothing new" in again.stdout
    assert totals(instance) == after
    counted = instance.participa("recount", "--check")
    assert counted.returncode == 0, counted.stdout + counted.stderr
