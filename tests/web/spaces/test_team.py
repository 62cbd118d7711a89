"""Who belongs to a space, and how coordinators enter private ones."""

from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.authorization import Role
from participa.events import Happening, subscribe
from participa.spaces import queries
from participa.spaces.models import SpaceRole, Visibility
from tests.tools import found_in

TOLD: list[Happening] = []


@subscribe(Happening)
def note(session, happening):
    TOLD.append(happening)


def roles(session, space):
    rows = session.execute(select(SpaceRole.member_id, SpaceRole.role).where(SpaceRole.space_id == space.id))
    return {(member, role) for member, role in rows}


def test_an_administrator_finds_a_member_and_gives_them_a_role(session, make, sign_in):
    space, ada, grace = make.space("Santé"), make.member("Ada"), make.member("Grâce Hopper")
    make.role(ada, space, Role.ADMINISTRATOR)
    browser = sign_in(ada)

    assert "Grâce Hopper" in browser.get("/e/sante/team?q=grace").text
    browser.post("/e/sante/team/give", data={"member": grace.id, "role": "moderator"})

    assert roles(session, space) == {(ada.id, Role.ADMINISTRATOR), (grace.id, Role.MODERATOR)}
    assert session.scalars(select(AuditEntry.details)).all() == [{"role": "moderator"}]
    assert (
        sign_in(grace).post("/e/sante/team/give", data={"member": ada.id, "role": "guest"}).status_code == 403
    )


def test_the_last_administrator_cannot_leave_before_there_is_another(session, make, sign_in):
    space, ada, grace = make.space("Santé"), make.member("Ada"), make.member("Grace")
    make.role(ada, space, Role.ADMINISTRATOR)
    browser = sign_in(ada)
    leave = {"member": ada.id, "role": "administrator"}
    assert browser.post("/e/sante/team/take", data=leave).status_code == 403
    make.role(grace, space, Role.ADMINISTRATOR)
    assert browser.post("/e/sante/team/take", data=leave).status_code == 303
    assert roles(session, space) == {(grace.id, Role.ADMINISTRATOR)}


def test_a_member_leaves_a_private_space_which_then_is_gone_for_them(make, sign_in):
    space, ada = make.space("Pairs", visibility=Visibility.PRIVATE), make.member("Ada")
    make.role(ada, space)
    browser = sign_in(ada)
    assert browser.get("/e/pairs/team").status_code == 200
    browser.post("/e/pairs/team/take", data={"member": ada.id, "role": "member"})
    assert browser.get("/e/pairs").status_code == 404


def test_a_coordinator_knows_a_private_space_by_name_and_enters_it_openly(session, make, sign_in):
    space, ada = make.space("Pairs", visibility=Visibility.PRIVATE), make.member("Ada")
    make.role(ada, space, Role.ADMINISTRATOR)
    coordinator = make.coordinator()
    browser = sign_in(coordinator)
    assert browser.get("/e/pairs").status_code == 404
    assert "Pairs" not in browser.get("/spaces").text
    assert "Pairs" in browser.get("/spaces/order").text
    TOLD.clear()

    browser.post(f"/spaces/{space.id}/enter")

    assert browser.get("/e/pairs").status_code == 200
    assert (coordinator.id, Role.ADMINISTRATOR) in roles(session, space)
    assert session.scalars(select(AuditEntry.action)).all() == ["space.entered"]
    assert [(told.kind, told.recipients) for told in TOLD] == [("space.entered", (ada.id,))]


def test_the_team_reads_in_its_notifications_that_a_coordinator_entered(make, sign_in, run_jobs):
    space, ada = make.space("Pairs", visibility=Visibility.PRIVATE), make.member("Ada")
    make.role(ada, space, Role.ADMINISTRATOR)
    sign_in(make.coordinator("Zoé")).post(f"/spaces/{space.id}/enter")
    run_jobs()
    assert "Zoé, qui coordonne le réseau" in sign_in(ada).get("/notifications").text


def test_nobody_else_enters_a_private_space(session, make, sign_in):
    space = make.space("Pairs", visibility=Visibility.PRIVATE)
    assert sign_in(make.member()).post(f"/spaces/{space.id}/enter").status_code == 404
    assert sign_in(make.moderator(make.space())).get("/spaces/order").status_code == 403
    assert roles(session, space) == set()


def test_what_is_no_role_or_nobody_is_refused(make, sign_in):
    make.space("Santé")
    browser = sign_in(make.coordinator())
    assert browser.post("/e/sante/team/give", data={"member": "99999", "role": "guest"}).status_code == 404
    member = make.member()
    assert browser.post("/e/sante/team/give", data={"member": member.id, "role": "king"}).status_code == 400


def test_a_team_is_listed_by_name_accents_aside_page_after_page(make, sign_in, monkeypatch):
    monkeypatch.setattr(queries, "PEOPLE_A_PAGE", 2)
    space = make.space("Santé")
    for name in ("Zoé", "Élodie", "Alice"):
        make.role(make.member(name), space)
    browser = sign_in(make.coordinator())

    first = browser.get("/e/sante/team").text
    following = found_in(r'href="([^"]*number=[^"]*)"', first).replace("&amp;", "&")
    second = browser.get(following).text

    assert first.index("Alice") < first.index("Élodie")
    assert "Zoé" not in first
    assert "Zoé" in second
    assert "Alice" not in second
