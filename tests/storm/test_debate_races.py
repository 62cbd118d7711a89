"""What happens in the same second in a debate: messages while it closes, a lift of what its author deletes."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from participa import create_app
from participa.auth.models import Member
from participa.auth.passwords import hashed
from participa.authorization import Role
from participa.comments import services as comments
from participa.comments.queries import find_root
from participa.config import Settings, psycopg_url
from participa.contributions.models import Contribution
from participa.db import clock, db, set_clock
from participa.debates import services as debates
from participa.debates.forms import Draft
from participa.debates.models import Argument, Debate
from participa.demo.accounts import PASSWORD
from participa.embedded import Cluster
from participa.spaces.models import Component, Space, SpaceRole
from participa.spaces.queries import find_component
from tests.processes import Instance
from tests.storm.racer import Racer

PEOPLE = 6
LIFTS = 30


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A running instance with the demonstration network."""
    running = Instance(tmp_path_factory.mktemp("debates") / "instance")
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def app(instance: Instance) -> Iterator[Flask]:
    """The application on that instance's database, to prepare and to check."""
    url = psycopg_url(Cluster(instance.folder / "postgresql").url())
    made = create_app(Settings(instance=instance.folder, database_url=url, password_hashing="cheap"))
    yield made
    with made.app_context():
        db.engine.dispose()


def prepare(app: Flask, label: str) -> tuple[str, int, list[str], list[int]]:
    """An open debate and its address, its moderator and members by e-mail, and messages of the first of them."""
    with app.app_context():
        set_clock(None)
        slug, number = db.session.execute(
            select(Space.slug, Component.id)
            .join(Component, Component.space_id == Space.id)
            .where(Component.kind == "debates", Space.slug == "sante")
        ).one()
        component = find_component(number, slug)
        assert component is not None
        password = hashed(PASSWORD)
        emails = [f"{label}-{n}@exemple.fr" for n in range(PEOPLE)]
        people = [
            Member(email=email, name=f"Personne {n}", created_at=clock(), password_hash=password)
            for n, email in enumerate(emails)
        ]
        db.session.add_all(people)
        db.session.flush()
        db.session.add(
            SpaceRole(
                space_id=component.space_id, member_id=people[0].id, role=Role.MODERATOR, given_at=clock()
            )
        )
        debate = debates.open_debate(people[0], component, Draft(f"Un débat à courir : {label} ?", "Vite."))
        base = f"/e/{slug}/{number}/{debate.id}"
        messages = []
        for n in range(LIFTS):
            root = find_root(debate.id)
            assert root is not None
            messages.append(comments.post(people[1], root, f"Message {n} à reprendre.").id)
        return base, debate.id, emails, messages


def together(*acts: Callable[[], Any]) -> None:
    """Begin all acts at the same moment and wait for them."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        gate.wait()
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def signed_in(instance: Instance, email: str) -> Racer:
    racer = Racer(instance.address)
    racer.sign_in(email, PASSWORD)
    return racer


def counted(instance: Instance) -> None:
    told = instance.participa("recount", "--check")
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_message_in_the_second_the_debate_closes_is_there_or_its_text_is_given_back(
    instance: Instance, app: Flask
) -> None:
    base, number, emails, _messages = prepare(app, "clore")
    moderator, *writers = [signed_in(instance, email) for email in emails]
    answers: list[tuple[int, str, str]] = []

    def write(racer: Racer, n: int) -> Callable[[], None]:
        def act() -> None:
            for turn in range(15):
                words = f"Écrit en courant {n}-{turn}, jusqu’au bout."
                status, page, _location = racer.ask(f"/comments/{number}", {"body": words})
                answers.append((status, words, page))

        return act

    def close() -> None:
        threading.Event().wait(0.4)
        moderator.ask(f"{base}/close", {"body": "Ce que l’on conclut ici.", "revision": "1"})

    together(close, *(write(racer, n) for n, racer in enumerate(writers)))

    statuses = Counter(status for status, _words, _page in answers)
    assert set(statuses) == {303, 403}, statuses
    assert all(words in page for status, words, page in answers if status == 403)
    with app.app_context():
        set_clock(None)
        debate = db.session.get_one(Debate, number)
        assert debate.closed_at is not None
        there = db.session.scalars(
            select(Contribution.body).where(
                Contribution.about_id == number, Contribution.body.like("Écrit %")
            )
        ).all()
        assert sorted(there) == sorted(words for status, words, _page in answers if status == 303)
    counted(instance)


def test_a_lift_of_a_message_its_author_deletes_at_that_moment_has_one_outcome(
    instance: Instance, app: Flask
) -> None:
    base, number, emails, messages = prepare(app, "reprendre")
    moderator, author = (signed_in(instance, email) for email in emails[:2])
    told: dict[int, tuple[int, str]] = {}

    def lift(message: int) -> Callable[[], None]:
        def act() -> None:
            status, page, _location = moderator.ask(
                f"{base}/lift/{message}", {"side": "1", "body": f"Repris {message} à la main."}
            )
            told[message] = (status, page)

        return act

    for message in messages:
        together(lift(message), lambda message=message: author.ask(f"/c/{message}/delete", {}))  # type: ignore[misc]

    assert {status for status, _page in told.values()} <= {303, 403}
    assert all(
        f"Repris {message} à la main." in page for message, (status, page) in told.items() if status == 403
    )
    with app.app_context():
        set_clock(None)
        lifted = set(db.session.scalars(select(Argument.origin_id).where(Argument.debate_id == number)))
        assert lifted == {message for message, (status, _page) in told.items() if status == 303}
        gone = select(Contribution.id).where(
            Contribution.id.in_(messages), Contribution.deleted_at.is_not(None)
        )
        assert set(db.session.scalars(gone)) == set(messages), "the author's wish stands either way"
    counted(instance)
