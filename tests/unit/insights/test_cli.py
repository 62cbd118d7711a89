"""Whoever runs an instance reads its totals and puts its counters right from the command line."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text, update

from participa.comments.services import post
from participa.contributions.models import Contribution
from participa.insights import counters
from participa.insights.cli import recount, stats
from participa.moderation import services as moderation
from participa.moderation.models import Reason
from participa.votes.queries import find_votable
from participa.votes.services import cast
from tests.factories import Factory


def miscount(session: Any, proposal: Contribution, count: int) -> None:
    session.execute(
        update(Contribution)
        .where(Contribution.id == proposal.id)
        .values(comment_count=count)
        .execution_options(synchronize_session=False)
    )
    session.commit()


def test_totals_are_read_by_people_and_by_programs(make: Factory) -> None:
    proposal = make.proposal()
    post(make.member(), proposal, "Un avis pour", position=1)
    moderation.hide(make.coordinator(), make.proposal(), Reason.SPAM)

    answer = CliRunner().invoke(stats, ["--json"])
    assert answer.exit_code == 0, answer.output
    figures = json.loads(answer.output)
    assert (figures["proposals"], figures["debates"], figures["hidden"]["proposals"]) == (2, 0, 1)
    assert figures["comments"]["total"] == 1

    plain = CliRunner().invoke(stats, []).output
    lines = {line.partition("  ")[0]: line.split("  ")[-1].strip() for line in plain.splitlines()}
    assert lines["proposals"] == "2"
    assert lines["comments"].startswith("total 1, ")
    assert "imported people" in plain


def test_a_network_without_anything_has_totals_of_zero(make: Factory) -> None:
    make.network()

    figures = json.loads(CliRunner().invoke(stats, ["--json"]).output)

    assert figures["members"] == figures["imported_people"] == figures["votes_on_comments"] == 0
    assert figures["votes_on_proposals"] == {"total": 0, "for": 0, "mixed": 0, "against": 0}


def test_right_counters_are_said_to_be_right(make: Factory) -> None:
    post(make.member(), make.proposal(), "Un avis")

    checked = CliRunner().invoke(recount, ["--check"])
    again = CliRunner().invoke(recount, [])

    assert (checked.exit_code, again.exit_code) == (0, 0)
    assert checked.output == f"All {len(counters.counters())} counters are right.\n"
    assert again.output == "Every counter was right.\n"


def test_a_wrong_counter_is_told_without_change_then_put_right(session: Any, make: Factory) -> None:
    proposal = make.proposal()
    post(make.member(), proposal, "Un avis")
    stored = select(Contribution.comment_count).where(Contribution.id == proposal.id)
    miscount(session, proposal, 9)

    checked = CliRunner().invoke(recount, ["--check"])
    assert checked.exit_code == 1
    assert "contributions.comment_count: 1 wrong, for example 9.0 instead of 1.0." in checked.output
    assert session.scalar(stored) == 9

    mended = CliRunner().invoke(recount, [])
    assert mended.exit_code == 0
    assert mended.output == "contributions.comment_count: 1 put right.\nDone.\n"
    assert session.scalar(stored) == 1
    assert CliRunner().invoke(recount, ["--check"]).exit_code == 0


@pytest.mark.parametrize("table", ["tallies", "participations", "ballots", "stances"])
def test_a_figure_that_is_not_there_is_told_and_added(session: Any, make: Factory, table: str) -> None:
    component = make.component("proposals", settings={"vote_limit": 3})
    proposal, member = make.proposal(component), make.member(centre=make.centre())
    post(member, proposal, "Un avis", position=1)
    if table != "participations":  # a centre that only wrote takes part too
        votable = find_votable(proposal.id)
        assert votable is not None
        cast(member, votable, 1)
    session.execute(text(f"DELETE FROM {table}"))
    session.commit()

    checked = CliRunner().invoke(recount, ["--check"])
    assert checked.exit_code == 1
    assert f"{table}." in checked.output
    assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0

    assert f"{table}." in CliRunner().invoke(recount, []).output
    assert CliRunner().invoke(recount, ["--check"]).exit_code == 0
