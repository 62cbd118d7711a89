"""Following from a page: with forms alone, and as the fragment that htmx swaps in."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from participa.auth.models import Member
from participa.contributions.models import Contribution
from participa.follows.models import Follow
from participa.spaces.models import Visibility
from tests.factories import Factory
from tests.tools import Browserlike

SignIn = Callable[[Member], Browserlike]


def test_following_a_proposal_twice_counts_once_and_can_be_undone(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    proposal, me = make.proposal(), make.member()
    browser = sign_in(me)

    for _ in range(2):
        assert browser.post(f"/follow/{proposal.id}", data={"follow": "1"}).status_code == 303
    assert session.scalars(select(Follow.member_id)).all() == [me.id]
    assert session.scalar(select(Contribution.follow_count)) == 1

    for _ in range(2):
        browser.post(f"/follow/{proposal.id}", data={"follow": "0"})
    assert session.scalars(select(Follow.id)).all() == []
    assert session.scalar(select(Contribution.follow_count)) == 0


def test_htmx_gets_the_button_alone(sign_in: SignIn, make: Factory) -> None:
    proposal, browser = make.proposal(), sign_in(make.member())

    answer = browser.post(f"/follow/{proposal.id}", data={"follow": "1"}, headers={"HX-Request": "true"})

    assert "<html" not in answer.text
    assert 'id="follow"' in answer.text
    assert "Vous suivez" in answer.text


def test_a_space_is_followed_from_its_page(sign_in: SignIn, make: Factory, session: Any) -> None:
    space, me = make.space(), make.member()
    browser = sign_in(me)
    assert f'action="/follow/space/{space.id}"' in browser.get(f"/e/{space.slug}").text

    browser.post(f"/follow/space/{space.id}", data={"follow": "1"})

    assert session.execute(select(Follow.space_id, Follow.member_id)).all() == [(space.id, me.id)]
    assert "Espace suivi" in browser.get(f"/e/{space.slug}").text


def test_what_one_may_not_read_cannot_be_followed(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any
) -> None:
    space = make.space(visibility=Visibility.PRIVATE)
    proposal = make.proposal(make.component("proposals", space))
    browser = sign_in(make.member())

    assert browser.post(f"/follow/{proposal.id}").status_code == 404
    assert browser.post(f"/follow/space/{space.id}").status_code == 404
    assert browser.post("/follow/space/99999999999").status_code == 404
    assert client.post(f"/follow/{make.proposal().id}").location.startswith("/sign-in")
    assert session.scalars(select(Follow.id)).all() == []
