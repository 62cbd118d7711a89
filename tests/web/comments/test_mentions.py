"""People called by their name in a comment: told once, named as they are now, and only where they read."""

import re

import pytest
from sqlalchemy import select, update

from participa.auth.models import Member
from participa.comments import queries, services
from participa.comments.models import Comment
from participa.db import clock
from participa.follows.services import follow
from participa.notifications.models import Event, Notification
from participa.spaces.models import Visibility
from participa.web import address_of


def call(*members) -> str:
    """A text that mentions some people."""
    return " ".join(f"[@{one.name}](/members/{one.id})" for one in members) + " : qu’en dites-vous ?"


def told(session, number: int) -> list[str]:
    """The kinds of events that someone is told of."""
    kinds = select(Event.kind).join(Notification, Notification.event_id == Event.id)
    return list(session.scalars(kinds.where(Notification.recipient_id == number).order_by(Event.id)))


def say(author, thing, body, parent=None) -> Comment:
    answered = queries.find_comment(parent.id) if parent else None
    root = queries.find_root(thing.id)
    assert root is not None
    return services.post(author, root, body, parent=answered)


def test_whoever_is_mentioned_is_told_once_whatever_else_they_would_be_told(session, make, run_jobs):
    proposal, author, called = make.proposal(), make.member(), make.member("Directeur, CRPV")
    follow(session, called.id, contribution_id=proposal.id)
    session.commit()
    first = say(called, proposal, "Un avis.")
    number = called.id
    say(author, proposal, call(called, called), parent=first)
    run_jobs()
    assert told(session, number) == ["comment.mentioned"]


def test_an_edit_tells_those_newly_mentioned_alone(session, make, run_jobs):
    proposal, author, first, second = make.proposal(), make.member(), make.member(), make.member()
    comment = say(author, proposal, call(first))
    services.edit(author, queries.find_comment(comment.id), call(first, second), revision=1)
    services.edit(author, queries.find_comment(comment.id), call(second, first) + " Oui.", revision=2)
    numbers = (first.id, second.id)
    run_jobs()
    assert [told(session, number) for number in numbers] == [["comment.mentioned"], ["comment.mentioned"]]


def test_nobody_is_told_of_a_space_they_do_not_read_nor_of_themselves(session, make, run_jobs):
    space = make.space(visibility=Visibility.PRIVATE)
    author, inside, outside = make.member(), make.member(), make.member()
    make.role(author, space)
    make.role(inside, space)
    proposal = make.proposal(make.component("proposals", space), author)
    say(author, proposal, call(inside, outside, author))
    numbers = (inside.id, outside.id, author.id)
    run_jobs()
    assert [told(session, number) for number in numbers] == [["comment.mentioned"], [], []]


def test_a_crowd_is_refused_before_anybody_is_told_and_the_text_is_kept(session, make, sign_in, run_jobs):
    proposal = make.proposal(make.component("proposals", settings={"comment_max_length": 20_000}))
    body = " ".join(f"[@Membre](/members/{number})" for number in range(1, 501))
    answer = sign_in(make.member()).post(f"/comments/{proposal.id}", data={"body": body})
    assert "20 personnes au plus" in answer.text and "/members/500)" in answer.text
    assert session.scalars(select(Comment.id)).all() == []


def test_names_are_those_of_now_and_whoever_is_erased_is_named_nowhere(session, make, client):
    proposal, called = make.proposal(), make.member("Ancien nom")
    say(make.member(), proposal, call(called))
    session.execute(update(Member).where(Member.id == called.id).values(name="Nouveau <nom>"))
    session.commit()
    page = client.get(address_of(proposal)).text
    assert f'<a href="/members/{called.id}" rel="nofollow ugc noopener">@Nouveau &lt;nom&gt;</a>' in page
    session.execute(update(Member).where(Member.id == called.id).values(erased_at=clock()))
    session.commit()
    page = client.get(address_of(proposal)).text
    assert "@compte supprimé" in page and "nom" not in re.findall(r"@[^.]*en dites-vous", page)[0]


@pytest.mark.parametrize(
    ("words", "found"), [("dir", ["Directeur"]), ("mission", ["Chargée de mission"]), ("%", []), ("", [])]
)
def test_the_completion_offers_names_by_their_beginning(make, sign_in, words, found):
    proposal = make.proposal()
    make.member("Directeur", email="secret@exemple.fr")
    make.member("Chargée de mission")
    answer = sign_in(make.member("Lectrice")).get(f"/comments/{proposal.id}/mention?q={words}")
    assert re.findall('data-name="([^"]*)"', answer.text) == found
    assert "secret" not in answer.text


def test_the_completion_offers_in_a_private_space_those_who_read_it_and_to_them(make, sign_in, client):
    space = make.space(visibility=Visibility.PRIVATE)
    proposal = make.proposal(make.component("proposals", space))
    reader, inside = make.member("Lectrice"), make.member("Directeur du dedans")
    make.member("Directeur du dehors")
    for one in (reader, inside):
        make.role(one, space)
    address = f"/comments/{proposal.id}/mention?q=directeur"
    assert re.findall('data-name="([^"]*)"', sign_in(reader).get(address).text) == ["Directeur du dedans"]
    assert sign_in(make.member()).get(address).status_code == 404
    assert client.get(address).status_code in (302, 303, 404)
