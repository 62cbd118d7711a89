"""Files from the form to the page: without JavaScript, before and after publishing, and who sees them."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from participa.attachments import services, tasks
from participa.attachments.models import Attachment, StoredFile
from participa.attachments.services import Chosen
from participa.attachments.storage import storage
from participa.audit.models import AuditEntry
from participa.auth.models import Member
from participa.contributions.models import Draft
from participa.db import clock
from participa.proposals.models import Proposal
from participa.spaces.models import Component, Visibility
from tests.factories import Factory
from tests.tools import Browserlike, found_in

SignIn = Callable[[Member], Browserlike]
TEXT = {"title": "Ouvrir la cour de l’école", "body": "Un texte assez long pour être publié."}
HTMX = {"HX-Request": "true"}


def png(size: tuple[int, int] = (640, 480)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "olive").save(out, "PNG")
    return out.getvalue()


def path(component: Component) -> str:
    return f"/e/{component.space.slug}/{component.id}"


def sent(component: Component, act: str, *files: tuple[bytes, str], **fields: Any) -> dict[str, Any]:
    uploads = [(io.BytesIO(data), name) for data, name in files]
    return TEXT | {"act": act, "files-of": str(component.id)} | fields | {"uploads": uploads}


def posted(browser: Browserlike, address: str, data: dict[str, Any]) -> Any:
    """The answer to a heavy form, encoded in memory."""
    uploads = [FileStorage(stream, name) for stream, name in data["uploads"]]
    boundary, body = encode_multipart(MultiDict(data | {"uploads": uploads}))
    return browser.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def stored(app: Flask) -> list[str]:
    folder = app.config["SETTINGS"].instance / "uploads"
    return sorted(path.name for path in Path(folder).rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def empty_storage(app: Flask) -> Any:
    yield
    for name in stored(app):
        with app.app_context():
            storage().delete(name)


@pytest.fixture
def component(make: Factory) -> Component:
    return make.component("proposals")


@pytest.fixture
def ada(make: Factory) -> Member:
    return make.member("Ada")


@pytest.fixture
def browser(sign_in: SignIn, ada: Member) -> Browserlike:
    return sign_in(ada)


def test_a_form_publishes_a_text_with_an_image_and_a_document(
    browser: Browserlike, component: Component, session: Any, client: Browserlike
) -> None:
    new = f"{path(component)}/new"
    chosen = browser.post(new, data=sent(component, "attach", (png(), "Cour.PNG"), (b"%PDF-1.7", "plan.pdf")))
    assert chosen.status_code == 200
    assert TEXT["title"] in chosen.text
    numbers = re.findall(r'name="files" value="(\d+)"', chosen.text)
    assert len(numbers) == 2
    assert session.scalar(select(func.count()).select_from(Proposal)) == 0

    fields = {"files": numbers, f"files-alt-{numbers[0]}": "La cour, vide"}
    preview = browser.post(new, data=sent(component, "preview", **fields))
    assert 'alt="La cour, vide"' in preview.text
    assert re.findall(r'name="files" value="(\d+)"', preview.text) == numbers

    published = browser.post(new, data=sent(component, "publish", **fields))
    page = client.get(published.location)
    assert 'alt="La cour, vide"' in page.text
    assert f'srcset="/files/{numbers[0]}/s 480w' in page.text
    picture, document = client.get(f"/files/{numbers[0]}/s"), client.get(f"/files/{numbers[1]}")
    assert (picture.mimetype, Image.open(io.BytesIO(picture.data)).size) == ("image/webp", (480, 360))
    assert document.data == b"%PDF-1.7"
    assert document.headers["Content-Disposition"] == "attachment; filename=plan.pdf"
    for answer in (picture, document):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "private" in answer.headers["Cache-Control"]
    again = client.get(f"/files/{numbers[0]}/s", headers={"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304


def test_a_file_sent_with_publish_is_published(browser: Browserlike, component: Component) -> None:
    answer = browser.post(
        f"{path(component)}/new", data=sent(component, "publish", (b"%PDF-1.7", "plan.pdf"))
    )

    assert answer.status_code == 303
    assert "plan.pdf" in browser.get(answer.location).text


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("photo.png", b"<!doctype html><script>1</script>", "n’est pas l’image"),
        ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        ("grand.pdf", b"%PDF-1.7" + b"x" * 1_100_000, "1\u00a0Mo au plus"),
    ],
)
def test_a_refused_file_keeps_the_text_and_the_other_files(
    browser: Browserlike, make: Factory, session: Any, name: str, data: bytes, says: str
) -> None:
    component = make.component("proposals", settings={"attachment_megabytes": 1})
    files = ((data, name), (b"%PDF-1.7", "plan.pdf"))
    page = posted(browser, f"{path(component)}/new", sent(component, "publish", *files))

    assert page.status_code == 422
    assert says in page.text and name in page.text
    assert TEXT["title"] in page.text and "plan.pdf" in page.text
    assert session.scalar(select(func.count()).select_from(Proposal)) == 0
    assert session.scalars(select(StoredFile.name)).all() == ["plan.pdf"]


def test_more_files_than_the_component_takes_are_refused(browser: Browserlike, make: Factory) -> None:
    component = make.component("proposals", settings={"attachments_max": 1})
    files = ((b"%PDF-1.7", "un.pdf"), (b"%PDF-1.7", "deux.pdf"))
    page = browser.post(f"{path(component)}/new", data=sent(component, "publish", *files))

    assert page.status_code == 422
    assert "deux.pdf" in page.text
    assert len(re.findall(r'name="files" value="(\d+)"', page.text)) == 1


def test_a_component_without_files_takes_none(browser: Browserlike, make: Factory, session: Any) -> None:
    component = make.component("proposals", settings={"attachments_allowed": False})
    assert 'name="uploads"' not in browser.get(f"{path(component)}/new").text
    answer = browser.post(
        f"{path(component)}/new", data=sent(component, "publish", (b"%PDF-1.7", "plan.pdf"))
    )

    assert answer.status_code == 303
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_a_button_takes_a_file_out_of_the_form(browser: Browserlike, component: Component) -> None:
    page = browser.post(f"{path(component)}/new", data=sent(component, "attach", (b"%PDF-1.7", "plan.pdf")))
    number = found_in(r'name="files" value="(\d+)"', page.text)
    fields = TEXT | {"files-of": str(component.id), "files": number, "files-remove": number}

    page = browser.post(f"{path(component)}/new", data=fields)

    assert 'name="files"' not in page.text
    assert TEXT["title"] in page.text


def test_a_script_changes_the_list_alone(browser: Browserlike, component: Component) -> None:
    data = sent(component, "", (png(), "cour.png"))
    added = browser.post("/files", data=data, headers=HTMX)
    number = found_in(r'name="files" value="(\d+)"', added.text)
    refused = browser.post("/files", data=sent(component, "", (b"x", "a.svg"), files=number), headers=HTMX)
    removed = browser.post("/files", data={"files-of": component.id, "files": number, "files-remove": number})

    assert "<html" not in added.text
    assert refused.status_code == 200 and "a.svg" in refused.text and "cour.png" in refused.text
    assert "cour.png" not in removed.text


def test_the_draft_keeps_its_files_until_it_is_published(
    browser: Browserlike,
    component: Component,
    session: Any,
    make: Factory,
    at: Any,
    run_jobs: Any,
    app: Flask,
) -> None:
    new = f"{path(component)}/new"
    form = {"draft_form": "proposals.new", "draft_target": new}
    saved = browser.post("/drafts/save", data=sent(component, "", (png(), "cour.png"), **form))
    assert saved.status_code == 303
    browser.post("/files", data=sent(component, "", (b"%PDF-1.7", "oublie.pdf")), headers=HTMX)
    at(clock() + timedelta(days=3))
    tasks.sweep()
    run_jobs()

    assert session.scalars(select(StoredFile.name)).all() == ["cour.png"]
    page = browser.get(saved.location)
    number = found_in(r'name="files" value="(\d+)"', page.text)
    draft_id = found_in(r'name="draft_id" value="(\d+)"', page.text)
    published = browser.post(new, data=sent(component, "publish", files=number, draft_id=draft_id))
    assert "Image" in browser.get(published.location).text
    assert session.scalar(select(func.count()).select_from(Draft)) == 0
    tasks.sweep()
    run_jobs()
    assert len(stored(app)) == 3


def test_files_wait_for_their_owner_alone(
    browser: Browserlike,
    component: Component,
    sign_in: SignIn,
    make: Factory,
    session: Any,
    client: Browserlike,
) -> None:
    browser.post("/files", data=sent(component, "", (b"%PDF-1.7", "secret.pdf")), headers=HTMX)
    number = session.scalar(select(StoredFile.id))
    other = sign_in(make.member())

    assert browser.get(f"/files/{number}").status_code == 200
    assert other.get(f"/files/{number}").status_code == 404
    assert client.get(f"/files/{number}").status_code in (302, 404)
    taken = other.post(f"{path(component)}/new", data=sent(component, "publish", files=str(number)))
    assert taken.status_code == 422
    assert "secret.pdf" not in taken.text


def test_a_file_is_seen_exactly_as_its_text(
    ada: Member, make: Factory, sign_in: SignIn, session: Any, client: Browserlike
) -> None:
    space = make.space("Privé", visibility=Visibility.PRIVATE)
    inside, outside = make.member(), make.member()
    make.role(inside, space)
    moderator = make.moderator(space)
    proposal = make.proposal(make.component("proposals", space), ada)
    make.role(ada, space)
    file = services.take_in(ada, "plan.pdf", b"%PDF-1.7")
    services.join(session, ada, proposal, [Chosen(file.id)])
    session.commit()
    address = f"/files/{file.id}"

    def seen() -> list[int]:
        people = (ada, inside, outside, moderator)
        return [sign_in(person).get(address).status_code for person in people]

    assert seen() == [200, 200, 404, 200]
    proposal = session.get(Proposal, proposal.id)
    proposal.hidden_at = clock()
    session.commit()
    assert seen() == [200, 404, 404, 200]
    assert client.get(address).status_code == 404


def test_editing_adds_and_takes_away_and_the_storage_follows(
    browser: Browserlike,
    ada: Member,
    component: Component,
    make: Factory,
    session: Any,
    run_jobs: Any,
    app: Flask,
) -> None:
    proposal = make.proposal(component, ada)
    old = services.take_in(ada, "ancien.pdf", b"%PDF-1.7")
    services.join(session, ada, proposal, [Chosen(old.id)])
    session.commit()
    edit = f"{path(component)}/{proposal.id}/edit"
    page = browser.get(edit)
    assert "ancien.pdf" in page.text
    text = {"title": proposal.title, "body": proposal.body, "revision": "1"}

    preview = browser.post(
        edit, data=sent(component, "preview", (png(), "cour.png"), **text, files=str(old.id))
    )
    numbers = re.findall(r'name="files" value="(\d+)"', preview.text)
    changed = browser.post(edit, data=sent(component, "", **text, files=numbers[1]))

    assert changed.status_code == 303
    assert session.scalars(select(Attachment.title)).all() == ["cour.png"]
    assert session.get(Proposal, proposal.id).revision == 2
    run_jobs()
    assert len(stored(app)) == 3
    told = select(AuditEntry.action).where(AuditEntry.action.startswith("attachment")).order_by(AuditEntry.id)
    assert session.scalars(told).all() == ["attachment.added", "attachment.added", "attachment.removed"]
    stale = browser.post(edit, data=sent(component, "", **text, files=""))
    assert stale.status_code == 409
    untouched = browser.post(edit, data=text | {"revision": "2", "body": "Un autre texte, assez long."})
    assert untouched.status_code == 303
    assert session.scalars(select(Attachment.title)).all() == ["cour.png"]


def test_drafts_may_not_fill_the_disk(
    browser: Browserlike, component: Component, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_WAITING", 10)
    page = browser.post(
        f"{path(component)}/new",
        data=sent(component, "attach", (b"%PDF-1.7 x", "a.pdf"), (b"%PDF-1.7", "b.pdf")),
    )

    assert page.status_code == 422
    assert len(re.findall(r'name="files" value="(\d+)"', page.text)) == 1


def test_what_a_crash_left_in_the_storage_is_swept(
    app: Flask, session: Any, ada: Member, at: Any, run_jobs: Any
) -> None:
    kept = services.take_in(ada, "plan.pdf", b"%PDF-1.7")
    session.add(
        Draft(author_id=ada.id, form="x", target="/", fields={"files": [str(kept.id)]}, saved_at=clock())
    )
    session.commit()
    storage().put("ab" * 16 + "-s", b"left")
    at(clock() + timedelta(days=3))
    tasks.sweep()
    run_jobs()

    assert stored(app) == [kept.key]


def test_a_file_whose_bytes_are_gone_is_not_found(browser: Browserlike, ada: Member, session: Any) -> None:
    file = services.take_in(ada, "plan.pdf", b"%PDF-1.7")
    storage().delete(file.key)

    assert browser.get(f"/files/{file.id}").status_code == 404
    assert browser.get("/files/999999999").status_code == 404


def test_debates_have_files_too(browser: Browserlike, make: Factory) -> None:
    component = make.component("debates")
    text = {"title": "Faut-il ouvrir la cour de l’école ?", "files-of": str(component.id), "files": ""}
    answer = browser.post(
        f"{path(component)}/new", data=sent(component, "publish", (png(), "cour.png"), **text)
    )

    assert answer.status_code == 303
    assert "/s 480w" in browser.get(answer.location).text


def test_four_megabytes_of_text_are_refused_and_twenty_of_files_are_not(
    browser: Browserlike, component: Component
) -> None:
    new = f"{path(component)}/new"
    long = posted(browser, new, sent(component, "publish") | {"body": "a" * 4_200_000})
    urlencoded = browser.post(new, data=TEXT | {"body": "a" * 4_200_000})
    too_long = browser.post(new, data=TEXT | {"body": "A " * 500_000})
    files = [(b"%PDF-1.7" + b"x" * 5_000_000, f"{n}.pdf") for n in range(4)]
    heavy = posted(browser, new, sent(component, "publish", *files))

    assert [long.status_code, urlencoded.status_code, too_long.status_code, heavy.status_code] == [
        413,
        413,
        422,
        303,
    ]
    assert TEXT["title"] in too_long.text


def test_files_too_large_to_be_received_leave_the_text(
    browser: Browserlike, component: Component, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("participa.web.MOST_WITH_FILES", 300_000)
    new = f"{path(component)}/new"

    answer = posted(browser, new, sent(component, "publish", (b"x" * 400_000, "film.mp4")))

    assert answer.status_code == 413
    kept = session.scalars(select(Draft)).one()
    assert (kept.form, kept.fields["title"]) == ("proposals.new", TEXT["title"])
    assert f"{new}?draft={kept.id}" in answer.text
    assert TEXT["body"] in browser.get(f"{new}?draft={kept.id}").text
