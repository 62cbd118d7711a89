"""Threads of Decide Madrid come in as they went, once, and what cannot be read is told."""

import csv
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from participa.auth.models import Member
from participa.comments.models import Comment
from participa.comments.scores import score
from participa.contributions.models import Contribution
from participa.imports import decide_madrid
from participa.imports.machinery import Outcome
from participa.insights import counters
from participa.proposals.models import Proposal
from participa.votes.models import Vote

PROPOSAL = {
    "": 0, "id": 7, "url": "/proposals/7-limpiar", "code": "MAD-7", "title": "Limpiar las calles", "userId": 9884,
    "date": "2015-09-15", "summary": "Algo básico.", "text": "Con\ncomas, y «comillas».", "numComments": 188,
    "status": "archived", "numSupports": 6, "isAssociation": 0,
}  # fmt: skip
COMMENT = {
    "": 0, "id": 1, "parentId": -1, "proposalId": 7, "page": 1, "userId": 2780, "userType": "", "date": "2015-09-16",
    "time": "0 days 10:50:19", "text": "Sí.", "numVotes": 3, "numPositiveVotes": 2, "numNegativeVotes": 1,
}  # fmt: skip


def write(file: Path, rows: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def bring(tmp_path: Path, session: scoped_session[Session], make: Any) -> Any:
    """Import comments (as changes to an ordinary one) about one proposal; gives what came in and what did not."""
    make.network()

    def run(*comments: dict[str, Any], proposals: tuple[dict[str, Any], ...] = ({},)) -> Outcome:
        write(tmp_path / "proposals.csv", [PROPOSAL | changes for changes in proposals])
        write(tmp_path / "comments.csv", [COMMENT | changes for changes in comments or ({},)])
        outcome, steps = decide_madrid.run(decide_madrid.read(tmp_path))
        assert list(steps)
        session.expire_all()
        return outcome

    return run


def placed(session: scoped_session[Session]) -> dict[str, tuple[int, bool]]:
    """The depth of each comment, and whether what it answers is missing, by its number in the source."""
    rows = session.execute(select(Comment.import_key, Comment.depth, Comment.orphan))
    return {str(key).rpartition(":")[2]: (depth, orphan) for key, depth, orphan in rows}


def test_a_proposal_comes_in_with_its_supports_its_page_and_its_votes(session, bring):
    outcome = bring()

    assert outcome.broken == []
    assert outcome.added == {"proposals": 1, "comments": 1, "links": 1, "votes": 9}
    proposal = session.scalars(select(Proposal)).one()
    assert (proposal.title, proposal.support_count, proposal.comment_count) == ("Limpiar las calles", 6, 1)
    assert proposal.body == "Algo básico.\n\nCon\ncomas, y «comillas»."
    comment = session.scalars(select(Comment)).one()
    assert (comment.support_count, comment.against_count) == (2, 1)
    assert comment.score == pytest.approx(score(2, 1))
    assert comment.posted_at.isoformat() == "2015-09-16T08:50:19+00:00"
    assert counters.wrong_counters() == []


def test_answers_find_what_they_answer_wherever_it_stands_in_the_file(session, bring):
    deep = [{"id": n, "parentId": n + 1} for n in range(1, 9)]
    outcome = bring(*deep, {"id": 9})

    assert outcome.broken == []
    assert placed(session) == {str(n): (9 - n, False) for n in range(1, 10)}
    assert counters.wrong_counters() == []


def test_an_answer_to_what_the_source_has_lost_stays_at_the_top_marked(session, bring, client):
    bring({"id": 1}, {"id": 2, "parentId": 999}, {"id": 3, "parentId": 2})

    assert placed(session) == {"1": (0, False), "2": (0, True), "3": (1, False)}
    number = session.scalar(select(Comment.id).where(Comment.orphan))
    page = client.get(f"/c/{number}").text
    assert "répond à un message que sa source n’a plus" in page
    assert page.count("que sa source n’a plus") == 1


def test_a_text_that_the_source_emptied_keeps_its_votes_and_answers(session, bring):
    assert bring({"id": 1, "text": " "}, {"id": 2, "parentId": 1}).broken == []
    emptied = session.scalars(select(Comment).where(Comment.depth == 0)).one()
    assert (emptied.body, emptied.support_count, emptied.reply_count) == ("(sin texto)", 2, 1)


def test_a_second_run_changes_nothing(session, bring):
    comments = ({"id": 1}, {"id": 2, "parentId": 1}, {"id": 3, "parentId": 999})
    bring(*comments)
    counted = [session.scalar(select(func.count()).select_from(one)) for one in (Contribution, Vote, Member)]

    outcome = bring(*comments)

    assert (outcome.added, outcome.broken) == ({}, [])
    assert counted == [
        session.scalar(select(func.count()).select_from(one)) for one in (Contribution, Vote, Member)
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"userId": " "}, "no userId"),
        ({"proposalId": 8}, "no proposal 8 came in"),
        ({"date": "ayer"}, "Invalid isoformat string"),
        ({"numPositiveVotes": "-2"}, "numPositiveVotes is not a whole number"),
        ({"parentId": 5}, "it answers itself, through others"),
        ({"parentId": 20}, "it answers the comment 20, of another proposal"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_left_out_alone(session, bring, changes, reason):
    outcome = bring(
        {"id": 1},
        {"id": 5} | changes,
        {"id": 20, "proposalId": 9},
        {"id": 6, "parentId": 1},
        proposals=({}, {"id": 9}),
    )

    (broken,) = outcome.broken
    assert broken[0] == 3
    assert broken[1].startswith("comments.csv: ") and reason in broken[1]
    assert set(placed(session)) == {"1", "6", "20"}
    assert counters.wrong_counters() == []


def test_what_is_no_such_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    write(tmp_path / "proposals.csv", [PROPOSAL])
    with pytest.raises(OSError, match=r"comments\.csv"):
        decide_madrid.read(tmp_path)
    write(tmp_path / "comments.csv", [{"id": 1, "texto": "Sí."}])
    with pytest.raises(ValueError, match=r"comments\.csv has no column date"):
        decide_madrid.read(tmp_path)
    (tmp_path / "comments.csv").write_bytes(b"id,parentId\n\xff\xfe")
    with pytest.raises(ValueError, match="decode"):
        decide_madrid.read(tmp_path)
