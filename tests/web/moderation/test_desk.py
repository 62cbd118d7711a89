"""The moderator's desk: what needs one, what moves and what sleeps, in one space or all."""

from datetime import timedelta

import pytest

from participa.authorization import Role
from participa.db import clock
from participa.moderation.models import Reason, Report
from participa.spaces.models import JoinRequest, SpaceKind, Visibility
from tests.tools import counted_statements


@pytest.fixture
def space(make):
    """A space with a phase that ends in three days."""
    today = clock().date()
    return make.space(
        "Santé",
        kind=SpaceKind.PROCESS,
        visibility=Visibility.TRANSPARENT,
        phases=[("Débattre", today - timedelta(days=5), today + timedelta(days=3))],
    )


@pytest.fixture
def moderator(make, space):
    """Its moderator."""
    return make.moderator(space)


def report(session, contribution, by) -> None:
    session.add(
        Report(contribution_id=contribution.id, reporter_id=by.id, reason=Reason.OTHER, created_at=clock())
    )
    session.commit()


def test_all_that_needs_a_moderator_is_there_each_row_with_its_act(session, make, space, moderator, sign_in):
    tool, talk = make.component("proposals", space), make.component("debates", space)
    reported = make.proposal(tool, title="Une proposition signalée")
    report(session, reported, make.member())
    promised = make.proposal(tool, title="Une réponse promise")
    promised.promised_on = clock().date() - timedelta(days=1)
    over = make.debate(talk, title="Un débat fini", ends_at=clock() - timedelta(hours=1))
    make.debate(talk, title="Un débat qui finit", ends_at=clock() + timedelta(days=2))
    make.debate(talk, title="Un débat lointain", ends_at=clock() + timedelta(days=60))
    session.add(JoinRequest(space_id=space.id, member_id=make.member().id, asked_at=clock()))
    session.commit()
    addresses = [
        f"/e/sante/{talk.id}/{over.id}/close",
        f"/e/sante/{tool.id}/answers?show=late",
        "/e/sante/requests",
        "/e/sante/phases",
        "/moderation",
    ]
    page = sign_in(moderator).get("/desk").text
    needs = page[page.index('id="needs"') : page.index('id="moves"')]
    for address in addresses:
        assert f'class="btn btn-secondary btn-sm" href="{address}"' in needs or (
            f'class="btn btn-primary" href="{address}"' in needs
        ), address
    assert "Un débat qui finit" in needs
    assert "Un débat lointain" not in needs
    assert needs.index("Un débat fini") < needs.index("Un débat qui finit")
    assert "2 sont en retard" in page


def test_the_desk_of_one_space_leaves_the_others_out(session, make, space, moderator, sign_in):
    other = make.space("Éducation")
    make.role(moderator, other, Role.MODERATOR)
    make.debate(make.component("debates", other), title="Ailleurs", ends_at=clock() + timedelta(days=2))
    browser = sign_in(moderator)
    assert "Ailleurs" in browser.get("/desk").text
    assert "Ailleurs" not in browser.get("/desk?space=sante").text
    assert "Ailleurs" in browser.get("/desk?space=education").text


def test_what_others_curate_stays_off_the_desk(session, make, space, moderator, sign_in):
    elsewhere = make.component("debates", make.space("Ailleurs"))
    make.debate(elsewhere, title="Pas le mien", ends_at=clock() - timedelta(days=2))
    assert "Pas le mien" not in sign_in(moderator).get("/desk").text
    assert "Pas le mien" in sign_in(make.coordinator()).get("/desk").text


def test_what_moves_and_what_sleeps(session, make, space, moderator, sign_in):
    tool = make.component("proposals", space)
    make.proposal(tool, title="Toute fraîche")
    asleep = make.proposal(tool, title="Endormie", at=clock() - timedelta(days=45))
    asleep.last_activity_at = clock() - timedelta(days=45)
    session.commit()
    page = sign_in(moderator).get("/desk").text
    assert "Toute fraîche" in page[page.index('id="moves"') : page.index('id="sleeps"')]
    sleeps = page[page.index('id="sleeps"') :]
    assert "Endormie" in sleeps
    assert "Toute fraîche" not in sleeps


def test_nothing_to_do_says_so(make, sign_in):
    quiet = make.space("Tranquille")
    page = sign_in(make.moderator(quiet)).get("/desk").text
    assert "Rien ne vous attend" in page


def test_the_desk_asks_as_much_of_the_database_whatever_there_is(session, make, space, moderator, sign_in):
    browser = sign_in(moderator)
    talk = make.component("debates", space)
    make.debate(talk, ends_at=clock() + timedelta(days=2))
    with counted_statements() as few:
        browser.get("/desk")
    for _n in range(12):
        make.debate(talk, ends_at=clock() + timedelta(days=2))
    with counted_statements() as many:
        browser.get("/desk")
    assert len(many) == len(few)
