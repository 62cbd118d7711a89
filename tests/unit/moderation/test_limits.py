"""What moderation refuses when a page is older than the facts, and what undoing leaves alone."""

from typing import Any

import pytest
from sqlalchemy import func, select, update

from participa.auth.models import Member
from participa.authorization import Refused
from participa.contributions.models import Contribution
from participa.contributions.queries import with_place
from participa.db import clock, set_clock
from participa.moderation import queries, services
from participa.moderation.models import Decision, Reason, Report
from participa.notifications.models import Event
from participa.web import found
from tests.factories import Factory


def told(session: Any, kind: str) -> int:
    return int(session.scalar(select(func.count()).where(Event.kind == kind)))


def test_a_text_is_hidden_once_and_a_removed_one_not_at_all(session: Any, make: Factory) -> None:
    proposal, removed = make.proposal(), make.proposal()
    moderator = make.coordinator()
    services.hide(moderator, proposal, Reason.SPAM)
    session.execute(
        update(Contribution)
        .where(Contribution.id == removed.id)
        .values(deleted_at=clock())
        .execution_options(synchronize_session=False)
    )
    session.commit()

    with pytest.raises(Refused, match="already_hidden"):
        services.hide(moderator, proposal, Reason.OFFENSIVE)
    with pytest.raises(Refused, match="deleted"):
        services.hide(moderator, removed, Reason.OFFENSIVE)
    assert session.scalar(select(func.count()).select_from(Decision)) == 1


def test_only_a_hidden_text_is_restored(make: Factory) -> None:
    with pytest.raises(Refused, match="not_hidden"):
        services.restore(make.coordinator(), make.proposal())


def test_an_account_is_closed_once_and_a_closed_one_is_not_reported(session: Any, make: Factory) -> None:
    coordinator, person = make.coordinator(), make.member()
    services.deactivate(coordinator, person, Reason.SPAM)

    with pytest.raises(Refused, match="account_closed"):
        services.deactivate(coordinator, person, Reason.SPAM)
    with pytest.raises(Refused, match="account_closed"):
        services.report_member(make.member(), person, Reason.SPAM)
    assert session.scalars(select(Report)).all() == []


def test_an_account_that_stays_open_closes_the_reports_seen(session: Any, make: Factory) -> None:
    coordinator, person = make.coordinator(), make.member()
    services.report_member(make.member(), person, Reason.OFFENSIVE)
    seen = queries.queue(make.actor(coordinator)).cases[0].seen
    services.report_member(make.member(), person, Reason.SPAM)

    decision = services.keep_member(coordinator, person, seen=seen, last=0)

    assert decision.effects == {"reports": [seen]}
    assert queries.waiting_count(make.actor(coordinator)) == 1
    with pytest.raises(services.AlreadyDecided):
        services.deactivate(coordinator, person, Reason.SPAM, last=0)
    assert person.deactivated_at is None


def test_a_person_without_texts_is_told_nothing_of_hiding_them_all(session: Any, make: Factory) -> None:
    person, component = make.member(), make.component()
    moderator = make.moderator(component.space)

    decision = services.hide_all(moderator, person, Reason.SPAM, spaces=[component.space_id])

    assert decision.effects == {"hidden": [], "reports": []}
    assert told(session, "moderation.hidden_all") == 0


def test_undoing_a_decision_to_keep_opens_its_reports_and_touches_no_text(
    session: Any, make: Factory
) -> None:
    proposal, moderator = make.proposal(), make.coordinator()
    services.report(make.member(), proposal, Reason.SPAM)
    kept = services.keep(moderator, proposal, seen=10**6)
    assert queries.waiting_count(make.actor(moderator)) == 0

    services.undo(moderator, found(queries.find_decision(kept.id)))

    assert queries.waiting_count(make.actor(moderator)) == 1
    assert told(session, "moderation.restored") == 0


def test_undoing_a_restoration_hides_the_text_again_and_tells_its_author(session: Any, make: Factory) -> None:
    proposal, moderator = make.proposal(), make.coordinator()
    hidden = services.hide(moderator, proposal, Reason.SPAM)
    at, number = hidden.at, proposal.id
    restored = services.restore(moderator, proposal)

    services.undo(moderator, found(queries.find_decision(restored.id)))

    assert session.scalar(select(Contribution.hidden_at).where(Contribution.id == number)) == at
    assert told(session, "moderation.hidden") == 2


def test_undoing_a_restoration_leaves_a_text_that_its_author_removed_since(
    session: Any, make: Factory
) -> None:
    proposal, moderator = make.proposal(), make.coordinator()
    services.hide(moderator, proposal, Reason.SPAM)
    restored, number = services.restore(moderator, proposal), proposal.id
    session.execute(
        update(Contribution)
        .where(Contribution.id == number)
        .values(deleted_at=clock())
        .execution_options(synchronize_session=False)
    )
    session.commit()
    session.expunge_all()

    services.undo(moderator, found(queries.find_decision(restored.id)))

    assert session.scalar(select(Contribution.hidden_at).where(Contribution.id == number)) is None
    assert told(session, "moderation.hidden") == 1


def test_undoing_the_closing_of_an_account_closed_again_since_leaves_it_closed(
    session: Any, make: Factory
) -> None:
    coordinator, person = make.coordinator(), make.member()
    decision = services.deactivate(coordinator, person, Reason.SPAM)
    number = person.id
    set_clock(make.later(minutes=5))
    session.execute(
        update(Member)
        .where(Member.id == number)
        .values(deactivated_at=clock())
        .execution_options(synchronize_session=False)
    )
    session.commit()
    session.expunge_all()

    services.undo(coordinator, found(queries.find_decision(decision.id)))

    assert session.scalar(select(Member.deactivated_at).where(Member.id == number)) is not None


def test_hiding_a_text_without_author_tells_nobody(session: Any, make: Factory) -> None:
    proposal, moderator = make.proposal(), make.coordinator()
    session.execute(
        update(Contribution)
        .where(Contribution.id == proposal.id)
        .values(author_id=None)
        .execution_options(synchronize_session=False)
    )
    session.commit()
    session.expunge_all()
    orphan = found(session.scalar(with_place(select(Contribution)).where(Contribution.id == proposal.id)))

    services.hide(moderator, orphan, Reason.PERSONAL_DATA)

    assert orphan.hidden_at is not None
    assert told(session, "moderation.hidden") == 0
    assert found(queries.hiding_of(orphan)).reason == Reason.PERSONAL_DATA
