"""A list of members added to a space: shown first, corrected, then added together."""

import html
import re

import pytest
from sqlalchemy import func, select

from participa.authorization import Role
from participa.notifications.models import Notification
from participa.spaces.models import SpaceRole, Visibility


@pytest.fixture
def space(make):
    """A private space with an administrator."""
    return make.space("Entre nous", visibility=Visibility.PRIVATE)


@pytest.fixture
def browser(make, space, sign_in):
    """The browser of its administrator."""
    person = make.member("Qui administre")
    make.role(person, space, Role.ADMINISTRATOR)
    return sign_in(person)


def carried(page):
    """What the page's form carries to the next check."""
    return {
        name: html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])
        for name in ("carried", "ready", "role")
    }


def members(session):
    query = select(func.count()).select_from(SpaceRole).where(SpaceRole.role == Role.MEMBER)
    return session.scalar(query)


def test_a_list_is_shown_then_added_and_each_is_told(session, make, browser, space, run_jobs):
    ada, lea = make.member("Ada"), make.member("Léa")
    inside = make.member("Déjà là")
    make.role(inside, space, Role.MEMBER)
    emails = [f"{ada.email};A.", lea.email.upper(), inside.email, "personne@exemple.fr;Inconnu", ada.email]
    pasted = "\n".join(["courriel;nom", *emails])
    answer = browser.post("/e/entre-nous/team/list", data={"pasted": pasted, "role": "member"})
    assert answer.status_code == 422
    assert "Aucun membre n’a cette adresse" in answer.text
    assert "a déjà ce rôle" in answer.text
    assert "Même adresse que la ligne" in answer.text
    assert members(session) == 1
    sent = carried(answer.text)
    assert sent["ready"] == "2"
    answer = browser.post("/e/entre-nous/team/list/confirm", data=sent, follow_redirects=True)
    assert "Rôle donné à 2 personnes" in answer.text
    assert members(session) == 3
    run_jobs()
    assert session.scalar(select(func.count()).select_from(Notification)) == 2


def test_a_line_corrected_is_shown_again_before_anyone_is_added(session, make, browser):
    ada = make.member("Ada")
    page = browser.post("/e/entre-nous/team/list", data={"pasted": "ada@faute"}).text
    sent = carried(page) | {"check": "1", "email-1": ada.email}
    page = browser.post("/e/entre-nous/team/list/confirm", data=sent).text
    assert "Ajouter la personne qui est prête" in page
    assert members(session) == 0
    browser.post("/e/entre-nous/team/list/confirm", data=carried(page))
    assert members(session) == 1


def test_nobody_becomes_administrator_by_a_list(session, make, browser):
    ada = make.member("Ada")
    page = browser.post("/e/entre-nous/team/list", data={"pasted": ada.email, "role": "administrator"}).text
    browser.post("/e/entre-nous/team/list/confirm", data=carried(page) | {"role": "administrator"})
    assert session.scalars(select(SpaceRole.role).where(SpaceRole.member_id == ada.id)).all() == [Role.MEMBER]


def test_an_empty_list_is_asked_again(browser):
    answer = browser.post("/e/entre-nous/team/list", data={"pasted": " "})
    assert answer.status_code == 422
    assert "personne dans cette liste" in answer.text
