"""The log speaks in sentences, and of nothing its reader may not see."""

import ast
import re
from datetime import timedelta

import pytest

from participa.admin.log import LogFilters, page_of_rows
from participa.admin.sentences import ACTIONS, GROUPS
from participa.audit.services import record
from participa.config import ROOT
from participa.db import clock
from participa.moderation.models import Reason
from participa.moderation.services import hide_all
from participa.spaces.models import Visibility
from tests.tools import counted_statements


def rows(actor, key=None, **filters):
    return page_of_rows(LogFilters(**filters), key, actor).items


def test_every_act_that_the_code_records_has_its_sentence_and_its_group():
    recorded = {
        word.value
        for path in (ROOT / "participa").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", None) == "record"
        for word in ast.walk(call)
        if isinstance(word, ast.Constant) and re.fullmatch(r"[a-z_]+\.[a-z_]+", str(word.value))
    }
    assert recorded
    assert recorded - set(ACTIONS) == set()
    prefixes = {prefix for group in GROUPS.values() for prefix in group.prefixes}
    assert {action.partition(".")[0] for action in recorded} - prefixes == set()


@pytest.fixture
def written(session, make):
    ada, bob = make.coordinator("Ada"), make.member("Bob Élan")
    health, secret = make.space("Santé"), make.space("Caché", visibility=Visibility.PRIVATE)
    record(session, ada, "member.deactivated", bob)
    record(
        session,
        bob,
        "space.edited",
        health,
        space_id=health.id,
        before={"name": "Sante"},
        after={"name": "Santé"},
    )
    record(session, None, "space.edited", secret, space_id=secret.id)
    session.commit()
    return make.actor(ada)


def test_each_entry_says_who_did_what_and_where(written):
    hidden, edited, deactivated = rows(written)
    assert deactivated.who == "Ada"
    assert deactivated.where == "Bob Élan"
    assert edited.where == "Santé"
    assert "Sante" in edited.before
    assert "Caché" not in hidden.where
    assert hidden.where_href is None


def test_filters_by_group_person_space_and_period(written):
    assert len(rows(written, group="settings")) == 2
    assert len(rows(written, group="members")) == 1
    assert len(rows(written, words="elan")) == 1
    assert len(rows(written, words="system")) == 1
    today = clock().date()
    assert len(rows(written, since=today - timedelta(days=1), until=today + timedelta(days=1))) == 3
    assert rows(written, until=today - timedelta(days=2)) == []
    assert rows(written, since=today + timedelta(days=2)) == []


def test_pages_follow_one_another_at_a_constant_cost(session, make):
    ada = make.coordinator("Ada")
    actor = make.actor(ada)
    for n in range(60):
        record(session, ada, "member.moved", make.member(f"M {n}"), before="Nord", after="Sud")
    session.commit()
    with counted_statements() as spent:
        page = page_of_rows(LogFilters(), None, actor)
    assert len(page.items) == 50
    assert len(spent) <= 6
    assert len(page_of_rows(LogFilters(), page.next, actor).items) == 10


def test_hiding_all_texts_of_a_person_is_not_told_as_closing_their_account(make):
    space, author = make.space("Santé"), make.member("Autrice")
    moderator = make.moderator(space)
    make.proposal(make.component("proposals", space), author)
    hide_all(moderator, author, Reason.SPAM, spaces=[space.id])

    told = [row.what for row in page_of_rows(LogFilters(), None, make.actor(make.coordinator())).items]

    assert told == ["Tous les textes d’une personne masqués"]
