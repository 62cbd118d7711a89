"""What is said of an argument, and messages that become arguments."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from participa.audit.models import AuditEntry
from participa.authorization import VISITOR, Refused
from participa.comments import queries as threads
from participa.comments import services as comments
from participa.comments.models import Comment
from participa.contributions.models import Contribution
from participa.contributions.services import remove
from participa.db import clock
from participa.debates import queries, services
from participa.debates.models import Argument, Debate
from participa.insights import counters
from participa.notifications.models import Event, Notification
from participa.similarity import pace
from participa.similarity.models import Embedding
from participa.similarity.queries import close_to
from participa.votes.models import Participation
from participa.votes.queries import find_votable
from participa.votes.services import cast
from participa.web import address_of


def held(debate) -> Debate:
    """A debate as its own request reads it."""
    found = queries.find(debate.component_id, debate.id, VISITOR)
    assert found is not None
    return found.debate


def say(author, thing, body="Un avis", parent=None) -> Comment:
    """A message in the thread of a debate or an argument."""
    answered = threads.find_comment(parent) if parent else None
    root = threads.find_root(thing.id)
    assert root is not None
    return comments.post(author, root, body, parent=answered)


def base_of(debate) -> str:
    """What the addresses of a debate begin with."""
    return f"/e/{debate.component.space.slug}/{debate.component_id}/{debate.id}"


@pytest.fixture
def debate(make):
    """An open debate."""
    return make.debate()


def test_an_answer_to_an_argument_says_what_it_brings_and_counts_on_its_row(session, make, sign_in, debate):
    argument = services.argue(make.member(), held(debate), 1, "Un lieu garde les réponses.")
    here, browser = f"{base_of(debate)}/arguments/{argument.id}", sign_in(make.member())
    assert f'href="{here}#comments"' in browser.get(address_of(debate)).text

    browser.post(f"/comments/{argument.id}", data={"body": "Sauf les plus franches.", "nature": "nuance"})

    page = browser.get(here).text
    assert "Sauf les plus franches." in page
    assert "Nuance" in page
    assert "1 réponse" in browser.get(address_of(debate)).text
    assert session.scalars(select(Comment.nature)).all() == ["nuance"]
    number = session.scalars(select(Comment.id)).one()
    browser.post(f"/comments/{argument.id}", data={"body": "D’accord.", "parent": str(number)})
    assert session.scalars(select(Comment.nature).order_by(Comment.depth)).all() == ["nuance", None]
    assert counters.wrong_counters() == []


def test_a_source_holds_an_address_and_what_was_typed_is_kept(session, make, sign_in, debate):
    argument = services.argue(make.member(), held(debate), 1, "Un lieu garde les réponses.")
    browser = sign_in(make.member())

    refused = browser.post(f"/comments/{argument.id}", data={"body": "Un rapport.", "nature": "source"})
    assert "adresse" in refused.text and "Un rapport." in refused.text
    assert re.search(r'value="source"[^>]* checked', refused.text)
    browser.post(f"/comments/{argument.id}", data={"body": "https://exemple.fr/rapport", "nature": "source"})
    browser.post(f"/comments/{argument.id}", data={"body": "Autre chose", "nature": "insulte"})
    assert session.scalars(select(Comment.nature)).all() == ["source"]


def test_what_is_said_of_a_hidden_argument_is_not_read(session, make, client, debate):
    argument = services.argue(make.member(), held(debate), 1, "Un lieu garde les réponses.")
    reply = say(make.member(), argument)
    session.get(Contribution, argument.id).hidden_at = session.scalar(
        select(Contribution.published_at).limit(1)
    )
    session.commit()

    assert client.get(f"{base_of(debate)}/arguments/{argument.id}").status_code == 404
    assert client.get(f"/c/{reply.id}").status_code == 404


def test_a_moderator_lifts_a_message_in_the_name_of_whoever_wrote_it(
    session, make, sign_in, client, debate, run_jobs
):
    centre = make.centre("IREV")
    author, moderator = make.member("Chargée de mission", centre), make.moderator(debate.component.space)
    message = say(author, debate, "Un lieu garde les réponses, et tous les trouvent.")
    browser, lift = sign_in(moderator), f"{base_of(debate)}/lift/{message.id}"
    assert f'href="{lift}"' in browser.get(address_of(debate)).text
    assert lift not in sign_in(make.member()).get(address_of(debate)).text
    assert "Un lieu garde les réponses" in browser.get(lift).text

    answer = browser.post(lift, data={"side": "-1", "body": "Un lieu garde les réponses."})

    argument = session.scalars(select(Argument)).one()
    number = argument.id
    assert answer.location == f"{base_of(debate)}/arguments/{argument.id}"
    assert (argument.author_id, argument.centre_id, argument.side) == (author.id, centre.id, -1)
    assert (argument.origin_id, argument.lifted_by_id) == (message.id, moderator.id)
    run_jobs()
    told = select(Event.kind).join(Notification, Notification.event_id == Event.id)
    assert session.scalars(told.where(Notification.recipient_id == author.id)).all() == ["argument.lifted"]
    lifted = select(AuditEntry.actor_id).where(AuditEntry.action == "argument.lifted")
    assert session.scalars(lifted).all() == [moderator.id]
    page = client.get(address_of(debate)).text
    assert f'href="/c/{message.id}"' in page and "Chargée de mission" in page
    parts = select(Participation.n).where(Participation.about_id == debate.id)
    assert session.scalars(parts).all() == [2]
    assert counters.wrong_counters() == []
    again = browser.get(lift)
    assert again.location == f"{base_of(debate)}/arguments/{number}"


def test_a_message_deleted_while_a_moderator_lifts_it_is_not_lifted_and_nothing_typed_is_lost(
    session, make, sign_in, debate
):
    author, moderator = make.member(), make.moderator(debate.component.space)
    message = say(author, debate)
    lift = f"{base_of(debate)}/lift/{message.id}"
    browser = sign_in(moderator)
    browser.get(lift)
    remove(author, threads.find_comment(message.id), "comment.deleted")

    answer = browser.post(lift, data={"side": "1", "body": "Mes mots à moi."})

    assert answer.status_code == 403
    assert "retiré" in answer.text and "Mes mots à moi." in answer.text
    with pytest.raises(Refused):
        services.lift(moderator, threads.find_comment(message.id), 1, "Mes mots à moi.")
    assert session.scalars(select(Argument.id)).all() == []


@pytest.mark.parametrize(
    "data", [{"side": "1", "body": ""}, {"side": "2", "body": "Un mot."}, {"side": "1", "body": "x" * 281}]
)
def test_an_argument_that_cannot_be_is_told_and_kept(session, make, sign_in, debate, data):
    message = say(make.member(), debate)
    browser = sign_in(make.moderator(debate.component.space))
    answer = browser.post(f"{base_of(debate)}/lift/{message.id}", data=data)
    assert answer.status_code in (200, 422)
    assert 'class="error-summary"' in answer.text
    assert session.scalars(select(Argument.id)).all() == []


def test_only_moderators_lift_and_only_what_stands_in_the_thread_of_a_debate(session, make, sign_in, debate):
    message = say(make.member(), debate)
    assert sign_in(make.member()).get(f"{base_of(debate)}/lift/{message.id}").status_code == 403
    proposal = make.proposal(make.component("proposals", debate.component.space))
    other = say(make.member(), proposal)
    browser = sign_in(make.moderator(debate.component.space))
    assert browser.get(f"{base_of(debate)}/lift/{other.id}").status_code == 404


def test_the_arguments_are_one_picture_and_the_same_table(session, make, client, debate):
    first = services.argue(make.member(), held(debate), 1, "Un lieu garde les réponses.").id
    second = services.argue(make.member(), held(debate), -1, "Un outil de plus.").id
    for _n in range(3):
        found = find_votable(first)
        assert found is not None
        cast(make.member(), found, 1)

    page = client.get(f"{base_of(debate)}/arguments/map").text

    bars = {
        (side, int(width))
        for side, width in re.findall(r'<rect class="(\w+)" x="\d+" y="28" width="(\d+)"', page)
    }
    assert bars == {("for", 140), ("against", 2)}
    for number in (first, second):
        assert page.count(f'href="{base_of(debate)}/arguments/{number}"') == 2
    assert page.count("<tr>") == 3
    empty = client.get(f"{base_of(make.debate(debate.component))}/arguments/map").text
    assert "Pas encore d’argument" in empty and "<svg viewBox" not in empty


def test_an_answer_to_an_argument_is_found_useful_reported_and_deleted_as_any_message(
    session, make, sign_in, debate
):
    argument = services.argue(make.member(), held(debate), 1, "Un lieu garde les réponses.")
    author = make.member()
    reply, number, space = say(author, argument).id, argument.id, debate.component.space
    moderator = sign_in(make.moderator(space))
    reader = sign_in(make.member())

    assert reader.post(f"/vote/{reply}", data={"value": "1"}).status_code == 303
    assert session.scalar(select(Contribution.support_count).where(Contribution.id == reply)) == 1
    assert reader.get(f"/report/{reply}").status_code == 200
    assert reader.get(f"/comments/{number}/news?after=0").status_code == 200
    assert reader.get(f"/c/{reply}").status_code == 200
    assert moderator.get(f"/moderation/hide/{reply}").status_code == 200
    assert sign_in(author).post(f"/c/{reply}/delete").status_code == 303
    assert counters.wrong_counters() == []


SAID = "Un espace commun garde les réponses et les rend trouvables par tous les centres."
ALMOST = "Un espace commun garde nos réponses et les rend trouvables par tous les centres."


def test_what_says_nearly_the_same_is_pointed_out_once_and_nothing_typed_is_lost(
    session, make, sign_in, debate
):
    services.argue(make.member("Chargée de mission"), held(debate), -1, SAID)
    browser, where = sign_in(make.member()), f"{base_of(debate)}/argue"

    asked = browser.post(where, data={"side": "for", "body": ALMOST})
    assert asked.status_code == 200
    assert "presque cela" in asked.text and ALMOST in asked.text and "Chargée de mission" in asked.text
    assert len(session.scalars(select(Argument.id)).all()) == 1

    added = browser.post(where, data={"side": "for", "body": ALMOST, "anyway": "y"})
    assert added.status_code == 303
    assert len(session.scalars(select(Argument.id)).all()) == 2


@pytest.mark.parametrize(
    "body",
    ["Nos échanges les plus francs se font au téléphone.", "Un espace commun.", "Un", "<b>", "& | ! :*"],
)
def test_what_is_of_its_own_is_added_at_once(session, make, sign_in, debate, body):
    services.argue(make.member(), held(debate), 1, SAID)
    browser = sign_in(make.member())
    assert "presque cela" not in browser.post(f"{base_of(debate)}/arguments/near", data={"body": body}).text
    assert browser.post(f"{base_of(debate)}/argue", data={"side": "for", "body": body}).status_code == 303


def test_what_is_hidden_or_of_another_debate_is_not_pointed_out(session, make, sign_in, debate):
    number = services.argue(make.member(), held(debate), 1, SAID).id
    services.argue(make.member(), held(make.debate(debate.component)), 1, SAID)
    session.execute(update(Contribution).where(Contribution.id == number).values(hidden_at=clock()))
    session.commit()
    browser = sign_in(make.member())
    assert browser.post(f"{base_of(debate)}/arguments/near", data={"body": ALMOST}).text == ""


def test_a_message_about_an_argument_is_lifted_too_and_makes_a_proposal(session, make, sign_in, debate):
    make.component("proposals", debate.component.space)
    argument = services.argue(make.member(), held(debate), 1, "Un lieu garde les réponses.")
    author, browser = make.member(), sign_in(make.moderator(debate.component.space))
    said = say(author, argument, "Les plus franches se disent ailleurs.")
    lift = f"{base_of(debate)}/lift/{said.id}"
    page = browser.get(f"{base_of(debate)}/arguments/{argument.id}").text
    assert f'href="{lift}"' in page and f'href="{base_of(debate)}/propose/{said.id}"' in page

    browser.post(lift, data={"side": "-1", "body": "Les plus franches se disent ailleurs."})
    row = session.execute(
        select(Contribution.author_id, Argument.__table__.c.side)
        .join(Argument.__table__, Argument.__table__.c.id == Contribution.id)
        .where(Argument.__table__.c.origin_id == said.id)
    ).one()
    assert tuple(row) == (author.id, -1)
    assert f"from={said.id}" in browser.get(f"{base_of(debate)}/propose/{said.id}").location


PARAPHRASE = "On réduit la circulation automobile aux abords des classes."


@pytest.mark.parametrize("way", ["index", "vectors"])
def test_what_is_said_in_other_words_is_pointed_out_by_its_meaning(
    make, sign_in, app, encoder, run_jobs, debate, monkeypatch, way
):
    monkeypatch.setattr(pace, "_held", {})
    if way == "vectors":
        monkeypatch.setitem(app.extensions, "near_index", value=False)
    browser, here = sign_in(make.member()), f"{base_of(debate)}/arguments/near"
    number = services.argue(make.member(), held(debate), 1, "Moins de voitures devant les écoles.").id
    services.argue(make.member(), held(debate), -1, "Les livraisons arrivent le mercredi.")
    run_jobs()

    found = browser.post(here, data={"body": PARAPHRASE}).text
    assert f"/arguments/{number}" in found
    assert "livraisons" not in found
    assert "voitures" not in browser.post(here, data={"body": "Il faudrait plus de bancs au soleil."}).text
    settings = replace(app.config["SETTINGS"], encoder=False)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    assert browser.post(here, data={"body": PARAPHRASE}).text == ""  # by words alone, nothing in common


def test_vectors_of_arguments_take_no_place_among_those_of_proposals(
    make, session, encoder, run_jobs, debate
):
    services.argue(make.member(), held(debate), 1, "Moins de voitures devant les écoles.")
    proposal_id = make.proposal(title="Moins de voitures devant les écoles").id
    run_jobs()
    kinds = dict(session.execute(select(Embedding.contribution_id, Embedding.kind)).all())
    assert sorted(kinds.values()) == ["argument", "proposal"]
    close = close_to("Moins de voitures devant les écoles", "fr", [0.044] * 512)
    ids = session.scalars(select(close.rows.c.contribution_id), close.given).all()
    assert set(ids) <= {proposal_id}
