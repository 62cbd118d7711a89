"""Documents of a space in folders, its image, and images of blocks."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from participa.attachments.models import Attachment, Purpose, StoredFile
from participa.audit.models import AuditEntry
from participa.spaces.models import Space, Visibility


def picture() -> bytes:
    """A small image."""
    sink = io.BytesIO()
    Image.new("RGB", (640, 320), "teal").save(sink, "PNG")
    return sink.getvalue()


@pytest.fixture
def space(make):
    """A space of its members alone."""
    return make.space("Santé", visibility=Visibility.PRIVATE)


@pytest.fixture
def moderator(make, space, sign_in):
    """The browser of its moderator."""
    return sign_in(make.moderator(space))


@pytest.fixture
def administrator(make, space, sign_in):
    """The browser of its administrator."""
    from participa.authorization import Role

    person = make.member("Administratrice")
    make.role(person, space, Role.ADMINISTRATOR)
    return sign_in(person)


def add(browser, content=b"Des notes.", name="notes.txt", **fields):
    return browser.post(
        "/e/sante/documents/new", data={"file": (io.BytesIO(content), name), **fields} if name else fields
    )


def test_documents_are_added_in_folders_and_read_by_whoever_reads_the_space(
    session, make, moderator, space, sign_in
):
    assert "Aucun document" in moderator.get("/e/sante/documents").text
    add(moderator, title="Compte rendu de juin", folder="Comptes rendus", note="Trois décisions.")
    add(moderator, name="", url="https://exemple.fr/guide", title="Le guide")
    assert session.scalar(select(Space.document_count)) == 2

    member, stranger = make.member(), make.member()
    make.role(member, space)
    page = sign_in(member).get("/e/sante/documents?folder=Comptes rendus").text
    assert "Compte rendu de juin" in page
    assert "Trois décisions." in page
    assert "Ajouter un document" not in page
    assert "Le guide" in sign_in(member).get("/e/sante/documents").text
    file = session.scalars(select(StoredFile.id)).one()
    assert sign_in(member).get(f"/files/{file}").data == b"Des notes."
    assert sign_in(stranger).get(f"/files/{file}").status_code == 404
    assert sign_in(stranger).get("/e/sante/documents").status_code == 404
    assert sign_in(member).get("/e/sante/documents/new").status_code == 403
    assert "Documents" in sign_in(member).get("/e/sante").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Choisissez un fichier, ou écrivez une adresse web."),
        ({"url": "https://exemple.fr"}, "l’un des deux"),
        ({"name": "", "url": "javascript:alert(1)"}, "Écrivez une adresse web"),
        ({"content": b"<svg onload=alert(1)>", "name": "dessin.svg"}, "SVG"),
        ({"content": b"MZ\x90", "name": "outil.exe"}, "n’est pas"),
    ],
)
def test_what_is_no_document_is_refused_and_what_was_typed_stays(session, moderator, fields, words):
    answer = add(moderator, title="Mon titre", folder="Mon dossier", **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Mon titre"' in answer.text
    assert session.scalars(select(Attachment)).all() == []


def test_a_document_is_moved_described_and_put_in_the_trash(session, moderator, make, space, sign_in):
    for title in ("Un", "Deux"):
        add(moderator, title=title)
    one, two = session.scalars(select(Attachment.id).order_by(Attachment.id))
    moderator.post(f"/e/sante/documents/{two}/act", data={"act": "up"})
    page = moderator.get("/e/sante/documents").text
    assert page.index("Deux") < page.index("Un<")

    stale = {"title": "Premier", "folder": "Notes", "note": "", "revision": "1"}
    assert moderator.post(f"/e/sante/documents/{one}", data=stale).status_code == 303
    assert moderator.post(f"/e/sante/documents/{one}", data=stale | {"title": "Autre"}).status_code == 409
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "document.edited")).one()
    assert (entry.details["before"]["title"], entry.details["after"]["title"]) == ("Un", "Premier")

    file = session.scalar(select(Attachment.file_id).where(Attachment.id == one))
    member = make.member()
    make.role(member, space)
    moderator.post(f"/e/sante/documents/{one}/act", data={"act": "trash"})
    assert "où on peut le restaurer" in moderator.get("/e/sante/documents?folder=Notes").text
    assert "Premier" not in moderator.get("/e/sante/documents?folder=Notes").text
    assert sign_in(member).get(f"/files/{file}").status_code == 404
    assert moderator.get(f"/files/{file}").status_code == 200
    assert session.scalar(select(Space.document_count)) == 1
    assert moderator.post(f"/e/sante/documents/{one}/act", data={"act": "up"}).status_code == 404


def test_the_image_of_a_space_is_shown_replaced_and_taken_away(session, administrator, moderator):
    for _twice in range(2):
        sent = {"file": (io.BytesIO(picture()), "vue.png"), "alt": "La place du marché"}
        administrator.post("/e/sante/image", data=sent)
    image = session.scalars(select(Attachment)).one()
    assert image.purpose is Purpose.COVER
    assert 'alt="La place du marché"' in moderator.get("/e/sante").text
    administrator.post("/e/sante/image", data={"alt": "Le marché"})
    assert 'alt="Le marché"' in moderator.get("/e/sante").text
    refused = {"file": (io.BytesIO(b"Du texte."), "texte.txt"), "alt": ""}
    administrator.post("/e/sante/image", data=refused)
    assert "n’est pas une image" in administrator.get("/e/sante/image").text
    administrator.post("/e/sante/image", data={"act": "remove"})
    assert session.scalars(select(StoredFile)).all() == []
    assert moderator.get("/e/sante/image").status_code == 403


def test_a_block_shows_an_image_and_another_one_the_documents_of_a_folder(session, administrator, moderator):
    add(moderator, title="Compte rendu de juin", folder="Comptes rendus")
    image = administrator.post("/e/sante/front", data={"act": "add", "kind": "image"}).location
    sent = {
        "image": (io.BytesIO(picture()), "vue.png"),
        "alt": "La place",
        "caption": "En mai",
        "revision": "1",
    }
    administrator.post(image, data=sent)
    folder = administrator.post("/e/sante/front", data={"act": "add", "kind": "documents"}).location
    administrator.post(folder, data={"folder": "Comptes rendus", "revision": "1"})
    administrator.post("/e/sante/front", data={"act": "publish"})
    page = moderator.get("/e/sante").text
    assert 'alt="La place"' in page
    assert "En mai" in page
    assert "Compte rendu de juin" in page


def test_an_image_of_the_front_page_is_for_whoever_may_enter_the_network(session, make, sign_in, client):
    make.network(visitors_may_read=False)
    coordinator = sign_in(make.coordinator())
    block = coordinator.post("/coordination/front", data={"act": "add", "kind": "image"}).location
    sent = {"image": (io.BytesIO(picture()), "vue.png"), "alt": "", "caption": "", "revision": "1"}
    coordinator.post(block, data=sent)
    file = session.scalars(select(StoredFile.id)).one()
    assert sign_in(make.member()).get(f"/files/{file}").status_code == 200
    assert client.get(f"/files/{file}").status_code == 302
