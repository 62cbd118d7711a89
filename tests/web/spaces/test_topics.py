"""Topics as trees: kept by a space or the network, offered by tools, merged and removed without losing anything."""

import re

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.proposals.models import Proposal
from participa.spaces.models import Topic, offered_topics


@pytest.fixture
def component(make):
    """A list of proposals that offers two topics."""
    return make.component("proposals", make.space("Santé"), topics=["Prévention", "Soins"])


@pytest.fixture
def browser(make, component, sign_in):
    """The browser of somebody who may keep them, in English."""
    return sign_in(make.coordinator(language="en"))


def tree(page):
    """The paths of the topics of a page, from top to bottom."""
    rows = re.findall(r'<li class="session tree-\d" id="t\d+"><div>(.*?)<span class="d-block', page.text)
    return [re.sub(r"<b aria-hidden.*|<[^>]+>", "", row) for row in rows]


def number(session, name):
    return session.scalar(select(Topic.id).where(Topic.name == name))


def offered(session, component_id):
    query = select(Topic.name).join(offered_topics).where(offered_topics.c.component_id == component_id)
    return set(session.scalars(query))


BASE = "/e/sante/topics"


def test_a_tree_grows_to_three_levels_and_no_further(session, component, browser):
    top = component.topics[0].id
    browser.post(BASE, data={"name": "À l’école", "parent_id": top})
    browser.post(BASE, data={"name": "Au collège", "parent_id": number(session, "À l’école")})
    deepest = number(session, "Au collège")
    assert tree(browser.get(BASE)) == [
        "Prévention",
        "Prévention › À l’école",
        "Prévention › À l’école › Au collège",
        "Soins",
    ]
    answer = browser.post(BASE, data={"name": "En sixième", "parent_id": deepest})
    assert "3 levels at most" in answer.text
    answer = browser.post(BASE, data={"name": "Soins", "parent_id": ""})
    assert "There is already a topic of that name there." in answer.text
    browser.post(BASE, data={"name": ""})
    assert len(session.scalars(select(Topic)).all()) == 4


def test_what_is_added_under_an_offered_topic_is_offered_and_the_list_filters_by_the_whole_branch(
    session, make, component, browser
):
    above, component_id = component.topics[0].id, component.id
    browser.post(BASE, data={"name": "À l’école", "parent_id": above})
    below = number(session, "À l’école")
    assert offered(session, component_id) == {"Prévention", "Soins", "À l’école"}
    component = session.get(type(component), component_id)
    for title, topic_id in (("Sur la branche", above), ("Sur la feuille", below), ("Ailleurs", None)):
        make.proposal(component, title=title, topic_id=topic_id)
    page = browser.get(f"/e/sante/{component_id}?topic={above}").text
    assert "Sur la branche" in page
    assert "Sur la feuille" in page
    assert "Ailleurs" not in page
    assert "Sur la branche" not in browser.get(f"/e/sante/{component_id}?topic={below}").text
    assert "Prévention › À l’école" in browser.get(f"/e/sante/{component_id}/new").text


def test_topics_are_renamed_moved_and_ordered(session, component, browser):
    first, second = (topic.id for topic in component.topics)
    browser.post(f"{BASE}/{second}", data={"act": "up"})
    page = browser.get(BASE)
    assert tree(page) == ["Soins", "Prévention"]
    assert (page.text.count("Move up"), page.text.count("Move down")) == (1, 1)  # none that does nothing
    browser.post(f"{BASE}/{first}", data={"name": "Prévenir", "parent_id": second, "revision": 1})
    assert tree(browser.get(BASE)) == ["Soins", "Soins › Prévenir"]
    stale = browser.post(f"{BASE}/{first}", data={"name": "Le mien", "parent_id": second, "revision": 1})
    assert stale.status_code == 409
    assert "Prévenir" in stale.text
    assert "Le mien" in stale.text
    answer = browser.post(f"{BASE}/{second}", data={"name": "Soins", "parent_id": first, "revision": 1})
    assert answer.status_code == 422  # not under itself
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "topic.edited")).one()
    assert entry.details["before"] == {"name": "Prévention", "under": None}
    assert entry.details["after"] == {"name": "Prévenir", "under": "Soins"}


def test_a_used_topic_goes_only_with_a_replacement_that_takes_all_it_held(session, make, component, browser):
    first, second = (topic.id for topic in component.topics)
    browser.post(BASE, data={"name": "Écoles", "parent_id": first})
    browser.post(BASE, data={"name": "Écoles", "parent_id": second})
    twin = session.scalar(select(Topic.id).where(Topic.name == "Écoles", Topic.parent_id == first))
    kept = session.scalar(select(Topic.id).where(Topic.name == "Écoles", Topic.parent_id == second))
    component = session.get(type(component), component.id)
    proposals = [make.proposal(component, topic_id=topic_id).id for topic_id in (first, twin)]
    answer = browser.post(f"{BASE}/{first}", data={"act": "remove"})
    assert answer.status_code == 422
    assert "Choose what replaces it" in answer.text
    answer = browser.post(f"{BASE}/{first}", data={"act": "remove", "into": twin})
    assert answer.status_code == 422  # not by what stands under it
    browser.post(f"{BASE}/{first}", data={"act": "remove", "into": second})
    assert tree(browser.get(BASE)) == ["Soins", "Soins › Écoles"]
    found = select(Proposal.topic_id).where(Proposal.id.in_(proposals)).order_by(Proposal.id)
    assert session.scalars(found).all() == [second, kept]


def test_an_unused_topic_is_removed_with_what_stands_under_it(session, component, browser):
    first = component.topics[0].id
    browser.post(BASE, data={"name": "Écoles", "parent_id": first})
    browser.post(f"{BASE}/{first}", data={"act": "remove"})
    assert tree(browser.get(BASE)) == ["Soins"]
    assert browser.post(f"{BASE}/{first}", data={"act": "remove"}).status_code == 404


def test_a_tool_offers_what_is_chosen_of_the_space_and_of_the_network(session, make, component, browser):
    component_id, kept = component.id, component.topics[1].id
    browser.post("/coordination/topics", data={"name": "Outre-mer"})
    shared = number(session, "Outre-mer")
    elsewhere = make.component("debates", make.space("Éducation"), topics=["Hors de portée"])
    away = elsewhere.topics[0].id
    assert "Outre-mer" in browser.get(f"/e/sante/components/{component_id}/settings").text
    sent = {"topic": [str(kept), str(shared), str(away), "x"]}
    browser.post(f"/e/sante/components/{component_id}/topics", data=sent)
    assert offered(session, component_id) == {"Soins", "Outre-mer"}
    assert "Outre-mer" in browser.get(f"/e/sante/{component_id}/new").text


def test_what_is_sorted_under_a_topic_no_longer_offered_stays_so_when_it_is_edited(
    session, make, component, sign_in, browser
):
    author, topic_id, component_id = make.member(), component.topics[0].id, component.id
    proposal = make.proposal(component, author, title="Une idée pour la santé", topic_id=topic_id)
    number = proposal.id
    browser.post(f"/e/sante/components/{component_id}/topics", data={})
    writer = sign_in(author)
    page = writer.get(f"/e/sante/{component_id}/{number}/edit").text
    assert re.search(rf'<option selected value="{topic_id}">Prévention', page)
    sent = {
        "title": "Une autre idée pour la santé",
        "body": "Parce que la prévention évite bien des soins.",
        "topic": topic_id,
        "revision": 1,
    }
    assert writer.post(f"/e/sante/{component_id}/{number}/edit", data=sent).status_code == 303
    assert session.scalar(select(Proposal.topic_id)) == topic_id


def test_spaces_are_about_topics_of_the_network_and_found_by_them(session, make, component, browser):
    make.space("Éducation")
    browser.post("/coordination/topics", data={"name": "Territoires"})
    above = number(session, "Territoires")
    browser.post("/coordination/topics", data={"name": "Outre-mer", "parent_id": above})
    below = number(session, "Outre-mer")
    browser.post("/e/sante/subjects", data={"topic": [str(below)]})
    assert "Outre-mer" in browser.get("/e/sante").text
    page = browser.get(f"/spaces?topic={above}").text
    assert "Santé" in page
    assert "Éducation" not in page
    browser.post(f"/coordination/topics/{below}", data={"act": "remove", "into": above})
    assert "Territoires" in browser.get("/e/sante").text


def test_the_topics_of_another_space_are_not_reached(make, component, browser):
    make.space("Ailleurs")
    answer = browser.post(f"/e/ailleurs/topics/{component.topics[0].id}", data={"act": "remove"})
    assert answer.status_code == 404


def test_what_does_not_fit_is_refused_and_what_changes_nothing_is_no_act(session, make, component, browser):
    first, second = (topic.id for topic in component.topics)
    component_id = component.id
    browser.post(BASE, data={"name": "Perdu", "parent_id": "99999"})
    browser.post(f"{BASE}/{first}", data={"name": "Prévention", "parent_id": "", "revision": 1})
    browser.post(f"{BASE}/{first}", data={"act": "up"})
    browser.post(f"/e/sante/components/{component_id}/topics", data={"topic": [first, second]})
    browser.post("/e/sante/subjects", data={})
    assert session.scalars(select(AuditEntry.action)).all() == []
    browser.post("/coordination/topics", data={"name": "Outre-mer"})
    shared = number(session, "Outre-mer")
    for wanted in ([shared], []):
        browser.post("/e/sante/subjects", data={"topic": wanted})
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "space.sorted")).all()
    assert len(actions) == 2


def test_what_stands_under_a_merged_topic_goes_along_unless_it_would_be_too_deep(
    session, make, component, browser
):
    first, second = (topic.id for topic in component.topics)
    browser.post(BASE, data={"name": "Écoles", "parent_id": first})
    school = number(session, "Écoles")
    browser.post(BASE, data={"name": "Collèges", "parent_id": school})
    browser.post(BASE, data={"name": "Hôpitaux", "parent_id": second})
    deep = number(session, "Hôpitaux")
    answer = browser.post(f"{BASE}/{first}", data={"act": "remove", "into": deep})
    assert answer.status_code == 422
    assert "3 levels at most" in answer.text
    browser.post(f"{BASE}/{first}", data={"act": "remove", "into": second})
    assert tree(browser.get(BASE)) == [
        "Soins",
        "Soins › Hôpitaux",
        "Soins › Écoles",
        "Soins › Écoles › Collèges",
    ]


def test_a_space_keeps_two_hundred_topics_at_most(session, make, component, browser):
    space_id = component.space_id
    session.add_all(Topic(space_id=space_id, name=f"Sujet {n}", position=n) for n in range(198))
    session.commit()
    answer = browser.post(BASE, data={"name": "Un de trop", "parent_id": ""})
    assert "merge or remove some first" in answer.text
