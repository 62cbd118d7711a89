"""Debates: their time, their arguments, their closing."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from participa.authorization import Refused
from participa.comments import queries as threads
from participa.comments import services as comments
from participa.comments.policies import may_comment
from participa.contributions.models import Version
from participa.contributions.policies import may_delete_own
from participa.db import clock
from participa.debates import policies, queries, recount, services
from participa.debates.forms import Draft
from participa.debates.models import Debate
from participa.errors import Conflict
from participa.follows.models import Follow
from participa.moderation.models import Reason
from participa.moderation.services import hide, restore
from participa.notifications.models import Event
from participa.votes.ballots import ballot_of
from participa.votes.models import Participation
from participa.votes.queries import find_votable
from participa.votes.services import cast
from tests.factories import Factory

QUESTION = Draft("Faut-il une plateforme commune ?", "Plutôt que nos listes de diffusion.")


def found(debate, actor) -> Debate:
    """The debate as its page reads it."""
    held = queries.find(debate.component_id, debate.id, actor)
    assert held is not None
    return held.debate


def sides(session) -> tuple[int, int]:
    """The stored numbers of arguments for and against, after checking them."""
    for counter in recount.COUNTERS:
        wrong = text(f"SELECT count(*) FROM {counter.table} t WHERE t.{counter.column} <> ({counter.truth})")
        assert session.scalar(wrong) == 0
    own = Debate.__table__.c
    counts = session.execute(select(own.for_count, own.contra_count)).one()
    return counts[0], counts[1]


# ── Time


@pytest.mark.parametrize(
    ("starts", "ends", "closed", "standing"),
    [
        (None, None, False, "open"),
        (-1, 1, False, "open"),
        (0, None, False, "open"),
        (1, 2, False, "upcoming"),
        (-2, -1, False, "over"),
        (-2, 0, False, "over"),
        (-2, -1, True, "closed"),
    ],
)
def test_a_debate_is_open_from_its_start_until_its_end(
    session, make: Factory, starts, ends, closed, standing
):
    now = clock()
    debate = make.debate(
        starts_at=None if starts is None else now + timedelta(hours=starts),
        ends_at=None if ends is None else now + timedelta(hours=ends),
        closed_at=now if closed else None,
        conclusions="Oui." if closed else None,
    )
    actor = make.actor(make.member())
    rule = None if standing == "open" else f"debate_{standing}"

    assert policies.standing(debate, now) == standing
    assert policies.may_argue(actor, found(debate, actor)).rule == rule
    root = threads.find_root(debate.id)
    assert root is not None
    assert may_comment(actor, root).rule == rule
    page = queries.listed(debate.component, queries.Wish(states=("open",)), None)
    assert bool(page.items) == (standing == "open")


@pytest.mark.parametrize("state", queries.STATES)
def test_the_list_filters_by_state(session, make, state):
    component, now = make.component("debates"), clock()
    debates = {
        "open": make.debate(component),
        "upcoming": make.debate(component, starts_at=now + timedelta(days=1)),
        "closed": make.debate(component, ends_at=now - timedelta(days=1)),
    }

    page = queries.listed(component, queries.Wish(states=(state,)), None)

    assert [row.id for row in page.items] == [debates[state].id]


def test_a_comment_in_the_second_the_debate_closes_is_refused(session, make, at):
    debate, ada = make.debate(ends_at=clock() + timedelta(seconds=1)), make.member()
    root = threads.find_root(debate.id)
    at(clock() + timedelta(seconds=1))

    with pytest.raises(Refused, match="debate_over"):
        comments.post(ada, root, "Juste à temps ?")


@pytest.mark.parametrize(
    "send",
    [
        lambda author, root: comments.post(author, root, "Trop tard"),
        lambda author, root: services.argue(author, root, 1, "Trop tard"),
    ],
    ids=["comment", "argument"],
)
def test_a_text_sent_while_a_moderator_closes_is_refused(session, make, send):
    debate, ada = make.debate(), make.member()
    root = threads.find_root(debate.id)
    session.execute(text("UPDATE debates SET closed_at = now(), conclusions = 'Oui.'"))

    with pytest.raises(Refused, match="debate_closed"):
        send(ada, root)


# ── Who may


@pytest.mark.parametrize(("is_open", "rule"), [(True, None), (False, "debating_closed")])
def test_members_open_debates_when_the_phase_lets_them_and_moderators_always(session, make, is_open, rule):
    component = make.component("debates", debating_open=is_open)
    moderator = make.actor(make.moderator(component.space))

    assert policies.may_open(make.actor(make.member()), component).rule == rule
    assert policies.may_open(moderator, component)
    assert policies.may_open(make.actor(), component).rule == "sign_in"


@pytest.mark.parametrize(("is_open", "rule"), [(True, None), (False, "arguing_closed")])
def test_arguing_and_backing_follow_the_phase(session, make, is_open, rule):
    debate, actor = make.debate(), make.actor(make.member())
    argument = services.argue(make.member(), found(debate, make.actor()), 1, "Parce que.")
    debate.component.rules = {"always": {"arguing_open": is_open}}

    assert policies.may_argue(actor, debate).rule == rule
    assert ballot_of(actor, find_votable(argument.id)).verdict.rule == rule


def test_nobody_backs_their_own_argument(session, make):
    ada, debate = make.member(), make.debate()
    argument = services.argue(ada, found(debate, make.actor()), 1, "Parce que.")

    ballot = ballot_of(make.actor(ada), find_votable(argument.id))
    assert (ballot.verdict.rule, ballot.counts_centres) == ("own_argument", False)


def test_only_the_author_edits_and_only_the_author_and_moderators_close(session, make):
    ada = make.member()
    debate = make.debate(author=ada)
    moderator = make.actor(make.moderator(debate.component.space))

    assert policies.may_edit(make.actor(ada), debate)
    assert policies.may_edit(moderator, debate).rule == "not_author"
    assert policies.may_close(make.actor(ada), debate)
    assert policies.may_close(make.actor(make.member()), debate).rule == "moderators_only"
    assert policies.may_close(moderator, debate)
    assert policies.may_reopen(moderator, debate).rule == "debate_not_closed"
    debate.closed_at, debate.conclusions = clock(), "Oui."
    assert policies.may_edit(make.actor(ada), debate).rule == "debate_closed"
    assert policies.may_close(moderator, debate).rule == "debate_closed"
    assert policies.may_reopen(moderator, debate)


def test_only_its_author_deletes_an_argument(session, make):
    ada, debate = make.member(), make.debate()
    argument = queries.find_argument(services.argue(ada, found(debate, make.actor()), 1, "Non.").id)

    assert may_delete_own(make.actor(ada), argument)
    assert may_delete_own(make.actor(make.coordinator()), argument).rule == "not_author"
    argument.hidden_at = clock()
    assert may_delete_own(make.actor(ada), argument).rule == "hidden"


# ── Acts


def test_opening_a_debate_follows_it_and_tells(session, make):
    ada, component = make.member(), make.component("debates")

    debate = services.open_debate(ada, component, QUESTION)

    assert session.scalars(select(Follow.member_id).where(Follow.contribution_id == debate.id)).all() == [
        ada.id
    ]
    assert session.scalars(select(Event.kind)).all() == ["debate.published"]


def test_arguments_count_on_their_side_and_for_the_centre(session, make):
    debate, ada = make.debate(), make.member(centre=make.centre())
    read = found(debate, make.actor())
    for side in (1, 1, -1):
        services.argue(ada, read, side, "Parce que.")

    assert sides(session) == (2, 1)
    assert session.scalars(select(Participation.n)).all() == [3]


def test_a_hidden_or_deleted_argument_leaves_the_counts(session, make):
    debate, ada = make.debate(), make.member(centre=make.centre())
    moderator = make.moderator(debate.component.space)
    read = found(debate, make.actor())
    first, second = (services.argue(ada, read, side, "Parce que.") for side in (1, -1))

    hide(moderator, queries.find_argument(first.id), Reason.SPAM)
    assert sides(session) == (0, 1)
    restore(moderator, queries.find_argument(first.id))
    services.delete_argument(ada, queries.find_argument(second.id))
    services.delete_argument(ada, queries.find_argument(second.id))

    assert sides(session) == (1, 0)
    assert session.scalars(select(Participation.n)).all() == [1]


def test_the_most_backed_arguments_come_first_then_the_oldest(session, make):
    debate, ada = make.debate(), make.member()
    read = found(debate, make.actor())
    old, backed, new = (services.argue(ada, read, 1, body).id for body in ("Un", "Deux", "Trois"))
    cast(make.member(), find_votable(backed), 1)

    assert [row.id for row in queries.arguments(debate.id)[1]] == [backed, old, new]
    assert [row.id for row in queries.arguments_of(debate.id, 1, None).items] == [backed, old, new]


def test_pages_of_one_side_show_each_argument_once(session, make, monkeypatch):
    monkeypatch.setattr(queries, "ARGUMENTS", 2)
    debate, ada = make.debate(), make.member()
    read = found(debate, make.actor())
    made = [services.argue(ada, read, -1, f"Raison {n}").id for n in range(5)]
    cast(make.member(), find_votable(made[3]), 1)

    seen, key = [], None
    while True:
        page = queries.arguments_of(debate.id, -1, key)
        seen += [row.id for row in page.items]
        if (key := page.next) is None:
            break

    assert seen == [made[3], made[0], made[1], made[2], made[4]]


def test_closing_keeps_the_conclusions_and_tells_once(session, make):
    debate = make.debate()
    moderator = make.moderator(debate.component.space)
    services.close(moderator, debate, "Oui, **pour six mois**.", revision=1)

    assert debate.conclusions_html == "<p>Oui, <strong>pour six mois</strong>.</p>\n"
    assert session.scalars(select(Event.kind)).all() == ["debate.closed"]
    with pytest.raises(Conflict):
        services.close(moderator, debate, "Non.", revision=1)


def test_a_reopened_debate_takes_arguments_again_even_past_its_end(session, make):
    debate = make.debate(starts_at=clock() - timedelta(days=2), ends_at=clock() - timedelta(days=1))
    moderator = make.moderator(debate.component.space)
    services.close(moderator, debate, "Oui, pour six mois.", revision=1)

    services.reopen(moderator, debate)

    assert policies.standing(debate, clock()) == "open"
    assert debate.conclusions is None


def test_editing_keeps_versions_and_refuses_a_stale_text(session, make):
    ada = make.member()
    debate = services.open_debate(ada, make.component("debates"), QUESTION)
    changed = QUESTION._replace(
        title="Faut-il vraiment une plateforme ?", ends_at=clock() + timedelta(days=9)
    )

    assert services.edit(ada, debate, changed, revision=1, reason="Plus clair")
    assert not services.edit(ada, debate, changed, revision=2)

    numbers = select(Version.number, Version.reason).where(Version.contribution_id == debate.id)
    assert session.execute(numbers.order_by(Version.number)).all() == [(1, ""), (2, "Plus clair")]
    assert debate.ends_at == changed.ends_at
    with pytest.raises(Conflict):
        services.edit(ada, debate, QUESTION, revision=1)


def test_a_closed_debate_is_not_edited(session, make):
    ada = make.member()
    debate = make.debate(author=ada)
    session.execute(text("UPDATE debates SET closed_at = now(), conclusions = 'Oui.'"))

    with pytest.raises(Refused, match="debate_closed"):
        services.edit(ada, debate, QUESTION, revision=1)
