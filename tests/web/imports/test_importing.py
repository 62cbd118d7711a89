"""Bringing a file in: matched, checked, corrected, written once, and nothing twice."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from participa.audit.models import AuditEntry
from participa.auth.models import Member
from participa.authorization import Role
from participa.contributions.models import Contribution, SearchDocument
from participa.imports import services
from participa.imports.models import Fate, Import, Line, Stage
from participa.insights.counters import wrong_counters
from participa.proposals.models import Proposal
from participa.spaces.models import Component, Space, Visibility
from tests.factories import Factory
from tests.tools import Browserlike, found_in, run_queued_jobs

SignIn = Callable[[Member], Browserlike]
FILE = """numéro;titre;texte;sujet;date
1;Planter des arbres;Un *beau* texte.;Eau;14/06/2018
2;;Sans titre;;
3;Un sujet inconnu;Le texte;Eaux;
4;Demain;Le texte;;31/12/2999
5;Ouvrir la médiathèque;Court;;
"""


@pytest.fixture
def world(make: Factory, sign_in: SignIn) -> tuple[Component, Browserlike, str]:
    """A list with topics, the browser of an administrator of its space, and the address of its imports."""
    component = make.component("proposals", make.space("Lieu"), topics=["Eau", "Air"])
    administrator = make.member("Administratrice")
    make.role(administrator, component.space, Role.ADMINISTRATOR)
    return component, sign_in(administrator), f"/e/lieu/{component.id}/import"


def send(browser: Browserlike, address: str, content: str | bytes = FILE, name: str = "idées.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return browser.post(
        address,
        data={"file": (io.BytesIO(data), name), "source": "Atelier du 14 juin"},
        content_type="multipart/form-data",
    )


MATCHED = {"title": "1", "body": "2", "topic": "3", "at": "4", "key": "0", "named": "y"}


def bring(browser: Browserlike, address: str, content: str | bytes = FILE, **matched: str) -> str:
    """Send a file, match its columns, and give the address of the import."""
    run = send(browser, address, content).location
    assert browser.post(f"{run}/columns", data=MATCHED | matched).status_code == 303
    return str(run)


def proposals(session: Any) -> list[Any]:
    return list(session.scalars(select(Contribution.title).order_by(Contribution.id)))


def test_columns_are_guessed_shown_and_changed(world: Any) -> None:
    _component, browser, address = world
    run = send(browser, address).location
    page = browser.get(run).text
    assert "Planter des arbres" in page and "idées.csv" in page
    for name, at in {"title": 1, "body": 2, "topic": 3, "at": 4, "key": 0}.items():
        chosen = page.partition(f'name="{name}"')[2].partition("</select>")[0]
        assert f'<option selected value="{at}">' in chosen
    twice = browser.post(f"{run}/columns", data=MATCHED | {"body": "1"})
    assert twice.status_code == 422 and "choisie deux fois" in twice.text
    none = browser.post(f"{run}/columns", data=MATCHED | {"body": "-1"})
    assert none.status_code == 422 and "Choisissez la colonne" in none.text


def test_each_fault_stands_beside_its_field_and_the_others_come_in(
    world: Any, session: Any, run_jobs: Callable[[], int]
) -> None:
    component, browser, address = world
    run = bring(browser, address)
    page = browser.get(run).text
    assert "2</b> <span>lignes prêtes" in page and "3</b> <span>lignes à corriger" in page
    for field, sentence in (
        ("title-3", "Écrivez un titre."),
        ("topic-4", "Le plus proche\u00a0: Eau."),
        ("at-5", "encore à venir."),
    ):
        assert found_in(rf'id="{field}-error">.*?<span>([^<]*)</span>', page).endswith(sentence)
    assert proposals(session) == []

    assert browser.post(f"{run}/run").status_code == 303
    assert "every 2s" in browser.get(run).text
    run_jobs()
    page = browser.get(run).text
    assert "2</b> <span>propositions importées" in page and "every 2s" not in page
    first = session.scalars(select(Proposal).order_by(Proposal.published_at)).first()
    assert (first.title, first.body, first.imported) == ("Planter des arbres", "Un *beau* texte.", True)
    assert first.published_at.isoformat() == "2018-06-13T22:00:00+00:00"
    assert first.topic_id == component.topics[0].id
    author = session.get(Member, first.author_id)
    assert (author.name, author.imported, author.email) == ("Atelier du 14 juin", True, None)
    assert session.scalar(select(func.count()).select_from(SearchDocument)) == 2
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "proposal.imported")).one()
    assert entry.details == {"lines": 2, "source": "Atelier du 14 juin"}
    assert wrong_counters() == []

    browser.post(
        f"{run}/lines", data={"title-3": "Un titre", "topic-4": "Eau", "at-5": "", "title-2": "Autre"}
    )
    assert "3</b> <span>lignes prêtes" in browser.get(run).text
    browser.post(f"{run}/run")
    run_jobs()
    assert proposals(session) == [
        "Planter des arbres",
        "Ouvrir la médiathèque",
        "Un titre",
        "Un sujet inconnu",
        "Demain",
    ]
    assert "Tout ce fichier est ici" in browser.get(run).text


def test_a_correction_that_is_wrong_again_says_so_and_keeps_what_was_typed(world: Any) -> None:
    _component, browser, address = world
    run = bring(browser, address)
    browser.post(f"{run}/lines", data={"topic-4": "Feu", "title-3": "", "at-5": "hier"})
    page = browser.get(run).text
    assert 'value="Feu"' in page and 'value="hier"' in page
    assert "3 lignes restent à corriger" in page


@pytest.mark.parametrize("keyed", [True, False])
def test_the_same_file_again_changes_nothing(
    world: Any, session: Any, run_jobs: Callable[[], int], keyed: bool
) -> None:
    _component, browser, address = world
    content = "numéro;titre;texte\n" + "".join(f"{n};Titre {n};Texte {n}\n" for n in range(50))
    matched = {"topic": "-1", "at": "-1", "key": "0" if keyed else "-1"}
    browser.post(f"{bring(browser, address, content, **matched)}/run")
    run_jobs()
    assert len(proposals(session)) == 50
    again = bring(browser, address, content, **matched)
    page = browser.get(again).text
    assert "50</b> <span>lignes déjà présentes" in page and "lignes prêtes" not in page
    browser.post(f"{again}/run")
    run_jobs()
    assert len(proposals(session)) == 50

    changed = bring(browser, address, content.replace("Texte 7\n", "Autre\n"), **matched)
    assert ("1</b> <span>ligne prête" in browser.get(changed).text) is not keyed


def test_a_line_that_stands_twice_comes_in_once(
    world: Any, session: Any, run_jobs: Callable[[], int]
) -> None:
    _component, browser, address = world
    run = bring(
        browser,
        address,
        "titre;texte\nUn;Texte\nUn;Texte\n",
        title="0",
        body="1",
        topic="-1",
        at="-1",
        key="-1",
    )
    assert "1</b> <span>ligne en double" in browser.get(run).text
    browser.post(f"{run}/run")
    browser.post(f"{run}/run")  # pressed twice
    run_jobs()
    assert proposals(session) == ["Un"]


def test_an_import_takes_up_where_a_killed_worker_left_it(
    world: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _component, browser, address = world
    content = "titre;texte\n" + "".join(f"Titre {n};Texte {n}\n" for n in range(90))
    run = bring(browser, address, content, title="0", body="1", topic="-1", at="-1", key="-1")
    browser.post(f"{run}/run")
    monkeypatch.setattr(services, "A_JOB", 40)
    import_id = session.scalar(select(Import.id))

    class Killed(BaseException):
        pass

    settle, left = services._settle, [29]

    def dies(*settled: Any) -> None:
        left[0] -= 1
        if not left[0]:
            raise Killed
        settle(*settled)

    monkeypatch.setattr(services, "_settle", dies)
    with pytest.raises(Killed):
        services.write_some(import_id)
    session.rollback()
    written = len(proposals(session))
    assert 0 < written < 29  # whole commits stay, the one that was cut is undone
    assert session.scalar(select(func.count()).where(Line.fate == Fate.ADDED)) == written
    monkeypatch.setattr(services, "_settle", settle)
    run_queued_jobs(session)  # the job of the worker that died, queued again
    assert sorted(proposals(session)) == sorted(f"Titre {n}" for n in range(90))
    assert session.scalar(select(Import.stage)) == Stage.DONE


def test_a_topic_that_goes_before_its_lines_are_written_makes_them_lines_to_correct(
    world: Any, session: Any, run_jobs: Callable[[], int]
) -> None:
    from participa.spaces.models import Topic

    _component, browser, address = world
    run = bring(browser, address)
    browser.post(f"{run}/run")
    session.query(Topic).filter_by(name="Eau").delete()
    session.commit()
    run_jobs()
    page = browser.get(run).text
    assert "1</b> <span>proposition importée" in page and "4</b> <span>lignes à corriger" in page


def test_nothing_changes_while_lines_are_written(world: Any) -> None:
    _component, browser, address = world
    run = bring(browser, address)
    browser.post(f"{run}/run")
    for act, data in (("lines", {"title-3": "x"}), ("columns", MATCHED), ("discard", {})):
        answer = browser.post(f"{run}/{act}", data=data)
        assert answer.status_code == 403 and "en cours d’import" in answer.text


def test_what_cannot_be_read_is_said_beside_the_file_and_nothing_is_kept(world: Any, session: Any) -> None:
    _component, browser, address = world
    for content in ("", "[1]", b"PK\x03\x04"):
        answer = send(browser, address, content)
        assert answer.status_code == 422 and 'id="file-error"' in answer.text
        assert 'value="Atelier du 14 juin"' in answer.text
    assert browser.post(address, data={"source": "x"}).status_code == 422
    assert session.scalar(select(func.count()).select_from(Import)) == 0


def test_a_file_larger_than_a_request_elsewhere_is_read(world: Any) -> None:
    _component, browser, address = world
    content = "titre;texte\n" + "".join(f"Titre {n};{'x' * 3000}\n" for n in range(1000))
    assert len(content) > 2 * 1024 * 1024
    assert send(browser, address, content).status_code == 303


def test_forgetting_a_file_leaves_what_it_brought_in(
    world: Any, session: Any, run_jobs: Callable[[], int]
) -> None:
    _component, browser, address = world
    run = bring(browser, address)
    browser.post(f"{run}/run")
    run_jobs()
    browser.post(f"{run}/discard")
    assert browser.get(run).status_code == 404
    assert len(proposals(session)) == 2
    assert session.scalar(select(func.count()).select_from(Line)) == 0


def test_only_administrators_import_and_an_import_belongs_to_its_list(
    world: Any, make: Factory, sign_in: SignIn, session: Any, client: Browserlike
) -> None:
    component, browser, address = world
    run = bring(browser, address)
    space = session.get(Space, component.space_id)
    moderator = sign_in(make.moderator(space))
    for way in (moderator.get(address), moderator.get(run), moderator.post(f"{run}/run")):
        assert way.status_code == 403
    assert "/sign-in" in client.get(run).location
    other = make.component("proposals", make.space("Ailleurs", visibility=Visibility.PRIVATE))
    number = run.rpartition("/")[2]
    assert sign_in(make.coordinator()).get(f"/e/ailleurs/{other.id}/import/{number}").status_code == 404
    assert "Importer" in browser.get(f"/e/lieu/{component.id}").text
    assert "/import" not in moderator.get(f"/e/lieu/{component.id}").text
    assert browser.get(f"{address}/model.csv").data.startswith("\ufeffnuméro;titre".encode())


def test_old_files_are_forgotten(world: Any, session: Any, at: Callable[[Any], None], make: Factory) -> None:
    _component, browser, address = world
    bring(browser, address)
    services.sweep()
    assert session.scalar(select(func.count()).select_from(Import)) == 1
    at(make.later(days=31))
    services.sweep()
    assert session.scalar(select(func.count()).select_from(Import)) == 0


def test_what_is_exported_can_be_imported_into_another_list(
    world: Any, make: Factory, session: Any, run_jobs: Callable[[], int]
) -> None:
    component, browser, address = world
    there = make.component("proposals", topics=["Eau"])
    make.proposal(there, title="=1+1", body="Un **texte**", topic_id=there.topics[0].id)
    for wanted in ("csv", "xlsx", "json"):
        content = browser.get(
            f"/e/{there.space.slug}/{there.id}/export/file?format={wanted}", buffered=True
        ).data
        run = send(browser, address, content, f"export.{wanted}").location
        matching = session.scalars(select(Import.matching).order_by(Import.id.desc())).first()
        fields = dict(zip(("title", "body", "topic", "at", "key"), map(str, matching), strict=True))
        browser.post(f"{run}/columns", data={**fields, "named": "y"})
        browser.post(f"{run}/run")
        run_jobs()
    came = session.scalars(select(Proposal).where(Proposal.component_id == component.id)).all()
    assert [(one.title, one.body, one.topic_id) for one in came] == [
        ("=1+1", "Un **texte**", component.topics[0].id)
    ]
