"""Questions to the guest of a debate."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.authorization import VISITOR, Role
from participa.comments import queries as threads
from participa.comments import services as comments
from participa.comments.models import Comment
from participa.db import clock
from participa.debates import queries as debates
from participa.debates.models import Debate
from participa.debates.questions import queries, services
from participa.debates.questions.models import Question
from participa.follows.models import Follow
from participa.insights import counters
from participa.notifications.models import Event, Notification
from participa.spaces.models import SpaceRole, Visibility
from participa.votes.queries import find_votable
from participa.votes.services import cast
from participa.web import address_of


def base_of(debate) -> str:
    """What the addresses of a debate begin with."""
    return f"/e/{debate.component.space.slug}/{debate.component_id}/{debate.id}"


def held(debate) -> Debate:
    """A debate as its own request reads it."""
    found = debates.find(debate.component_id, debate.id, VISITOR)
    assert found is not None
    return found.debate


def invited(make, debate, **window) -> object:
    """The guest of a debate, invited by a moderator of its space."""
    guest = make.member("Invitée", function="Directrice")
    moderator = make.moderator(debate.component.space)
    services.invite(moderator, held(debate), guest, **{"guest_from": None, "guest_until": None} | window)
    return guest


def asked(make, debate, body="Et en zone rurale ?") -> int:
    """The number of a new question."""
    return services.ask(make.member(), held(debate), body).id


def raise_it(member, number: int) -> None:
    """Say that one asks it too."""
    votable = find_votable(number)
    assert votable is not None
    cast(member, votable, 1)


def answer(browser, number: int, body="Avec les intercommunalités.") -> object:
    """Write in the thread of a question."""
    return browser.post(f"/comments/{number}", data={"body": body})


def roles(session, debate, member) -> list[Role]:
    """What a member is in the space of a debate."""
    held = select(SpaceRole.role).where(
        SpaceRole.member_id == member.id, SpaceRole.space_id == debate.component.space_id
    )
    return list(session.scalars(held))


@pytest.fixture
def debate(make):
    """An open debate."""
    return make.debate()


def test_a_moderator_invites_someone_who_is_told_follows_and_becomes_a_guest_of_the_space(
    session, make, sign_in, run_jobs, debate
):
    guest = make.member("Adjointe au maire", function="Élue")
    browser = sign_in(make.moderator(debate.component.space))
    page = f"{base_of(debate)}/guest"
    assert f'href="{page}"' in browser.get(address_of(debate)).text
    assert f"{page}?member={guest.id}" in browser.get(f"{page}?q=adjointe").text
    assert "Inviter" in browser.get(f"{page}?member={guest.id}").text

    sent = {"member": str(guest.id), "guest_from": "2030-05-02T14:00", "guest_until": "2030-05-02T12:00"}
    early = browser.post(page, data=sent)
    assert "après le début des réponses" in early.text and "2030-05-02T12:00" in early.text
    assert browser.post(page, data=sent | {"guest_until": "2030-05-03T16:00"}).status_code == 303
    run_jobs()

    assert "Questions à Adjointe au maire" in browser.get(address_of(debate)).text
    assert roles(session, debate, guest) == [Role.GUEST]
    assert session.scalars(select(Follow.member_id).where(Follow.contribution_id == debate.id)).all() == [
        guest.id
    ]
    acts = set(session.scalars(select(AuditEntry.action)))
    assert {"role.given", "debate.guest_invited"} <= acts
    told = select(Event.kind).join(Notification, Notification.event_id == Event.id)
    assert session.scalars(told.where(Notification.recipient_id == guest.id)).all() == ["guest.invited"]


def test_who_moderates_nothing_invites_nobody(make, sign_in, debate):
    browser = sign_in(debate.author)
    assert "/guest" not in browser.get(address_of(debate)).text
    assert browser.get(f"{base_of(debate)}/guest").status_code == 403
    assert browser.post(f"{base_of(debate)}/guest", data={"member": str(debate.author_id)}).status_code == 403


def test_members_ask_and_raise_before_and_during_the_time_and_answered_questions_come_first(
    session, make, sign_in, run_jobs, debate
):
    guest = invited(make, debate, guest_from=make.later(hours=1), guest_until=make.later(hours=2))
    asker = make.member("Curieux")
    browser = sign_in(asker)
    done = browser.post(f"{base_of(debate)}/ask", data={"body": "Qui paie les travaux ?"})
    assert done.status_code == 303
    number = session.scalars(select(Question.id)).one()
    assert done.location == f"{base_of(debate)}/questions/{number}"
    other, third = asked(make, debate), asked(make, debate, "Et demain ?")
    voters = [make.member() for _n in range(3)]
    for voter in voters:
        raise_it(voter, third)
    raise_it(voters[0], other)
    answer(sign_in(guest), number)
    run_jobs()

    assert [row.id for row in queries.first_of(debate.id)] == [number, third, other]
    assert [row.id for row in queries.questions_of(debate.id, None).items] == [number, third, other]
    page = browser.get(address_of(debate)).text
    assert page.index("Avec les intercommunalités.") < page.index("Et demain")
    assert page.count("Avec une réponse") == 1
    assert "Réponse de l’invité" in browser.get(f"{base_of(debate)}/questions/{number}").text
    told = select(Event.kind).join(Notification, Notification.event_id == Event.id)
    kinds = session.scalars(told.where(Notification.recipient_id == asker.id)).all()
    assert kinds.count("question.answered") == 1
    assert "comment.posted" not in kinds
    assert counters.wrong_counters() == []


def test_those_who_raised_a_question_are_told_of_its_answer(session, make, sign_in, run_jobs, debate):
    guest, number, voter = invited(make, debate), asked(make, debate), make.member()
    raise_it(voter, number)
    answer(sign_in(guest), number)
    run_jobs()
    told = select(Event.kind).join(Notification, Notification.event_id == Event.id)
    assert session.scalars(told.where(Notification.recipient_id == voter.id)).all() == ["question.answered"]


def test_the_guest_of_a_space_of_others_answers_there_and_does_nothing_else(session, make, sign_in):
    space = make.space(visibility=Visibility.PRIVATE)
    debate = make.debate(make.component("debates", space, settings={}))
    stranger = make.member()
    assert sign_in(stranger).get(address_of(debate)).status_code == 404
    moderator, asker = make.moderator(space), make.member()
    make.role(asker, space)
    services.invite(moderator, held(debate), stranger, guest_from=None, guest_until=None)
    number = services.ask(asker, held(debate), "Et en zone rurale ?").id

    browser = sign_in(stranger)
    assert browser.get(address_of(debate)).status_code == 200
    assert answer(browser, debate.id).status_code == 403
    assert answer(browser, number).status_code == 303
    assert session.scalars(select(Comment.nature)).all() == ["answer"]
    comment = session.scalars(select(Comment)).one()
    edited = browser.post(f"/c/{comment.id}/edit", data={"body": "Avec les communes.", "revision": "1"})
    assert edited.status_code == 303
    assert browser.post(f"/vote/{number}", data={"value": "1"}).status_code == 403
    assert browser.post(f"/c/{comment.id}/delete").status_code == 303
    assert queries.first_of(debate.id)[0].answers == 0

    services.part(moderator, held(debate))
    assert browser.get(address_of(debate)).status_code == 404


def test_a_guest_answers_where_the_debate_takes_no_messages(session, make, sign_in, debate):
    guest, number = invited(make, debate), asked(make, debate)
    debate.comments_open = False
    session.commit()
    browser = sign_in(guest)
    assert answer(browser, debate.id).status_code == 403
    assert answer(browser, number, "Une réponse.\n" * 200).status_code == 303


def test_an_answer_hidden_or_deleted_leaves_its_question_unanswered(session, make, sign_in, debate):
    guest, number = invited(make, debate), asked(make, debate)
    browser = sign_in(guest)
    answer(browser, number)
    answer(browser, number, "Une autre.")
    first, second = session.scalars(select(Comment.id).order_by(Comment.id)).all()
    browser.post(f"/c/{second}/delete")
    assert queries.first_of(debate.id)[0].answers == 1
    moderator = sign_in(make.moderator(debate.component.space))
    moderator.post(f"/moderation/hide/{first}", data={"reason": "offensive", "note": "Relisez la charte."})
    row = queries.first_of(debate.id)[0]
    assert (row.answers, row.answer) == (0, None)
    assert counters.wrong_counters() == []


def test_after_the_time_nobody_asks_and_what_was_typed_is_kept(make, sign_in, at, debate):
    guest = invited(make, debate, guest_until=make.later(hours=1))
    number, browser = asked(make, debate), sign_in(make.member())
    assert f'action="{base_of(debate)}/ask"' in browser.get(address_of(debate)).text
    at(clock() + timedelta(hours=2))

    late = browser.post(f"{base_of(debate)}/ask", data={"body": "Une question tardive ?"})
    assert late.status_code == 403
    assert "Une question tardive ?" in late.text
    assert f'action="{base_of(debate)}/ask"' not in browser.get(address_of(debate)).text
    assert browser.post(f"/vote/{number}", data={"value": "1"}).status_code == 403
    assert answer(sign_in(guest), number).status_code == 303  # answers come until the debate closes


def test_an_empty_or_endless_question_is_refused_with_what_was_typed(make, sign_in, debate):
    invited(make, debate)
    browser = sign_in(make.member())
    long = browser.post(f"{base_of(debate)}/ask", data={"body": "pourquoi " * 60})
    assert "pourquoi pourquoi" in long.text and "500" in long.text
    assert "invalid-feedback" in browser.post(f"{base_of(debate)}/ask", data={"body": " "}).text


def test_the_guest_neither_asks_nor_raises(make, sign_in, debate):
    guest, number = invited(make, debate), asked(make, debate)
    browser = sign_in(guest)
    assert browser.post(f"{base_of(debate)}/ask", data={"body": "Moi ?"}).status_code == 403
    assert browser.post(f"/vote/{number}", data={"value": "1"}).status_code == 403


def test_one_deletes_ones_own_question(session, make, sign_in, debate):
    invited(make, debate)
    author = make.member()
    number = services.ask(author, held(debate), "Une question de trop ?").id
    page = f"/e/{debate.component.space.slug}/{debate.component_id}/questions/{number}/delete"
    assert sign_in(make.member()).post(page).status_code == 403
    browser = sign_in(author)
    assert "Une question de trop" in browser.get(page).text
    assert browser.post(page).status_code == 303
    assert "Une question de trop" not in browser.get(address_of(debate)).text
    assert held(debate).question_count == 0
    assert counters.wrong_counters() == []


def test_another_guest_takes_the_place_and_the_role_goes_unless_it_serves_elsewhere(session, make, debate):
    first = invited(make, debate)
    other = make.debate(debate.component)
    moderator = make.moderator(debate.component.space)
    services.invite(moderator, held(other), first, guest_from=None, guest_until=None)
    services.invite(moderator, held(debate), make.member(), guest_from=None, guest_until=None)
    assert roles(session, debate, first) == [Role.GUEST]
    services.part(moderator, held(other))
    assert roles(session, debate, first) == []


def test_what_waits_for_the_guest_stands_on_their_front_page(make, sign_in, debate):
    guest, number = invited(make, debate), asked(make, debate)
    asked(make, debate, "Et demain ?")
    browser = sign_in(guest)
    page = browser.get("/").text
    assert f'href="{base_of(debate)}/questions"' in page
    assert "questions auxquelles répondre" in page
    answer(browser, number)
    assert "question à laquelle répondre" in browser.get("/").text
    assert f'href="{base_of(debate)}/questions"' not in sign_in(make.member()).get("/").text


def test_questions_without_an_answer_wait_on_the_closing_page_and_can_be_quoted(make, sign_in, debate):
    guest, number = invited(make, debate), asked(make, debate)
    answered = asked(make, debate, "Qui paie ?")
    answer(sign_in(guest), answered)
    browser = sign_in(make.moderator(debate.component.space))
    page = browser.get(f"{base_of(debate)}/close").text
    waiting = page[page.index('id="questions"') :]
    assert "Et en zone rurale" in waiting and "Qui paie" not in waiting
    text = f"Reste ouverte :\n\n[[{number}]]"
    revision = str(held(debate).revision)
    done = browser.post(f"{base_of(debate)}/close", data={"body": text, "revision": revision})
    assert done.status_code == 303
    assert f'href="{base_of(debate)}/questions/{number}"' in browser.get(address_of(debate)).text


def test_others_write_under_a_question_without_answering_it(make, session, debate):
    invited(make, debate)
    number = asked(make, debate)
    root = threads.find_root(number)
    assert root is not None
    comments.post(make.member(), root, "Même question chez nous.")
    row = queries.first_of(debate.id)[0]
    assert (row.answers, row.comment_count) == (0, 1)


def test_a_long_list_of_questions_has_pages(make, sign_in, debate):
    invited(make, debate)
    for n in range(22):
        asked(make, debate, f"Question numéro {n} ?")
    browser = sign_in(make.member())
    assert "Les 17 autres questions" in browser.get(address_of(debate)).text
    first = queries.questions_of(debate.id, None)
    second = queries.questions_of(debate.id, first.next)
    assert len({row.id for row in [*first.items, *second.items]}) == 22
    assert "Question numéro 21" in browser.get(f"{base_of(debate)}/questions?page={first.next}").text
