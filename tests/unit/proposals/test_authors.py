"""Several authors: who may ask whom, what accepting and leaving change, and that nothing is counted wrong."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from participa.authorization import Actor, Refused, Role
from participa.contributions.authors import add_authors, drop_author, lock
from participa.contributions.models import Authorship, Contribution
from participa.contributions.policies import is_author, may_read
from participa.contributions.queries import visible_to
from participa.db import clock
from participa.follows.models import Follow
from participa.insights.counters import put_right, wrong_counters
from participa.moderation import policies as moderation
from participa.moderation import services as moderators
from participa.moderation.models import Reason
from participa.moderation.queries import waiting_count
from participa.notifications.models import Event, Notification
from participa.proposals import policies, queries
from participa.proposals.authors import policies as authors_policies
from participa.proposals.authors import queries as authors
from participa.proposals.authors import services
from participa.proposals.models import Proposal
from participa.proposals.policies import may_edit, may_vote, may_withdraw
from participa.spaces.models import Visibility
from participa.votes.models import Ballot, Vote
from participa.votes.queries import find_votable
from participa.votes.services import cast
from tests.factories import Factory


def read(proposal: Any) -> Proposal:
    found = queries.find(proposal.component_id, proposal.id, Actor())
    assert found is not None
    return found.proposal


def told(session: Any, kind: str) -> list[int]:
    return sorted(
        session.scalars(select(Notification.recipient_id).join(Notification.event).where(Event.kind == kind))
    )


@pytest.fixture
def shared(make: Factory) -> tuple[Proposal, Any, Any]:
    """A proposal with a first author and a second one."""
    first, second = make.member("Première"), make.member("Seconde", make.centre("IREV"))
    proposal = make.proposal(author=first)
    services.invite(first, read(proposal), second)
    services.accept(second, read(proposal))
    return read(proposal), first, second


def test_an_invitation_is_told_and_gives_no_right_until_it_is_accepted(
    session: Any, make: Factory, run_jobs: Any
) -> None:
    first, second = make.member(), make.member()
    proposal = make.proposal(author=first)

    assert services.invite(first, read(proposal), second)
    assert not services.invite(first, read(proposal), second)
    assert may_edit(make.actor(second), read(proposal)).rule == "not_author"
    assert services.accept(second, read(proposal))
    assert not services.accept(second, read(proposal))
    assert may_edit(make.actor(second), read(proposal))
    assert may_withdraw(make.actor(second), read(proposal))
    assert authors_policies.may_invite(make.actor(second), read(proposal))
    assert wrong_counters() == []
    ids = first.id, second.id
    run_jobs()
    assert (told(session, "authorship.accepted"), told(session, "authorship.offered")) == ([ids[0]], [ids[1]])


def test_whoever_accepts_follows_and_no_longer_supports(session: Any, make: Factory) -> None:
    first, second = make.member(), make.member(centre=make.centre())
    component = make.component("proposals", settings={"vote_limit": 3})
    proposal = make.proposal(component, first)
    votable = find_votable(proposal.id)
    assert votable is not None
    cast(second, votable, 1)
    services.invite(first, read(proposal), second)

    services.accept(second, read(proposal))

    assert session.scalars(select(Vote)).all() == []
    assert session.scalar(select(Ballot.used)) == 0
    assert session.scalars(select(Follow.member_id)).all() == [second.id]
    assert may_vote(make.actor(second), read(proposal)).rule == "own_proposal"
    assert (read(proposal).support_count, read(proposal).centre_count) == (0, 0)
    assert wrong_counters() == []


def test_a_vote_cast_from_a_page_shown_before_is_refused(make: Factory, shared: Any) -> None:
    proposal, _first, second = shared
    stale = find_votable(proposal.id)
    assert stale is not None
    set_committed_value(stale, "coauthor_ids", ())

    with pytest.raises(Refused, match="own_text"):
        cast(second, stale, 1)


def test_declining_is_told_to_who_asked_and_nobody_asks_again(
    session: Any, make: Factory, run_jobs: Any
) -> None:
    first, second = make.member(), make.member("Quelqu’une")
    proposal = make.proposal(author=first)
    services.invite(first, read(proposal), second)

    assert services.decline(second, read(proposal))
    assert not services.decline(second, read(proposal))
    assert not services.invite(first, read(proposal), second)
    assert authors.candidates(read(proposal), "quelqu") == []
    with pytest.raises(Refused, match="not_invited"):
        services.accept(second, read(proposal))
    asked_by = first.id
    run_jobs()
    assert told(session, "authorship.declined") == [asked_by]


def test_a_cancelled_invitation_cannot_be_accepted_and_an_answered_one_not_cancelled(make: Factory) -> None:
    first, second = make.member(), make.member()
    proposal = make.proposal(author=first)
    services.invite(first, read(proposal), second)

    assert services.cancel(first, read(proposal), second.id)
    with pytest.raises(Refused, match="not_invited"):
        services.accept(second, read(proposal))
    assert services.invite(first, read(proposal), second)
    services.accept(second, read(proposal))
    assert not services.cancel(first, read(proposal), second.id)
    assert is_author(make.actor(second), read(proposal))


def test_the_first_author_who_leaves_is_followed_by_the_next_and_the_last_stays(
    session: Any, make: Factory, shared: Any, run_jobs: Any
) -> None:
    proposal, first, second = shared

    assert services.leave(first, proposal)

    found = read(proposal)
    assert (found.author_id, found.centre_id, found.coauthor_ids) == (second.id, second.centre_id, ())
    assert authors_policies.may_leave(make.actor(second), found).rule == "last_author"
    with pytest.raises(Refused, match="last_author"):
        services.leave(second, found)
    assert may_vote(make.actor(first), found)
    assert wrong_counters() == []
    left = second.id
    run_jobs()
    assert told(session, "authorship.left") == [left]


def test_only_those_who_take_part_in_the_space_may_be_asked(make: Factory) -> None:
    space = make.space(visibility=Visibility.TRANSPARENT)
    inside, outside = make.member("Camille dedans"), make.member("Camille dehors")
    gone = make.member("Camille partie", deactivated_at=clock())
    author = make.member()
    for member in (author, inside, gone):
        make.role(member, space, Role.MEMBER)
    proposal = make.proposal(make.component("proposals", space), author)

    assert [found.id for found in authors.candidates(read(proposal), "camille")] == [inside.id]
    assert authors.participant(read(proposal), outside.id) is None
    assert authors.participant(read(proposal), gone.id) is None


def test_a_proposal_has_at_most_twenty_authors_by_invitation(make: Factory) -> None:
    first = make.member()
    proposal = make.proposal(author=first)
    for _n in range(authors_policies.MOST_AUTHORS - 1):
        assert services.invite(first, read(proposal), make.member())

    with pytest.raises(Refused, match="too_many_authors"):
        services.invite(first, read(proposal), make.member())


def test_nobody_is_invited_once_the_answer_is_final(make: Factory) -> None:
    author = make.member()
    proposal = read(make.proposal(author=author))
    assert authors_policies.may_invite(make.actor(author), proposal)
    assert authors_policies.may_invite(make.actor(make.member()), proposal).rule == "not_author"
    make.answer(proposal, "accepted")
    make.session.expunge_all()
    assert authors_policies.may_invite(make.actor(author), read(proposal)).rule == "already_answered"


def test_moderation_treats_every_author_as_one(
    session: Any, make: Factory, shared: Any, run_jobs: Any
) -> None:
    proposal, first, second = shared
    moderator = make.moderator(proposal.component.space)
    make.role(second, proposal.component.space, Role.MODERATOR)
    assert moderation.may_report(make.actor(second), proposal).rule == "own_content"
    assert moderation.may_decide(make.actor(second), proposal).rule == "own_case"
    reporter = make.member()
    moderators.report(reporter, read(proposal), Reason.SPAM)
    assert waiting_count(make.actor(second)) == 0
    assert waiting_count(make.actor(moderator)) == 1

    moderators.hide(moderator, read(proposal), Reason.SPAM)

    hidden = read(proposal)
    assert moderation.may_read_hidden(make.actor(second), hidden)
    for member in (first, second, reporter):
        actor = make.actor(member)
        seen = session.scalar(
            select(Contribution.id).where(Contribution.id == proposal.id, visible_to(actor))
        )
        assert (seen is not None) == bool(may_read(actor, hidden)) == (member is not reporter)
    both = sorted([first.id, second.id])
    run_jobs()
    assert told(session, "moderation.hidden") == both


def test_what_others_wrote_too_stays_when_one_account_is_closed(make: Factory, shared: Any) -> None:
    proposal, first, _second = shared
    alone = make.proposal(proposal.component, first)

    moderators.deactivate(make.coordinator(), first, Reason.SPAM)

    assert read(alone).hidden_at is not None
    assert read(proposal).hidden_at is None


def test_lists_know_ones_own_among_several_authors(make: Factory, shared: Any) -> None:
    proposal, _first, second = shared
    make.proposal(proposal.component)
    actor = make.actor(second)

    rows = queries.listed(proposal.component, queries.Wish(mine=("not_yet",)), actor, None).items

    assert proposal.id not in [row.id for row in rows]
    assert len(rows) == 1


def test_only_moderators_with_a_centre_sign_for_it_where_it_is_set_so(make: Factory) -> None:
    component = make.component("proposals")
    closed = make.component("proposals", component.space, settings={"official_proposals_enabled": False})
    moderator = make.moderator(component.space, centre=make.centre())
    homeless, member = make.moderator(component.space), make.member(centre=make.centre())

    assert policies.may_sign_for_centre(make.actor(moderator), component)
    assert policies.may_sign_for_centre(make.actor(moderator), closed).rule == "no_official_proposals"
    assert policies.may_sign_for_centre(make.actor(homeless), component).rule == "no_centre"
    assert policies.may_sign_for_centre(make.actor(member), component).rule == "moderators_only"


def test_whoever_signs_for_a_centre_stays_its_author(make: Factory, shared: Any) -> None:
    proposal, first, _second = shared
    proposal.official = True
    assert authors_policies.may_leave(make.actor(first), proposal).rule == "signs_for_centre"
    assert may_vote(make.actor(first), proposal).rule == "own_proposal"


def test_authors_added_at_once_are_listed_in_order_and_a_recount_finds_what_is_missing(
    session: Any, make: Factory
) -> None:
    people = [make.member() for _n in range(3)]
    proposal = make.proposal(author=people[0])

    lock(session, proposal)
    added = add_authors(session, proposal, [(member.id, None) for member in people])
    assert added == [people[1].id, people[2].id]
    assert add_authors(session, proposal, [(people[1].id, None)]) == []
    assert not drop_author(session, proposal, make.member().id)
    assert proposal.coauthor_ids == (people[1].id, people[2].id)
    assert session.scalars(select(Authorship.accepted_at.is_not(None))).all() == [True, True]
    assert wrong_counters() == []

    proposal.coauthor_ids = (people[2].id,)
    session.commit()
    assert [wrong.counter for wrong in wrong_counters()] == ["contributions.coauthor_ids"]
    put_right()
    assert wrong_counters() == []
