"""Who was heard in a thread, and what is new in it to who comes back."""

from datetime import timedelta

from participa.comments import queries, services
from participa.comments.around import around
from participa.db import clock
from tests.factories import Factory


def say(author, proposal, body="Un avis", parent=None):
    """A comment about a proposal, as its own request would post it."""
    answered = queries.find_comment(parent.id) if parent else None
    return services.post(author, queries.find_root(proposal.id), body, parent=answered)


def look(proposal, reader, *, visiting=True):
    """What the page of the thread says to a reader."""
    return around(queries.find_root(proposal.id), reader.id if reader else None, visiting=visiting)


def test_nothing_is_new_the_first_time_nor_to_a_visitor(session, make: Factory):
    proposal, reader = make.proposal(), make.member()
    say(make.member(), proposal)

    assert (look(proposal, reader).known, look(proposal, reader).new) == (None, 0) or look(
        proposal, reader
    ).new == 0
    assert (look(proposal, None).known, look(proposal, None).new) == (None, 0)


def test_what_others_wrote_since_the_last_visit_is_new_until_the_next_one(session, make, at):
    proposal, reader, other = make.proposal(), make.member(), make.member()
    first = say(other, proposal)
    look(proposal, reader)
    start = clock()

    at(start + timedelta(hours=2))
    second = say(other, proposal)
    say(reader, proposal)
    seen = look(proposal, reader)
    assert (seen.known, seen.new) == (first.id, 1)

    at(start + timedelta(hours=2, minutes=20))
    third = say(other, proposal)
    assert look(proposal, reader).new == 2, "a visit lasts as long as one keeps reading"

    at(start + timedelta(hours=3, minutes=20))
    again = look(proposal, reader)
    assert (again.known, again.new) == (third.id, 0)
    assert second.id < third.id


def test_looking_without_visiting_changes_nothing(session, make, at):
    proposal, reader, other = make.proposal(), make.member(), make.member()
    say(other, proposal)
    look(proposal, reader)
    at(clock() + timedelta(hours=2))
    say(other, proposal)

    assert [look(proposal, reader, visiting=False).new for _ in range(2)] == [1, 1]


def test_the_centres_heard_and_those_still_awaited_are_told_and_the_answers_that_cross(session, make):
    lille, mayotte, reims = make.centre("Lille"), make.centre("Mayotte"), make.centre("Reims")
    make.centre("Partie", left_at=clock())
    proposal, ada, grace = make.proposal(), make.member(centre=lille), make.member(centre=mayotte)
    top = say(ada, proposal)
    say(grace, proposal, parent=top)
    say(ada, proposal, parent=top)
    say(ada, proposal, parent=top)

    told = look(proposal, None)
    assert (told.heard, told.unheard) == (2, [reims.name])
    assert (told.replies, told.crossing, told.share) == (3, 1, 33)
