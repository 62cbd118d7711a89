"""What leaves in files: everything the filter shows, nothing else, harmless to spreadsheets."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, update

from participa.auth.models import Member
from participa.authorization import Role
from participa.contributions.events import VisibilityChanged
from participa.db import clock, transaction
from participa.events import announce
from participa.exports import services
from participa.exports.models import Export
from participa.proposals.finding import columns, queries, views
from participa.spaces.models import Component, SpaceRole, Visibility
from tests.factories import Factory
from tests.tools import Browserlike

SignIn = Callable[[Member], Browserlike]
AT = datetime(2026, 3, 4, 9, 40, tzinfo=UTC)


def path(component: Any) -> str:
    return f"/e/{component.space.slug}/{component.id}"


def lines(answer: Any, separator: str = ";") -> list[dict[str, str]]:
    assert answer.data.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=separator))


def fetched(browser: Any, address: str) -> Any:
    """The answer at an address, read to its end."""
    return browser.get(address, buffered=True)


@pytest.fixture
def long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of more than one proposal are long."""
    monkeypatch.setattr(views, "MOST_COUNTED", 1)


def asked(browser: Browserlike, component: Any, wanted: str = "csv", query: str = "") -> str:
    answer = browser.post(f"{path(component)}/export{query}", data={"format": wanted})
    assert answer.status_code == 303
    return str(answer.location)


def test_a_table_tool_reads_the_file_in_the_language_of_its_reader(
    client: Browserlike, sign_in: SignIn, make: Factory
) -> None:
    component = make.component("proposals", topics=["Eau"])
    proposal = make.proposal(
        component,
        make.member("Autrice", make.centre("IREV")),
        title="Planter ; arroser",
        body='Une ligne,\nune "autre".',
        at=AT,
        topic_id=component.topics[0].id,
        support_count=12,
    )
    make.answer(proposal, "accepted", "Oui.")
    answer = fetched(client, f"{path(component)}/export/file?format=csv")
    assert answer.headers["Content-Disposition"].endswith(".csv") and answer.mimetype == "text/csv"
    [line] = lines(answer)
    assert line["Titre"] == "Planter ; arroser" and line["Texte"] == 'Une ligne,\nune "autre".'
    assert (line["Auteur"], line["Centre"], line["Sujet"]) == ("Autrice", "IREV", "Eau")
    assert (line["État"], line["Réponse"], line["Soutiens"]) == ("Acceptée", "Oui.", "12")
    assert line["Publiée le"] == "2026-03-04 10:40:00"  # in Paris
    [line] = lines(
        fetched(sign_in(make.member(language="en")), f"{path(component)}/export/file?format=csv"), ","
    )
    assert line["Title"] == "Planter ; arroser"


FORMULAS = ["=1+1", "+33 1", "-2", "@SUM(A1)", '=HYPERLINK("http://exemple.fr")', "'=1"]


def test_no_cell_of_a_table_is_a_formula(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    for formula in FORMULAS:
        make.proposal(component, make.member(formula), title=formula, body=formula)
    rows = lines(fetched(client, f"{path(component)}/export/file?format=csv"))
    assert [row["Titre"] for row in rows] == [f"'{formula}" for formula in FORMULAS]
    assert not [cell for row in rows for cell in row.values() if cell and cell[0] in "=+-@\t\r"]

    book = fetched(client, f"{path(component)}/export/file?format=xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in sheet[1:]] == FORMULAS
    assert b"<f>" not in book.data


def test_a_spreadsheet_has_moments_numbers_and_texts_up_to_what_a_cell_holds(
    client: Browserlike, make: Factory
) -> None:
    component = make.component("proposals", settings={"body_max": 100_000})
    make.proposal(component, at=AT, support_count=3, body="é" * 40_000)
    book = fetched(client, f"{path(component)}/export/file?format=xlsx")
    heads, row = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
    line: dict[Any, Any] = dict(zip(heads, row, strict=True))
    assert line["Publiée le"] == datetime(2026, 3, 4, 10, 40)  # noqa: DTZ001 - as cells are
    assert line["Soutiens"] == 3
    assert len(line["Texte"]) == 32_767 and line["Texte"].endswith(" …")
    assert (
        len(json.loads(fetched(client, f"{path(component)}/export/file?format=json").data)[0]["body"])
        == 40_000
    )


def test_a_file_holds_what_the_filter_shows_and_never_what_is_hidden(
    client: Browserlike, sign_in: SignIn, make: Factory
) -> None:
    component = make.component("proposals")
    shown = make.proposal(component, title="Planter des arbres")
    make.proposal(component, title="Ouvrir la médiathèque")
    states: tuple[dict[str, Any], ...] = ({"hidden_at": AT}, {"trashed_at": AT}, {"deleted_at": AT})
    for state in states:
        make.proposal(component, title="Planter en cachette", **state)
    moderator = make.moderator(component.space)
    for browser in (client, sign_in(moderator)):
        found = json.loads(fetched(browser, f"{path(component)}/export/file?format=json&q=planter").data)
        assert [one["id"] for one in found] == [shown.id]
        assert found[0]["url"] == f"http://participa.test{path(component)}/{shown.id}"
    assert len(json.loads(fetched(client, f"{path(component)}/export/file?format=json").data)) == 2


def test_what_people_say_for_and_against_is_told_in_no_file(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals", settings={"ballot": "stance"})
    make.proposal(component, support_count=1, neutral_count=2, against_count=3)
    [found] = json.loads(fetched(client, f"{path(component)}/export/file?format=json").data)
    assert not {"supports", "mixed", "against"} & set(found)


def test_the_names_of_those_who_left_are_in_no_file(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    make.proposal(component, make.member("Partie", erased_at=AT))
    assert "Partie" not in fetched(client, f"{path(component)}/export/file?format=json").text


def test_the_file_of_a_private_space_is_for_its_members(
    client: Browserlike, sign_in: SignIn, make: Factory
) -> None:
    space = make.space(visibility=Visibility.PRIVATE)
    component = make.component("proposals", space)
    make.proposal(component)
    for address in (f"{path(component)}/export", f"{path(component)}/export/file?format=csv"):
        assert client.get(address).status_code == 404
        assert fetched(sign_in(make.member()), address).status_code == 404
    member = make.member()
    make.role(member, space, Role.MEMBER)
    assert len(lines(fetched(sign_in(member), f"{path(component)}/export/file"))) == 1


def test_the_page_says_what_there_is_to_export(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    assert "Rien à exporter" in client.get(f"{path(component)}/export").text
    make.proposal(component)
    page = client.get(f"{path(component)}/export?author=membre")
    assert "1 proposition" in page.text and "De membre" in page.text
    assert 'name="author" value="membre"' in page.text


# ── Long files, made by the worker


@pytest.mark.usefixtures("long_lists")
def test_a_long_file_is_made_by_the_worker_and_waits_for_who_asked(
    client: Browserlike,
    sign_in: SignIn,
    make: Factory,
    run_jobs: Callable[[], int],
    session: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(columns, "A_BATCH", 7)
    component, author = make.component("proposals"), make.member()
    for n in range(20):
        make.proposal(component, author, title=f"Une proposition, numéro {n:02}", at=AT)
    me, other = make.member(), make.member()
    assert fetched(client, f"{path(component)}/export/file").status_code == 303
    assert "Se connecter" in client.get(f"{path(component)}/export").text
    assert "/sign-in" in client.post(f"{path(component)}/export", data={"format": "csv"}).location

    browser = sign_in(me)
    address = asked(browser, component)
    assert "va être préparé" in browser.get(address).text
    assert fetched(browser, f"{address}/file").status_code == 404
    run_jobs()
    page = browser.get(address).text
    assert "20 lignes" in page and "every 2s" not in page
    rows = lines(fetched(browser, f"{address}/file"))
    assert sorted(row["Titre"] for row in rows) == [f"Une proposition, numéro {n:02}" for n in range(20)]
    assert address in browser.get("/exports").text

    for stranger in (sign_in(other), sign_in(make.coordinator())):
        for way in (
            stranger.get(address),
            fetched(stranger, f"{address}/file"),
            stranger.post(f"{address}/discard"),
        ):
            assert way.status_code == 404
        assert address not in stranger.get("/exports").text
    made = services.file_of(session.query(Export).one())
    assert browser.post(f"{address}/discard").status_code == 303
    assert not made.exists()


@pytest.mark.usefixtures("long_lists")
def test_a_file_keeps_the_filters_and_the_format(
    sign_in: SignIn, make: Factory, run_jobs: Callable[[], int]
) -> None:
    component = make.component("proposals", topics=["Eau", "Air"])
    water = make.proposal(component, topic_id=component.topics[0].id)
    make.proposal(component, topic_id=component.topics[1].id)
    browser = sign_in(make.member())
    address = asked(browser, component, "json", f"?topic={component.topics[0].id}")
    run_jobs()
    assert [one["id"] for one in json.loads(fetched(browser, f"{address}/file").data)] == [water.id]
    assert f"?topic={component.topics[0].id}" in browser.get(address).text


@pytest.mark.usefixtures("long_lists")
def test_a_file_is_handed_out_no_more_once_a_text_in_it_is_hidden_or_its_space_closed(
    sign_in: SignIn, make: Factory, run_jobs: Callable[[], int], session: Any
) -> None:
    space = make.space(visibility=Visibility.PRIVATE)
    member = make.member()
    make.role(member, space, Role.MEMBER)
    component, open_to_all = make.component("proposals", space), make.component("proposals")
    for where in (component, open_to_all):
        proposal = make.proposal(where)
        make.proposal(where)
    browser = sign_in(member)
    private, public = asked(browser, component), asked(browser, open_to_all)
    run_jobs()
    assert (
        fetched(browser, f"{private}/file").status_code
        == fetched(browser, f"{public}/file").status_code
        == 200
    )

    with transaction():
        announce(session, VisibilityChanged(proposal, shown=False))
    assert fetched(browser, f"{public}/file").status_code == 403
    assert "Exportez de nouveau" in browser.get(public).text
    assert fetched(browser, f"{private}/file").status_code == 200

    session.execute(delete(SpaceRole).where(SpaceRole.member_id == member.id))
    session.commit()
    assert fetched(browser, f"{private}/file").status_code == 403


@pytest.mark.usefixtures("long_lists")
def test_a_file_asked_for_by_someone_who_may_no_longer_read_is_not_made(
    sign_in: SignIn, make: Factory, run_jobs: Callable[[], int], session: Any
) -> None:
    component, me = make.component("proposals"), make.member()
    make.proposal(component)
    make.proposal(component)
    address = asked(sign_in(me), component)
    session.execute(update(Component).values(published_at=None))
    session.commit()
    run_jobs()
    assert session.query(Export).one().failed_at is not None
    assert sign_in(me).get(f"{address}/file").status_code == 403


@pytest.mark.usefixtures("long_lists")
def test_a_file_begun_by_a_worker_that_died_is_made_whole(
    sign_in: SignIn, make: Factory, run_jobs: Callable[[], int], session: Any
) -> None:
    component = make.component("proposals")
    make.proposal(component)
    make.proposal(component)
    browser = sign_in(make.member())
    address = asked(browser, component)
    export = session.query(Export).one()
    path_ = services.file_of(export)
    path_.parent.mkdir(parents=True, exist_ok=True)
    Path(f"{path_}.part").write_bytes(b"half a li")
    run_jobs()
    assert len(lines(fetched(browser, f"{address}/file"))) == 2
    assert not Path(f"{path_}.part").exists()


@pytest.mark.usefixtures("long_lists")
def test_what_goes_wrong_is_said(
    sign_in: SignIn, make: Factory, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    component = make.component("proposals")
    make.proposal(component)
    make.proposal(component)
    browser = sign_in(make.member())
    address = asked(browser, component)
    monkeypatch.setattr(queries, "batch", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_jobs()
    assert "n’a pas pu être préparé" in browser.get(address).text


@pytest.mark.usefixtures("long_lists")
def test_one_asks_for_a_few_files_at_a_time(sign_in: SignIn, make: Factory) -> None:
    component = make.component("proposals")
    make.proposal(component)
    make.proposal(component)
    browser = sign_in(make.member())
    for _ in range(3):
        asked(browser, component)
    assert browser.post(f"{path(component)}/export", data={"format": "csv"}).status_code == 403
    assert len(browser.get("/exports").text.split('class="session"')) == 4


@pytest.mark.usefixtures("long_lists")
def test_files_go_after_a_week(
    sign_in: SignIn, make: Factory, run_jobs: Callable[[], int], session: Any, at: Callable[[datetime], None]
) -> None:
    component = make.component("proposals")
    make.proposal(component)
    make.proposal(component)
    asked(sign_in(make.member()), component)
    run_jobs()
    made = services.file_of(session.query(Export).one())
    stray = made.with_name("99999.csv.part")
    stray.write_bytes(b"")
    services.sweep()
    assert made.exists() and not stray.exists()
    at(clock() + timedelta(days=7, minutes=1))
    services.sweep()
    assert not made.exists() and session.query(Export).count() == 0
