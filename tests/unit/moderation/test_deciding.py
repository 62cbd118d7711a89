"""What decisions change, what undoing puts back, and what two moderators at once see."""

from typing import Any

import pytest
from sqlalchemy import func, select

from participa.audit.models import AuditEntry
from participa.auth.models import Member, UserSession
from participa.authorization import Refused, Role
from participa.comments.services import post
from participa.contributions.models import Contribution
from participa.contributions.queries import shown
from participa.moderation import policies, queries, services
from participa.moderation.models import Act, Decision, Reason, Report
from participa.notifications.models import Event
from participa.spaces.models import Visibility
from participa.web import found
from tests.factories import Factory


def again(decision: Decision) -> Decision:
    """The decision as another request finds it."""
    return found(queries.find_decision(decision.id))


def events(session: Any, kind: str) -> Any:
    return session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)).all()


def test_hiding_closes_all_reports_and_tells_the_author_and_those_who_reported(
    session: Any, make: Factory
) -> None:
    proposal = make.proposal()
    moderator = make.moderator(proposal.component.space)
    readers = [make.member(), make.member()]
    for reader in readers:
        services.report(reader, proposal, Reason.SPAM)

    services.hide(moderator, proposal, Reason.SPAM, "Trois fois le même lien.")

    assert proposal.hidden_at is not None
    assert session.scalar(select(func.count()).where(Report.closed_at.is_(None))) == 0
    told = events(session, "moderation.hidden")[0]
    assert told.recipients == [proposal.author_id]
    assert (told.details["reason"], told.details["note"]) == ("spam", "Trois fois le même lien.")
    closed = events(session, "report.closed")[0]
    assert closed.recipients == sorted(reader.id for reader in readers)
    assert closed.details["outcome"] == "hidden"
    assert "moderation.hidden" in session.scalars(select(AuditEntry.action)).all()


def test_hiding_a_comment_uncounts_it_and_undoing_counts_it_again(session: Any, make: Factory) -> None:
    proposal = make.proposal()
    moderator = make.moderator(proposal.component.space)
    comment = post(make.member(), proposal, "Un avis")
    count = select(Contribution.comment_count).where(Contribution.id == proposal.id)

    decision = services.hide(moderator, comment, Reason.OFF_TOPIC)
    assert session.scalar(count) == 0

    services.undo(moderator, again(decision))
    assert session.scalar(count) == 1


def test_hiding_a_proposal_stamps_nothing_on_its_comments(session: Any, make: Factory) -> None:
    proposal = make.proposal()
    moderator = make.moderator(proposal.component.space)
    comment = post(make.member(), proposal, "Un avis")

    services.hide(moderator, proposal, Reason.SPAM)

    assert session.scalar(select(Contribution.hidden_at).where(Contribution.id == comment.id)) is None


def test_undoing_a_hiding_shows_the_text_and_opens_its_reports_again(session: Any, make: Factory) -> None:
    proposal, reader = make.proposal(), make.member()
    moderator = make.moderator(proposal.component.space)
    services.report(reader, proposal, Reason.SPAM)
    decision = services.hide(moderator, proposal, Reason.SPAM)

    services.undo(moderator, again(decision))

    assert proposal.hidden_at is None
    assert session.scalar(select(func.count()).where(Report.closed_at.is_(None))) == 1
    assert events(session, "moderation.restored")[0].recipients == [proposal.author_id]


def test_a_decision_is_undone_once_and_before_later_ones(session: Any, make: Factory) -> None:
    proposal = make.proposal()
    hidden_at = select(Contribution.hidden_at).where(Contribution.id == proposal.id)
    moderator = make.moderator(proposal.component.space)
    hidden = services.hide(moderator, proposal, Reason.SPAM)
    restored = services.restore(moderator, proposal)

    with pytest.raises(Refused, match="later_decision"):
        services.undo(moderator, again(hidden))

    services.undo(moderator, again(restored))
    assert session.scalar(hidden_at) is not None
    with pytest.raises(services.AlreadyDecided):
        services.undo(moderator, again(restored))
    services.undo(moderator, again(hidden))
    assert session.scalar(hidden_at) is None


def test_the_second_of_two_moderators_is_told_what_the_first_did(session: Any, make: Factory) -> None:
    proposal = make.proposal()
    space = proposal.component.space
    first, second = make.moderator(space, "Première"), make.moderator(space, "Seconde")
    services.report(make.member(), proposal, Reason.SPAM)
    services.keep(first, proposal, seen=10**6, last=0)

    with pytest.raises(services.AlreadyDecided) as told:
        services.hide(second, proposal, Reason.SPAM, last=0)

    assert told.value.decision.moderator.name == "Première"
    assert proposal.hidden_at is None


def test_a_report_that_arrives_while_deciding_to_keep_is_not_lost(session: Any, make: Factory) -> None:
    proposal = make.proposal()
    moderator = make.moderator(proposal.component.space)
    services.report(make.member(), proposal, Reason.SPAM)
    seen = queries.queue(make.actor(moderator)).cases[0].seen
    services.report(make.member(), proposal, Reason.OFFENSIVE)

    services.keep(moderator, proposal, seen=seen)

    case = queries.queue(make.actor(moderator)).cases[0]
    assert (case.count, case.reasons) == (1, [Reason.OFFENSIVE])


def test_nobody_decides_about_their_own_text(make: Factory) -> None:
    proposal = make.proposal()
    author = found(proposal.author)
    make.role(author, proposal.component.space, Role.MODERATOR)

    assert policies.may_decide(make.actor(author), proposal).rule == "own_case"


def test_closing_an_account_hides_its_texts_and_undoing_restores_only_those(
    session: Any, make: Factory
) -> None:
    coordinator, spammer = make.coordinator(), make.member()
    component = make.component()
    before, after = (make.proposal(component, spammer) for _ in range(2))
    root = make.proposal(component)
    comment = post(spammer, root, "Achetez ceci")
    services.hide(make.moderator(component.space), before, Reason.OFF_TOPIC)
    session.add(
        UserSession(
            token_hash="t", member_id=spammer.id, created_at=before.hidden_at, last_seen_at=before.hidden_at,
            expires_at=before.hidden_at,
        )
    )  # fmt: skip
    session.commit()

    decision = services.deactivate(coordinator, spammer, Reason.SPAM)

    assert decision.effects["hidden"] == sorted([after.id, comment.id])
    assert session.scalar(select(Member.deactivated_at).where(Member.id == spammer.id)) is not None
    assert session.scalars(select(UserSession)).all() == []
    assert session.scalar(select(Contribution.comment_count).where(Contribution.id == root.id)) == 0

    services.undo(coordinator, again(decision))

    visible = session.scalars(
        select(Contribution.id).where(Contribution.author_id == spammer.id, shown())
    ).all()
    assert sorted(visible) == sorted([after.id, comment.id])
    assert before.hidden_at is not None
    assert session.scalar(select(Member.deactivated_at).where(Member.id == spammer.id)) is None
    assert session.scalar(select(Contribution.comment_count).where(Contribution.id == root.id)) == 1


def test_undoing_leaves_what_another_moderator_hid_since(session: Any, make: Factory) -> None:
    coordinator, spammer, component = make.coordinator(), make.member(), make.component()
    proposal = make.proposal(component, spammer)
    decision = services.deactivate(coordinator, spammer, Reason.SPAM)
    moderator = make.moderator(component.space)
    services.restore(moderator, proposal)
    from participa.db import set_clock

    set_clock(make.later(minutes=5))
    services.hide(moderator, proposal, Reason.OFFENSIVE)

    services.undo(coordinator, again(decision))

    hidden_at = session.scalar(select(Contribution.hidden_at).where(Contribution.id == proposal.id))
    assert hidden_at is not None


def test_a_moderator_hides_all_texts_of_a_person_in_their_spaces_only(session: Any, make: Factory) -> None:
    spammer = make.member()
    here, elsewhere = make.component(), make.component()
    moderator = make.moderator(here.space)
    mine, theirs = make.proposal(here, spammer), make.proposal(elsewhere, spammer)

    services.hide_all(moderator, spammer, Reason.SPAM, spaces=make.actor(moderator).curated_spaces)

    hidden = session.scalars(select(Contribution.id).where(Contribution.hidden_at.is_not(None))).all()
    assert hidden == [mine.id]
    assert theirs.hidden_at is None
    assert spammer.deactivated_at is None
    assert policies.may_decide_on_member(make.actor(moderator), spammer).rule == "members_by_coordinators"
    assert events(session, "moderation.hidden_all")[0].details["count"] == 1


def test_the_reason_of_a_hiding_is_found_for_its_author(make: Factory) -> None:
    coordinator, spammer = make.coordinator(), make.member()
    alone, together = make.proposal(author=spammer), make.proposal(author=spammer)
    services.hide(coordinator, alone, Reason.PERSONAL_DATA, "Un numéro de téléphone")
    services.deactivate(coordinator, spammer, Reason.SPAM)

    assert found(queries.hiding_of(alone)).note == "Un numéro de téléphone"
    assert found(queries.hiding_of(together)).act == Act.DEACTIVATE


def test_the_queue_shows_each_moderator_their_spaces_and_persons_to_coordinators(
    session: Any, make: Factory
) -> None:
    here, elsewhere = make.proposal(), make.proposal()
    reader, person = make.member(), make.member()
    moderator, coordinator = make.moderator(here.component.space), make.coordinator()
    own = make.proposal(here.component, moderator)
    for thing in (here, elsewhere, own):
        services.report(reader, thing, Reason.SPAM)
    services.report_member(reader, person, Reason.OFFENSIVE)

    def subjects(member: Any) -> Any:
        return [case.key for case in queries.queue(make.actor(member)).cases]

    assert subjects(moderator) == [f"c{here.id}"]
    assert subjects(coordinator) == [f"c{here.id}", f"c{elsewhere.id}", f"c{own.id}", f"m{person.id}"]
    assert subjects(reader) == []
    assert queries.waiting_count(make.actor(coordinator)) == 4


def test_reports_in_a_private_space_stay_with_its_team(make: Factory) -> None:
    proposal = make.proposal(make.component(space=make.space(visibility=Visibility.PRIVATE)))
    services.report(make.member(), proposal, Reason.SPAM)

    assert queries.waiting_count(make.actor(make.moderator(proposal.component.space))) == 1
    assert queries.waiting_count(make.actor(make.coordinator())) == 0


def test_several_reports_are_one_row_and_a_text_changed_since_is_marked(session: Any, make: Factory) -> None:
    from participa.contributions.services import revise
    from participa.db import transaction

    proposal = make.proposal(body="Le texte tel qu’il fut signalé.")
    moderator = make.moderator(proposal.component.space)
    services.report(make.member(), proposal, Reason.SPAM)
    with transaction() as opened:
        revise(
            opened,
            proposal,
            found(proposal.author),
            revision=1,
            title=proposal.title,
            body="Un autre texte, plus sage.",
        )
    services.report(make.member(), proposal, Reason.OFFENSIVE)

    page = queries.queue(make.actor(moderator))

    assert (page.total, page.cases[0].count) == (1, 2)
    assert page.cases[0].has_changed
    assert found(queries.text_seen(page.cases[0])).body == "Le texte tel qu’il fut signalé."


def test_deciding_costs_as_many_statements_whatever_the_reports(make: Factory) -> None:
    from tests.tools import counted_statements

    def cost(reports: int) -> int:
        proposal = make.proposal()
        moderator = make.moderator(proposal.component.space)
        for _ in range(reports):
            services.report(make.member(), proposal, Reason.SPAM)
        with counted_statements() as statements:
            services.hide(moderator, proposal, Reason.SPAM, last=0)
        return len(statements)

    assert cost(1) == cost(12) <= 20


def test_a_decision_outlives_in_the_history(session: Any, make: Factory) -> None:
    proposal = make.proposal()
    moderator = make.moderator(proposal.component.space)
    decision = services.hide(moderator, proposal, Reason.SPAM)
    services.undo(moderator, again(decision))

    history = queries.history(make.actor(moderator))

    assert [one.id for one in history] == [decision.id]
    assert history[0].undone_by_id == moderator.id
    assert session.scalar(select(func.count()).select_from(Decision)) == 1
