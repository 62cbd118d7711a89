"""Pinning, featuring, sorting many, moving, closing, lifting, merging; each undone, what came after kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from participa.audit.models import AuditEntry
from participa.authorization import Role
from participa.comments import services as comments
from participa.comments.queries import find_root
from participa.contributions.models import Contribution
from participa.curation.models import CurationAct
from participa.db import clock
from participa.debates.models import Argument, Debate
from participa.proposals.models import Proposal
from participa.spaces.models import Component, Space


def undo_last(session, browser):
    number = session.scalar(select(CurationAct.id).order_by(CurationAct.id.desc()))
    return browser.post(f"/acts/{number}/undo", follow_redirects=True)


def test_a_pinned_proposal_stands_first_until_it_is_undone(session, make, space, browser, client):
    tool = space.components[0]
    old = make.proposal(tool, title="Ancienne et précieuse", at=clock() - timedelta(days=300))
    address, number, path = f"/curate/text/{old.id}", old.id, f"/e/sante/{tool.id}"
    make.proposal(tool, title="Toute récente")
    browser.post(address, data={"act": "pin"})
    page = client.get(path).text
    assert page.index("Ancienne et précieuse") < page.index("Toute récente")
    assert "Épinglé par la modération" in page
    assert "Épinglé par la modération" not in client.get(f"{path}?q=précieuse").text
    assert "Détacher" in browser.get(f"{path}/{number}", follow_redirects=True).text
    assert "C’est annulé" in undo_last(session, browser).text
    assert "Épinglé par la modération" not in client.get(path).text
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["contribution.pinned", "curation.undone"]


def test_five_are_pinned_at_most_and_those_that_left_make_room(session, make, space, browser):
    tool = space.components[0]
    proposals = [make.proposal(tool).id for _n in range(6)]
    for number in proposals[:5]:
        assert browser.post(f"/curate/text/{number}", data={"act": "pin"}).status_code == 303
    assert browser.post(f"/curate/text/{proposals[5]}", data={"act": "pin"}).status_code == 403
    session.execute(update(Contribution).where(Contribution.id == proposals[0]).values(trashed_at=clock()))
    assert browser.post(f"/curate/text/{proposals[5]}", data={"act": "pin"}).status_code == 303
    assert session.scalar(select(Component.pinned).where(Component.id == tool.id)) == proposals[1:]


def test_what_is_featured_is_on_the_front_pages_of_the_space_and_of_the_network(make, space, browser, client):
    debate = make.debate(space.components[1], title="Le grand débat")
    number = debate.id
    browser.post(f"/curate/text/{number}", data={"act": "feature"})
    for path in ("/e/sante", "/"):
        page = client.get(path).text
        assert "À la une" in page
    browser.post(f"/curate/text/{number}", data={"act": "unfeature"})
    assert "À la une" not in client.get("/e/sante").text


def test_many_are_sorted_at_once_and_undone_but_for_those_changed_since(session, make, space, browser):
    tool = space.components[0]
    one, two = (topic.id for topic in tool.topics)
    ids = [make.proposal(tool, title=f"Proposition {n}", topic_id=None if n else one).id for n in range(4)]
    page = browser.get(f"/curate/{tool.id}?topic=none").text
    assert f'id="text-{ids[3]}"' in page
    assert f'id="text-{ids[0]}"' not in page
    browser.post(f"/curate/{tool.id}", data={"text": ids, "under": two})
    found = select(Proposal.topic_id).where(Proposal.id.in_(ids)).order_by(Proposal.id)
    assert session.scalars(found).all() == [two] * 4
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "contribution.sorted")).one()
    assert (entry.details["before"], entry.details["after"]) == (["", "Prévention"], "Soins")
    own = Proposal.__table__
    session.execute(update(own).where(own.c.id == ids[3]).values(topic_id=one))
    assert "1 texte a changé depuis" in undo_last(session, browser).text
    assert session.scalars(found).all() == [one, None, None, one]


@pytest.mark.parametrize("kind", ["proposals", "debates"])
def test_a_moved_text_keeps_all_and_its_old_address_leads_to_it_there_and_back(
    session, make, space, moderator, browser, client, kind
):
    other = make.space("Éducation")
    make.role(moderator, other, Role.MODERATOR)
    here = space.components[0 if kind == "proposals" else 1]
    there = make.component(kind, other)
    topic = here.topics[0].id if kind == "proposals" else None
    author = make.member()
    text = (make.proposal if kind == "proposals" else make.debate)(
        here, author, title="Un texte voyageur", topic_id=topic
    )
    comments.post(author, find_root(text.id), "Un commentaire d’avant.")
    number, left, to = text.id, here.id, there.id
    old = f"/e/sante/{left}/{number}-un-texte-voyageur"
    browser.post(f"/curate/text/{number}/move", data={"component": str(to)})
    answer = client.get(old)
    assert answer.status_code in (301, 302)
    page = client.get(old, follow_redirects=True)
    assert page.request.path.startswith(f"/e/education/{to}/{number}")
    assert "Un commentaire d’avant." in page.text
    comments.post(author, find_root(number), "Un commentaire d’après.")
    assert "C’est annulé" in undo_last(session, browser).text
    page = client.get(old).text
    assert "Un commentaire d’avant." in page
    assert "Un commentaire d’après." in page
    if topic:
        assert session.scalar(select(Proposal.topic_id)) == topic


def test_a_closed_debate_is_open_again_with_the_time_it_had(session, make, space, browser):
    end = clock() + timedelta(days=3)
    debate = make.debate(space.components[1], ends_at=end)
    number, base = debate.id, f"/e/sante/{space.components[1].id}/{debate.id}"
    browser.post(f"{base}/close", data={"body": "Nous concluons que tout va bien.", "revision": "1"})
    assert session.scalar(select(Debate.closed_at).where(Debate.id == number)) is not None
    undo_last(session, browser)
    row = session.execute(select(Debate.closed_at, Debate.ends_at).where(Debate.id == number)).one()
    assert (row.closed_at, row.ends_at) == (None, end)


def test_a_lifted_message_goes_back_to_being_one_and_may_be_lifted_again(session, make, space, browser):
    tool = space.components[1]
    debate, author = make.debate(tool), make.member()
    message = comments.post(author, find_root(debate.id), "Le bus coûte moins cher.")
    lift = f"/e/sante/{tool.id}/{debate.id}/lift/{message.id}"
    browser.post(lift, data={"side": "1", "body": "Le bus coûte moins cher."})
    undo_last(session, browser)
    arguments = Argument.__table__
    gone = select(Contribution.trashed_at).where(Contribution.id.in_(select(arguments.c.id)))
    assert session.scalar(gone) is not None
    browser.post(lift, data={"side": "-1", "body": "Le bus coûte moins cher."})
    assert sorted(moment is None for moment in session.scalars(gone)) == [False, True]


def test_a_merge_is_undone_from_the_acts(session, make, space, browser):
    tool = space.components[0]
    one, two = make.proposal(tool, title="La première idée"), make.proposal(tool, title="La seconde idée")
    numbers = [one.id, two.id]
    sent = {"title": "Une idée commune aux deux", "body": "Le texte commun des deux idées."}
    sent |= {f"revision-{number}": "1" for number in numbers}
    path = f"/e/sante/{tool.id}/{one.id}/merge"
    sent |= {"topic": "", "first": one.id}
    assert browser.post(path, data=sent | {"with": numbers}).status_code == 303
    trashed = select(Contribution.trashed_at).where(Contribution.id.in_(numbers))
    assert None not in session.scalars(trashed).all()
    undo_last(session, browser)
    assert session.scalars(trashed).all() == [None, None]


def test_an_act_is_undone_once_and_for_thirty_days(session, make, space, browser):
    proposal = make.proposal(space.components[0])
    browser.post(f"/curate/text/{proposal.id}", data={"act": "pin"})
    number = session.scalar(select(CurationAct.id))
    session.execute(update(CurationAct).values(at=clock() - timedelta(days=31)))
    assert "/undo" not in browser.get("/acts").text
    assert browser.post(f"/acts/{number}/undo").status_code == 403
    session.execute(update(CurationAct).values(at=clock() - timedelta(days=29)))
    assert browser.post(f"/acts/{number}/undo").status_code == 303
    assert browser.post(f"/acts/{number}/undo").status_code == 403


def test_the_acts_of_other_spaces_are_not_seen_nor_undone(session, make, space, browser, sign_in):
    proposal = make.proposal(space.components[0], title="Ici seulement")
    browser.post(f"/curate/text/{proposal.id}", data={"act": "feature"})
    number = session.scalar(select(CurationAct.id))
    stranger = sign_in(make.moderator(make.space("Ailleurs")))
    assert "Ici seulement" not in stranger.get("/acts").text
    assert stranger.post(f"/acts/{number}/undo").status_code == 403
    assert session.scalar(select(Space.featured).where(Space.slug == "sante")) != []
