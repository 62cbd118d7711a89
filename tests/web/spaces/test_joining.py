"""Asking to join a space, being answered, and leaving."""

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.authorization import Role
from participa.notifications.models import Event, Notification
from participa.spaces.models import JoinRequest, SpaceRole, Visibility


@pytest.fixture
def space(make):
    """A space that everybody reads, and where its own members take part."""
    return make.space("Entre pairs", visibility=Visibility.TRANSPARENT)


@pytest.fixture
def moderator(make, space):
    """Its moderator."""
    return make.moderator(space)


def told(session) -> list[tuple[str, int]]:
    rows = select(Event.kind, Notification.recipient_id).join(Event, Event.id == Notification.event_id)
    return [tuple(row) for row in session.execute(rows.order_by(Notification.id))]


def ids(session) -> list[int]:
    return list(session.scalars(select(JoinRequest.id)))


def test_who_asks_is_accepted_and_takes_part(session, make, space, moderator, sign_in, run_jobs):
    component, person = make.component("proposals", space), make.member("Ada", make.centre("IREV"))
    asker, answerer = sign_in(person), sign_in(moderator)
    numbers = {"ada": person.id, "moderator": moderator.id}
    assert asker.get(f"/e/entre-pairs/{component.id}/new").status_code == 403
    assert "Demander à rejoindre" in asker.get("/e/entre-pairs").text
    asker.post("/e/entre-pairs/join", data={"message": "J’anime un groupe à Lille."})
    assert asker.post("/e/entre-pairs/join", data={}).status_code == 403  # once is enough
    assert "demande pour rejoindre Entre pairs" in answerer.get("/").text
    page = answerer.get("/e/entre-pairs/requests").text
    assert "J’anime un groupe à Lille." in page
    assert "IREV" in page

    answerer.post(f"/e/entre-pairs/requests/{ids(session)[0]}", data={"act": "accept"})
    assert asker.get(f"/e/entre-pairs/{component.id}/new").status_code == 200
    assert "Personne ne demande" in answerer.get("/e/entre-pairs/requests").text
    again = answerer.post(f"/e/entre-pairs/requests/{ids(session)[0]}", data={"act": "accept"})
    assert again.status_code == 403
    run_jobs()
    assert told(session) == [("join.asked", numbers["moderator"]), ("join.accepted", numbers["ada"])]


def test_who_is_declined_is_told_why_and_may_ask_again(session, make, space, moderator, sign_in, run_jobs):
    asker, answerer = sign_in(make.member("Ada")), sign_in(moderator)
    asker.post("/e/entre-pairs/join", data={"message": ""})
    answer = {"act": "decline", "note": "Le groupe est complet."}
    answerer.post(f"/e/entre-pairs/requests/{ids(session)[0]}", data=answer)
    run_jobs()
    assert "Le groupe est complet." in asker.get("/notifications").text
    assert asker.post("/e/entre-pairs/join", data={}).status_code == 303
    assert session.scalars(select(SpaceRole.role).where(SpaceRole.role == Role.MEMBER)).all() == []


def test_a_request_is_taken_back(session, make, space, sign_in):
    asker = sign_in(make.member())
    asker.post("/e/entre-pairs/join", data={})
    assert "Retirer la demande" in asker.get("/e/entre-pairs/join").text
    asker.post("/e/entre-pairs/join", data={"act": "back"})
    assert ids(session) == []


@pytest.mark.parametrize(
    ("visibility", "status"), [(Visibility.PUBLIC, 403), (Visibility.MEMBERS, 403), (Visibility.PRIVATE, 404)]
)
def test_there_is_nothing_to_ask_where_everybody_takes_part_or_nobody_knows(
    make, sign_in, visibility, status
):
    make.space("Santé", visibility=visibility)
    browser = sign_in(make.member())
    assert browser.get("/e/sante/join").status_code == status
    assert browser.post("/e/sante/join").status_code == status


def test_members_and_strangers_do_not_answer(session, make, space, sign_in):
    asker, member = sign_in(make.member()), make.member()
    make.role(member, space)
    asker.post("/e/entre-pairs/join", data={})
    browser = sign_in(member)
    assert browser.get("/e/entre-pairs/requests").status_code == 403
    assert (
        browser.post(f"/e/entre-pairs/requests/{ids(session)[0]}", data={"act": "accept"}).status_code == 403
    )
    assert browser.get("/e/entre-pairs/join").status_code == 403  # one belongs to it already


def test_one_leaves_with_all_one_is_there_but_the_last_administrator_stays(session, make, space, sign_in):
    first, second = make.member("Ada"), make.member("Grace")
    for role in (Role.ADMINISTRATOR, Role.MODERATOR):
        make.role(first, space, role)
    browser = sign_in(first)
    refused = browser.post("/e/entre-pairs/leave")
    assert refused.status_code == 403
    assert "au moins un administrateur" in refused.text
    assert "Quitter l’espace" in browser.get("/e/entre-pairs/team").text

    make.role(second, space, Role.ADMINISTRATOR)
    assert browser.post("/e/entre-pairs/leave").status_code == 303
    assert session.scalars(select(SpaceRole.member_id)).all() == [second.id]
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.details["before"]) == ("space.left", ["administrator", "moderator"])
    assert browser.post("/e/entre-pairs/leave").status_code == 403
