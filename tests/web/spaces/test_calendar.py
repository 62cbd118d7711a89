"""The calendar of a space: days that follow one another, changed after their effects are shown."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from participa.audit.models import AuditEntry
from participa.follows.models import Follow
from participa.notifications.models import Event, Notification
from participa.spaces.models import Component, Phase, Space, SpaceKind, Visibility
from participa.spaces.services import turn_phases
from participa.spaces.tasks import move_phases

SPRING = [("Recueil", date(2026, 3, 1), date(2026, 3, 31)), ("Vote", date(2026, 4, 1), date(2026, 4, 30))]


def rows(*phases: tuple[Any, ...]) -> dict[str, str]:
    """What the form sends: (number or None, name, first day, last day) for each phase."""
    sent: dict[str, str] = {}
    for n, (key, name, start, end) in enumerate(phases):
        sent |= {f"key-{n}": str(key or ""), f"name-{n}": name, f"description-{n}": ""}
        sent |= {f"starts_on-{n}": str(start), f"ends_on-{n}": str(end)}
    return sent


def actions(session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def calendar(session) -> list[tuple[str, date, date]]:
    found = session.execute(select(Phase.name, Phase.starts_on, Phase.ends_on).order_by(Phase.starts_on))
    return [tuple(row) for row in found]


@pytest.fixture
def consultation(make):
    """A process of two phases that follow one another."""
    return make.space("Démarche", kind=SpaceKind.PROCESS, phases=SPRING)


def held(space) -> list[tuple[Any, ...]]:
    return [(phase.id, phase.name, phase.starts_on, phase.ends_on) for phase in space.phases]


def test_days_are_saved_only_after_their_effects_were_shown(session, make, sign_in, at):
    browser = sign_in(make.coordinator())
    at(datetime(2026, 2, 1, tzinfo=UTC))
    make.centre("CRPV de Guyane", time_zone="America/Cayenne")
    make.centre("CRPV de La Réunion", time_zone="Indian/Reunion")
    space = make.space("Démarche", kind=SpaceKind.PROCESS)
    make.component("proposals", space)
    sent = rows((None, "Recueil", "2026-03-01", "2026-03-31")) | {"revision": "1"}

    page = browser.post("/e/demarche/phases", data=sent).text
    assert calendar(session) == []
    assert "Rien n’est encore enregistré" in page
    assert "proposer" in page  # closes at once, opens on the first of March
    assert "la veille, 20" in page  # midnight in Paris is eight in the evening in Cayenne
    assert "3\u00a0h" in page  # and three in the morning in La Réunion

    browser.post("/e/demarche/phases", data=sent | {"confirmed": "1"})
    assert calendar(session) == [SPRING[0]]
    assert actions(session) == ["phase.added"]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-03-31", "2026-04-30", "chevauchent"),
        ("2026-04-03", "2026-04-30", "sans phase"),
        ("2026-04-30", "2026-04-01", "avant d’avoir commencé"),
        ("", "2026-04-30", "Choisissez un jour"),
        ("1026-04-01", "2026-04-30", "entre 1970 et 2199"),
    ],
)
def test_days_that_overlap_leave_a_hole_or_go_backwards_are_refused(
    session, consultation, make, sign_in, start, end, words
):
    first, second = held(consultation)
    sent = rows(first, (second[0], "Vote", start, end))
    answer = sign_in(make.coordinator()).post(
        "/e/demarche/phases", data=sent | {"revision": "1", "confirmed": "1"}
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Vote"' in answer.text
    assert calendar(session) == SPRING


def test_the_following_phases_move_along_with_the_end_of_one(session, consultation, make, sign_in):
    first, second = held(consultation)
    sent = rows((*first[:3], "2026-04-07"), second) | {"revision": "1", "shift": "y"}
    browser = sign_in(make.coordinator())
    page = browser.post("/e/demarche/phases", data=sent).text
    assert 'value="2026-04-08"' in page
    browser.post("/e/demarche/phases", data=sent | {"confirmed": "1"})
    assert calendar(session)[1] == ("Vote", date(2026, 4, 8), date(2026, 5, 7))


def test_a_name_alone_is_saved_at_once_and_the_log_says_both(session, consultation, make, sign_in):
    first, second = held(consultation)
    sent = rows((first[0], "Collecte", *first[2:]), second) | {"revision": "1"}
    assert sign_in(make.coordinator()).post("/e/demarche/phases", data=sent).status_code == 303
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.details["before"], entry.details["after"]) == (
        "phase.edited",
        {"name": "Recueil"},
        {"name": "Collecte"},
    )


def test_the_first_phase_takes_over_the_rules_and_the_last_one_gives_them_back(session, make, sign_in):
    space = make.space("Démarche", kind=SpaceKind.PROCESS)
    component = make.component("proposals", space, votes_enabled=True)
    browser = sign_in(make.coordinator())
    sent = rows(*((None, *phase) for phase in SPRING)) | {"revision": "1", "confirmed": "1"}
    browser.post("/e/demarche/phases", data=sent)
    phases = list(session.scalars(select(Phase).order_by(Phase.starts_on)))
    rules = session.get(Component, component.id, populate_existing=True).rules
    assert rules[str(phases[0].id)]["votes_enabled"] is True
    assert str(phases[1].id) not in rules

    gone = rows(*((phase.id, phase.name, phase.starts_on, phase.ends_on) for phase in phases))
    gone |= {"remove-0": "y", "remove-1": "y", "revision": "2", "confirmed": "1"}
    browser.post("/e/demarche/phases", data=gone)
    assert calendar(session) == []
    kept = session.get(Component, component.id, populate_existing=True).rules
    assert list(kept) == ["always"]


def test_a_phase_that_someone_added_meanwhile_is_neither_lost_nor_overwritten(
    session, consultation, make, sign_in
):
    first, second = held(consultation)
    one, other = sign_in(make.coordinator("Une")), sign_in(make.coordinator("Deux"))
    more = rows(first, second, (None, "Bilan", "2026-05-01", "2026-05-31"))
    one.post("/e/demarche/phases", data=more | {"revision": "1", "confirmed": "1"})

    stale = rows((first[0], "Collecte", *first[2:]), second) | {"revision": "1", "confirmed": "1"}
    merge = other.post("/e/demarche/phases", data=stale)
    assert merge.status_code == 409
    assert "Collecte" in merge.text
    sent = {name: value for name, value in fields(merge.text)}
    other.post("/e/demarche/phases", data=sent)
    assert [name for name, _start, _end in calendar(session)] == ["Collecte", "Vote", "Bilan"]


def fields(page: str) -> Iterable[tuple[str, str]]:
    """The fields of the merge page as a browser sends them."""
    form = page[page.index('<form method="post" action="/e/demarche/phases"') :]
    form = form[: form.index("</form>")]
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and name[1] != "csrf_token":
            yield name[1], value[1]


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        # summer time begins in Paris on the twenty-ninth of March 2026: midnight of the first of April is at 22:00 UTC
        ("Europe/Paris", datetime(2026, 3, 31, 21, 59, tzinfo=UTC), datetime(2026, 3, 31, 22, 0, tzinfo=UTC)),
        (
            "America/Martinique",
            datetime(2026, 4, 1, 3, 59, tzinfo=UTC),
            datetime(2026, 4, 1, 4, 0, tzinfo=UTC),
        ),
        (
            "Indian/Reunion",
            datetime(2026, 3, 31, 19, 59, tzinfo=UTC),
            datetime(2026, 3, 31, 20, 0, tzinfo=UTC),
        ),
    ],
)
def test_a_phase_begins_at_midnight_of_the_network_and_is_told_once(
    session, make, at, run_jobs, zone, before, after
):
    at(datetime(2026, 3, 20, tzinfo=UTC))
    make.network(time_zone=zone)
    space = make.space("Démarche", kind=SpaceKind.PROCESS, phases=SPRING)
    reader = make.member("Lectrice").id
    session.add(Follow(member_id=reader, space_id=space.id, created_at=make.later()))
    session.commit()
    move_phases()  # the first phase is under way
    run_jobs()
    session.query(Notification).delete()
    session.commit()

    at(before)
    move_phases()
    run_jobs()
    assert told(session) == []
    for _twice in range(2):
        at(after)
        move_phases()
    run_jobs()
    assert told(session) == [("phase.begun", reader, "Vote")]


def told(session) -> list[tuple[str, int, str]]:
    rows = session.execute(
        select(Event.kind, Notification.recipient_id, Event.details)
        .join(Event, Event.id == Notification.event_id)
        .order_by(Notification.id)
    )
    return [(kind, recipient, details["name"]) for kind, recipient, details in rows]


@pytest.mark.parametrize(
    ("zone", "last_minute", "next_day"),
    [
        # winter time begins on the twenty-fifth of October: that day lasts twenty-five hours
        (
            "Europe/Paris",
            datetime(2026, 10, 25, 22, 59, tzinfo=UTC),
            datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
        ),
        (
            "America/Martinique",
            datetime(2026, 10, 26, 3, 59, tzinfo=UTC),
            datetime(2026, 10, 26, 4, 0, tzinfo=UTC),
        ),
        (
            "Indian/Reunion",
            datetime(2026, 10, 25, 19, 59, tzinfo=UTC),
            datetime(2026, 10, 25, 20, 0, tzinfo=UTC),
        ),
    ],
)
def test_the_last_phase_ends_with_its_last_day(session, make, at, zone, last_minute, next_day):
    at(datetime(2026, 10, 20, 12, tzinfo=UTC))
    make.network(time_zone=zone)
    make.space("Démarche", kind=SpaceKind.PROCESS, phases=[("Vote", date(2026, 10, 1), date(2026, 10, 25))])
    for moment, heard in ((last_minute, ["phase.begun"]), (next_day, ["phase.begun", "phase.ended"])):
        at(moment)
        move_phases()
        assert actions(session) == heard


def test_a_worker_that_was_dead_catches_up_and_tells_only_the_phase_under_way(session, make, at, run_jobs):
    at(datetime(2026, 2, 1, tzinfo=UTC))
    make.space("Démarche", kind=SpaceKind.PROCESS, phases=SPRING)
    move_phases()
    assert actions(session) == []
    at(datetime(2026, 4, 10, tzinfo=UTC))
    move_phases()
    move_phases()
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.details["before"], entry.details["after"]) == (
        "phase.begun",
        None,
        "Recueil",
        "Vote",
    )


def test_phases_of_unpublished_spaces_wait_and_private_ones_are_told_inside(session, make, at, run_jobs):
    at(datetime(2026, 3, 10, tzinfo=UTC))
    hidden = make.space("Caché", kind=SpaceKind.PROCESS, phases=SPRING, published=False)
    private = make.space("Privé", kind=SpaceKind.PROCESS, phases=SPRING, visibility=Visibility.PRIVATE)
    inside, hidden_id = make.member("Dedans"), hidden.id
    make.role(inside, private)
    inside, outside = inside.id, make.member("Dehors").id
    session.add_all(
        Follow(member_id=member, space_id=private.id, created_at=make.later()) for member in (inside, outside)
    )
    session.commit()
    move_phases()
    run_jobs()
    assert [recipient for _kind, recipient, _name in told(session)] == [inside]
    session.execute(update(Space).where(Space.id == hidden_id).values(published_at=make.later()))
    session.commit()
    assert turn_phases() == 1


def test_a_phase_put_off_is_told_again_when_it_comes(session, consultation, make, sign_in, at):
    browser = sign_in(make.coordinator())
    at(datetime(2026, 4, 2, tzinfo=UTC))
    move_phases()
    first, second = held(consultation)
    sent = rows((*first[:3], "2026-04-07"), second) | {"revision": "1", "shift": "y", "confirmed": "1"}
    browser.post("/e/demarche/phases", data=sent)
    at(datetime(2026, 4, 8, 12, tzinfo=UTC))
    move_phases()
    assert actions(session).count("phase.begun") == 2
