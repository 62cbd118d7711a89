"""Goals reached, answers promised for them, and the reminders before the day."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.authorization import Role
from participa.db import clock, day_of
from participa.notifications.models import Event, Notification
from participa.proposals.answering.filling import filled_in, unknown_places
from participa.proposals.answering.promises import note_goals, remind
from participa.proposals.models import Proposal
from participa.proposals.tasks import keep_promises
from tests.factories import Factory


def test_reaching_the_goal_promises_an_answer_once(make: Factory, session: Any) -> None:
    component = make.component("proposals", settings={"threshold_per_proposal": 2, "answer_delay": 10})
    reached = make.proposal(component, support_count=2)
    make.proposal(component, support_count=1)
    make.proposal(component, support_count=5, imported=True)
    make.proposal(component, support_count=5, withdrawn_at=clock())

    assert (note_goals(), note_goals()) == (1, 0)

    promised = session.execute(
        select(Proposal.id, Proposal.promised_on).where(Proposal.promised_on.is_not(None))
    )
    assert promised.all() == [(reached.id, day_of(clock()) + timedelta(days=10))]
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "proposal.goal_reached",
        "proposal.promised",
    ]


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ({"threshold_per_proposal": 2}, {}),
        ({"threshold_per_proposal": 2, "answer_delay": 10, "proposal_answering_enabled": False}, {}),
        ({"threshold_per_proposal": 2, "answer_delay": 10}, {"proposal_answering_enabled": False}),
    ],
)
def test_a_goal_promises_nothing_where_nothing_is_promised(
    make: Factory, session: Any, settings: dict[str, Any], rules: dict[str, Any]
) -> None:
    make.proposal(make.component("proposals", settings=settings, **rules), support_count=2)
    assert note_goals() == 1
    assert session.scalar(select(Proposal.promised_on)) is None
    assert session.scalar(select(Proposal.goal_reached_at)) is not None


def test_a_promise_made_by_hand_stays(make: Factory, session: Any) -> None:
    component = make.component("proposals", settings={"threshold_per_proposal": 2, "answer_delay": 10})
    day = day_of(clock()) + timedelta(days=3)
    make.proposal(component, support_count=2, promised_on=day)
    note_goals()
    assert session.scalar(select(Proposal.promised_on)) == day


def test_whoever_curates_is_reminded_once_a_few_days_before(
    make: Factory, session: Any, run_jobs: Any
) -> None:
    space, today = make.space(), day_of(clock())
    component = make.component("proposals", space)
    moderator, administrator = make.moderator(space), make.member()
    make.role(administrator, space, Role.ADMINISTRATOR)
    make.role(make.member(), space, Role.MEMBER)
    make.proposal(component, promised_on=today + timedelta(days=3))
    make.proposal(component, promised_on=today + timedelta(days=4))
    make.proposal(component, promised_on=today - timedelta(days=1))
    make.proposal(component, promised_on=today, state="accepted")
    make.proposal(component, promised_on=today, withdrawn_at=clock())

    expected = {moderator.id, administrator.id}
    keep_promises()
    assert remind() == 0
    run_jobs()

    assert session.scalars(select(Event.kind)).all() == ["proposal.answer_due"]
    told = session.scalars(select(Notification.recipient_id)).all()
    assert set(told) == expected and len(told) == 2


def test_where_nobody_curates_the_coordinators_are_reminded(
    make: Factory, session: Any, run_jobs: Any
) -> None:
    coordinator = make.coordinator().id
    make.proposal(promised_on=day_of(clock()))
    remind()
    run_jobs()
    assert session.scalars(select(Notification.recipient_id)).all() == [coordinator]


def test_a_template_is_filled_in_with_plain_text(make: Factory) -> None:
    proposal = make.proposal(author=make.member("Ada [x](http://a)"), title="Un *beau* titre assez long")
    filled = filled_in("{author}, {title}, {Space}, {other}", proposal)
    assert filled == (
        r"Ada \[x\](http://a), Un \*beau\* titre assez long, " + f"{proposal.component.space.name}, {{other}}"
    )
    assert unknown_places("{title} {Author} {mayor} {mayor}") == ["{mayor}"]
