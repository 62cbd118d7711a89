"""A real consultation comes in whole, once, and what cannot be read is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from participa.auth.models import Member
from participa.comments.models import Comment
from participa.contributions.models import Contribution
from participa.imports import republique_numerique
from participa.imports.machinery import Outcome, to_markdown
from participa.insights import counters
from participa.insights.stats import totals
from participa.proposals.models import Proposal
from participa.spaces.models import Space, SpaceKind, Topic
from participa.votes.models import Participation, Tally, Vote
from tests.factories import Factory


def opinion(number: int = 7, **changes: Any) -> dict[str, Any]:
    """A line as the source writes it."""
    return {
        "id": number,
        "title": "Un titre",
        "body": "<p>Du <strong>texte</strong> &amp; plus&nbsp;:</p><ul><li>un</li></ul><script>alert(1)</script>",
        "created_at": "2015-09-26T02:27:54+0200",
        "updated_at": "2015-09-29T11:50:19+0200",
        "is_trashed": False,
        "votes_ok": 5,
        "votes_nok": 2,
        "votes_mitige": 1,
        "author": {"id": "contributeur-0001"},
        "section": {"subtitle": "Ouverture"},
        "appendices": [{"title": "Explication", "body": "<p>Parce que.</p>"}],
        "arguments": [
            {
                "id": number * 10,
                "type": "no",
                "body": "Je ne crois pas.",
                "created_at": "2015-10-01T10:00:00+0200",
                "votes_count": 3,
                "is_trashed": False,
                "author": {"id": "contributeur-0002"},
            }
        ],
        "sources": [
            {
                "id": number * 100,
                "title": "La loi",
                "link": "https://exemple.fr/loi",
                "body": "Pour mémoire",
                "created_at": "2015-10-02T10:00:00+0200",
            }
        ],
    } | changes


def bring_in(tmp_path: Path, *lines: object) -> Outcome:
    """Import these lines."""
    file = tmp_path / "opinions.jsonl"
    file.write_text(
        "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines),
        encoding="utf-8",
    )
    outcome, steps = republique_numerique.run(file)
    list(steps)
    return outcome


def test_an_opinion_becomes_a_proposal_with_its_arguments_sources_and_votes(
    session: scoped_session[Session], make: Factory, tmp_path: Path
) -> None:
    make.network()
    bring_in(tmp_path, opinion())

    space = session.scalars(select(Space)).one()
    proposal = session.scalars(select(Proposal)).one()
    comment = session.scalars(select(Comment)).one()
    assert (space.kind, space.slug) == (SpaceKind.PROCESS, "republique-numerique")
    assert session.scalar(select(Topic.name).where(Topic.id == proposal.topic_id)) == "Ouverture"
    assert "**texte**" in proposal.body and "### Explication" in proposal.body
    assert "<strong>texte</strong>" in proposal.html and "<script" not in proposal.html
    assert (proposal.support_count, proposal.neutral_count, proposal.against_count) == (5, 1, 2)
    assert (comment.position, comment.support_count, comment.about_id) == (-1, 3, proposal.id)
    assert proposal.comment_count == 1
    assert counters.wrong_counters() == []


def test_imported_people_are_in_no_centre_and_no_figure_of_a_centre(
    session: scoped_session[Session], make: Factory, tmp_path: Path
) -> None:
    make.centre("IREV")
    bring_in(tmp_path, opinion())

    assert session.scalar(select(func.count()).select_from(Member).where(~Member.imported)) == 0
    assert session.scalar(select(func.count()).select_from(Member).where(Member.centre_id.is_not(None))) == 0
    assert session.scalar(select(func.count(Vote.centre_id))) == 0
    for figures in (Tally, Participation):
        assert session.scalar(select(func.count()).select_from(figures)) == 0


def test_a_second_run_changes_nothing(
    session: scoped_session[Session], make: Factory, tmp_path: Path
) -> None:
    make.network()
    bring_in(tmp_path, opinion(), opinion(8))
    before = totals()

    assert bring_in(tmp_path, opinion(), opinion(8)).added == {}
    assert totals() == before


def test_a_broken_line_is_told_and_the_rest_comes_in(
    session: scoped_session[Session], make: Factory, tmp_path: Path
) -> None:
    make.network()
    bad_argument = opinion(9)
    bad_argument["arguments"][0]["type"] = "perhaps"
    outcome = bring_in(
        tmp_path,
        opinion(1),
        "{not json",
        opinion(2, title=""),
        opinion(3, votes_ok="many"),
        bad_argument,
        "[]",
        opinion(4),
    )

    assert [number for number, _reason in outcome.broken] == [2, 3, 4, 5, 6]
    assert outcome.broken[1][1] == "no title"
    keys = session.scalars(select(Contribution.import_key).where(Contribution.kind == "proposal")).all()
    assert sorted(map(str, keys)) == ["republique-numerique:opinion:1", "republique-numerique:opinion:4"]


def test_what_a_broken_line_made_is_made_again_by_the_next_one(
    session: scoped_session[Session], make: Factory, tmp_path: Path
) -> None:
    make.network()
    late = opinion(1)
    late["sources"][0]["link"] = "nowhere"  # found last, once topic, people and voters are made
    outcome = bring_in(tmp_path, late, opinion(2))

    assert [number for number, _reason in outcome.broken] == [1]
    assert outcome.added == {"proposals": 1, "comments": 1, "links": 1, "votes": 11}
    assert counters.wrong_counters() == []


def test_a_line_that_the_database_refuses_is_told_and_the_rest_comes_in(
    session: scoped_session[Session], make: Factory, tmp_path: Path
) -> None:
    make.network()
    nul, twice = opinion(1), opinion(2)
    nul["arguments"][0]["body"] = "avant\0après"
    twice["arguments"] *= 2
    outcome = bring_in(tmp_path, nul, twice, opinion(3))

    assert [number for number, _reason in outcome.broken] == [1, 2]
    assert all(reason and "\n" not in reason for _number, reason in outcome.broken)
    assert session.scalar(select(func.count()).select_from(Proposal)) == 1


def test_an_import_stopped_before_its_end_counts_right_once_it_is_run_again(
    session: scoped_session[Session], make: Factory, tmp_path: Path
) -> None:
    make.network()
    file = tmp_path / "opinions.jsonl"
    file.write_text(json.dumps(opinion()) + "\n", encoding="utf-8")
    _outcome, steps = republique_numerique.run(file)
    next(steps)
    session.commit()
    steps.close()  # type: ignore[attr-defined]
    assert counters.wrong_counters() != []

    assert bring_in(tmp_path, opinion()).added == {}
    assert counters.wrong_counters() == []


def test_a_trashed_opinion_comes_in_hidden(
    session: scoped_session[Session], make: Factory, tmp_path: Path
) -> None:
    make.network()
    bring_in(tmp_path, opinion(is_trashed=True))

    assert session.scalars(select(Proposal)).one().hidden_at is not None
    assert totals()["hidden"]["proposals"] == 1


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Un&nbsp;<em>mot</em></p>\r\n\r\n<p>Deux</p>", "Un\u00a0*mot*\n\nDeux"),
        ("<ol><li>un</li><li>deux</li></ol>", "1. un\n2. deux"),
        ('<p><a href="https://exemple.fr">lien</a><img src="x.png"></p>', "[lien](https://exemple.fr)"),
    ],
)
def test_html_becomes_the_projects_own_format(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown
