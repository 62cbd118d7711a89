"""Acts that meet what was done meanwhile: refused with a sentence, or leaving what is there as it is."""

from sqlalchemy import delete, func, select, update

from participa.authorization import Role
from participa.contributions.models import Contribution
from participa.curation.models import CurationAct
from participa.db import clock
from participa.proposals.models import Proposal
from participa.spaces.models import Component, SpaceRole, Visibility, offered_topics
from participa.spaces.topics.services import add_topic


def acts(session):
    return session.scalars(select(CurationAct.id).order_by(CurationAct.id)).all()


def undo(browser, number):
    return browser.post(f"/acts/{number}/undo")


def test_what_was_unpinned_since_is_not_unpinned_twice(session, make, space, browser):
    address = f"/curate/text/{make.proposal(space.components[0]).id}"
    for act in ("pin", "unpin"):
        browser.post(address, data={"act": act})
    pinned, unpinned = acts(session)
    answer = undo(browser, pinned)
    assert answer.status_code == 403
    assert "autre chose a été fait depuis" in answer.text
    assert undo(browser, unpinned).status_code == 303
    assert len(session.scalar(select(Component.pinned).where(Component.kind == "proposals"))) == 1


def test_pinning_what_is_pinned_and_unpinning_what_is_not_are_no_acts(session, make, space, browser):
    address = f"/curate/text/{make.proposal(space.components[0]).id}"
    for act in ("unpin", "unfeature", "pin", "pin", "nonsense"):
        assert browser.post(address, data={"act": act}).status_code == 303
    assert session.scalars(select(CurationAct.kind)).all() == ["pin"]


def test_six_are_featured_at_most(make, space, browser):
    ids = [make.proposal(space.components[0]).id for _n in range(7)]
    answers = [browser.post(f"/curate/text/{number}", data={"act": "feature"}) for number in ids]
    assert [answer.status_code for answer in answers] == [303] * 6 + [403]


def test_what_moved_on_is_not_moved_back(session, make, space, moderator, browser):
    places = []
    for name in ("Éducation", "Emploi"):
        other = make.space(name)
        make.role(moderator, other, Role.MODERATOR)
        places.append(make.component("debates", other).id)
    number = make.debate(space.components[1], title="Un débat").id
    for place in places:
        browser.post(f"/curate/text/{number}/move", data={"component": str(place)})
    first, second = acts(session)
    assert undo(browser, first).status_code == 403
    assert undo(browser, second).status_code == 303
    assert undo(browser, first).status_code == 303
    assert session.scalar(select(Contribution.component_id)) not in places


def test_what_is_not_there_any_more_is_neither_moved_nor_pinned(session, make, space, moderator, browser):
    other = make.space("Éducation")
    make.role(moderator, other, Role.MODERATOR)
    place = make.component("debates", other).id
    debate = make.debate(space.components[1])
    address = f"/curate/text/{debate.id}"
    session.execute(update(Contribution).values(trashed_at=clock()))
    assert browser.post(f"{address}/move", data={"component": str(place)}).status_code == 403
    assert browser.post(address, data={"act": "pin"}).status_code == 403
    assert browser.get("/curate/text/999999/move").status_code == 404


def test_a_place_must_be_chosen_and_be_ones_own(make, space, browser):
    number = make.debate(space.components[1]).id
    assert "<select" not in browser.get(f"/curate/text/{number}/move").text  # nowhere to take it
    foreign = make.component("debates", make.space("Ailleurs")).id
    answer = browser.post(f"/curate/text/{number}/move", data={"component": str(foreign)})
    assert answer.status_code in (200, 422)
    assert (
        browser.get(f"/e/sante/{space.components[1].id}/{number}", follow_redirects=True).status_code == 200
    )


def test_sorting_asks_for_texts_and_for_a_topic_that_is_offered(session, make, space, browser):
    tool = space.components[0]
    proposal, topic = make.proposal(tool).id, tool.topics[0].id
    address = f"/curate/{tool.id}"
    for sent, said in (
        ({"under": topic}, "Cochez d’abord"),
        ({"text": proposal}, "Choisissez un sujet"),
        ({"text": proposal, "under": "99999"}, "Choisissez un sujet"),
        ({"text": "x", "under": topic}, "Cochez d’abord"),
    ):
        assert said in browser.post(address, data=sent, follow_redirects=True).text
    browser.post(address, data={"text": proposal, "under": topic})
    browser.post(address, data={"text": proposal, "under": topic})  # there already
    browser.post(address, data={"text": proposal, "under": "none"})
    assert session.scalar(select(func.count()).select_from(CurationAct)) == 2
    assert browser.get(f"{address}?q=introuvable").status_code == 200
    assert browser.get(f"{address}?topic={topic}").status_code == 200
    assert browser.get("/curate/99999999999").status_code == 404


def test_a_debate_opened_again_from_its_page_is_undone_among_the_acts_too(session, make, space, browser):
    debate = make.debate(space.components[1])
    base = f"/e/sante/{space.components[1].id}/{debate.id}"
    browser.post(f"{base}/close", data={"body": "Nous concluons que tout va bien.", "revision": "1"})
    browser.post(f"{base}/reopen")
    assert undo(browser, acts(session)[0]).status_code == 403
    assert "/undo" not in browser.get("/acts").text


def test_a_lifted_argument_in_the_trash_already_stays_there(session, make, space, browser):
    from participa.comments import services as comments
    from participa.comments.queries import find_root
    from participa.debates.models import Argument

    tool = space.components[1]
    debate = make.debate(tool)
    message = comments.post(make.member(), find_root(debate.id), "Le bus coûte moins cher.")
    sent = {"side": "1", "body": "Le bus coûte moins cher."}
    browser.post(f"/e/sante/{tool.id}/{debate.id}/lift/{message.id}", data=sent)
    ids = select(Argument.__table__.c.id)
    session.execute(update(Contribution).where(Contribution.id.in_(ids)).values(trashed_at=clock()))
    assert undo(browser, acts(session)[0]).status_code == 403


def test_the_acts_of_one_space_are_shown_alone(make, space, moderator, browser):
    other = make.space("Éducation")
    make.role(moderator, other, Role.MODERATOR)
    there = make.component("proposals", other)
    for tool, title in ((space.components[0], "Dans la santé"), (there, "Dans l’éducation")):
        browser.post(f"/curate/text/{make.proposal(tool, title=title).id}", data={"act": "pin"})
    page = browser.get("/acts?space=education").text
    assert "Dans l’éducation" in page
    assert "Dans la santé" not in page


def test_who_left_the_space_a_text_stands_in_now_does_not_bring_it_back(
    session, make, space, moderator, browser
):
    other = make.space("À part", visibility=Visibility.PRIVATE)
    make.role(moderator, other, Role.MODERATOR)
    place = make.component("debates", other).id
    number = make.debate(space.components[1], title="Un débat").id
    browser.post(f"/curate/text/{number}/move", data={"component": str(place)})
    session.execute(delete(SpaceRole).where(SpaceRole.space_id == other.id))
    session.commit()
    assert undo(browser, acts(session)[0]).status_code in (403, 404)
    assert session.scalar(select(Contribution.component_id)) == place


def test_what_was_sorted_then_moved_keeps_the_topic_it_has_there(session, make, space, moderator, browser):
    other = make.space("Éducation")
    make.role(moderator, other, Role.MODERATOR)
    shared = add_topic(make.coordinator(), None, "Outre-mer", None).id
    tools = (space.components[0].id, make.component("proposals", other).id)
    for tool in tools:
        session.execute(offered_topics.insert().values(component_id=tool, topic_id=shared))
    number = make.proposal(space.components[0]).id
    browser.post(f"/curate/{tools[0]}", data={"text": number, "under": shared})
    browser.post(f"/curate/text/{number}/move", data={"component": str(tools[1])})
    undo(browser, acts(session)[0])
    assert session.scalar(select(Proposal.topic_id)) == shared
