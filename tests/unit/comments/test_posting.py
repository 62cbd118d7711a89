"""Writing, changing and deleting comments, and the figures that follow."""

import pytest
from sqlalchemy import select, text

from participa.authorization import Actor, Refused
from participa.comments import queries, recount, services
from participa.comments.models import Branch, Comment, Exchange
from participa.contributions.events import VisibilityChanged
from participa.contributions.models import Contribution, Version
from participa.db import clock
from participa.debates import services as debates
from participa.debates.queries import find as find_debate
from participa.errors import Conflict
from participa.events import announce
from participa.follows.models import Follow
from participa.notifications.models import Notification
from participa.votes.models import Participation
from participa.votes.queries import find_votable
from participa.votes.services import cast
from tests.factories import Factory
from tests.tools import counted_statements


def say(author, proposal, body="Un avis", *, parent=None, position=None) -> Comment:
    """A comment about a proposal, as its own request would post it."""
    root = queries.find_root(proposal.id)
    assert root is not None
    answered = queries.find_comment(parent.id) if parent else None
    return services.post(author, root, body, parent=answered, position=position)


def counts(session, *things) -> list[int]:
    """The stored number of comments of each thing, now."""
    about = select(Contribution.id, Contribution.comment_count).where(Contribution.kind != "comment")
    below = select(Branch.comment_id, Branch.below)
    stored = dict([*session.execute(about), *session.execute(below)])
    return [stored.get(thing.id, 0) for thing in things]


def assert_counted(session) -> None:
    """Every figure that threads keep equals what it counts."""
    for counter in recount.COUNTERS:
        wrong = session.execute(
            text(
                f"SELECT count(*) FROM {counter.table} t WHERE {counter.where}"
                f" AND abs(t.{counter.column} - ({counter.truth})) > 1e-9"
            )
        ).scalar()
        assert wrong == 0, counter.name


def hide(session, comment, *, shown: bool = False) -> None:
    """What moderation does to a comment's state."""
    found = session.get(Contribution, comment.id, populate_existing=True)
    found.hidden_at = None if shown else clock()
    session.flush()
    announce(session, VisibilityChanged(found, shown=shown))
    session.commit()


def test_a_comment_counts_on_everything_above_it(session, make: Factory):
    proposal, ada = make.proposal(), make.member()
    top = say(ada, proposal)
    reply = say(ada, proposal, parent=top)
    say(ada, proposal, parent=reply)
    say(ada, proposal)

    assert counts(session, proposal, top, reply) == [4, 2, 1]
    assert_counted(session)


def test_the_position_of_a_top_level_comment_is_counted_and_a_reply_has_none(session, make):
    proposal, ada = make.proposal(), make.member()
    top = say(ada, proposal, position=-1)
    reply = say(ada, proposal, position=1, parent=top)

    assert queries.stances(proposal.id) == {-1: 1}
    assert reply.position is None


def test_posting_follows_and_counts_the_centre(session, make):
    proposal, ada = make.proposal(), make.member(centre=make.centre())
    say(ada, proposal)
    say(ada, proposal)

    assert session.scalars(select(Participation.n).where(Participation.about_id == proposal.id)).all() == [2]
    assert session.scalars(select(Follow.member_id).where(Follow.contribution_id == proposal.id)).all() == [
        ada.id
    ]
    assert_counted(session)


def test_the_author_answered_hears_of_the_answer_once_and_the_others_of_the_comment(session, make, run_jobs):
    proposal, ada, grace, mary = make.proposal(), make.member(), make.member(), make.member()
    top = say(ada, proposal)
    say(mary, proposal)
    session.execute(text("DELETE FROM events"))
    others = sorted([ada.id, mary.id])
    say(grace, proposal, parent=top)
    run_jobs()

    assert sorted(session.scalars(select(Notification.recipient_id))) == others


def test_posting_takes_few_statements(session, make):
    proposal, ada = make.proposal(author=make.member()), make.member(centre=make.centre())
    root = queries.find_root(proposal.id)

    with counted_statements() as statements:
        services.post(ada, root, "Un avis", position=1)

    assert len(statements) <= 14


def test_a_reply_to_a_comment_hidden_meanwhile_is_refused_and_changes_nothing(session, make):
    proposal, ada = make.proposal(), make.member()
    top = say(ada, proposal)
    root, answered = queries.find_root(proposal.id), queries.find_comment(top.id)
    session.execute(text("UPDATE contributions SET hidden_at = now() WHERE id = :id"), {"id": top.id})

    with pytest.raises(Refused, match="answered_is_gone"):
        services.post(ada, root, "Une réponse", parent=answered)

    assert counts(session, proposal) == [1]
    assert session.scalars(select(Comment.id)).all() == [top.id]


def test_a_comment_on_a_proposal_withdrawn_meanwhile_is_refused(session, make):
    proposal, ada = make.proposal(), make.member()
    root = queries.find_root(proposal.id)
    session.execute(text("UPDATE contributions SET withdrawn_at = now() WHERE id = :id"), {"id": proposal.id})

    with pytest.raises(Refused, match="withdrawn"):
        services.post(ada, root, "Trop tard")


def test_hiding_and_restoring_moves_every_figure_and_back(session, make):
    proposal, ada = make.proposal(), make.member(centre=make.centre())
    top = say(ada, proposal, position=1)
    reply = say(ada, proposal, parent=top)

    hide(session, reply)
    hide(session, top)
    assert counts(session, proposal, top) == [0, 0]
    assert queries.stances(proposal.id) == {1: 0}
    assert_counted(session)

    hide(session, top, shown=True)
    assert counts(session, proposal, top) == [1, 0]
    assert session.scalars(select(Participation.n)).all() == [1]
    assert_counted(session)


def test_a_deleted_comment_leaves_a_stub_only_under_answers(session, make):
    proposal, ada = make.proposal(), make.member()
    alone, answered = say(ada, proposal, "Seul"), say(ada, proposal, "Suivi")
    say(ada, proposal, parent=answered)

    for comment in (alone, answered):
        services.delete(ada, queries.find_comment(comment.id))

    rows = queries.tops(proposal.id, queries.Order.OLDEST, None)
    assert [row.id for row in rows] == [answered.id]
    assert counts(session, proposal, answered) == [1, 1]
    assert_counted(session)


def test_deleting_twice_counts_once(session, make):
    proposal, ada = make.proposal(), make.member()
    comment = say(ada, proposal)
    first, second = queries.find_comment(comment.id), queries.find_comment(comment.id)

    services.delete(ada, first)
    services.delete(ada, second)

    assert counts(session, proposal) == [0]


def test_an_edited_comment_keeps_its_versions_and_refuses_a_stale_text(session, make):
    proposal, ada = make.proposal(), make.member()
    comment = queries.find_comment(say(ada, proposal, "Premier jet").id)
    services.edit(ada, comment, "Second jet", revision=1)

    bodies = session.scalars(
        select(Version.body).where(Version.contribution_id == comment.id).order_by(Version.number)
    ).all()
    assert bodies == ["Premier jet", "Second jet"]
    with pytest.raises(Conflict):
        services.edit(ada, comment, "Troisième jet", revision=1)


def test_useful_votes_decide_the_order(session, make):
    proposal, ada = make.proposal(), make.member()
    first, second = say(ada, proposal), say(ada, proposal)
    for _ in range(2):
        cast(make.member(), find_votable(second.id), 1)
    cast(make.member(), find_votable(first.id), 1)

    rows = queries.tops(proposal.id, queries.Order.USEFUL, None)

    assert [row.id for row in rows] == [second.id, first.id]
    assert_counted(session)


def test_what_is_said_of_an_argument_stays_in_its_thread_and_counts_its_centre_in_the_debate(session, make):
    centre = make.centre()
    debate = make.debate()
    argument = debates.argue(make.member(), debates_found(debate), 1, "Un argument court.")
    reply = services.post(make.member(centre=centre), queries.find_root(argument.id), "Une nuance.")

    assert (reply.about_id, reply.within_id, reply.root_id) == (debate.id, argument.id, argument.id)
    assert counts(session, debate, argument) == [0, 1]
    parts = session.execute(select(Participation.about_id).where(Participation.centre_id == centre.id))
    assert parts.scalars().all() == [debate.id]
    assert_counted(session)


def test_nothing_is_said_of_an_argument_once_its_debate_is_closed(session, make):
    debate = make.debate()
    argument = debates.argue(make.member(), debates_found(debate), 1, "Un argument court.")
    root = queries.find_root(argument.id)
    found = debates_found(debate)
    debates.close(
        make.moderator(debate.component.space), found, "Ce que l’on conclut.", revision=found.revision
    )

    with pytest.raises(Refused) as refusal:
        services.post(make.member(), root, "Trop tard.")
    assert refusal.value.rule == "debate_closed"


def debates_found(debate):
    """A debate as its own request would read it."""
    held = find_debate(debate.component_id, debate.id, Actor(visitors_may_read=True))
    assert held is not None
    return held.debate


def test_replies_count_as_crossing_when_they_go_from_one_centre_to_another(session, make):
    lille, mayotte = make.centre("Lille"), make.centre("Mayotte")
    proposal, ada, grace = make.proposal(), make.member(centre=lille), make.member(centre=mayotte)
    top = say(ada, proposal)
    crossing = say(grace, proposal, parent=top)
    say(ada, proposal, parent=top)
    say(make.member(), proposal, parent=top)

    assert exchanged(session, proposal) == (2, 1)
    hide(session, crossing)
    assert exchanged(session, proposal) == (1, 0)
    hide(session, crossing, shown=True)
    assert exchanged(session, proposal) == (2, 1)
    assert_counted(session)


def exchanged(session, thing) -> tuple[int, int]:
    """How many replies of its thread have two centres, and how many cross."""
    replies, crossing = session.execute(
        select(Exchange.replies, Exchange.crossing).where(Exchange.root_id == thing.id)
    ).one()
    return replies, crossing


def test_only_an_edit_after_an_answer_is_marked_so(session, make):
    proposal, ada = make.proposal(), make.member()
    comment = say(ada, proposal)
    services.edit(ada, queries.find_comment(comment.id), "Un avis plus clair", revision=1)
    assert not queries.find_comment(comment.id).edited_late

    say(make.member(), proposal, parent=comment)
    services.edit(ada, queries.find_comment(comment.id), "Un tout autre avis", revision=2)
    assert queries.find_comment(comment.id).edited_late
