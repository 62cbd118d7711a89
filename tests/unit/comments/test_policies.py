"""Who may comment, answer, change, delete and find useful: in and out of phase, in each state."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from participa.authorization import Role, Verdict
from participa.comments import policies, queries, services
from participa.contributions.models import Contribution
from participa.db import clock
from participa.spaces.models import Visibility
from participa.votes.ballots import ballot_of
from participa.votes.queries import find_votable
from tests.factories import Factory


def rule_of(verdict: Verdict) -> str | None:
    return verdict.rule


def root_of(proposal: Any) -> Contribution:
    """What a thread is about, with what services and policies need."""
    root = queries.find_root(proposal.id)
    assert root is not None
    return root


def posted(make: Factory, author, proposal):
    """A comment with what policies need."""
    services.post(author, root_of(proposal), "Un avis")
    rows = queries.tops(proposal.id, queries.Order.NEWEST, None)
    return queries.find_comment(rows[0].id)


@pytest.mark.parametrize(("is_open", "rule"), [(True, None), (False, "commenting_closed")])
def test_commenting_follows_the_phase(session, make: Factory, is_open, rule):
    proposal = make.proposal(make.component(commenting_open=is_open))
    root = root_of(proposal)

    assert rule_of(policies.may_comment(make.actor(make.member()), root)) == rule


@pytest.mark.parametrize(("days", "rule"), [(0, None), (10, "commenting_closed")])
def test_commenting_closes_with_the_last_day_of_its_phase(session, make, at, days, rule):
    today = clock().astimezone(ZoneInfo("Europe/Paris")).date()
    space = make.space(phases=[("Discussion", date.min + timedelta(700_000), today)])
    proposal = make.proposal(make.component(space=space))
    at(clock() + timedelta(days=days))

    assert rule_of(policies.may_comment(make.actor(make.member()), root_of(proposal))) == rule


def test_a_visitor_is_asked_to_sign_in(session, make):
    proposal = make.proposal()

    assert rule_of(policies.may_comment(make.actor(), root_of(proposal))) == "sign_in"


@pytest.mark.parametrize(
    ("role", "rule"), [(None, "space_members_only"), (Role.MEMBER, None), (Role.GUEST, "space_members_only")]
)
def test_only_its_members_comment_in_a_transparent_space(session, make, role, rule):
    space, ada = make.space(visibility=Visibility.TRANSPARENT), make.member()
    proposal = make.proposal(make.component(space=space))
    if role:
        make.role(ada, space, role)

    assert rule_of(policies.may_comment(make.actor(ada), root_of(proposal))) == rule


@pytest.mark.parametrize(
    ("state", "rule"),
    [
        ("withdrawn_at", "withdrawn"),
        ("hidden_at", "hidden"),
        ("trashed_at", "hidden"),
        ("deleted_at", "deleted"),
    ],
)
def test_nothing_is_added_about_what_is_gone(session, make, state, rule):
    proposal = make.proposal(**{state: clock()})

    assert rule_of(policies.may_comment(make.actor(make.member()), root_of(proposal))) == rule


def test_a_stub_takes_no_reply(session, make):
    proposal, ada = make.proposal(), make.member()
    comment = posted(make, ada, proposal)
    services.delete(ada, comment)

    answered = queries.find_comment(comment.id)
    assert rule_of(policies.may_answer(make.actor(make.member()), answered)) == "answered_is_gone"


def test_only_the_author_changes_a_comment_while_the_thread_is_open(session, make):
    ada, proposal = make.member(), make.proposal()
    comment = posted(make, ada, proposal)

    assert policies.may_edit(make.actor(ada), comment)
    assert rule_of(policies.may_edit(make.actor(make.coordinator()), comment)) == "not_author"
    comment.component.rules = {"always": {"commenting_open": False}}
    assert rule_of(policies.may_edit(make.actor(ada), comment)) == "commenting_closed"


def test_the_author_deletes_a_comment_even_when_the_thread_is_closed(session, make):
    ada, proposal = make.member(), make.proposal()
    comment = posted(make, ada, proposal)
    comment.component.rules = {"always": {"commenting_open": False}}

    assert policies.may_delete(make.actor(ada), comment)
    assert rule_of(policies.may_delete(make.actor(make.member()), comment)) == "not_author"
    comment.hidden_at = clock()
    assert rule_of(policies.may_delete(make.actor(ada), comment)) == "hidden"


@pytest.mark.parametrize(("is_open", "rule"), [(True, None), (False, "comment_voting_closed")])
def test_useful_votes_follow_the_phase(session, make, is_open, rule):
    proposal = make.proposal(make.component(comment_voting_open=is_open))
    comment = posted(make, make.member(), proposal)

    ballot = ballot_of(make.actor(make.member()), find_votable(comment.id))
    assert rule_of(ballot.verdict) == rule
    assert (ballot.values, ballot.counts_centres) == ((1,), False)


def test_nobody_finds_their_own_comment_useful(session, make):
    ada = make.member()
    comment = posted(make, ada, make.proposal())

    assert rule_of(ballot_of(make.actor(ada), find_votable(comment.id)).verdict) == "own_comment"
