"""Voting from a page: with forms alone, and as the fragment that htmx swaps in."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from participa.auth.models import Member
from participa.contributions.models import Contribution
from participa.db import clock
from participa.spaces.models import Visibility
from participa.votes.models import Vote
from tests.factories import Factory
from tests.tools import Browserlike, counted_statements

SignIn = Callable[[Member], Browserlike]


def values(session: Any) -> list[int]:
    return list(session.scalars(select(Vote.value)))


def test_a_form_casts_and_withdraws_a_vote_and_leads_back_to_its_place(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    proposal, browser = make.proposal(), sign_in(make.member())
    came_from = {
        "Referer": f"http://participa.test/e/{proposal.component.space.slug}/{proposal.component_id}?q=x"
    }

    answer = browser.post(f"/vote/{proposal.id}", data={"value": "1"}, headers=came_from)

    assert answer.status_code == 303
    assert answer.location.endswith(f"?q=x#p{proposal.id}")
    assert values(session) == [1]

    browser.post(f"/vote/{proposal.id}", data={"value": "none"})
    assert values(session) == []


def test_htmx_gets_the_part_it_asked_for_with_the_new_counts(sign_in: SignIn, make: Factory) -> None:
    component = make.component("proposals", settings={"threshold_per_proposal": 3, "vote_limit": 2})
    proposal, browser = make.proposal(component), sign_in(make.member(centre=make.centre()))

    row = browser.post(
        f"/vote/{proposal.id}",
        data={"value": "1"},
        headers={"HX-Request": "true", "HX-Target": f"s{proposal.id}"},
    )
    assert f'id="s{proposal.id}"' in row.text
    assert "<html" not in row.text
    assert "Vous soutenez" in row.text
    assert "soutien sur 3" in row.text
    assert "1 soutien restant sur 2" in row.text

    panel = browser.post(
        f"/vote/{proposal.id}",
        data={"value": "none"},
        headers={"HX-Request": "true", "HX-Target": f"p{proposal.id}"},
    )
    assert f'id="p{proposal.id}"' in panel.text
    assert "Encore 3 soutiens pour atteindre le seuil." in panel.text
    assert "2 soutiens restants sur 2" in panel.text


def test_htmx_is_told_which_rule_refused(sign_in: SignIn, make: Factory, session: Any) -> None:
    component = make.component("proposals", settings={"vote_limit": 1})
    first, second, browser = make.proposal(component), make.proposal(component), sign_in(make.member())
    browser.post(f"/vote/{first.id}", data={"value": "1"})

    answer = browser.post(f"/vote/{second.id}", data={"value": "1"}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "Vous avez utilisé tous vos votes ici." in answer.text
    assert browser.post(f"/vote/{second.id}", data={"value": "1"}).status_code == 403
    assert values(session) == [1]


def test_for_mixed_and_against_are_offered_where_the_component_says_so(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    component = make.component("proposals", settings={"ballot": "stance"})
    proposal, browser = make.proposal(component), sign_in(make.member())

    answer = browser.post(f"/vote/{proposal.id}", data={"value": "-1"}, headers={"HX-Request": "true"})

    assert re.search(
        r'value="none" aria-pressed="true"><span class="position position--against">', answer.text
    )
    assert values(session) == [-1]


def test_a_visitor_is_sent_to_sign_in_and_back_to_the_page(
    client: Browserlike, make: Factory, session: Any
) -> None:
    proposal = make.proposal()
    page = f"/e/{proposal.component.space.slug}/{proposal.component_id}"

    answer = client.post(
        f"/vote/{proposal.id}", data={"value": "1"}, headers={"Referer": f"http://participa.test{page}"}
    )

    assert answer.location == f"/sign-in?next={page}"
    assert values(session) == []


def test_nobody_votes_on_what_they_may_not(sign_in: SignIn, make: Factory, session: Any) -> None:
    open_to_all, closed = make.component("proposals"), make.component("proposals", votes_enabled=False)
    me = make.member()
    browser = sign_in(me)
    for proposal, code in (
        (make.proposal(open_to_all, me), 403),
        (make.proposal(closed), 403),
        (make.proposal(open_to_all, state="accepted"), 403),
        (make.proposal(open_to_all, hidden_at=clock()), 403),
        (make.proposal(make.component("proposals", make.space(visibility=Visibility.PRIVATE))), 404),
    ):
        assert browser.post(f"/vote/{proposal.id}", data={"value": "1"}).status_code == code
    assert browser.post("/vote/999999", data={"value": "1"}).status_code == 404
    assert browser.post("/vote/1", data={"value": "2"}).status_code == 400
    assert values(session) == []


def test_a_vote_on_a_withdrawn_proposal_can_be_taken_back(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    component = make.component("proposals", settings={"vote_limit": 1})
    proposal, browser = make.proposal(component), sign_in(make.member())
    browser.post(f"/vote/{proposal.id}", data={"value": "1"})
    found = session.get(Contribution, proposal.id)
    found.withdrawn_at = clock()
    session.commit()

    page = browser.get(f"/e/{component.space.slug}/{component.id}/{proposal.id}", follow_redirects=True)
    assert "Retirer votre vote" in page.text
    assert browser.post(f"/vote/{proposal.id}", data={"value": "none"}).status_code == 303
    assert values(session) == []


def test_a_vote_costs_few_statements(sign_in: SignIn, make: Factory) -> None:
    proposal, browser = make.proposal(), sign_in(make.member(centre=make.centre()))
    browser.get("/")

    with counted_statements() as seen:
        browser.post(f"/vote/{proposal.id}", data={"value": "1"}, headers={"HX-Request": "true"})
    assert len(seen) <= 12

    limited = make.proposal(make.component("proposals", settings={"vote_limit": 3}))
    with counted_statements() as seen:
        browser.post(f"/vote/{limited.id}", data={"value": "1"}, headers={"HX-Request": "true"})
    assert len(seen) <= 15
