"""Placing tools in a space and setting them up in the browser."""

import re
from datetime import date

import pytest
from sqlalchemy import insert, select

from participa.audit.models import AuditEntry
from participa.contributions.models import Contribution
from participa.db import clock
from participa.proposals.models import Proposal
from participa.spaces.forms import values_of
from participa.spaces.models import Component, SpaceKind


def sent(component, **changes):
    """What the settings page sends when nothing but `changes` was touched."""
    values = {
        name: "y" if value is True else value
        for name, value in values_of(component).items()
        if value not in (False, None)
    }
    return values | {"revision": component.revision} | changes


def url(component):
    return f"/e/{component.space.slug}/components/{component.id}/settings"


def test_a_tool_is_added_unseen_then_published(session, make, sign_in, client):
    make.space("Santé")
    browser = sign_in(make.coordinator())
    browser.post("/e/sante/components/new", data={"kind": "debates", "name": "Nos débats"})
    component = session.scalars(select(Component)).one()
    assert (component.name, component.published_at) == ("Nos débats", None)
    assert "Nos débats" not in client.get("/e/sante").text

    browser.post(f"/e/sante/components/{component.id}/publish", data={"published": "1"})
    assert "Nos débats" in client.get("/e/sante").text


def test_settings_are_typed_and_out_of_bounds_ones_are_refused(session, make, sign_in):
    component = make.component("debates", make.space("Santé"))
    browser = sign_in(make.coordinator())
    assert (
        browser.post(url(component), data=sent(component, **{"s-title_min": "beaucoup"})).status_code == 422
    )
    assert browser.post(url(component), data=sent(component, **{"s-title_min": "-4"})).status_code == 422
    crossed = sent(component, **{"s-title_min": "140", "s-title_max": "20"})
    assert browser.post(url(component), data=crossed).status_code == 422
    browser.post(url(component), data=sent(component, **{"s-title_min": "20", "name": "Échanges"}))

    changed = session.get(Component, component.id)
    assert changed.configuration.title_min == 20
    assert changed.name == "Échanges"
    details = session.scalars(select(AuditEntry.details)).one()["changes"]
    assert details["title_min"] == [15, 20]


def test_an_emptied_limit_means_none(session, make, sign_in):
    component = make.component("proposals", make.space("Santé"), settings={"vote_limit": 3})
    sign_in(make.coordinator()).post(url(component), data=sent(component, **{"s-vote_limit": ""}))
    assert session.get(Component, component.id).configuration.vote_limit is None


def test_the_sentence_and_the_switches_follow_the_phase(session, make, sign_in):
    space = make.space(
        "Démarche",
        kind=SpaceKind.PROCESS,
        phases=[
            ("Avant", date(2020, 1, 1), date(2020, 1, 31)),
            ("Longtemps", date(2020, 2, 1), date(2090, 1, 1)),
        ],
    )
    component = make.component("debates", space, arguing_open=False)
    browser = sign_in(make.coordinator(language="en"))
    name = f"r-{space.phases[1].id}-arguing_open"
    before, _not_yet, after = browser.get(url(component)).text.partition("Not for now:")
    assert "<b>argue</b>" not in before
    assert "<b>argue</b>" in after

    browser.post(url(component), data=sent(component, **{name: "y"}))

    assert session.get(Component, component.id).rules[str(space.phases[1].id)]["arguing_open"] is True
    assert session.get(Component, component.id).rules[str(space.phases[0].id)]["arguing_open"] is False
    assert "<b>argue</b>" in browser.get(url(component)).text


def test_settings_saved_from_a_stale_page_are_merged_by_the_person(session, make, sign_in):
    component = make.component("debates", make.space("Santé"))
    browser = sign_in(make.coordinator())
    stale = sent(component)
    browser.post(url(component), data=stale | {"s-title_min": "20"})

    answer = browser.post(url(component), data=stale | {"s-title_min": "30"})

    assert answer.status_code == 409
    assert 'name="s-title_min" value="30"' in answer.text
    assert session.get(Component, component.id).configuration.title_min == 20


def test_members_do_not_shape(make, sign_in):
    component = make.component("debates", make.space("Santé"))
    assert sign_in(make.member()).get(url(component)).status_code == 403
    assert sign_in(make.moderator(component.space)).get(url(component)).status_code == 403


def test_tools_are_ordered_with_buttons(session, make, sign_in):
    space = make.space("Santé")
    first = make.component("proposals", space, topics=())
    second = make.component("debates", space)
    sign_in(make.coordinator()).post(f"/e/sante/components/{second.id}/move", data={"to": "up"})
    assert session.scalars(select(Component.id).order_by(Component.position)).all() == [second.id, first.id]


def test_what_would_close_what_people_use_is_said_first_and_nothing_is_lost(session, make, sign_in):
    component = make.component("proposals", make.space("Santé"), settings={"amendments_enabled": True})
    make.proposal(component)
    browser, address = sign_in(make.coordinator()), url(component)
    closed = sent(component, name="Idées")
    for name in ("r-always-proposing_open", "s-amendments_enabled"):
        closed.pop(name, None)
    answer = browser.post(address, data=closed)
    assert answer.status_code == 422
    assert "Cela ferme aussitôt" in answer.text
    assert "proposer" in answer.text
    assert "1 proposition" in answer.text
    assert 'value="Idées"' in answer.text  # what was typed stays
    assert session.get(Component, component.id).rules["always"]["proposing_open"] is True

    browser.post(address, data=closed | {"closes": "yes"})
    changed = session.get(Component, component.id, populate_existing=True)
    assert changed.rules["always"]["proposing_open"] is False
    assert changed.configuration.amendments_enabled is False


def test_nothing_is_asked_where_nobody_has_written_yet(session, make, sign_in):
    component = make.component("proposals", make.space("Santé"))
    closed = sent(component)
    closed.pop("r-always-proposing_open", None)
    assert sign_in(make.coordinator()).post(url(component), data=closed).status_code == 303


@pytest.mark.long
def test_ten_thousand_contributions_are_unpublished_and_published_again_as_they_were(
    session, make, sign_in, client
):
    component = make.component("proposals", make.space("Santé"))
    base, own = Contribution.__table__, Proposal.__table__
    rows = [
        {"kind": "proposal", "component_id": component.id, "title": f"Proposition {n}", "body": "x", "html": "x",
         "created_at": clock(), "published_at": clock(), "last_activity_at": clock()}
        for n in range(10_000)
    ]  # fmt: skip
    ids = session.execute(insert(base).returning(base.c.id), rows).scalars().all()
    session.execute(insert(own), [{"id": number} for number in ids])
    session.commit()
    browser, path = sign_in(make.coordinator()), f"/e/sante/{component.id}"
    publish = f"/e/sante/components/{component.id}/publish"
    page = client.get(path).text
    browser.post(publish, data={"published": "0"})
    assert client.get(path).status_code == 404
    browser.post(publish, data={"published": "1"})
    again = client.get(path).text
    counted = re.compile(r'id="results">([^<]*)<')
    assert counted.findall(again) == counted.findall(page)
