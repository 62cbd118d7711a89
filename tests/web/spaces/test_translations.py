"""What spaces and the network say, written again in another language."""

import re

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.authorization import Role
from participa.db import clock
from participa.spaces.models import Component, Phase, Space, SpaceGroup, SpaceKind, Topic

HERE = "/e/sante/translation/en"


@pytest.fixture
def space(session, make):
    """A process with words of every sort, in French."""
    space = make.space(
        "Santé",
        kind=SpaceKind.PROCESS,
        summary="Ce que la santé doit aux quartiers.",
        description="Un *texte*.",
        html="<p>Un <em>texte</em>.</p>",
        announcement="Bientôt.",
        announcement_html="<p>Bientôt.</p>",
        phases=[("Proposer", clock().date(), clock().date())],
    )
    tool = make.component("proposals", space, topics=["Soins"])
    tool.name, tool.introduction = "Propositions", "Dites."
    session.commit()
    return space


@pytest.fixture
def browser(make, space, sign_in):
    """The browser of its administrator, in French."""
    person = make.member()
    make.role(person, space, Role.ADMINISTRATOR)
    return sign_in(person)


@pytest.fixture
def reader(make, sign_in):
    """The browser of somebody who reads in English."""
    return sign_in(make.member(language="en"))


def fields(page):
    return re.findall(r'name="((?:spaces|phases|components|topics|network|space_groups)-\d+-\w+)"', page.text)


def everything(session, space):
    """Every word of the space in English, as the form sends them."""
    phase, tool, topic = (session.scalar(select(model.id)) for model in (Phase, Component, Topic))
    return {
        "revision": session.scalar(select(Space.revision)),
        f"spaces-{space.id}-name": "Health",
        f"spaces-{space.id}-summary": "What health owes to neighbourhoods.",
        f"spaces-{space.id}-announcement": "Soon.",
        f"spaces-{space.id}-description": "A **text**.",
        f"phases-{phase}-name": "Propose",
        f"components-{tool}-name": "Proposals",
        f"components-{tool}-introduction": "Say it.",
        f"topics-{topic}-name": "Care",
    }


def test_whoever_reads_in_another_language_sees_what_was_written_in_it(session, space, browser, reader):
    page = reader.get("/e/sante").text
    assert "Santé" in page
    assert '<p class="lead" lang="fr">' in page
    assert page.count("Not written in your language yet.") == 2  # the announcement, the description
    words = everything(session, space)
    assert sorted(fields(browser.get(HERE))) == sorted(set(words) - {"revision"})
    assert browser.post(HERE, data=words).status_code == 303
    page = reader.get("/e/sante").text
    for said in ("Health", "What health owes", "Soon.", "A <strong>text</strong>.", "Propose", "Proposals"):
        assert said in page
    assert "Not written in your language yet." not in page
    assert "Santé" not in page
    tool = session.scalar(select(Component.id))
    page = reader.get(f"/e/sante/{tool}").text
    assert "Say it." in page
    assert "Care" in page
    assert "Health" in reader.get("/spaces").text
    page = browser.get("/e/sante").text
    assert "Santé" in page
    assert "Health" not in page


def test_a_word_left_empty_shows_the_first_language(session, space, browser, reader):
    browser.post(HERE, data=everything(session, space))
    words = everything(session, space) | {f"spaces-{space.id}-summary": ""}
    browser.post(HERE, data=words)
    page = reader.get("/e/sante").text
    assert "Health" in page
    assert "Ce que la santé doit" in page


def test_the_page_says_what_is_missing_and_what_changed_since(session, space, browser):
    assert "8 textes ne sont pas encore écrits dans cette langue." in browser.get(HERE).text
    browser.post(HERE, data=everything(session, space))
    page = browser.get(HERE).text
    assert "Tout est écrit dans cette langue." in page
    assert "A changé depuis cette traduction" not in page
    session.get(Space, space.id).summary = "Autre chose."
    session.flush()
    assert browser.get(HERE).text.count("A changé depuis cette traduction") == 1
    browser.post(HERE, data=everything(session, space))
    assert "A changé depuis cette traduction" not in browser.get(HERE).text


def test_the_second_of_two_translators_merges(session, space, browser):
    words = everything(session, space)
    browser.post(HERE, data=words)
    second = words | {f"spaces-{space.id}-name": "Healthcare"}
    answer = browser.post(HERE, data=second)
    assert answer.status_code == 409
    assert "Healthcare" in answer.text
    assert ">Health<" in answer.text.replace("\n", "")
    assert 'type="hidden" name="revision" value="2"' in answer.text
    assert session.get(Space, space.id).translations["en"]["name"] == "Health"
    browser.post(HERE, data=second | {"revision": 2})
    assert session.get(Space, space.id).translations["en"]["name"] == "Healthcare"


def test_the_log_keeps_the_words_before_and_after(session, space, browser):
    browser.post(HERE, data=everything(session, space))
    browser.post(HERE, data=everything(session, space) | {f"spaces-{space.id}-name": "Healthcare"})
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "space.translated").order_by(AuditEntry.id)
    ).all()
    assert entries[0].details["after"]["Santé"] == "Health"
    assert entries[0].details["texts"] == ["announcement", "description"]
    assert entries[1].details["before"] == {"Santé": "Health"}
    assert entries[1].details["after"] == {"Santé": "Healthcare"}


def test_too_many_letters_are_refused_and_kept(session, space, browser):
    words = everything(session, space) | {f"spaces-{space.id}-name": "H" * 81}
    answer = browser.post(HERE, data=words)
    assert answer.status_code == 422
    assert "H" * 81 in answer.text
    assert session.get(Space, space.id).translations == {}


@pytest.mark.parametrize("code", ["fr", "de", "x" * 50])
def test_only_the_other_languages_of_the_network_have_a_page(browser, code):
    assert browser.get(f"/e/sante/translation/{code}").status_code == 404


def test_a_network_of_one_language_has_nothing_to_translate(session, make, browser):
    assert HERE in browser.get("/e/sante/settings").text
    make.network().languages = ["fr"]
    session.flush()
    assert "/translation/" not in browser.get("/e/sante/settings").text
    assert browser.get(HERE).status_code == 404


def test_a_copy_takes_the_words_whose_original_it_keeps(session, make, space, browser, sign_in):
    browser.post(HERE, data=everything(session, space))
    coordinator = sign_in(make.coordinator())
    copied = {
        "name": "Copie",
        "summary": "Ce que la santé doit aux quartiers.",
        "description": "Un autre texte.",
        "accent": "sante",
        "visibility": "members",
        "tools": "y",
        "phases": "y",
        "front": "y",
    }
    assert coordinator.post("/e/sante/duplicate", data=copied).status_code == 303
    copy = session.scalar(select(Space).where(Space.slug == "copie"))
    assert set(copy.translations["en"]) == {"summary", "of"}
    for model in (Component, Phase):
        twin = session.scalar(select(model).where(model.space_id == copy.id))
        assert twin.translations["en"]["name"] in ("Proposals", "Propose")
    assert session.scalar(select(Topic).where(Topic.space_id == copy.id)).translations["en"]["name"] == "Care"


def test_the_network_its_groups_and_its_topics_are_written_again_too(session, make, sign_in, reader):
    network = make.network(description="Dix-neuf centres.")
    session.add(SpaceGroup(slug="d", name="Défis", summary="Ensemble.", created_at=clock()))
    session.add(Topic(name="Territoires"))
    session.flush()
    coordinator = sign_in(make.coordinator())
    here = "/coordination/translation/en"
    names = fields(coordinator.get(here))
    assert len(names) == 4
    said = dict(zip(names, ("Nineteen centres.", "Challenges", "Together.", "Places"), strict=True))
    assert coordinator.post(here, data=said | {"revision": network.revision}).status_code == 303
    assert "Nineteen centres." in reader.get("/").text
    assert session.scalar(select(SpaceGroup)).translations["en"]["name"] == "Challenges"
    assert session.scalar(select(Topic)).translations["en"]["name"] == "Places"
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "network.translated"))
    assert entry.details["after"]["Défis"] == "Challenges"
    assert "Dix-neuf centres." in coordinator.get("/").text


def test_where_nothing_is_written_the_page_says_so(make, sign_in):
    make.network()
    page = sign_in(make.coordinator()).get("/coordination/translation/en").text
    assert "Il n’y a encore rien à traduire." in page
    assert "Enregistrer" not in page
