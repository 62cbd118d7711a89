"""What contributions answer to wrong, late or unusual requests, with forms alone and with htmx."""

import pytest
from sqlalchemy import func, select

from participa.comments import queries as comments
from participa.comments import services as commenting
from participa.contributions.models import Contribution
from participa.db import clock
from participa.follows.models import Follow
from participa.spaces.models import Visibility
from participa.votes.models import Vote
from participa.web import address_of
from tests.factories import Factory

HTMX = {"HX-Request": "true"}


def path(thing) -> str:
    return f"/e/{thing.component.space.slug}/{thing.component_id}/{thing.id}"


def say(author, proposal, body="Un avis") -> int:
    root = comments.find_root(proposal.id)
    assert root is not None
    return commenting.post(author, root, body).id


# ── Votes and follows


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_vote_of_no_meaning_or_on_nothing_is_refused(session, make: Factory, sign_in, headers):
    proposal, browser = make.proposal(), sign_in(make.member())
    assert browser.post(f"/vote/{proposal.id}", data={"value": "2"}, headers=headers).status_code == 400
    assert browser.post(f"/vote/{proposal.id}", headers=headers).status_code == 400
    missing = browser.post(f"/vote/{proposal.id + 1000}", data={"value": "1"}, headers=headers)
    assert missing.status_code == 404
    assert session.scalar(select(func.count()).select_from(Vote)) == 0


def test_htmx_learns_nothing_of_a_vote_in_a_space_one_does_not_read(make: Factory, sign_in):
    proposal = make.proposal(make.component("proposals", make.space(visibility=Visibility.PRIVATE)))
    answer = sign_in(make.member()).post(f"/vote/{proposal.id}", data={"value": "1"}, headers=HTMX)
    assert answer.status_code == 404
    assert proposal.title not in answer.text


def test_a_vote_without_a_page_to_go_back_to_leads_to_the_proposal(make: Factory, sign_in):
    proposal, browser = make.proposal(), sign_in(make.member())
    answer = browser.post(f"/vote/{proposal.id}", data={"value": "1"})
    assert answer.location == f"{address_of(proposal)}#p{proposal.id}"


def test_following_what_is_not_there_or_not_read_is_not_found(session, make: Factory, sign_in):
    space, browser = make.space(visibility=Visibility.PRIVATE), sign_in(make.member())
    proposal = make.proposal(make.component("proposals", space))
    for address in (
        f"/follow/{proposal.id}",
        f"/follow/{proposal.id + 1000}",
        f"/follow/space/{space.id}",
        f"/follow/space/{space.id + 1000}",
        f"/follow/space/{2**31}",
    ):
        assert browser.post(address, headers=HTMX).status_code == 404
    assert session.scalars(select(Follow.id)).all() == []


def test_htmx_stops_following_a_space_and_gets_the_button_back(session, make: Factory, sign_in):
    space, browser = make.space(), sign_in(make.member())
    browser.post(f"/follow/space/{space.id}", headers=HTMX)
    assert session.scalar(select(func.count()).select_from(Follow)) == 1
    answer = browser.post(f"/follow/space/{space.id}", data={"follow": "0"}, headers=HTMX)
    assert f'action="/follow/space/{space.id}"' in answer.text
    assert "<html" not in answer.text
    assert session.scalar(select(func.count()).select_from(Follow)) == 0


# ── Comments


def test_a_comment_without_text_comes_back_to_htmx_too(session, make: Factory, sign_in):
    proposal = make.proposal()
    answer = sign_in(make.member()).post(f"/comments/{proposal.id}", data={"body": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert session.scalar(select(Contribution.comment_count)) == 0


def test_a_comment_in_a_private_space_is_not_found_by_others(make: Factory, sign_in):
    proposal = make.proposal(make.component("proposals", make.space(visibility=Visibility.PRIVATE)))
    browser = sign_in(make.member())
    assert browser.post(f"/comments/{proposal.id}", data={"body": "Bonjour"}).status_code == 404
    assert browser.get(f"/comments/{proposal.id}", headers=HTMX).status_code == 404


def test_a_reply_to_nothing_is_not_found(make: Factory, sign_in):
    proposal, browser = make.proposal(), sign_in(make.member())
    fields = {"body": "Bonjour", "parent": str(proposal.id + 1000)}
    assert browser.post(f"/comments/{proposal.id}", data=fields).status_code == 404
    assert browser.get(f"/c/{proposal.id + 1000}").status_code == 404


def test_where_no_position_is_asked_none_is_kept(session, make: Factory, sign_in):
    proposal = make.proposal(make.component("proposals", settings={"comment_positions": False}))
    browser = sign_in(make.member())
    browser.post(f"/comments/{proposal.id}", data={"body": "Bonjour", "position": "1"})
    number = session.scalar(select(func.max(Contribution.id)))
    comment = comments.find_comment(number)
    assert comment is not None
    assert comment.position is None


def test_an_edit_of_a_comment_may_not_empty_it_and_a_stale_one_keeps_both(session, make: Factory, sign_in):
    proposal, ada = make.proposal(), make.member()
    number, browser = say(ada, proposal, "Première version"), sign_in(ada)
    page = f"/c/{number}/edit"
    assert browser.post(page, data={"body": "", "revision": "1"}).status_code == 422
    assert browser.post(page, data={"body": "Deuxième version", "revision": "1"}).status_code == 303
    merge = browser.post(page, data={"body": "Troisième version", "revision": "1"})
    assert merge.status_code == 409
    assert "Deuxième version" in merge.text
    assert "Troisième version" in merge.text


def test_two_versions_of_a_comment_are_shown_side_by_side_on_demand(make: Factory, sign_in, client):
    proposal, ada = make.proposal(), make.member()
    number = say(ada, proposal, "Un mot ancien")
    sign_in(ada).post(f"/c/{number}/edit", data={"body": "Un mot nouveau", "revision": "1"})
    for query in ("", "?view=split", "?from=1&to=2", "?from=x&to=999"):
        page = client.get(f"/c/{number}/versions{query}")
        assert page.status_code == 200
        assert "nouveau" in page.text


# ── Debates


def test_arguing_in_a_debate_that_closed_meanwhile_gives_the_text_back(session, make: Factory, sign_in):
    debate, browser = make.debate(), sign_in(make.member())
    ended = make.debate(debate.component, starts_at=make.later(days=-3), ends_at=make.later(days=-1))
    closed = make.debate(make.component("debates", arguing_open=False))
    for late in (ended, closed):
        answer = browser.post(f"{path(late)}/argue", data={"side": "for", "body": "Un texte en retard"})
        assert answer.status_code == 403
        assert "Un texte en retard" in answer.text


def test_a_visitor_who_argues_is_sent_to_sign_in(make: Factory, client):
    debate = make.debate()
    answer = client.post(f"{path(debate)}/argue", data={"side": "for", "body": "Bonjour"})
    assert answer.location.startswith("/sign-in?")


def test_a_debate_is_found_at_its_own_address_only(make: Factory, sign_in):
    debate, other = make.debate(), make.component("debates")
    browser = sign_in(make.coordinator())
    base = f"/e/{debate.component.space.slug}/{debate.component_id}"
    wrong_space = f"/e/{other.space.slug}/{debate.component_id}/{debate.id}"
    assert browser.get(f"{base}/{debate.id + 1000}").status_code == 404
    assert browser.get(f"{wrong_space}/arguments/for").status_code == 404
    assert browser.get(f"{wrong_space}/close").status_code == 404
    assert browser.get(f"{base}/{debate.id}/arguments/both").status_code == 404
    assert browser.get(f"{base}/arguments/{debate.id + 1000}/delete").status_code == 404


@pytest.mark.parametrize("query", ["?state=x&order=x&topic=x&page=x", "?topic=999999"])
def test_debate_filters_that_mean_nothing_are_left_out(make: Factory, client, query: str):
    debate = make.debate(title="Un débat qui reste dans la liste")
    page = client.get(f"/e/{debate.component.space.slug}/{debate.component_id}{query}")
    assert debate.title in page.text


def test_closing_a_debate_wants_conclusions(session, make: Factory, sign_in):
    debate = make.debate()
    answer = sign_in(make.coordinator()).post(f"{path(debate)}/close", data={"body": "", "revision": "1"})
    assert answer.status_code == 422
    assert session.scalar(select(type(debate).closed_at)) is None


# ── Proposals


def test_an_edit_that_changes_nothing_says_so(make: Factory, sign_in):
    author = make.member(language="en")
    proposal, browser = make.proposal(author=author), sign_in(author)
    fields = {"title": proposal.title, "body": proposal.body, "revision": proposal.revision}
    answer = browser.post(f"{path(proposal)}/edit", data=fields)
    assert "Nothing has changed." in browser.get(answer.location).text


def test_an_edit_too_short_comes_back_and_a_closed_one_is_refused(session, make: Factory, sign_in):
    author = make.member()
    proposal = make.proposal(author=author)
    closed = make.proposal(make.component("proposals", editing_open=False), author)
    browser, fields = sign_in(author), {"title": "Court", "body": "", "revision": 1}
    assert browser.post(f"{path(proposal)}/edit", data=fields).status_code == 422
    assert browser.get(f"{path(closed)}/edit").status_code == 403


def test_an_answer_wants_a_reason(make: Factory, sign_in):
    proposal = make.proposal()
    browser = sign_in(make.moderator(proposal.component.space))
    state = make.state(proposal.component, "rejected")
    fields = {"state": state.id, "body": "", "revision": proposal.revision, "latest": 0}
    assert browser.post(f"{path(proposal)}/answer", data=fields).status_code == 422
    assert browser.get(f"{path(proposal)}/withdraw").status_code == 403


def test_a_proposal_is_found_in_its_own_space_only(make: Factory, sign_in):
    proposal, other = make.proposal(), make.space()
    browser = sign_in(make.coordinator())
    elsewhere = f"/e/{other.slug}/{proposal.component_id}/{proposal.id}"
    for act in ("edit", "withdraw", "answer", "versions"):
        assert browser.get(f"{elsewhere}/{act}").status_code == 404


def test_a_withdrawn_proposal_is_not_withdrawn_again(make: Factory, sign_in):
    author = make.member()
    proposal = make.proposal(author=author, withdrawn_at=clock())
    assert sign_in(author).get(f"{path(proposal)}/withdraw").status_code == 403
