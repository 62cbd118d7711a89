"""What readers may report, once."""

from typing import Any

import pytest
from sqlalchemy import select

from participa.authorization import Refused
from participa.comments.services import post
from participa.moderation import policies, services
from participa.moderation.models import Reason, Report
from participa.notifications.models import Event
from participa.spaces.models import Visibility
from tests.factories import Factory


def test_a_person_reports_one_text_once(session: Any, make: Factory) -> None:
    reader, proposal = make.member(), make.proposal()

    assert services.report(reader, proposal, Reason.SPAM, "Publicité")
    assert not services.report(reader, proposal, Reason.OFFENSIVE)

    kept = session.scalars(select(Report)).one()
    assert (kept.reason, kept.note, kept.revision_seen) == (Reason.SPAM, "Publicité", 1)


def test_a_person_reports_another_person_once(session: Any, make: Factory) -> None:
    reader, spammer = make.member(), make.member()

    assert services.report_member(reader, spammer, Reason.OFFENSIVE)
    assert not services.report_member(reader, spammer, Reason.SPAM)

    assert session.scalars(select(Report.member_id)).all() == [spammer.id]


def test_nobody_reports_themselves(make: Factory) -> None:
    author = make.member()
    proposal = make.proposal(author=author)

    assert policies.may_report(make.actor(author), proposal).rule == "own_content"
    assert policies.may_report_member(make.actor(author), author).rule == "own_content"


@pytest.mark.parametrize(
    ("visibility", "rule"),
    [(Visibility.PUBLIC, None), (Visibility.MEMBERS, None), (Visibility.PRIVATE, "not_visible")],
)
def test_only_what_one_reads_can_be_reported(make: Factory, visibility: Visibility, rule: str | None) -> None:
    proposal = make.proposal(make.component(space=make.space(visibility=visibility)))

    assert policies.may_report(make.actor(make.member()), proposal).rule == rule
    assert not policies.may_report(make.actor(), proposal)


def test_a_text_hidden_meanwhile_takes_no_report(session: Any, make: Factory) -> None:
    proposal = make.proposal()
    moderator = make.moderator(proposal.component.space)
    services.hide(moderator, proposal, Reason.SPAM)

    with pytest.raises(Refused, match="hidden"):
        services.report(make.member(), proposal, Reason.SPAM)
    assert session.scalars(select(Report)).all() == []


def test_reports_of_a_comment_that_its_author_removes_are_closed_and_told(
    session: Any, make: Factory
) -> None:
    from participa.comments import services as comments

    author, reader, proposal = make.member(), make.member(), make.proposal()
    comment = post(author, proposal, "À effacer bientôt")
    services.report(reader, comment, Reason.SPAM)

    comments.delete(author, comment)

    assert session.scalars(select(Report.closed_at)).one() is not None
    told = session.scalars(select(Event).where(Event.kind == "report.closed")).one()
    assert told.recipients == [reader.id]
    assert told.details["outcome"] == "removed"
