"""Assemblies within others, events, groups, related spaces, and addresses that lead on."""

from datetime import date

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.spaces.models import FormerSlug, RelatedSpace, Space, SpaceGroup, SpaceKind, Visibility

FIELDS = ("name", "summary", "description", "announcement", "promoter", "programme", "accent", "slug")


def edited(space: Space, **changes: str) -> dict[str, str]:
    """What the settings form of a space sends."""
    fields = {name: getattr(space, name) for name in FIELDS}
    fields |= {"visibility": space.visibility.value, "revision": str(space.revision)}
    fields |= {"starts_on": str(space.starts_on or ""), "ends_on": str(space.ends_on or "")}
    fields |= {"parent_id": str(space.parent_id or ""), "group_id": str(space.group_id or "")}
    return fields | changes


@pytest.fixture
def coordinator(make, sign_in):
    """The browser of a coordinator."""
    return sign_in(make.coordinator())


def test_the_addresses_a_published_space_had_lead_to_the_one_it_has(
    session, make, sign_in, client, coordinator
):
    space = make.space("Santé")
    component = make.component("proposals", space)
    proposal = make.proposal(component)
    coordinator.post("/e/sante/settings", data=edited(space, slug="soin"))
    answer = client.get(f"/e/sante/{component.id}?order=new")
    assert (answer.status_code, answer.location) == (301, f"/e/soin/{component.id}?order=new")
    assert client.get("/e/sante").location == "/e/soin"
    member = sign_in(make.member())
    assert member.post(f"/e/sante/{component.id}/new").status_code == 308
    assert client.get(f"/e/sante/{component.id}/{proposal.id}-x").status_code in (301, 302, 308)

    space = session.scalars(select(Space)).one()
    coordinator.post("/e/soin/settings", data=edited(space, slug="sante"))
    assert client.get("/e/sante").status_code == 200
    assert client.get("/e/soin").location == "/e/sante"
    assert session.scalars(select(FormerSlug.slug)).all() == ["soin"]


def test_an_address_that_led_to_a_private_space_says_nothing_to_others(make, client, coordinator):
    space = make.space("Secret", visibility=Visibility.PRIVATE)
    administrator = make.coordinator("Dedans")
    make.role(administrator, space)
    session_of = coordinator
    assert session_of.get("/e/secret").status_code == 404
    assert client.get("/e/secret").status_code == 404


def test_a_taken_address_is_refused_and_what_was_typed_stays(session, make, coordinator):
    first, second = make.space("Santé"), make.space("Soin", published=False)
    coordinator.post("/e/sante/settings", data=edited(first, slug="bien-etre"))
    for taken in ("sante", "bien-etre"):
        answer = coordinator.post("/e/soin/settings", data=edited(second, slug=taken, summary="Une phrase."))
        assert answer.status_code == 422
        assert "Un autre espace a cette adresse" in answer.text
        assert 'value="Une phrase."' in answer.text
    assert session.scalars(select(Space.slug).order_by(Space.slug)).all() == ["bien-etre", "soin"]
    opened = {
        "kind": "thematic",
        "name": "Autre",
        "accent": "reseau",
        "visibility": "members",
        "slug": "sante",
    }
    assert coordinator.post("/e/new", data=opened).status_code == 422


def test_assemblies_stand_within_one_another_on_three_levels(session, make, coordinator):
    names = ("Un", "Deux", "Trois", "Quatre")
    one, two, three, four = (make.space(name, kind=SpaceKind.ASSEMBLY) for name in names)
    for child, parent in ((two, one), (three, two)):
        answer = coordinator.post(f"/e/{child.slug}/settings", data=edited(child, parent_id=str(parent.id)))
        assert answer.status_code == 303
    page = coordinator.get("/e/un").text
    assert 'href="/e/deux"' in page
    assert 'href="/e/trois"' not in page
    assert 'href="/e/un"' in coordinator.get("/e/deux").text

    deep = coordinator.post("/e/quatre/settings", data=edited(four, parent_id=str(three.id)))
    assert "3 niveaux au plus" in deep.text
    one = session.get(Space, one.id)
    loop = coordinator.post("/e/un/settings", data=edited(one, parent_id=str(three.id)))
    assert loop.status_code == 422
    assert session.get(Space, one.id).parent_id is None


def test_the_children_one_may_not_read_are_not_named(session, make, client):
    parent = make.space("Un", kind=SpaceKind.ASSEMBLY)
    make.space("Canari", kind=SpaceKind.ASSEMBLY, visibility=Visibility.PRIVATE, parent_id=parent.id)
    assert "Canari" not in client.get("/e/un").text


def test_an_event_has_days_and_a_programme(session, make, coordinator, client):
    space = make.space("Journées", kind=SpaceKind.EVENT)
    wrong = edited(space, starts_on="2026-12-03", ends_on="2026-12-01")
    assert "avant d’avoir commencé" in coordinator.post("/e/journees/settings", data=wrong).text
    coordinator.post(
        "/e/journees/settings",
        data=edited(space, starts_on="2026-12-01", ends_on="2026-12-03", programme="**9 h** accueil"),
    )
    page = client.get("/e/journees").text
    assert "<strong>9\u00a0h</strong> accueil" in page or "<strong>9 h</strong> accueil" in page
    assert "1er\u00a0décembre" in page
    assert session.get(Space, space.id).ends_on == date(2026, 12, 3)


def test_an_announcement_stands_above_everything_else(make, coordinator, client):
    space = make.space("Santé", description="La présentation.")
    coordinator.post(
        "/e/sante/settings", data=edited(space, announcement="Fermé **lundi**.", promoter="IREV")
    )
    page = client.get("/e/sante").text
    assert page.index("Fermé <strong>lundi</strong>") < page.index("La présentation.")
    assert "IREV" in page


def test_spaces_of_a_group_have_a_page_together(session, make, coordinator, client):
    make.network()
    assert coordinator.get("/groups/new").status_code == 200
    made = coordinator.post(
        "/groups/new", data={"name": "Rendez-vous", "accent": "sante", "description": "Tous les ans."}
    )
    assert made.location == "/groups/rendez-vous"
    assert client.get("/groups/rendez-vous").status_code == 404  # nothing to read in it yet
    group = session.scalars(select(SpaceGroup)).one()
    space = make.space("Journées")
    make.space("Canari", visibility=Visibility.PRIVATE, group_id=group.id)
    coordinator.post("/e/journees/settings", data=edited(space, group_id=str(group.id)))
    page = client.get("/groups/rendez-vous").text
    assert "Journées" in page
    assert "Canari" not in page
    assert "Rendez-vous" in client.get("/spaces").text
    assert 'href="/groups/rendez-vous"' in client.get("/e/journees").text
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "space.edited")).one()
    assert (entry.details["before"], entry.details["after"]) == (
        {"group_id": None},
        {"group_id": "Rendez-vous"},
    )

    taken = coordinator.post("/groups/new", data={"name": "Rendez-vous", "accent": "sante"})
    assert "Un autre groupe a cette adresse" in taken.text
    stale = {"name": "Autre nom", "accent": "sante", "slug": "rendez-vous", "revision": "1"}
    coordinator.post("/groups/rendez-vous/edit", data=stale)
    assert coordinator.post("/groups/rendez-vous/edit", data=stale | {"name": "Troisième"}).status_code == 409
    coordinator.post("/groups/rendez-vous/close")
    assert client.get("/groups/rendez-vous").status_code == 404
    assert client.get("/e/journees").status_code == 200


def test_a_space_points_its_readers_to_others_that_they_may_read(session, make, coordinator, client):
    space, other = make.space("Santé"), make.space("Éducation")
    hidden = make.space("Canari", published=False)
    for each in (other, hidden, other):
        coordinator.post("/e/sante/related", data={"space": each.id})
    page = client.get("/e/sante").text
    assert 'href="/e/education"' in page
    assert "Canari" not in page
    coordinator.post("/e/sante/related", data={"space": other.id, "act": "remove"})
    assert session.scalars(select(RelatedSpace.related_id)).all() == [hidden.id]
    assert coordinator.post("/e/sante/related", data={"space": space.id}).status_code == 400
