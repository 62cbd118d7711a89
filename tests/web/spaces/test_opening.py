"""Opening spaces from templates, and like other ones."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participa.audit.models import AuditEntry
from participa.authorization import Role
from participa.spaces.calendar import faults
from participa.spaces.drafts import PlannedPhase
from participa.spaces.kinds import KINDS
from participa.spaces.models import Component, Phase, Space, SpaceKind, SpaceRole, Visibility
from participa.spaces.plans import ComponentPlan, SpacePlan
from participa.spaces.queries import find_space
from participa.spaces.templates import TEMPLATES

NEW = {"name": "Santé mentale", "accent": "sante", "visibility": "members"}


@pytest.fixture
def browser(make, sign_in):
    """The browser of a coordinator."""
    make.network()
    return sign_in(make.coordinator())


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_a_space_from_a_template_has_its_tools_rules_and_days(session, browser, make, sign_in, name):
    template = TEMPLATES[name]
    page = browser.get(f"/e/new?template={name}").text
    assert ('name="begin"' in page) is template.has_phases
    today = date(2030, 3, 4)
    browser.post(f"/e/new?template={name}", data=NEW | {"begin": today.isoformat()})
    space = find_space("sante-mentale")
    assert space is not None
    assert (space.kind, space.published_at) == (template.kind, None)
    assert all(component.kind in KINDS for component in space.components)
    planned = [PlannedPhase(None, p.name, p.description, p.starts_on, p.ends_on) for p in space.phases]
    assert faults(planned) == []
    if template.has_phases:
        assert space.phases[0].starts_on == today
        keys = {str(phase.id) for phase in space.phases}
        assert all(set(component.rules) == keys for component in space.components)
    else:
        assert all(list(component.rules) == ["always"] for component in space.components)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "space.opened")).one()
    assert entry.details["origin"] == name


def test_in_a_consultation_one_proposes_then_supports(session, browser, make, sign_in, at):
    today = date(2030, 3, 4)
    browser.post("/e/new?template=consultation", data=NEW | {"begin": today.isoformat()})
    space = find_space("sante-mentale")
    proposals = next(component for component in space.components if component.kind == "proposals")
    first, second, third = (proposals.rules_of(str(phase.id)) for phase in space.phases)
    assert (first.proposing_open, first.votes_enabled) == (True, False)
    assert (second.proposing_open, second.votes_enabled) == (False, True)
    assert (third.proposing_open, third.votes_enabled, third.proposal_answering_enabled) == (
        False,
        False,
        True,
    )
    assert proposals.configuration.threshold_per_proposal == 30


def test_the_template_of_peers_begins_private_and_an_unknown_one_is_not_there(browser):
    page = browser.get("/e/new?template=peers").text
    assert 'value="private" checked' in page
    assert browser.get("/e/new?template=zzz").status_code == 404
    assert browser.post("/e/new?template=day", data=NEW | {"begin": ""}).status_code == 422


def test_a_template_with_an_unknown_tool_leaves_it_out_and_says_so(session, browser, monkeypatch):
    from dataclasses import replace

    plan = SpacePlan(
        SpaceKind.THEMATIC, (ComponentPlan("barcamps"), ComponentPlan("debates")), origin="thematic"
    )
    monkeypatch.setitem(TEMPLATES, "thematic", replace(TEMPLATES["thematic"], make=lambda begin: plan))
    page = browser.post("/e/new?template=thematic", data=NEW, follow_redirects=True).text
    assert "L’outil « barcamps » n’existe pas ici" in page.replace("\u202f", " ")
    assert session.scalars(select(Component.kind)).all() == ["debates"]


@pytest.fixture
def source(make):
    """A process with phases, rules, topics, a text, a team and a front page of its own."""
    space = make.space(
        "Budget",
        kind=SpaceKind.PROCESS,
        summary="Une phrase.",
        visibility=Visibility.TRANSPARENT,
        phases=[("Un", date(2026, 1, 1), date(2026, 1, 31)), ("Deux", date(2026, 2, 1), date(2026, 2, 28))],
        blocks=[
            {"id": "a", "kind": "text", "settings": {"title": "Bonjour", "body": ""}},
            {"id": "b", "kind": "image"},
        ],
    )
    component = make.component("proposals", space, topics=["Vélo", "Bus"], settings={"vote_limit": 4})
    component.rules = component.rules | {str(space.phases[1].id): {"votes_enabled": True}}
    make.proposal(component)
    make.role(make.member("Grace"), space, Role.MODERATOR)
    make.role(make.member("Invitée"), space, Role.GUEST)
    return space


def copied(session) -> Space:
    whole = (joinedload(Space.phases), joinedload(Space.components).joinedload(Component.topics))
    space: Space = session.scalars(select(Space).where(Space.slug == "copie").options(*whole)).unique().one()
    return space


def test_a_space_like_another_one_has_what_was_taken_and_nothing_that_was_written(
    session, browser, source, client
):
    page = browser.get("/e/budget/duplicate").text
    assert 'value="Copie de Budget"' in page
    wanted = {"name": "Copie", "accent": "sante", "visibility": "transparent", "begin": "2027-03-01"}
    browser.post(
        "/e/budget/duplicate", data=wanted | {"tools": "y", "phases": "y", "front": "y", "team": "y"}
    )
    copy = copied(session)
    assert (copy.kind, copy.published_at) == (SpaceKind.PROCESS, None)
    assert [(p.name, p.starts_on) for p in copy.phases] == [
        ("Un", date(2027, 3, 1)),
        ("Deux", date(2027, 4, 1)),
    ]
    (component,) = copy.components
    assert component.configuration.vote_limit == 4
    assert [topic.name for topic in component.topics] == ["Vélo", "Bus"]
    assert component.rules_of(str(copy.phases[0].id)).proposing_open is True
    assert component.rules_of(str(copy.phases[1].id)).votes_enabled is True
    assert component.rules_of(str(copy.phases[1].id)).proposing_open is False
    assert [block["kind"] for block in copy.blocks] == ["text"]
    held = session.scalars(select(SpaceRole.role).where(SpaceRole.space_id == copy.id)).all()
    assert sorted(held) == ["administrator", "moderator"]
    assert (
        "Rien n’a encore été publié" in browser.get("/e/copie").text
        or "Bonjour" in browser.get("/e/copie").text
    )
    assert client.get("/e/copie").status_code == 404


def test_one_may_take_nothing(session, browser, source):
    browser.post("/e/budget/duplicate", data={"name": "Copie", "accent": "sante", "visibility": "members"})
    copy = copied(session)
    assert (copy.phases, copy.components, copy.blocks) == ([], [], None)
    assert session.scalars(select(Phase.id)).all() == [phase.id for phase in source.phases]


def test_tools_without_their_phases_keep_the_rules_of_the_first_one(session, browser, source):
    browser.post(
        "/e/budget/duplicate",
        data={"name": "Copie", "accent": "sante", "visibility": "members", "tools": "y"},
    )
    (component,) = copied(session).components
    assert list(component.rules) == ["always"]
    assert component.rules_of("always").proposing_open is True


def test_the_first_day_moves_the_whole_calendar(session, browser, source):
    days = {"name": "Copie", "accent": "sante", "visibility": "members", "phases": "y", "begin": ""}
    browser.post("/e/budget/duplicate", data=days)
    copy = copied(session)
    assert copy.phases[0].starts_on == date(2026, 1, 1)
    assert copy.phases[1].ends_on - copy.phases[0].starts_on == timedelta(days=58)
