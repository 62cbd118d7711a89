"""The form that sets a tool up: what it refuses, merges and names."""

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.insights import counters
from participa.spaces.forms import ConfigurationForm, values_of
from participa.spaces.models import Component
from participa.votes.queries import votes_used
from tests.factories import Factory


def sent(component, **changes):
    """What the settings page sends when nothing but `changes` was touched."""
    values = {
        name: "y" if value is True else value
        for name, value in values_of(component).items()
        if value not in (False, None)
    }
    return values | {"revision": component.revision} | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"introduction": "x" * 501},
        {"s-title_min": ""},
        {"s-vote_limit": "0"},
        {"s-ballot": "lottery"},
        {"s-threshold_per_proposal": "1.5"},
    ],
)
def test_a_setting_out_of_bounds_changes_nothing(session, make: Factory, sign_in, changes):
    component = make.component("proposals", make.space("Santé"))
    page = f"/e/sante/components/{component.id}/settings"
    browser, before = sign_in(make.coordinator()), dict(component.settings)
    answer = browser.post(page, data=sent(component, **changes))
    assert answer.status_code == 422
    held = session.get(Component, component.id)
    assert (held.settings, held.name, held.revision) == (before, component.name, component.revision)


def test_a_stale_page_merges_switches_and_texts_in_words(make: Factory, sign_in):
    component = make.component("proposals", make.space("Santé"))
    page = f"/e/sante/components/{component.id}/settings"
    browser, stale = sign_in(make.coordinator(language="en")), sent(component)
    browser.post(page, data=stale | {"introduction": "Le texte en vigueur", "s-ballot": "stance"})
    closed = {name: value for name, value in stale.items() if name != "r-always-votes_enabled"}
    answer = browser.post(page, data=closed | {"introduction": "Mon texte"})
    assert answer.status_code == 409
    for words in ("Le texte en vigueur", "Mon texte", 'name="r-always-votes_enabled"', 'name="s-ballot"'):
        assert words in answer.text


def test_a_tool_saved_as_it_was_records_no_change(session, make: Factory, sign_in):
    component = make.component("proposals", make.space("Santé"))
    page = f"/e/sante/components/{component.id}/settings"
    assert sign_in(make.coordinator()).post(page, data=sent(component)).status_code == 303
    assert session.scalars(select(AuditEntry.action)).all() == []


@pytest.mark.parametrize(
    ("value", "word"), [(True, "oui"), (False, "non"), (None, "aucun"), ("", "aucun"), (12, "12"), (0, "0")]
)
def test_recorded_values_are_told_in_words(app, value, word):
    with app.test_request_context("/"), force_locale("fr"):
        assert ConfigurationForm.word_of(value).startswith(word)


def test_a_limit_set_later_counts_the_votes_cast_before_it(session, make: Factory, sign_in):
    component, voter = make.component("proposals", make.space("Santé")), make.member()
    proposals = [make.proposal(component) for _ in range(4)]
    browser = sign_in(voter)
    for proposal in proposals[:3]:
        browser.post(f"/vote/{proposal.id}", data={"value": "1"})

    page = f"/e/sante/components/{component.id}/settings"
    sign_in(make.coordinator()).post(page, data=sent(component, **{"s-vote_limit": "3"}))

    assert votes_used(voter.id, component.id) == 3
    refused = browser.post(f"/vote/{proposals[3].id}", data={"value": "1"})
    assert refused.status_code == 403
    assert browser.post(f"/vote/{proposals[0].id}", data={"value": "none"}).status_code == 303
    assert browser.post(f"/vote/{proposals[3].id}", data={"value": "1"}).status_code == 303
    assert votes_used(voter.id, component.id) == 3
    assert counters.wrong_counters() == []
