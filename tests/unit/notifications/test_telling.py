"""Who is told what, once, and who is not."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from participa.auth.models import Member
from participa.authorization import Role
from participa.comments.services import post
from participa.contributions.policies import may_read
from participa.db import clock, transaction
from participa.events import Happening, announce
from participa.follows.models import Follow
from participa.follows.services import follow
from participa.moderation import services as moderation
from participa.moderation.models import Reason
from participa.notifications import queries, tasks
from participa.notifications.models import Event, Notification
from participa.spaces.models import SpaceRole, Visibility
from participa.web import found
from tests.factories import Factory
from tests.tools import counted_statements


def told(session: Any) -> Any:
    """The names of the people told, with the kind of event."""
    rows = session.execute(
        select(Member.name, Event.kind)
        .join(Notification, Notification.recipient_id == Member.id)
        .join(Event, Event.id == Notification.event_id)
    )
    return sorted((row.name, row.kind) for row in rows)


def follows(make: Factory, member: Any, **subject: Any) -> None:
    with transaction() as session:
        follow(session, member.id, **subject)


def happens(proposal: Any, actor: Any = None, kind: str = "proposal.edited", **more: Any) -> None:
    """Announce something about a proposal."""
    with transaction() as session:
        announce(
            session,
            Happening(
                kind,
                actor.id if actor else None,
                proposal.component.space_id,
                proposal.id,
                proposal.id,
                **more,
            ),
        )


def test_followers_of_the_thing_and_of_its_space_are_told_but_not_who_did_it(
    session: Any, make: Factory, run_jobs: Callable[[], int]
) -> None:
    proposal = make.proposal()
    of_thing, of_space = make.member("Ada"), make.member("Grace")
    make.member("Personne")
    follows(make, of_thing, contribution_id=proposal.id)
    follows(make, of_space, space_id=proposal.component.space_id)
    follows(make, of_space, contribution_id=proposal.id)
    follows(make, proposal.author, contribution_id=proposal.id)

    happens(proposal, proposal.author)
    run_jobs()

    assert told(session) == [("Ada", "proposal.edited"), ("Grace", "proposal.edited")]


def test_an_answer_is_told_once_to_the_one_answered(
    session: Any, make: Factory, run_jobs: Callable[[], int]
) -> None:
    proposal, asker = make.proposal(author=make.member("Ada")), make.member("Grace")
    follows(make, proposal.author, contribution_id=proposal.id)
    question = post(asker, proposal, "Une question ?")
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()

    post(make.member("Hedy"), proposal, "Une réponse.", parent=question)
    run_jobs()

    assert told(session) == [("Ada", "comment.posted"), ("Grace", "comment.answered")]


def test_a_job_delivered_twice_tells_nobody_twice(
    session: Any, make: Factory, run_jobs: Callable[[], int]
) -> None:
    proposal, reader = make.proposal(), make.member()
    follows(make, reader, contribution_id=proposal.id)
    happens(proposal)
    run_jobs()
    event_id = session.scalar(select(Event.id))

    tasks.tell.func(event_id=event_id)
    tasks.write_mails.func(event_id=event_id, after=0, upto=10**9)

    from participa.mail import OutgoingMail

    assert session.scalar(select(func.count()).select_from(Notification)) == 1
    assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 1


def test_who_lost_access_between_the_act_and_the_job_is_told_nothing(
    session: Any, make: Factory, run_jobs: Callable[[], int]
) -> None:
    space = make.space(visibility=Visibility.PRIVATE)
    proposal = make.proposal(make.component(space=space))
    stays, leaves = make.member("Reste"), make.member("Part")
    for member in (stays, leaves):
        make.role(member, space)
        follows(make, member, contribution_id=proposal.id)
    happens(proposal)
    session.execute(delete(SpaceRole).where(SpaceRole.member_id == leaves.id))
    session.commit()

    run_jobs()

    assert told(session) == [("Reste", "proposal.edited")]


def test_deactivated_people_are_told_nothing(
    session: Any, make: Factory, run_jobs: Callable[[], int]
) -> None:
    proposal, gone = make.proposal(), make.member(deactivated_at=clock())
    follows(make, gone, contribution_id=proposal.id)

    happens(proposal)
    run_jobs()

    assert told(session) == []


def test_a_text_hidden_before_the_job_is_told_to_nobody(
    session: Any, make: Factory, run_jobs: Callable[[], int]
) -> None:
    proposal, reader = make.proposal(), make.member()
    follows(make, reader, contribution_id=proposal.id)
    comment = post(make.member("Ada"), proposal, "Bientôt masqué")

    moderation.hide(make.moderator(proposal.component.space), comment, Reason.SPAM)
    run_jobs()

    assert told(session) == [("Ada", "moderation.hidden")]


def test_those_who_reported_hear_the_outcome_even_of_a_hidden_text(
    session: Any, make: Factory, run_jobs: Callable[[], int]
) -> None:
    proposal, reader = make.proposal(), make.member("Grace")
    moderation.report(reader, proposal, Reason.SPAM)
    moderation.hide(make.moderator(proposal.component.space), proposal, Reason.SPAM)

    run_jobs()

    assert ("Grace", "report.closed") in told(session)


def test_an_act_writes_one_event_and_one_job_whoever_follows(session: Any, make: Factory) -> None:
    def cost(followers: int) -> int:
        proposal = make.proposal()
        for _ in range(followers):
            follows(make, make.member(), contribution_id=proposal.id)
        with counted_statements() as statements:
            happens(proposal)
        return len(statements)

    assert cost(1) == cost(8) <= 3


def test_thousands_are_told_by_batches_without_being_loaded(
    session: Any, make: Factory, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("participa.notifications.services.BATCH", 500)
    proposal = make.proposal()
    people = session.scalars(
        insert(Member).returning(Member.id),
        [{"name": f"M {n}", "created_at": clock(), "mail_by_default": False} for n in range(2100)],
    ).all()
    session.execute(
        insert(Follow),
        [{"member_id": one, "contribution_id": proposal.id, "created_at": clock()} for one in people],
    )
    session.commit()
    happens(proposal)
    event_id = session.scalar(select(Event.id))
    session.expunge_all()

    with counted_statements() as statements:
        tasks.tell.func(event_id=event_id)

    assert session.scalar(select(func.count()).select_from(Notification)) == 2100
    assert len(statements) <= 2 + 6
    assert not any(isinstance(held, Member) for held in session.identity_map.values())


def test_events_that_nobody_is_told_of_are_not_written(session: Any, make: Factory) -> None:
    happens(make.proposal(), kind="vote.cast")
    happens(make.proposal(), recipients=())

    assert session.scalar(select(func.count()).select_from(Event)) == 0


@pytest.mark.parametrize("visibility", list(Visibility))
def test_who_may_be_told_is_who_may_read(session: Any, make: Factory, visibility: Visibility) -> None:
    """The SQL on a set of members says what the policy says of each, in every state of space and text."""
    people = {
        name: make.member(name) for name in ("member", "guest", "moderator", "administrator", "stranger")
    }
    people["coordinator"] = make.coordinator()
    people["coordinating member"] = make.coordinator("Coordonne et participe")
    states = itertools.product((True, False), (True, False), (None, "space", "component"))
    for space_published, component_published, trashed in states:
        space = make.space(visibility=visibility, published=space_published)
        for role in (Role.MEMBER, Role.GUEST, Role.MODERATOR, Role.ADMINISTRATOR):
            make.role(people[role.value], space, role)
        make.role(people["coordinating member"], space)
        component = make.component(space=space, published=component_published)
        proposal = make.proposal(component)
        if trashed:
            (space if trashed == "space" else component).trashed_at = clock()
            session.commit()
        happens(proposal)
        event = found(queries.find_event(session.scalar(select(func.max(Event.id)))))

        allowed = set(session.scalars(select(Member.name).where(queries.may_be_told(event))))

        expected = {
            name for person in session.scalars(select(Member)) if may_read(make.actor(person), proposal)
            for name in (person.name,)
        }  # fmt: skip
        assert allowed == expected, (visibility, space_published, component_published, trashed)


@pytest.mark.parametrize("state", ["hidden_at", "deleted_at", "trashed_at"])
def test_what_is_not_shown_is_told_to_no_follower(session: Any, make: Factory, state: str) -> None:
    proposal = make.proposal()
    make.moderator(proposal.component.space)
    make.coordinator()
    happens(proposal)
    session.execute(update(type(proposal).__mro__[1]).values({state: clock()}))
    session.commit()

    event = found(queries.find_event(session.scalar(select(Event.id))))

    assert session.scalars(select(Member.id).where(queries.may_be_told(event))).all() == []
