"""Amendments: who may do what, what each act changes and tells, and that only one answer counts."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from participa import create_app
from participa.auth.models import Member
from participa.authorization import Actor, Refused
from participa.config import Settings, psycopg_url
from participa.contributions.models import Contribution, Version
from participa.contributions.policies import is_author
from participa.db import clock, db, set_clock
from participa.errors import Conflict
from participa.follows.services import follow
from participa.insights.counters import wrong_counters
from participa.moderation import services as moderators
from participa.moderation.models import Reason
from participa.notifications.models import Event, Notification
from participa.proposals import policies as proposal_policies
from participa.proposals import queries
from participa.proposals import services as proposals
from participa.proposals.amendments import policies, services
from participa.proposals.amendments import queries as amendments
from participa.proposals.amendments.forms import Draft
from participa.proposals.amendments.models import Amendment, Decision
from participa.proposals.forms import Draft as Text
from participa.proposals.models import Proposal
from participa.votes.models import Participation, Vote
from participa.votes.queries import find_votable
from participa.votes.services import cast
from tests.factories import Factory

TITLE = "Planter des arbres dans la grand-rue"
OPEN = {"amendments_enabled": True}


def read(proposal: Any) -> Proposal:
    found = queries.find(proposal.component_id, proposal.id, Actor())
    assert found is not None
    return found.proposal


def found(proposal: Any, amendment: Any) -> Amendment:
    one = amendments.find(read(proposal), amendment.id, Actor())
    assert one is not None
    return one.amendment


def amend(amender: Any, proposal: Any, body: str = "Un tout autre texte, assez long.") -> Amendment:
    return services.publish(amender, read(proposal), Draft(TITLE, body, "Plus court"), base_number=1)


def told(session: Any, kind: str) -> list[int]:
    return sorted(
        session.scalars(select(Notification.recipient_id).join(Notification.event).where(Event.kind == kind))
    )


@pytest.fixture
def pair(make: Factory) -> tuple[Proposal, Any, Any]:
    """A proposal that may be amended, its author, and someone who amends."""
    author, amender = make.member("Autrice"), make.member("Autre", make.centre("IREV"))
    return make.proposal(make.component("proposals", settings=OPEN), author, title=TITLE), author, amender


def test_an_amendment_is_told_to_the_authors_and_counts_its_centre(
    session: Any, make: Factory, pair: Any, run_jobs: Any
) -> None:
    proposal, author, amender = pair
    follower = make.member()
    make.session.commit()
    follow(session, follower.id, contribution_id=proposal.id)

    amendment = amend(amender, proposal)

    assert amendment.state == "evaluating"
    assert session.scalar(select(Participation.n)) == 1
    assert wrong_counters() == []
    ids = author.id, follower.id
    run_jobs()
    assert told(session, "amendment.received") == [ids[0]]
    assert told(session, "amendment.published") == [ids[1]]


def test_amending_is_for_others_until_an_answer_where_and_when_it_is_open(make: Factory, pair: Any) -> None:
    proposal, author, amender = pair
    actor = make.actor(amender)
    assert policies.may_amend(actor, read(proposal))
    assert policies.may_amend(make.actor(), read(proposal)).rule == "sign_in"
    assert policies.may_amend(make.actor(author), read(proposal)).rule == "amend_own"
    closed = make.component("proposals", settings=OPEN, amendment_creation_enabled=False)
    assert policies.may_amend(actor, read(make.proposal(closed))).rule == "amending_closed"
    without = make.component("proposals", settings={"amendments_enabled": False})
    assert policies.may_amend(actor, read(make.proposal(without))).rule == "no_amendments"
    make.answer(proposal, "evaluating")
    assert policies.may_amend(actor, read(proposal)).rule == "already_answered"


def test_answering_is_for_the_authors_while_it_waits(make: Factory, pair: Any) -> None:
    proposal, author, amender = pair
    amendment = amend(amender, proposal)
    actor = make.actor(author)
    assert policies.may_decide(actor, read(proposal), found(proposal, amendment))
    assert policies.may_decide(make.actor(amender), read(proposal), amendment).rule == "not_author"
    moderator = make.moderator(proposal.component.space)
    assert policies.may_decide(make.actor(moderator), read(proposal), amendment).rule == "not_author"
    services.reject(author, read(proposal), found(proposal, amendment), "Trop court pour être compris.")
    assert policies.may_decide(actor, read(proposal), found(proposal, amendment)).rule == "amendment_decided"
    closed = make.component("proposals", settings=OPEN, amendment_reaction_enabled=False)
    other = make.proposal(closed, author)
    late = amend(amender, other)
    assert policies.may_decide(actor, read(other), late).rule == "answering_amendments_closed"


def test_accepting_credits_the_version_and_makes_its_author_an_author(
    session: Any, make: Factory, pair: Any, run_jobs: Any
) -> None:
    proposal, author, amender = pair
    votable = find_votable(proposal.id)
    assert votable is not None
    cast(amender, votable, 1)
    amendment = amend(amender, proposal)

    number = services.accept(
        author, read(proposal), found(proposal, amendment), TITLE, "Le texte voulu.", revision=1
    )

    changed, kept = read(proposal), found(proposal, amendment)
    assert (number, changed.body) == (2, "Le texte voulu.")
    assert (kept.state, kept.version_number, kept.decided_by_id) == ("accepted", 2, author.id)
    assert is_author(make.actor(amender), changed)
    assert session.scalars(select(Vote)).all() == []
    credited = session.execute(select(Version.editor_id, Version.reason).where(Version.number == 2)).all()
    assert (amender.id, "Plus court") in credited
    assert wrong_counters() == []
    asked = amender.id
    run_jobs()
    assert told(session, "amendment.yours_accepted") == [asked]
    assert asked not in told(session, "amendment.accepted")


def test_accepting_a_text_read_before_another_change_shows_both(make: Factory, pair: Any) -> None:
    proposal, author, amender = pair
    amendment = amend(amender, proposal)
    proposals.edit(author, read(proposal), Text(TITLE, "Changé entre-temps, autrement."), revision=1)

    with pytest.raises(Conflict):
        services.accept(
            author, read(proposal), found(proposal, amendment), TITLE, "Le texte voulu.", revision=1
        )

    assert found(proposal, amendment).state == "evaluating"
    assert read(proposal).body == "Changé entre-temps, autrement."


def test_accepting_what_the_text_says_already_makes_no_version(
    session: Any, make: Factory, pair: Any
) -> None:
    proposal, author, amender = pair
    amendment = amend(amender, proposal, proposal.body)

    number = services.accept(
        author, read(proposal), found(proposal, amendment), proposal.title, proposal.body, revision=1
    )

    assert number == 1
    assert session.scalar(select(func.count()).where(Version.contribution_id == proposal.id)) == 1


def test_a_second_answer_is_refused_and_changes_nothing(session: Any, make: Factory, pair: Any) -> None:
    proposal, author, amender = pair
    amendment = amend(amender, proposal)
    stale = found(proposal, amendment)
    services.reject(author, read(proposal), found(proposal, amendment), "Déjà dit ailleurs.")

    for act in (
        lambda: services.accept(author, read(proposal), stale, TITLE, "Un texte.", revision=1),
        lambda: services.reject(author, read(proposal), stale, "Non."),
        lambda: services.withdraw(amender, read(proposal), stale),
    ):
        with pytest.raises(Refused, match="amendment_decided"):
            act()
    assert read(proposal).revision == 1


def test_its_author_takes_it_back_until_it_is_answered(make: Factory, pair: Any) -> None:
    proposal, author, amender = pair
    amendment = amend(amender, proposal)
    assert policies.may_withdraw(make.actor(amender), read(proposal), amendment)
    assert policies.may_withdraw(make.actor(author), read(proposal), amendment).rule == "not_author"

    services.withdraw(amender, read(proposal), found(proposal, amendment))

    taken_back = found(proposal, amendment)
    assert taken_back.state == "withdrawn"
    verdict = policies.may_withdraw(make.actor(amender), read(proposal), taken_back)
    assert verdict.rule == "amendment_decided"
    with pytest.raises(Refused, match="amendment_decided"):
        services.accept(author, read(proposal), taken_back, TITLE, "Un texte.", revision=1)


def test_a_rejected_one_becomes_a_proposal_once(
    session: Any, make: Factory, pair: Any, run_jobs: Any
) -> None:
    proposal, author, amender = pair
    amendment = amend(amender, proposal)
    actor = make.actor(amender)
    verdict = policies.may_promote(actor, read(proposal), found(proposal, amendment))
    assert verdict.rule == "amendment_not_rejected"
    services.reject(author, read(proposal), found(proposal, amendment), "C’est une autre idée.")
    assert policies.may_promote(actor, read(proposal), found(proposal, amendment))
    assert not policies.may_promote(make.actor(author), read(proposal), found(proposal, amendment))
    stale = found(proposal, amendment)
    set_committed_value(stale, "promoted_id", None)

    made = services.promote(amender, read(proposal), found(proposal, amendment))

    assert (made.body, made.author_id) == (amendment.body, amender.id)
    assert found(proposal, amendment).promoted_id == made.id
    some, total, _waiting = amendments.first_of(read(made), Actor())
    assert ([one.id for one in some], total) == ([amendment.id], 0)
    with pytest.raises(Refused, match="amendment_not_rejected"):
        services.promote(amender, read(proposal), stale)
    asked = author.id
    run_jobs()
    assert told(session, "amendment.promoted") == [asked]


def test_withdrawing_the_proposal_answers_what_waits_and_its_author_may_promote_it(
    make: Factory, pair: Any
) -> None:
    proposal, author, amender = pair
    amendment = amend(amender, proposal)

    proposals.withdraw(author, read(proposal))

    left = found(proposal, amendment)
    assert (left.decision, left.decision_reason) == (Decision.REJECTED, "")
    assert policies.may_promote(make.actor(amender), read(proposal), left)
    with pytest.raises(Refused, match="withdrawn"):
        amend(amender, proposal)


def test_others_support_an_amendment_while_it_waits(make: Factory, pair: Any) -> None:
    proposal, author, amender = pair
    amendment = amend(amender, proposal)
    votable = find_votable(amendment.id)
    assert votable is not None
    verdicts = [
        policies.ballot(make.actor(member), votable).verdict.rule
        for member in (make.member(), author, amender)
    ]
    assert verdicts == [None, "own_proposal", "own_amendment"]
    voter = make.member(centre=make.centre())
    cast(voter, votable, 1)
    assert found(proposal, amendment).support_count == 1
    assert wrong_counters() == []


def test_hiding_an_amendment_uncounts_its_centre(session: Any, make: Factory, pair: Any) -> None:
    proposal, _author, amender = pair
    amendment = amend(amender, proposal)
    moderator = make.moderator(proposal.component.space)
    whole = find_votable(amendment.id)
    assert whole is not None

    moderators.hide(moderator, whole, Reason.SPAM)

    assert session.scalar(select(Participation.n)) == 0
    assert wrong_counters() == []
    assert amendments.first_of(read(proposal), Actor())[1] == 0


def test_one_for_those_it_concerns_is_told_to_them_alone_and_counts_once_it_is_accepted(
    session: Any, make: Factory, run_jobs: Any
) -> None:
    component = make.component("proposals", settings=OPEN, amendments_visibility_participants=True)
    author, amender = make.member("Autrice"), make.member("Autre", make.centre("IREV"))
    proposal = make.proposal(component, author, title=TITLE)
    moderator, follower, curious = make.moderator(component.space), make.member(), make.member()
    make.session.commit()
    for who in (follower, moderator):
        follow(session, who.id, contribution_id=proposal.id)
    before = read(proposal).last_activity_at
    readers = [make.actor(one) for one in (author, amender, moderator, follower, curious)]
    ids = [one.id for one in readers]
    place = SimpleNamespace(id=proposal.id, component_id=component.id)

    amendment = amend(amender, proposal)
    votable, text = find_votable(amendment.id), SimpleNamespace(id=amendment.id, body=amendment.body)
    assert votable is not None
    assert policies.ballot(make.actor(moderator), votable).verdict.rule == "restricted_amendment"
    run_jobs()

    assert told(session, "amendment.received") == [ids[0]]
    assert told(session, "amendment.published") == [ids[2]]
    assert (session.scalar(select(Participation.n)), read(place).last_activity_at) == (None, before)
    assert wrong_counters() == []
    assert [amendments.first_of(read(place), one)[1] for one in readers] == [1, 1, 1, 0, 0]

    services.accept(
        make.session.get_one(Member, ids[0]), read(place), found(place, text), TITLE, text.body, revision=1
    )
    run_jobs()

    assert ids[3] in told(session, "amendment.accepted")
    assert session.scalar(select(Participation.n)) == 1
    assert wrong_counters() == []
    assert [amendments.first_of(read(place), one)[1] for one in readers] == [1] * 5


def test_hiding_one_for_those_it_concerns_uncounts_nobody(session: Any, make: Factory) -> None:
    component = make.component("proposals", settings=OPEN, amendments_visibility_participants=True)
    author = make.member("Autrice")
    proposal = make.proposal(component, author, title=TITLE)
    amendment = amend(make.member("Autre", make.centre("IREV")), proposal)
    whole = find_votable(amendment.id)
    assert whole is not None

    moderators.hide(make.moderator(component.space), whole, Reason.SPAM)

    assert wrong_counters() == []
    stale = found(proposal, amendment)
    set_committed_value(stale, "hidden_at", None)  # as the page showed it before
    with pytest.raises(Refused, match="hidden"):
        services.accept(author, read(proposal), stale, TITLE, "Un autre texte, assez long.", revision=1)
    assert wrong_counters() == []


def test_two_people_who_accept_at_once_make_one_version(clone: Callable[[str], str], tmp_path: Path) -> None:
    settings = Settings(
        instance=tmp_path, database_url=psycopg_url(clone("accepting")), password_hashing="cheap"
    )
    app = create_app(settings, TESTING=True)
    with app.app_context():
        set_clock(None)
        make = Factory(db.session)
        people = [make.member(), make.member(), make.member("Amendeuse", make.centre())]
        proposal = make.proposal(make.component("proposals", settings=OPEN), people[0], title=TITLE)
        set_clock(None)
        amendment = amend(people[2], proposal)
        place, number, ids = (proposal.component_id, proposal.id), amendment.id, [one.id for one in people]
        db.session.remove()
    barrier, outcomes = threading.Barrier(2), list[str]()

    def accept(who: int, body: str) -> None:
        with app.app_context():
            set_clock(None)
            held = queries.find(*place, Actor())
            assert held is not None
            one = amendments.find(held.proposal, number, Actor())
            author = db.session.get(type(people[0]), ids[who])
            assert one is not None and author is not None
            clock()
            barrier.wait(10)
            try:
                services.accept(author, held.proposal, one.amendment, TITLE, body, revision=1)
                outcomes.append("accepted")
            except Refused as refusal:
                outcomes.append(refusal.rule)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=accept, args=(n, f"Le texte numéro {n}.")) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with app.app_context():
        set_clock(None)
        versions = db.session.scalar(
            select(func.max(Version.number)).where(Version.contribution_id == place[1])
        )
        coauthors = db.session.scalar(select(Contribution.coauthor_ids).where(Contribution.id == place[1]))
        wrong = wrong_counters()
        db.session.remove()
        db.engine.dispose()
    assert sorted(outcomes) == ["accepted", "amendment_decided"]
    assert (versions, coauthors, wrong) == (2, (ids[2],), [])


# ── Limits to editing and withdrawing


def test_the_time_to_edit_is_counted_from_the_last_change(make: Factory, at: Any) -> None:
    limited = {"proposal_edit_time": "limited", "edit_time": 30}
    author = make.member()
    component = make.component("proposals", settings=limited)
    proposal, actor, start = make.proposal(component, author), make.actor(author), clock()

    at(start + timedelta(minutes=29))
    assert proposal_policies.may_edit(actor, read(proposal))
    proposals.edit(author, read(proposal), Text(TITLE, "Un texte changé, assez long."), revision=1)
    at(start + timedelta(minutes=58))
    assert proposal_policies.may_edit(actor, read(proposal))
    assert proposal_policies.edit_until(read(proposal), component) == start + timedelta(minutes=59)
    at(start + timedelta(minutes=59))
    assert proposal_policies.may_edit(actor, read(proposal)).rule == "edit_time_over"
    endless = make.proposal(make.component("proposals"), author)
    at(start + timedelta(days=400))
    assert proposal_policies.may_edit(actor, read(endless))


def test_a_proposal_voted_on_stays_as_it_was_read_where_it_is_set_so(make: Factory) -> None:
    locked = {"edit_locked_by_supports": True, "withdrawal_locked_by_supports": True}
    author, voter = make.member(), make.member()
    actor = make.actor(author)
    for settings, rules in ((locked, ["voted_on_text", "voted_on_withdrawal"]), ({}, [None, None])):
        proposal = make.proposal(make.component("proposals", settings=settings), author)
        assert proposal_policies.may_edit(actor, read(proposal))
        assert proposal_policies.may_withdraw(actor, read(proposal))
        votable = find_votable(proposal.id)
        assert votable is not None
        cast(voter, votable, 1)
        verdicts = [
            proposal_policies.may_edit(actor, read(proposal)).rule,
            proposal_policies.may_withdraw(actor, read(proposal)).rule,
        ]
        assert verdicts == rules


def test_withdrawing_is_told_to_those_who_voted_and_no_event_names_them(
    session: Any, make: Factory, run_jobs: Any
) -> None:
    author, voter, follower, stranger = (make.member() for _n in range(4))
    proposal = make.proposal(author=author)
    votable = find_votable(proposal.id)
    assert votable is not None
    cast(voter, votable, 1)
    follow(session, follower.id, contribution_id=proposal.id)

    proposals.withdraw(author, read(proposal))

    ids = sorted([voter.id, follower.id])
    run_jobs()
    assert told(session, "proposal.withdrawn") == ids
    event = session.scalars(select(Event).where(Event.kind == "proposal.withdrawn")).one()
    assert event.recipients is None
    assert event.details.keys() <= {"root"}
    assert stranger is not None
