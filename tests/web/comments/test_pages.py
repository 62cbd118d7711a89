"""Threads and their pages, as a browser without JavaScript sees them, and the fragments htmx asks for."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from participa.comments import queries, services
from participa.comments.models import Comment
from participa.contributions.models import Contribution
from participa.db import clock
from participa.proposals.amendments.forms import Draft
from participa.proposals.amendments.services import publish as amend
from participa.spaces.models import Visibility
from participa.web import address_of
from tests.factories import Factory
from tests.tools import counted_statements


def page_of(proposal) -> str:
    """The address that a proposal's page settles at."""
    return address_of(proposal)


def say(author, proposal, body="Un avis", *, parent=None, **values) -> Comment:
    """A comment about a proposal."""
    answered = queries.find_comment(parent) if parent else None
    root = queries.find_root(proposal.id)
    assert root is not None
    return services.post(author, root, body, parent=answered, **values)


def latest(session) -> int:
    """The number of the last comment."""
    return int(session.scalar(select(func.max(Comment.__table__.c.id))))


def test_a_comment_posted_from_the_page_shows_there_with_its_position(session, make: Factory, sign_in):
    proposal, ada = make.proposal(), make.member("Ada", centre=make.centre("Centre du Nord"))
    browser, page = sign_in(ada), page_of(proposal)

    answer = browser.post(f"/comments/{proposal.id}", data={"body": "Une **bonne** idée", "position": "1"})

    number = latest(session)
    assert answer.location == f"{page}#c{number}"
    shown = browser.get(page).text
    assert f'id="c{number}"' in shown
    assert "Une <strong>bonne</strong> idée" in shown
    assert "1 commentaire" in shown
    assert "Ada, Centre du Nord" in shown


def test_a_reply_shows_under_its_comment_and_leads_to_its_own_page(session, make, sign_in):
    proposal, ada, grace = make.proposal(), make.member("Ada"), make.member("Grace")
    top = say(ada, proposal).id
    browser = sign_in(grace)

    form = browser.get(browser.get(f"/c/{top}/reply").location)
    assert f'action="/comments/{proposal.id}"' in form.text
    assert "Répondre à Ada" in form.text
    answer = browser.post(f"/comments/{proposal.id}", data={"body": "D’accord.", "parent": str(top)})

    reply = latest(session)
    assert answer.location == f"/c/{reply}#c{reply}"
    thread = browser.get(answer.location).text
    assert thread.index(f'id="c{top}"') < thread.index(f'id="c{reply}"')


@pytest.mark.parametrize(
    ("body", "sentence"), [("", "Écrivez quelque chose ici."), ("x" * 1501, "Écrivez 1500 signes au plus")]
)
def test_a_refused_text_is_shown_again_with_what_to_do(session, make, sign_in, body, sentence):
    proposal = make.proposal()

    page = sign_in(make.member()).post(f"/comments/{proposal.id}", data={"body": body})

    assert page.status_code == 422
    assert f">\n{body}</textarea>" in page.text
    assert re.search(r'class="invalid-feedback"[^>]*>.*?<span>(.*?)</span>', page.text, re.DOTALL)


def test_a_reply_to_a_comment_hidden_meanwhile_keeps_the_text_for_the_thread(session, make, sign_in):
    proposal, ada = make.proposal(), make.member()
    top = say(ada, proposal).id
    session.execute(text("UPDATE contributions SET hidden_at = now() WHERE id = :id"), {"id": top})
    browser = sign_in(make.member())

    page = browser.post(f"/comments/{proposal.id}", data={"body": "Ma longue réponse", "parent": str(top)})

    assert page.status_code == 403
    assert "retiré entre-temps" in page.text
    assert ">\nMa longue réponse</textarea>" in page.text
    assert 'name="parent" value=""' in page.text


def test_a_text_for_a_closed_thread_can_be_copied(session, make, sign_in):
    proposal = make.proposal(make.component(commenting_open=False))

    page = sign_in(make.member()).post(f"/comments/{proposal.id}", data={"body": "Trop tard"})

    assert page.status_code == 403
    assert "readonly>\nTrop tard</textarea>" in page.text


def test_a_visitor_reads_and_is_sent_to_sign_in_to_write(session, make, client):
    proposal = make.proposal()
    say(make.member(), proposal)

    page = client.get(page_of(proposal)).text
    assert 'class="composer"' not in page
    assert "/reply" not in page
    assert "pour prendre part à la discussion" in page
    for words in ("Bonjour", ""):
        sent = client.post(f"/comments/{proposal.id}", data={"body": words})
        assert (sent.status_code, "/sign-in" in sent.headers["Location"]) == (303, True)
    assert session.scalar(text("SELECT count(*) FROM comments")) == 1


def test_hostile_text_is_harmless_wherever_it_shows(session, make, client, sign_in):
    proposal, mallory = make.proposal(), make.member('<img src=x onerror="alert(1)">')
    body = "<script>alert(1)</script> [x](javascript:alert(1)) ${7+7} {{ 7+7 }}"
    number = say(mallory, proposal, body).id

    for page in (
        client.get(page_of(proposal)),
        client.get(f"/c/{number}"),
        sign_in(mallory).get(f"/c/{number}/edit"),
    ):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert 'href="javascript' not in page.text
        assert "{{ 7+7 }}" in page.text


@pytest.mark.parametrize("order", ["oldest", "newest", "useful"])
def test_the_next_comments_have_a_link_and_a_fragment(session, make, client, monkeypatch, order):
    from participa.comments import threads

    monkeypatch.setattr(threads, "PAGE", 2)
    proposal, ada = make.proposal(), make.member()
    numbers = [say(ada, proposal).id for _ in range(3)]

    first = client.get(f"{page_of(proposal)}?order={order}").text
    href, fetch = re.search(
        r'<a class="btn btn-secondary" href="([^"]+)" rel="next" data-hx-get="([^"]+)"', first
    ).groups()
    plain = client.get(href.replace("&amp;", "&")).text
    fragment = client.get(fetch.replace("&amp;", "&"), headers={"HX-Request": "true"}).text

    there = [number for number in numbers if f'id="c{number}"' in first]
    rest = set(numbers) - set(there)
    assert len(there) == 2
    assert all(f'id="c{number}"' in plain and f'id="c{number}"' in fragment for number in rest)
    assert "<html" not in fragment
    assert client.get(fetch.replace("&amp;", "&")).status_code == 302


def test_htmx_gets_the_new_comment_and_an_empty_form(session, make, sign_in):
    proposal, ada = make.proposal(), make.member()
    browser, htmx = sign_in(ada), {"HX-Request": "true"}

    posted = browser.post(f"/comments/{proposal.id}", data={"body": "Bonjour"}, headers=htmx).text
    number = latest(session)
    assert posted.lstrip().startswith('<div id="compose">')
    assert f'id="c{number}"' in posted
    form = browser.get(f"/c/{number}/reply", headers=htmx).text
    assert f'<div id="answer-{number}">' in form
    reply = browser.post(
        f"/comments/{proposal.id}", data={"body": "Moi", "parent": str(number)}, headers=htmx
    ).text
    assert f'<div id="answer-{number}">' in reply
    assert "composer" not in reply


def test_an_author_edits_and_everyone_reads_what_changed(session, make, sign_in, client):
    proposal, ada = make.proposal(), make.member()
    number = say(ada, proposal, "Deux centres suffisent").id
    browser = sign_in(ada)

    form = browser.get(f"/c/{number}/edit").text
    assert "Deux centres suffisent</textarea>" in form
    browser.post(f"/c/{number}/edit", data={"body": "Trois centres suffisent", "revision": "1"})

    assert "modifié" in client.get(f"/c/{number}").text
    versions = client.get(f"/c/{number}/versions").text
    assert re.search(r"<del>.*Deux.*</del>", versions)
    assert re.search(r"<ins>.*Trois.*</ins>", versions)
    stale = browser.post(f"/c/{number}/edit", data={"body": "Quatre", "revision": "1"})
    assert stale.status_code == 409
    assert "Quatre" in stale.text
    assert "Trois centres suffisent" in stale.text
    assert browser.post(f"/c/{number}/edit", data={"body": " ", "revision": "2"}).status_code == 422


def test_nobody_edits_or_deletes_the_comment_of_another(session, make, sign_in):
    proposal = make.proposal()
    number = say(make.member(), proposal).id
    browser = sign_in(make.coordinator())

    assert browser.post(f"/c/{number}/edit", data={"body": "…", "revision": "1"}).status_code == 403
    assert browser.post(f"/c/{number}/delete").status_code == 403


def test_deleting_asks_first_then_leaves_a_stub_only_under_answers(session, make, sign_in, client):
    proposal, ada = make.proposal(), make.member()
    alone, answered = say(ada, proposal, "Tout seul").id, say(ada, proposal, "Très suivi").id
    say(ada, proposal, parent=answered)
    browser = sign_in(ada)

    assert "Tout seul" in browser.get(f"/c/{alone}/delete").text
    for number in (alone, answered):
        assert browser.post(f"/c/{number}/delete").status_code == 303

    page = client.get(page_of(proposal)).text
    assert f'id="c{alone}"' not in page
    assert "Très suivi" not in page
    assert f'<article class="comment comment--removed" id="c{answered}"' in page
    assert client.get(f"/c/{alone}").status_code == 404
    assert "Très suivi" not in client.get(f"/c/{answered}").text
    assert client.get(f"/c/{answered}/versions").status_code == 404


def test_a_hidden_comment_is_read_by_its_author_and_moderators_only(session, make, sign_in, client):
    proposal, ada = make.proposal(), make.member()
    moderator = make.moderator(proposal.component.space)
    number = say(ada, proposal, "Un texte masqué").id
    session.execute(text("UPDATE contributions SET hidden_at = now() WHERE id = :id"), {"id": number})
    ada_browser, other, mod = sign_in(ada), sign_in(make.member()), sign_in(moderator)

    assert client.get(f"/c/{number}").status_code == other.get(f"/c/{number}").status_code == 404
    for browser in (ada_browser, mod):
        assert f'href="/hidden/{number}"' in browser.get(f"/c/{number}").text
    assert ada_browser.get(f"/c/{number}/edit").status_code == 403


@pytest.mark.parametrize(
    ("visibility", "status"),
    [
        (Visibility.PUBLIC, 200),
        (Visibility.TRANSPARENT, 200),
        (Visibility.MEMBERS, 302),
        (Visibility.PRIVATE, 404),
    ],
)
def test_a_permalink_is_read_by_those_who_read_the_space(session, make, client, visibility, status):
    space = make.space(visibility=visibility)
    proposal = make.proposal(make.component(space=space))
    ada = make.member()
    make.role(ada, space)
    number = say(ada, proposal).id

    assert client.get(f"/c/{number}").status_code == status
    assert client.get(f"/comments/{proposal.id}", headers={"HX-Request": "true"}).status_code == status


def test_the_comments_of_a_hidden_proposal_are_not_read(session, make, client):
    proposal = make.proposal()
    number = say(make.member(), proposal).id
    session.execute(text("UPDATE contributions SET hidden_at = now() WHERE id = :id"), {"id": proposal.id})

    assert client.get(f"/c/{number}").status_code == 404
    assert client.get(f"/comments/{proposal.id}").status_code == 404


def test_a_permalink_shows_what_the_comment_answers_and_the_rest_page_by_page(
    session, make, client, monkeypatch
):
    from participa.comments import threads

    monkeypatch.setattr(threads, "PAGE", 3)
    proposal, ada = make.proposal(), make.member()
    numbers = [say(ada, proposal).id]
    for _ in range(6):
        numbers.append(say(ada, proposal, parent=numbers[-1]).id)

    first = client.get(f"/c/{numbers[1]}").text
    shown = [n for n, number in enumerate(numbers) if f'id="c{number}"' in first]
    assert shown == [0, 1, 2, 3]
    href = re.search(r'href="([^"]+)" rel="next"', first)[1]
    rest = client.get(href).text
    assert [n for n in range(4, 7) if f'id="c{numbers[n]}"' in rest] == [4, 5, 6]


def test_a_useful_vote_comes_back_to_the_comment(session, make, sign_in):
    proposal = make.proposal()
    number = say(make.member(), proposal).id
    browser, page = sign_in(make.member()), page_of(proposal)

    answer = browser.post(
        f"/vote/{number}", data={"value": "1"}, headers={"Referer": f"http://participa.test{page}"}
    )

    assert answer.location == f"{page}#c{number}"
    assert 'aria-pressed="true"' in browser.get(page).text


def test_imported_and_erased_people_are_named_as_such(session, make, client):
    proposal, erased = make.proposal(), make.member("Jean")
    say(erased, proposal)
    other = say(make.member("Paul"), proposal).id
    session.execute(text("UPDATE members SET erased_at = now(), name = '' WHERE id = :id"), {"id": erased.id})
    session.execute(text("UPDATE contributions SET author_id = NULL WHERE id = :id"), {"id": other})

    page = client.get(page_of(proposal)).text

    assert "compte supprimé" in page
    assert "Texte importé" in page


def test_an_unknown_place_in_the_address_gives_the_first_page(session, make, client):
    proposal = make.proposal()
    number = say(make.member(), proposal).id

    for query in ("?order=sideways", "?after=", "?after=x", "?after=99999999999999999999"):
        assert f'id="c{number}"' in client.get(page_of(proposal) + query).text


def test_a_parent_of_another_thread_is_not_found(session, make, sign_in):
    proposal, other = make.proposal(), make.proposal()
    number = say(make.member(), other).id

    page = sign_in(make.member()).post(
        f"/comments/{proposal.id}", data={"body": "Bonjour", "parent": str(number)}
    )

    assert page.status_code == 404


def test_a_comment_is_not_itself_the_root_of_a_thread(session, make, sign_in):
    number = say(make.member(), make.proposal()).id

    assert sign_in(make.member()).post(f"/comments/{number}", data={"body": "Bonjour"}).status_code == 404


@pytest.mark.parametrize("size", [2, 40])
def test_the_page_of_a_comment_costs_the_same_whatever_its_branch(session, make, client, sign_in, size):
    proposal, ada = make.proposal(), make.member()
    top = say(ada, proposal).id
    for _ in range(size):
        say(ada, proposal, parent=top)
    browser = sign_in(ada)

    with counted_statements() as visitor:
        assert client.get(f"/c/{top}").status_code == 200
    with counted_statements() as member:
        assert browser.get(f"/c/{top}").status_code == 200

    assert (len(visitor) <= 8, len(member) <= 12) == (True, True)


def test_a_commenter_who_comes_back_late_is_told_how_long_ago(session, make, client, at):
    proposal = make.proposal()
    say(make.member(), proposal)
    at(clock() + timedelta(minutes=5))

    assert "il y a 5 min" in client.get(page_of(proposal)).text
    assert session.scalar(select(Contribution.comment_count).where(Contribution.id == proposal.id)) == 1


def test_readers_may_say_that_a_comment_is_not_useful_where_the_component_lets_them(session, make, sign_in):
    proposal = make.proposal(make.component("proposals", settings={"comment_downvotes": True}))
    plain = make.proposal()
    browser = sign_in(make.member())
    number, other = say(make.member(), proposal).id, say(make.member(), plain).id

    browser.post(f"/vote/{number}", data={"value": "-1"})
    refused = browser.post(f"/vote/{other}", data={"value": "-1"})

    counts = session.execute(
        select(Contribution.support_count, Contribution.against_count).where(Contribution.id == number)
    ).one()
    assert tuple(counts) == (0, 1)
    assert refused.status_code == 403
    assert "Pas utile" in browser.get(page_of(proposal)).text
    assert "Pas utile" not in browser.get(page_of(plain)).text


def test_new_messages_announce_themselves_and_nothing_is_rendered_when_there_are_none(session, make, client):
    proposal = make.proposal()
    page = client.get(page_of(proposal)).text
    (news,) = re.findall(r'data-live="([^"]+)"', page)

    quiet = client.get(news)
    assert (quiet.status_code, quiet.text) == (200, "")
    assert client.get(news, headers={"If-None-Match": quiet.headers["ETag"]}).status_code == 304

    number = say(make.member(), proposal).id
    with counted_statements() as statements:
        told = client.get(news, headers={"If-None-Match": quiet.headers["ETag"]})
    assert (told.status_code, len(statements)) == (200, 2)
    assert "1 nouveau message" in told.text

    (shown,) = re.findall(r'href="([^"]+)"', told.text)
    assert client.get(shown).location == f"/c/{number}#c{number}"
    fragment = client.get(shown, headers={"HX-Request": "true"}).text
    assert f'id="c{number}"' in fragment
    (following,) = re.findall(r'data-live="([^"]+)"', fragment)
    assert client.get(following).text == ""


def test_the_announcement_of_a_thread_is_for_those_who_read_it(session, make, client, sign_in):
    space = make.space(visibility=Visibility.PRIVATE)
    proposal = make.proposal(make.component("proposals", space))
    member = make.member()
    assert client.get(f"/comments/{proposal.id}/news?after=0").status_code == 404
    make.role(member, space)
    assert sign_in(member).get(f"/comments/{proposal.id}/news?after=0").status_code == 200


def test_what_is_new_since_the_last_visit_is_marked_and_reached_by_a_link(session, make, sign_in, at):
    proposal, reader = make.proposal(), make.member()
    browser = sign_in(reader)
    browser.get(page_of(proposal))
    at(clock() + timedelta(hours=1))
    number = say(make.member(), proposal).id

    page = browser.get(page_of(proposal)).text

    assert "1 nouveau message" in page and f'href="#c{number}"' in page
    assert "comment--new" in page
    assert "comment--new" not in sign_in(make.member()).get(page_of(proposal)).text


def test_an_amendment_has_a_thread_of_its_own(session, make, sign_in):
    proposal = make.proposal(make.component("proposals", settings={"amendments_enabled": True}))
    draft = Draft("Un titre changé, assez long", "Un tout autre texte, assez long.", "Plus court")
    amendment = amend(make.member(), proposal, draft, base_number=1)
    browser = sign_in(make.member())
    page = address_of(amendment)

    browser.post(f"/comments/{amendment.id}", data={"body": "Je lis autrement ce passage."})

    assert "Je lis autrement ce passage." in browser.get(page).text
    assert "Je lis autrement ce passage." not in browser.get(page_of(proposal)).text


def test_an_answer_may_begin_with_what_it_quotes(session, make, sign_in):
    proposal = make.proposal()
    number = say(make.member("Chargée [de mission]"), proposal, "Un **long** avis, sur deux\n\nlignes.").id
    browser = sign_in(make.member())

    whole = browser.get(f"/c/{number}/reply?quote=1", follow_redirects=True).text
    assert f"&gt; [Chargée de mission](/c/{number}):\n&gt; Un long avis, sur deux lignes." in whole

    asked = {"HX-Request": "true"}
    passage = browser.get(f"/c/{number}/reply?quote=1&passage=sur deux", headers=asked).text
    assert "&gt; sur deux\n" in passage and "long" not in passage
    most = browser.get(f"/c/{number}/reply?quote=1&passage={'a' * 4000}", headers=asked).text
    assert len(re.findall("a{100,}", most)[0]) == 500
    assert "&gt;" not in browser.get(f"/c/{number}/reply", headers=asked).text
