"""The real threads of Decide Madrid come in by the command, count what their README says, and come in once."""

import csv
import re
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from participa import create_app
from participa.comments.models import Comment
from participa.comments.scores import score
from participa.config import ROOT, Settings, psycopg_url
from participa.contributions.models import Contribution, ContributionKind
from participa.db import db, set_clock
from participa.embedded import Cluster
from participa.imports.decide_madrid import SOURCE
from participa.spaces.models import Space
from participa.votes.models import Vote
from tests.processes import Instance

FOLDER = ROOT.parent / "shared" / "data" / "decide-madrid-threads"
LARGEST = {"15711": 439, "20389": 311, "1085": 213}

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"{FOLDER} is not there")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A running instance with the threads in it."""
    made = Instance(tmp_path_factory.mktemp("madrid") / "instance")
    made.start()
    try:
        begin = time.monotonic()
        said = made.participa("import", "decide-madrid", str(FOLDER))
        assert said.returncode == 0, said.stderr
        print(f"imported in {time.monotonic() - begin:.0f} s: {said.stdout.splitlines()[-1]}")
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def app(instance: Instance) -> Iterator[Flask]:
    """The application on that instance's database."""
    url = psycopg_url(Cluster(instance.folder / "postgresql").url())
    made = create_app(Settings(instance=instance.folder, database_url=url, password_hashing="cheap"))
    yield made
    with made.app_context():
        db.engine.dispose()


def page(instance: Instance, path: str) -> str:
    """The text of a page, as a visitor sees it."""
    with urllib.request.urlopen(instance.address + path, timeout=30) as answer:
        return str(answer.read().decode())


def shown(instance: Instance, path: str) -> list[tuple[int, str]]:
    """The comments of a thread with their markup, following every page and every branch that goes on elsewhere."""
    found: list[tuple[int, str]] = []

    def walk(here: str, *, within: bool) -> None:
        while here:
            text = page(instance, here)
            parts = [
                (int(part.partition('id="c')[2].partition('"')[0]), part)
                for part in text.split('<article class="comment')[1:]
            ]
            known = {number for number, _part in found}
            while within and parts and parts[0][0] in known:  # what a page repeats above its own
                del parts[0]
            for number, part in parts:
                found.append((number, part))
                for cut, after in re.findall(r'href="/c/(\d+)\?after=(\d+)#comments"', part):
                    if not within:
                        walk(f"/c/{cut}?after={after}", within=True)
            following = re.search(r'href="([^"]+)#comments" rel="next"', text)
            here = following[1].replace("&amp;", "&") if following else ""

    walk(path, within=False)
    return found


def test_the_threads_are_whole(app: Flask) -> None:
    with app.app_context():
        set_clock(None)
        ours = Contribution.import_key.startswith(f"{SOURCE}:")
        kinds = dict(
            db.session.execute(
                select(Contribution.kind, func.count()).where(ours).group_by(Contribution.kind)
            ).all()
        )
        assert kinds == {ContributionKind.PROPOSAL: 40, ContributionKind.COMMENT: 2963}
        comments = db.session.execute(
            select(Comment.depth, Comment.orphan, Comment.support_count, Comment.against_count, Comment.score)
            .where(Comment.import_key.startswith(f"{SOURCE}:"))
        ).all()  # fmt: skip
        assert sum(row.depth == 0 and not row.orphan for row in comments) == 1466
        assert sum(row.orphan for row in comments) == 91
        assert max(row.depth for row in comments) == 24
        assert sum(row.support_count for row in comments) == 7604
        assert sum(row.against_count for row in comments) == 2824
        assert all(
            row.score == pytest.approx(score(row.support_count, row.against_count)) for row in comments
        )
        votes = (
            select(func.count()).select_from(Vote).join(Contribution, Contribution.id == Vote.contribution_id)
        )
        assert db.session.scalar(votes.where(ours, Contribution.about_id.is_(None))) == 114_710
        counts = dict(
            db.session.execute(
                select(Contribution.import_key, Contribution.comment_count).where(
                    ours, Contribution.about_id.is_(None)
                )
            ).all()
        )
        assert {number: counts[f"{SOURCE}:proposal:{number}"] for number in LARGEST} == LARGEST


@pytest.mark.parametrize("order", ["oldest", "newest", "useful", "discussed"])
def test_the_pages_of_the_largest_thread_show_each_comment_once(
    instance: Instance, app: Flask, order: str
) -> None:
    with app.app_context():
        set_clock(None)
        proposal = db.session.execute(
            select(Contribution.id, Contribution.component_id).where(
                Contribution.import_key == f"{SOURCE}:proposal:15711"
            )
        ).one()
        rows = db.session.execute(
            select(Comment.id, Comment.depth, Comment.score, Comment.orphan).where(
                Comment.root_id == proposal.id
            )
        ).all()
        slug = db.session.scalars(select(Space.slug).where(Space.import_key == SOURCE)).one()
    seen = shown(instance, f"/e/{slug}/{proposal.component_id}/{proposal.id}?order={order}")

    times = Counter(number for number, _part in seen)
    assert times == Counter(row.id for row in rows)
    marked = {number for number, part in seen if "que sa source n’a plus" in part}
    assert marked == {row.id for row in rows if row.orphan}
    if order == "useful":
        scores = {row.id: row.score for row in rows}
        tops = [number for number, _part in seen if number in {row.id for row in rows if row.depth == 0}]
        assert [scores[number] for number in tops] == sorted(
            (scores[number] for number in tops), reverse=True
        )


def test_the_rows_of_the_source_are_those_on_the_pages(instance: Instance) -> None:
    with (FOLDER / "comments.csv").open(encoding="utf-8") as lines:
        wanted = max(csv.DictReader(lines), key=lambda row: int(row["numVotes"]))
    words = max(re.findall(r"\w{6,}", wanted["text"]), key=len)
    assert words in page(instance, f"/search?q={urllib.parse.quote(words)}")


def test_a_second_run_changes_nothing_and_every_counter_is_right(instance: Instance) -> None:
    said = instance.participa("import", "decide-madrid", str(FOLDER))
    assert said.returncode == 0, said.stderr
    assert "nothing new" in said.stdout
    checked = instance.participa("recount", "--check")
    assert checked.returncode == 0, checked.stdout
