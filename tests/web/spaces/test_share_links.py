"""Links that show what is not published yet: followed, guessed, expired, withdrawn, and no longer needed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from participa.authorization import Role
from participa.db import clock
from participa.spaces.models import ShareLink, Space, Visibility


@pytest.fixture
def space(make):
    """A space in preparation, with one tool published in it and one that is not."""
    space = make.space("En préparation", published=False)
    make.component("proposals", space)
    make.component("debates", space, published=False)
    return space


@pytest.fixture
def administrator(make, space):
    """Who prepares it."""
    person = make.member("Qui prépare")
    make.role(person, space, Role.ADMINISTRATOR)
    return person


@pytest.fixture
def link(sign_in, space, administrator):
    """Make a link and give its address."""

    def made(**sent):
        browser = sign_in(administrator)
        form = {"what": 0, "days": 7} | sent
        page = browser.post("/e/en-preparation/links", data=form, follow_redirects=True).text
        return re.search(r"http://participa.test(/share/[^\"]+)\"", page)[1]

    return made


def test_whoever_follows_the_link_reads_and_does_no_more(session, make, space, client, sign_in, link):
    proposals, debates = [component.id for component in space.components]
    proposal = make.proposal(space.components[0], title="Une idée en avance")
    number = proposal.id
    address, shown = (
        link(label="Pour le bureau"),
        f"/e/en-preparation/{proposals}/{proposal.id}-une-idee-en-avance",
    )
    reader = sign_in(make.member())
    for browser in (client, reader):
        assert browser.get("/e/en-preparation").status_code == 404
        answer = browser.get(address)
        assert answer.location == "/e/en-preparation"
        assert browser.get("/e/en-preparation").status_code == 200
        assert "Une idée en avance" in browser.get(shown).text
        assert browser.get(f"/e/en-preparation/{debates}").status_code == 404
    assert "Pas encore ouvert" in reader.get(f"/e/en-preparation/{proposals}/new").text
    assert reader.post(f"/vote/{number}", data={"value": "1"}).status_code == 403
    assert session.scalars(select(ShareLink.uses)).all() == [2]


def test_a_link_to_one_tool_shows_that_one(space, client, link):
    debates = space.components[1].id
    address = link(what=debates)
    assert client.get(address).location == f"/e/en-preparation/{debates}"
    assert client.get(f"/e/en-preparation/{debates}").status_code == 200


def test_a_link_of_a_published_space_shows_the_tool_in_preparation_only(session, make, space, sign_in, link):
    space.published_at = clock()
    session.commit()
    debates, reader = space.components[1].id, sign_in(make.member())
    reader.get(link(what=debates))
    assert reader.get(f"/e/en-preparation/{debates}").status_code == 200
    assert reader.get(f"/e/en-preparation/{debates}/new").status_code == 403


@pytest.mark.parametrize("guess", ["1", "WzFd.aaaa", "Mg.jRmXhQ8", "x" * 3000])
def test_a_guessed_link_is_not_found(client, link, guess):
    link()
    assert client.get(f"/share/{guess}").status_code == 404


def test_a_link_stops_at_its_day_and_says_so(client, at, link):
    address = link(days=1)
    client.get(address)
    at(clock() + timedelta(days=1))
    answer = client.get(address)
    assert answer.status_code == 410
    assert "Ce lien a expiré" in answer.text
    assert client.get("/e/en-preparation").status_code == 404


def test_a_link_stops_when_it_is_withdrawn_even_for_those_inside(
    session, sign_in, client, administrator, link
):
    address = link()
    client.get(address)
    number = session.scalar(select(ShareLink.id))
    sign_in(administrator).post(f"/e/en-preparation/links/{number}/revoke")
    assert client.get("/e/en-preparation").status_code == 404
    answer = client.get(address)
    assert answer.status_code == 410
    assert "l’a retiré" in answer.text


def test_a_link_for_members_asks_to_sign_in_first(make, sign_in, client, link):
    address = link(members_only="y")
    assert "/sign-in" in client.get(address).location
    assert client.get("/e/en-preparation").status_code != 200
    reader = sign_in(make.member())
    reader.get(address)
    assert reader.get("/e/en-preparation").status_code == 200


def test_a_link_of_a_private_space_opens_for_those_in_it_only(session, make, space, sign_in, client, link):
    space.visibility = Visibility.PRIVATE
    session.commit()
    address = link()
    client.get(address)
    assert client.get("/e/en-preparation").status_code == 404
    member = make.member()
    make.role(member, space, Role.MEMBER)
    inside = sign_in(member)
    inside.get(address)
    assert inside.get("/e/en-preparation").status_code == 200


def test_once_published_the_usual_rules_hold(session, client, link):
    address = link()
    client.get(address)
    session.execute(update(Space).values(visibility=Visibility.MEMBERS, published_at=clock()))
    assert "/sign-in" in client.get("/e/en-preparation").location


def test_the_links_of_one_space_are_not_withdrawn_from_another(session, make, sign_in, link):
    link()
    other, somebody = make.space("Ailleurs"), make.member()
    make.role(somebody, other, Role.ADMINISTRATOR)
    number = session.scalar(select(ShareLink.id))
    answer = sign_in(somebody).post(f"/e/ailleurs/links/{number}/revoke")
    assert answer.status_code == 404
    assert session.scalar(select(ShareLink.revoked_at)) is None
