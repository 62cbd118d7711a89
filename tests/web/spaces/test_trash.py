"""The trash: what is put there is seen by nobody else, and comes back as it was."""

import pytest
from sqlalchemy import func, insert, select

from participa.audit.models import AuditEntry
from participa.authorization import Role
from participa.contributions.models import Contribution, ContributionKind, SearchDocument
from participa.db import clock
from participa.spaces.models import Visibility


@pytest.fixture
def space(make):
    """A public space."""
    return make.space("Santé")


@pytest.fixture
def administrator(make, space, sign_in):
    """The browser of its administrator."""
    person = make.member("Administratrice")
    make.role(person, space, Role.ADMINISTRATOR)
    return sign_in(person)


def actions(session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_component_goes_to_the_trash_with_all_it_holds_and_comes_back(
    session, make, space, administrator, client
):
    component = make.component("proposals", space)
    proposal = make.proposal(component, title="Un canari bien visible dans la mine")
    address = f"/e/sante/{component.id}"
    administrator.post(f"/e/sante/components/{component.id}/trash")
    for page in ("/", "/e/sante", "/search?q=canari"):
        assert "Un canari" not in client.get(page).text
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/{proposal.id}").status_code == 404
    assert "Propositions" in administrator.get("/e/sante/trash").text

    administrator.post(f"/e/sante/components/{component.id}/trash", data={"act": "restore"})
    assert "Un canari" in client.get(address).text
    assert "La corbeille est vide" in administrator.get("/e/sante/trash").text
    assert actions(session) == ["component.trashed", "component.restored"]


@pytest.mark.long
def test_a_component_of_ten_thousand_texts_is_unpublished_and_published_again(
    session, make, space, administrator, client
):
    component = make.component("debates", space)
    now, author = clock(), make.member()
    row = {
        "kind": ContributionKind.DEBATE, "component_id": component.id, "author_id": author.id, "body": "x",
        "html": "x", "created_at": now, "published_at": now, "last_activity_at": now,
    }  # fmt: skip
    texts = Contribution.__table__
    ids = session.scalars(
        insert(texts).returning(texts.c.id), [row | {"title": f"Débat numéro {n}"} for n in range(10_000)]
    ).all()
    session.execute(insert(make.debate(component).__table__), [{"id": number} for number in ids])
    session.commit()
    before = session.scalar(select(func.sum(Contribution.revision)))
    for published, status in (("0", 404), ("1", 200)):
        administrator.post(f"/e/sante/components/{component.id}/publish", data={"published": published})
        assert client.get(f"/e/sante/{component.id}").status_code == status
    assert "1 000+" in client.get("/e/sante").text.replace("\u202f", " ").replace("\u00a0", " ")
    assert session.scalar(select(func.sum(Contribution.revision))) == before


@pytest.mark.parametrize("kind", ["proposals", "debates"])
def test_a_text_goes_to_the_trash_and_comes_back_where_it_was(
    session, make, space, administrator, client, kind
):
    component = make.component(kind, space)
    text = (make.proposal if kind == "proposals" else make.debate)(component, title="Un canari dans la mine")
    number = text.id
    address = f"/e/sante/{component.id}/{number}"
    assert "Mettre à la corbeille" in administrator.get(address, follow_redirects=True).text
    administrator.post(f"/trash/{number}")
    assert "Un canari" not in client.get(f"/e/sante/{component.id}").text
    assert client.get(address, follow_redirects=True).status_code == 404
    assert "Sortir de la corbeille" in administrator.get(address, follow_redirects=True).text
    assert session.scalars(select(SearchDocument.contribution_id)).all() == []
    page = administrator.get("/e/sante/trash").text
    assert "Un canari" in page
    assert "Administratrice" in page
    assert administrator.post(f"/trash/{number}").status_code == 403  # it is there already

    assert administrator.post(f"/trash/{number}", data={"act": "restore"}).status_code == 303
    assert "Un canari" in client.get(f"/e/sante/{component.id}").text
    assert session.scalars(select(SearchDocument.contribution_id)).all() == [number]
    assert administrator.post(f"/trash/{number}", data={"act": "restore"}).status_code == 403
    assert actions(session) == ["contribution.trashed", "contribution.restored"]


def test_a_text_hidden_before_it_went_to_the_trash_is_still_hidden_after(
    session, make, space, administrator, client
):
    component = make.component("proposals", space)
    proposal = make.proposal(component)
    proposal.hidden_at = clock()
    session.commit()
    number = proposal.id
    administrator.post(f"/trash/{number}")
    administrator.post(f"/trash/{number}", data={"act": "restore"})
    assert client.get(f"/e/sante/{component.id}/{number}", follow_redirects=True).status_code == 404


def test_what_a_merge_put_in_the_trash_is_not_taken_out_here(session, make, space, administrator):
    proposal = make.proposal(make.component("proposals", space))
    proposal.trashed_at = clock()
    session.commit()
    number = proposal.id
    assert "La corbeille est vide" in administrator.get("/e/sante/trash").text
    assert administrator.post(f"/trash/{number}", data={"act": "restore"}).status_code == 403


def test_moderators_and_authors_put_nothing_in_the_trash(make, space, sign_in):
    author = make.member()
    proposal = make.proposal(make.component("proposals", space), author)
    for person in (author, make.moderator(space)):
        assert sign_in(person).post(f"/trash/{proposal.id}").status_code == 403


def test_a_space_goes_to_the_trash_and_comes_back(make, space, administrator, client, sign_in):
    component = make.component("proposals", space)
    make.proposal(component, title="Un canari bien visible dans la mine")
    administrator.post("/e/sante/trash")
    assert "Santé" in administrator.get("/spaces/trash").text
    assert client.get("/e/sante").status_code == 404
    assert administrator.get("/e/sante").status_code == 404
    assert "Un canari" not in client.get("/").text
    assert sign_in(make.member()).post(f"/spaces/{space.id}/restore").status_code == 404
    assert administrator.post(f"/spaces/{space.id}/restore").location == "/e/sante"
    assert "Un canari" in client.get("/").text
    assert "La corbeille est vide" in administrator.get("/spaces/trash").text


def test_a_private_space_in_the_trash_is_named_to_nobody_else(make, sign_in):
    space = make.space("Canari", visibility=Visibility.PRIVATE)
    person, coordinator = make.member(), make.coordinator()
    make.role(person, space, Role.ADMINISTRATOR)
    browser = sign_in(person)
    browser.post("/e/canari/trash")
    assert "Canari" not in sign_in(coordinator).get("/spaces/trash").text
    assert sign_in(coordinator).post(f"/spaces/{space.id}/restore").status_code == 404
    assert browser.post(f"/spaces/{space.id}/restore").status_code == 303


def test_a_document_comes_back_to_its_folder(make, administrator):
    fields = {"title": "Le guide", "url": "https://exemple.fr/guide", "folder": "Guides"}
    administrator.post("/e/sante/documents/new", data=fields)
    page = administrator.get("/e/sante/documents?folder=Guides").text
    act = page.partition('action="/e/sante/documents/')[2].partition('"')[0]
    administrator.post(f"/e/sante/documents/{act}", data={"act": "trash"})
    assert "Le guide" in administrator.get("/e/sante/trash").text
    administrator.post(f"/e/sante/documents/{act}", data={"act": "restore"})
    assert "Le guide" in administrator.get("/e/sante/documents?folder=Guides").text
