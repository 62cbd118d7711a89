"""Merging loses nothing, splitting neither, and both can be undone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from participa.attachments.models import Attachment
from participa.authorization import Actor, Refused
from participa.comments import services as comments
from participa.comments.models import Comment
from participa.comments.queries import find_comment, find_root
from participa.contributions import services as contributions
from participa.contributions.authors import add_authors, lock
from participa.contributions.models import Contribution, SearchDocument
from participa.contributions.queries import visible_to
from participa.db import clock, db
from participa.follows.models import Follow
from participa.follows.services import follow
from participa.insights.counters import wrong_counters
from participa.insights.stats import totals
from participa.notifications.models import Event, Notification
from participa.proposals import queries as proposals
from participa.proposals import services as proposal_services
from participa.proposals.amendments.models import Amendment, Decision
from participa.proposals.answering.services import Given, Seen, answer
from participa.proposals.forms import Draft
from participa.proposals.lineage import policies, queries, services
from participa.proposals.lineage.models import Lineage
from participa.proposals.models import Proposal
from participa.votes.models import Ballot, Vote
from participa.votes.queries import find_votable
from participa.votes.services import cast, withdraw
from tests.factories import Factory

TEXT = Draft("Un annuaire commun et vivant des ateliers", "Chaque centre tient à jour sa fiche.")


def read(proposal: Any) -> Proposal:
    """The proposal as a request of its own would read it."""
    db.session.expunge_all()
    found = proposals.find(proposal.component_id, proposal.id, Actor())
    assert found is not None
    return found.proposal


def vote(member: Any, proposal: Any, value: int = 1) -> None:
    votable = find_votable(proposal.id)
    assert votable is not None
    cast(member, votable, value)


def merged(make: Factory, *originals: Proposal, **more: Any) -> Proposal:
    return services.merge(
        more.pop("moderator", None) or make.member(),
        originals[0].component,
        {one.id: read(one).revision for one in originals},
        TEXT,
        first=originals[0].id,
        **more,
    )


def answered(comment: Comment) -> Comment:
    found = find_comment(comment.id)
    assert found is not None
    return found


def the_act(session: Any, proposal: Proposal) -> Lineage:
    session.expunge_all()
    return queries.lineages(proposal.id)[0]


def voters(session: Any, proposal: Any) -> dict[int, int]:
    rows = session.execute(select(Vote.voter_id, Vote.value).where(Vote.contribution_id == proposal.id))
    return {row.voter_id: row.value for row in rows}


def thread(session: Any, proposal: Any) -> dict[int, tuple[int | None, int]]:
    """Parent and depth of each comment under a proposal."""
    rows = session.execute(
        select(Comment.id, Comment.parent_id, Comment.depth).where(Comment.root_id == proposal.id)
    )
    return {row.id: (row.parent_id, row.depth) for row in rows}


@pytest.fixture
def pair(make: Factory) -> tuple[Any, Any]:
    """Two proposals of one component, by members of two centres."""
    component = make.component("proposals", settings={"vote_limit": 5})
    one, other = (
        make.proposal(component, make.member(centre=make.centre()), title=f"Tenir un annuaire, numéro {n}")
        for n in (1, 2)
    )
    return one, other


def test_whoever_supported_several_originals_counts_once_and_their_latest_vote_stands(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    one, other = pair
    both, single = make.member(centre=make.centre()), make.member(centre=make.centre())
    vote(both, one)
    vote(both, other)
    vote(single, other)

    made = merged(make, one, other)

    assert voters(session, made) == {both.id: 1, single.id: 1}
    assert read(made).support_count == 2
    assert read(made).centre_count == 2
    assert session.scalar(select(Ballot.used).where(Ballot.voter_id == both.id)) == 1
    assert wrong_counters() == []


def test_the_authors_sign_together_follow_and_do_not_support_their_own_text(
    session: Any, make: Factory, pair: tuple[Any, Any], run_jobs: Any
) -> None:
    one, other = pair
    third, follower = make.member(), make.member()
    lock(session, other)
    add_authors(session, other, [(third.id, None)])
    session.commit()
    vote(other.author, one)
    follow(session, follower.id, contribution_id=other.id)
    follow(session, other.author_id, contribution_id=other.id)
    session.commit()

    made_id = merged(make, one, other, moderator=make.moderator(one.component.space)).id
    run_jobs()

    session.expunge_all()
    made = session.get(Proposal, made_id)
    assert made.author_id == one.author_id
    assert set(read(made).coauthor_ids) == {other.author_id, third.id}
    assert voters(session, made) == {}
    followers = set(session.scalars(select(Follow.member_id).where(Follow.contribution_id == made.id)))
    assert {follower.id, other.author_id} <= followers
    told = session.scalars(
        select(Notification.recipient_id).join(Notification.event).where(Event.kind == "proposal.merged")
    )
    assert {follower.id, other.author_id} <= set(told)
    assert wrong_counters() == []


def test_comments_and_attachments_move_and_say_where_they_come_from(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    one, other = pair
    writer = make.member(centre=make.centre())
    top = comments.post(writer, read(one), "Un avis.", position=1)
    answer = comments.post(writer, read(one), "Une réponse.", parent=answered(top))
    session.add(
        Attachment(contribution_id=other.id, title="Source", url="https://exemple.fr/", created_at=clock())
    )
    session.commit()

    made = merged(make, one, other)

    assert thread(session, made) == {top.id: (None, 0), answer.id: (top.id, 1)}
    assert session.scalars(select(Comment.origin_id).where(Comment.root_id == made.id)).all() == [
        one.id,
        one.id,
    ]
    assert session.scalars(select(Attachment.contribution_id)).all() == [made.id]
    assert read(made).comment_count == 2
    assert wrong_counters() == []


def test_an_amendment_that_waits_is_examined_against_the_common_text_and_goes_back_with_its_original(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    one, other = pair
    amendment = Amendment(component=one.component, title=one.title, body="Un autre texte.", base_number=3)
    amendment.author_id, amendment.about_id = make.member().id, one.id
    contributions.put(session, amendment)
    session.commit()

    made = merged(make, one, other)
    moved = session.execute(select(Amendment.about_id, Amendment.base_number)).one()
    services.undo(one.author, the_act(session, made))
    back = session.execute(select(Amendment.about_id, Amendment.base_number)).one()

    assert tuple(moved) == (made.id, 1)
    assert tuple(back) == (one.id, 3)


def test_what_is_said_of_an_amendment_goes_where_it_goes(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    one, other = pair
    amendments = {}
    for decided in (True, False):
        amendment = Amendment(component=one.component, title=one.title, body="Autre.", base_number=1)
        amendment.author_id, amendment.about_id = make.member().id, one.id
        contributions.put(session, amendment)
        amendments[decided] = amendment
    session.commit()

    def said_of(number: int) -> int:
        root = find_root(number)
        assert root is not None
        return comments.post(make.member(), root, "Un avis.").id

    one_id, ids = one.id, {decided: text.id for decided, text in amendments.items()}
    said = {decided: said_of(number) for decided, number in ids.items()}
    amendments[True].decision, amendments[True].decided_at = Decision.REJECTED, clock()
    session.commit()

    made = merged(make, one, other)
    made_id = made.id
    places = [about_of(session, said[decided]) for decided in (True, False)]
    late = said_of(ids[False])
    services.undo(make.member(), the_act(session, made))

    assert places == [one_id, made_id]
    assert [about_of(session, number) for number in (*said.values(), late)] == [one_id] * 3
    roots = {row.id: row.root_id for row in session.execute(select(Comment.id, Comment.root_id))}
    assert roots == {
        said[True]: ids[True],
        said[False]: ids[False],
        late: ids[False],
    }
    assert wrong_counters() == []


def about_of(session: Any, number: int) -> int:
    """What a text is about now."""
    found: int = session.scalars(select(Contribution.about_id).where(Contribution.id == number)).one()
    return found


def test_the_originals_leave_lists_and_figures_and_their_addresses_lead_on(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    one, other = pair
    vote(make.member(), one)

    made = merged(make, one, other)

    readable = session.scalars(select(Contribution.id).where(visible_to(make.actor()))).all()
    assert readable == [made.id]
    assert session.scalars(select(SearchDocument.contribution_id)).all() == [made.id]
    assert totals()["proposals"] == 1
    assert totals()["votes_on_proposals"]["total"] == 1
    session.expunge_all()
    found = queries.elsewhere(other.id, make.actor())
    assert found is not None
    assert found.id == made.id


def test_undoing_gives_the_originals_back_what_they_had_and_leaves_what_came_after(
    session: Any, make: Factory, pair: tuple[Any, Any], at: Any
) -> None:
    one, other = pair
    both, late, gone = (make.member(centre=make.centre()) for _ in range(3))
    vote(both, one)
    vote(both, other)
    vote(gone, other)
    top = comments.post(both, read(one), "Avant.", position=0)
    made = merged(make, one, other)
    at(clock() + timedelta(days=1))
    vote(late, made)
    votable = find_votable(made.id)
    assert votable is not None
    withdraw(gone, votable)
    answer = comments.post(late, read(made), "Après.", parent=answered(top))
    deeper = comments.post(both, read(made), "Plus tard.", parent=answered(answer))

    back = services.undo(one.author, the_act(session, made))

    session.expunge_all()
    assert sorted(back) == [one.id, other.id]
    assert voters(session, one) == {both.id: 1}
    assert voters(session, other) == {both.id: 1, gone.id: 1}
    assert voters(session, made) == {late.id: 1}
    assert thread(session, one) == {top.id: (None, 0)}
    assert thread(session, made) == {answer.id: (None, 0), deeper.id: (answer.id, 1)}
    assert read(made).is_shown
    assert read(one).is_shown
    found = set(session.scalars(select(SearchDocument.contribution_id)))
    assert {one.id, other.id, made.id} <= found
    assert wrong_counters() == []


def test_undoing_is_refused_twice_too_late_and_once_one_of_them_is_elsewhere(
    session: Any, make: Factory, pair: tuple[Any, Any], at: Any
) -> None:
    one, other = pair
    third = make.proposal(one.component)
    made = merged(make, one, other)
    space_id = one.component.space_id
    moderator = make.actor(make.moderator(one.component.space))
    act = the_act(session, made)
    authors = frozenset({one.author_id})

    assert policies.may_undo(moderator, act, space_id, authors)
    assert policies.may_undo(make.actor(one.author), act, space_id, authors)
    assert policies.may_undo(make.actor(make.member()), act, space_id, authors).rule == "not_author"
    again = merged(make, made, third)
    with pytest.raises(Refused, match="undo_moved"):
        services.undo(one.author, the_act(session, one))
    services.undo(one.author, the_act(session, again))
    services.undo(one.author, the_act(session, one))
    with pytest.raises(Refused, match="undone_already"):
        services.undo(one.author, the_act(session, one))
    at(clock() + timedelta(days=31))
    assert policies.may_undo(moderator, act, space_id, authors).rule in ("undo_over", "undone_already")
    assert wrong_counters() == []


def test_an_original_edited_while_the_common_text_is_written_is_read_again_first(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    one, other = pair
    revisions = {one.id: read(one).revision, other.id: read(other).revision}
    new = Draft("Un autre titre, assez long", "Un autre texte, assez long.")
    proposal_services.edit(other.author, read(other), new, revision=revisions[other.id])

    with pytest.raises(services.ChangedMeanwhile) as raised:
        services.merge(make.member(), one.component, revisions, TEXT, first=one.id)

    assert raised.value.ids == [other.id]
    assert read(one).is_shown


def test_whoever_edits_an_original_that_was_merged_meanwhile_is_told_and_loses_no_word(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    from participa.errors import Conflict

    one, other = pair
    stale, revision = read(other), read(other).revision
    merged(make, one, other)

    with pytest.raises(Conflict):
        proposal_services.edit(other.author, stale, TEXT, revision=revision)


def test_a_split_gives_every_part_the_voters_and_one_part_the_comments(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    one, _other = pair
    voter = make.member(centre=make.centre())
    vote(voter, one)
    comment = comments.post(voter, read(one), "Un avis.")
    texts = [TEXT, Draft("Une carte des ateliers ultramarins", "Commencer par eux.")]

    parts = services.split(make.member(), one.component, one.id, read(one).revision, texts, comments_to=1)

    assert [voters(session, part) for part in parts] == [{voter.id: 1}, {voter.id: 1}]
    assert [read(part).author_id for part in parts] == [one.author_id] * 2
    assert list(thread(session, parts[1])) == [comment.id]
    assert session.scalar(select(Ballot.used).where(Ballot.voter_id == voter.id)) == 2
    assert wrong_counters() == []
    services.undo(one.author, the_act(session, one))
    assert list(thread(session, one)) == [comment.id]
    assert wrong_counters() == []


def test_a_moved_proposal_takes_everything_along_and_its_old_address_leads_to_it(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    one, _other = pair
    voter = make.member(centre=make.centre())
    vote(voter, one)
    comments.post(voter, read(one), "Un avis.")
    place = make.component("proposals", settings={"vote_limit": 3})

    services.move(make.member(), read(one), place)

    session.expunge_all()
    session.expunge_all()
    found = queries.elsewhere(one.id, make.actor())
    assert found is not None
    assert found.component_id == place.id
    used = dict(session.execute(select(Ballot.component_id, Ballot.used)).all())
    assert used.get(one.component_id, 0) == 1 or used.get(place.id) == 1
    assert wrong_counters() == []


def test_an_answered_proposal_moves_to_a_place_that_has_its_state_alone(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    one, _other = pair
    moderator = make.moderator(one.component.space)
    given = Given(make.state(one.component, "accepted").id, "Deux terrains sont trouvés.")
    held = read(one)
    answer(moderator, held, given, seen=Seen(held.revision), publish=True)
    place, without = make.component("proposals"), make.component("proposals")
    make.state(without, "accepted").retired_at = clock()
    session.commit()

    with pytest.raises(Refused, match="no_such_state"):
        services.move(moderator, read(one), without)
    services.move(moderator, read(one), place)

    stands = session.scalar(select(Proposal.state_id).where(Proposal.id == one.id))
    assert stands == make.state(place, "accepted").id


def test_a_copy_keeps_text_authors_and_sources_and_nothing_else(
    session: Any, make: Factory, pair: tuple[Any, Any]
) -> None:
    one, _other = pair
    vote(make.member(), one)
    session.add(
        Attachment(contribution_id=one.id, title="Source", url="https://exemple.fr/", created_at=clock())
    )
    session.commit()
    place = make.component("proposals")

    made = services.copy(make.member(), read(one), place)

    assert (made.title, made.body, made.author_id) == (one.title, one.body, one.author_id)
    assert voters(session, made) == {}
    assert sorted(session.scalars(select(Attachment.contribution_id))) == sorted([one.id, made.id])
    assert [lineage.kind for lineage in queries.lineages(one.id)] == ["copy"]
    assert wrong_counters() == []
