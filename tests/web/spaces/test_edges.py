"""What shaping pages answer at the ends of lists, to wrong posts, and before, between and after phases."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.authorization import Role
from participa.spaces import queries
from participa.spaces.models import Component, Space, SpaceKind, SpaceRole
from tests.factories import Factory

PHASES = [("Recueil", date(2026, 3, 1), date(2026, 3, 31)), ("Vote", date(2026, 4, 10), date(2026, 4, 10))]


def names(session, model):
    return session.scalars(select(model.name).order_by(model.position)).all()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2026, 2, 10), "Next phase on "),
        (date(2026, 2, 28), "Next phase tomorrow"),
        (date(2026, 3, 30), "Phase 1 of 2, 1 more day"),
        (date(2026, 4, 5), "Next phase on "),
        (date(2026, 4, 10), "Phase 2 of 2, last day"),
        (date(2026, 4, 11), "All phases are over"),
    ],
)
def test_a_process_says_where_it_stands(make: Factory, sign_in, at, day: date, sentence: str):
    make.space("Démarche", kind=SpaceKind.PROCESS, phases=PHASES)
    browser = sign_in(make.member(language="en"))
    at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    assert sentence in browser.get("/e/demarche").text


def test_between_phases_members_may_do_nothing_and_the_settings_say_so(make: Factory, sign_in, at):
    component = make.component("proposals", make.space("Démarche", kind=SpaceKind.PROCESS, phases=PHASES))
    browser = sign_in(make.coordinator())
    at(datetime(2026, 4, 5, 12, tzinfo=UTC))
    assert browser.get(f"/e/demarche/components/{component.id}/settings").status_code == 200
    assert browser.get(f"/e/demarche/{component.id}/new").status_code == 403


def test_a_tool_at_the_end_of_the_row_stays_there(session, make: Factory, sign_in):
    space = make.space("Santé")
    first, last = make.component("proposals", space), make.component("debates", space)
    before = session.scalars(select(Component.id).order_by(Component.position, Component.id)).all()
    browser = sign_in(make.coordinator())
    for component, way in ((first, "up"), (last, "down")):
        answer = browser.post(f"/e/sante/components/{component.id}/move", data={"to": way})
        assert answer.status_code == 303
    assert session.scalars(select(Component.id).order_by(Component.position, Component.id)).all() == before
    assert session.scalars(select(AuditEntry.action)).all() == []


@pytest.mark.parametrize("way", ["", "left", "0"])
def test_a_move_nowhere_is_refused(make: Factory, sign_in, way: str):
    space = make.space("Santé")
    component, browser = make.component("debates", space), sign_in(make.coordinator())
    assert browser.post(f"/e/sante/components/{component.id}/move", data={"to": way}).status_code == 400
    assert browser.post("/spaces/order", data={"space": space.id, "to": way}).status_code == 400


@pytest.mark.parametrize("number", ["", "abc", "-1", "999999", "99999999999999999999"])
def test_a_space_that_is_not_there_cannot_be_moved(make: Factory, sign_in, number: str):
    make.space()
    answer = sign_in(make.coordinator()).post("/spaces/order", data={"space": number, "to": "up"})
    assert answer.status_code == 404


def test_the_first_space_stays_first(session, make: Factory, sign_in):
    first, _second = make.space("Un", position=0), make.space("Deux", position=1)
    sign_in(make.coordinator()).post("/spaces/order", data={"space": first.id, "to": "up"})
    assert names(session, Space) == ["Un", "Deux"]


def test_a_tool_is_found_in_its_own_space_only(make: Factory, sign_in):
    component = make.component("debates", make.space("Santé"))
    make.space("Culture")
    browser = sign_in(make.coordinator())
    assert browser.get(f"/e/culture/components/{component.id}/settings").status_code == 404
    assert browser.get(f"/e/sante/components/{2**31}/settings").status_code == 404


def test_a_tool_of_no_kind_is_not_added(session, make: Factory, sign_in):
    make.space("Santé")
    browser = sign_in(make.coordinator())
    assert browser.post("/e/sante/components/new", data={"kind": "surveys"}).status_code == 422
    assert session.scalars(select(Component.id)).all() == []
    browser.post("/e/sante/components/new", data={"kind": "debates", "name": ""})
    assert session.scalars(select(Component.name)).all() == ["Débats"]


def test_a_tool_taken_back_leaves_the_tabs_and_publishing_twice_is_recorded_once(
    session, make: Factory, sign_in, client
):
    component = make.component("debates", make.space("Santé"))
    browser, address = sign_in(make.coordinator()), f"/e/sante/components/{component.id}/publish"
    for published in ("0", "0", "1", "1"):
        assert browser.post(address, data={"published": published}).status_code == 303
        seen = client.get(f"/e/sante/{component.id}").status_code
        assert seen == (200 if published == "1" else 404)
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "component.unpublished",
        "component.published",
    ]


def test_the_addresses_of_pages_are_no_names_for_spaces(session, make: Factory, sign_in):
    make.network()
    fields = {"kind": "thematic", "name": "Autre", "accent": "reseau", "visibility": "members", "slug": "new"}
    answer = sign_in(make.coordinator(language="en")).post("/e/new", data=fields)
    assert "This address is already a page of Participa." in answer.text
    assert session.scalars(select(Space.id)).all() == []


def test_a_stale_edit_of_an_unpublished_space_offers_both_addresses(make: Factory, sign_in):
    space = make.space("Santé", published=False)
    fields = {
        "name": "Santé",
        "accent": "reseau",
        "visibility": "members",
        "slug": "soin",
        "revision": space.revision - 1,
    }
    answer = sign_in(make.coordinator()).post("/e/sante/settings", data=fields)
    assert answer.status_code == 409
    assert 'value="soin"' in answer.text


def test_no_role_goes_to_a_closed_account_or_to_nobody(session, make: Factory, sign_in, at):
    make.space("Santé")
    gone = make.member("Partie", deactivated_at=datetime(2026, 1, 1, tzinfo=UTC))
    browser = sign_in(make.coordinator())
    for number, status in ((gone.id, 400), ("", 404), ("moi", 404), ("9" * 12, 404)):
        answer = browser.post("/e/sante/team/give", data={"member": number, "role": "guest"})
        assert answer.status_code == status
    assert session.scalars(select(SpaceRole.role)).all() == []


def test_a_team_is_read_page_by_page(monkeypatch, make: Factory, sign_in):
    monkeypatch.setattr(queries, "PEOPLE_A_PAGE", 2)
    space = make.space("Santé")
    for name in ("Ada", "Béa", "Cléo"):
        make.role(make.member(name), space, Role.MODERATOR)
    browser = sign_in(make.coordinator())
    first = browser.get("/e/sante/team")
    assert "Béa" in first.text
    assert "Cléo" not in first.text
    second = browser.get("/e/sante/team", query_string={"name": "Béa", "number": "999999999"})
    assert "Cléo" in second.text
    assert "Ada" not in second.text
    assert "Ada" in browser.get("/e/sante/team?number=abc").text


def test_whoever_coordinates_takes_a_role_back_and_stays_on_the_page(session, make: Factory, sign_in):
    space, ada = make.space("Santé"), make.member("Ada")
    make.role(ada, space, Role.GUEST)
    answer = sign_in(make.coordinator()).post("/e/sante/team/take", data={"member": ada.id, "role": "guest"})
    assert answer.location.endswith("/e/sante/team")
    assert session.scalars(select(SpaceRole.role)).all() == []


def test_only_private_spaces_are_entered_by_number(make: Factory, sign_in):
    browser = sign_in(make.coordinator())
    make.space("Santé")
    assert browser.post("/spaces/999999/enter").status_code == 404
    assert browser.post(f"/spaces/{2**31}/enter").status_code == 404
