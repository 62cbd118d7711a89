"""The command that imports says what came in, what did not, and fails when a line was left out."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from participa.demo.cli import demo
from participa.imports.cli import imports
from participa.network.models import Network
from participa.proposals.models import Proposal
from tests.factories import Factory
from tests.unit.imports.test_republique_numerique import opinion


def run(file: Path) -> Result:
    return CliRunner().invoke(imports, ["republique-numerique", str(file)])


def test_a_gzipped_file_comes_in_as_a_plain_one_and_only_once(
    session: Any, make: Factory, tmp_path: Path
) -> None:
    make.network()
    line = json.dumps(opinion()) + "\n"
    plain, gzipped = tmp_path / "opinions.jsonl", tmp_path / "opinions.jsonl.gz"
    plain.write_text(line + "\n", encoding="utf-8")
    gzipped.write_bytes(gzip.compress(line.encode()))

    first, second = run(gzipped), run(plain)

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "Added: 1 comments, 1 links, 1 proposals, 11 votes." in first.output
    assert "Added: nothing new." in second.output
    assert session.scalar(select(func.count()).select_from(Proposal)) == 1


def test_lines_left_out_are_named_and_make_the_command_fail(
    session: Any, make: Factory, tmp_path: Path
) -> None:
    make.network()
    bad_link = opinion(2)
    bad_link["sources"][0]["link"] = "javascript:alert(1)"
    file = tmp_path / "opinions.jsonl"
    file.write_text(f"{json.dumps(bad_link)}\n[]\n{{\n", encoding="utf-8")

    answer = run(file)

    assert answer.exit_code == 1
    assert "Line 1 was left out: the source 'La loi' has no web address." in answer.stderr
    assert "Line 2 was left out: not a JSON object." in answer.stderr
    assert "Line 3 was left out: not JSON" in answer.stderr
    assert session.scalar(select(func.count()).select_from(Proposal)) == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl.gz", b"not gzipped"),
        ("b.jsonl.gz", gzip.compress(b"{}\n" * 50)[:-12]),
        ("c.jsonl", b"\xff{}\n"),
    ],
    ids=["not gzipped", "cut", "not UTF-8"],
)
def test_a_file_that_cannot_be_read_is_said_in_a_sentence(
    session: Any, make: Factory, tmp_path: Path, name: str, content: bytes
) -> None:
    make.network()
    file = tmp_path / name
    file.write_bytes(content)

    answer = run(file)

    assert answer.exit_code == 1
    assert f"Error: {file} cannot be read" in answer.stderr


def test_an_opinion_nobody_answered_or_voted_on_comes_in(session: Any, make: Factory, tmp_path: Path) -> None:
    make.network()
    alone = opinion(3, votes_ok=0, votes_nok=0, votes_mitige=0, arguments=[], sources=[], updated_at=None)
    alone["appendices"] = [{"title": "Vide", "body": ""}]
    file = tmp_path / "opinions.jsonl"
    file.write_text(f"{json.dumps(alone)}\n", encoding="utf-8")

    assert "Added: 1 proposals." in run(file).output
    proposal = session.scalars(select(Proposal)).one()
    assert "Vide" not in proposal.body
    assert (proposal.support_count, proposal.comment_count) == (0, 0)


def test_the_demonstration_is_not_loaded_over_a_network(session: Any, make: Factory) -> None:
    make.network(name="Le vrai réseau")

    answer = CliRunner().invoke(demo, [])

    assert answer.exit_code == 1
    assert "already holds a network" in answer.output
    assert session.scalars(select(Network.name)).all() == ["Le vrai réseau"]
