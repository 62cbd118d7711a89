"""Finding proposals: filters, orders, views, paper, feed."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from participa.auth.models import Member
from participa.contributions import services as contributions
from participa.contributions.models import Contribution
from participa.db import clock
from participa.proposals import lists
from participa.spaces.models import Visibility
from tests.factories import Factory
from tests.tools import Browserlike, counted_statements

SignIn = Callable[[Member], Browserlike]
ATOM = "{http://www.w3.org/2005/Atom}"


def path(component: Any) -> str:
    return f"/e/{component.space.slug}/{component.id}"


def titles(page: Any) -> list[str]:
    return re.findall(r'<h3(?: class="h4(?: my-1)?")?><a href="[^"]*">([^<]*)</a></h3>', page.text)


def way(page: Any, rel: str) -> str:
    found = re.search(rf'href="([^"]*)" rel="{rel}"', page.text)
    return found[1].replace("&amp;", "&") if found else ""


# ── Filters


def test_the_list_is_narrowed_to_a_centre_and_an_author(client: Browserlike, make: Factory) -> None:
    east, west = make.centre("Centre de l’Est"), make.centre("Centre de l’Ouest")
    component = make.component("proposals")
    here = make.proposal(component, make.member("Éloïse d’Œuvre", east), title="Une proposition de l’Est")
    there = make.proposal(component, make.member("Ève Martin", west), title="Une proposition de l’Ouest")
    gone = make.member("Éloïse partie", west, erased_at=clock())
    make.proposal(component, gone, title="Une proposition sans nom")

    assert titles(client.get(f"{path(component)}?centre={east.id}")) == [here.title]
    for words in ("eloise oeuvre", "ŒUVRE", "elo"):
        assert titles(client.get(f"{path(component)}?author={words}")) == [here.title]
    assert titles(client.get(f"{path(component)}?author=martin&centre={west.id}")) == [there.title]
    assert titles(client.get(f"{path(component)}?author=martin&centre={east.id}")) == []


def test_names_that_are_no_words_and_centres_that_are_none_filter_nothing(
    client: Browserlike, make: Factory
) -> None:
    component = make.component("proposals")
    proposal = make.proposal(component)
    for query in ("author=%26%7C%21", "author=%3A%2A", "centre=x", "centre=0", "answer=never"):
        assert titles(client.get(f"{path(component)}?{query}")) == [proposal.title]
    for query in ("author=%27%29+%7C+x%3A", "centre=99999999", "author=x+%26+%21y"):
        assert client.get(f"{path(component)}?{query}").status_code == 200


def test_what_waits_for_an_answer_is_what_reached_the_goal_or_is_under_evaluation(
    client: Browserlike, make: Factory
) -> None:
    component = make.component("proposals", settings={"threshold_per_proposal": 3})
    make.proposal(component, title="Une proposition qui attend des soutiens", support_count=2)
    reached = make.proposal(component, title="Une proposition assez soutenue", support_count=3)
    studied = make.proposal(component, title="Une proposition étudiée", state="evaluating")
    make.proposal(
        component,
        title="Une proposition acceptée",
        support_count=9,
        state="accepted",
    )
    make.proposal(component, title="Une proposition retirée", support_count=9, withdrawn_at=clock())

    page = client.get(f"{path(component)}?answer=waiting&order=date")
    assert set(titles(page)) == {reached.title, studied.title}
    assert "En attente d’une réponse" in page.text


def test_my_drafts_are_those_of_this_list_and_mine(
    sign_in: SignIn, make: Factory, client: Browserlike
) -> None:
    component, other = make.component("proposals"), make.component("proposals")
    me, someone = make.member(), make.member()
    for who, where, title in (
        (me, component, "Le mien ici"),
        (me, other, "Le mien ailleurs"),
        (someone, component, "Celui d’une autre"),
    ):
        contributions.save_draft(who, "proposals.new", f"{path(where)}/new", {"title": title, "body": "…"})
    make.proposal(component, title="Une proposition publiée")

    page = sign_in(me).get(f"{path(component)}?mine=drafts")
    assert titles(page) == ["Le mien ici"]
    assert "Une proposition publiée" not in page.text
    assert titles(client.get(f"{path(component)}?mine=drafts")) == ["Une proposition publiée"]
    assert "Vous n’écrivez aucune proposition ici" in sign_in(someone).get(f"{path(other)}?mine=drafts").text


def test_every_filter_and_order_go_together(sign_in: SignIn, make: Factory) -> None:
    component = make.component("proposals", topics=["Eau"], settings={"threshold_per_proposal": 3})
    me = make.member("Moi", make.centre("IREV"))
    proposal = make.proposal(component, make.member("Autrice", me.centre), topic_id=component.topics[0].id)
    browser = sign_in(me)
    for order in lists.ORDER_LABELS:
        query = (
            f"q=proposition&state=discussed&mine=not_yet&mine=centre&topic={component.topics[0].id}"
            f"&centre={me.centre_id}&author=autrice&order={order}"
        )
        page = browser.get(f"{path(component)}?{query}")
        assert titles(page) == [proposal.title]
        for part in ("author=autrice", f"centre={me.centre_id}", "mine=not_yet", "mine=centre"):
            assert part in page.text.replace("&amp;", "&")


# ── Orders


def test_the_most_followed_come_first(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    few = make.proposal(component, follow_count=1)
    many = make.proposal(component, follow_count=4)
    assert titles(client.get(f"{path(component)}?order=follows")) == [many.title, few.title]


def test_the_setting_says_the_order_of_whoever_has_not_chosen(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals", settings={"default_sort_order": "comments"})
    low = make.proposal(component, comment_count=1)
    high = make.proposal(component, comment_count=2)
    page = client.get(path(component))
    assert titles(page) == [high.title, low.title]
    assert '<option value="comments" selected>' in page.text
    assert "order=" not in page.text.replace("order=date", "").partition("rel=")[0].partition("<ol")[0]


def test_each_reader_goes_round_from_a_place_of_their_own(
    client: Browserlike, make: Factory, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    component, author = make.component("proposals"), make.member()
    for n in range(45):
        make.proposal(component, author, title=f"Une proposition, numéro {n:02}")
    session.execute(update(Contribution).values(shuffle=Contribution.id % 7))
    session.commit()
    starts = set()
    for seed in (4, 2147483646):
        monkeypatch.setattr(lists, "seed_of", lambda *_who, seed=seed: seed)
        ahead, address = [], path(component)
        while address:
            page = client.get(address)
            ahead.append(titles(page))
            address = way(page, "next")
            monkeypatch.setattr(lists, "seed_of", lambda *_who: 1)  # the address keeps the place
        assert [len(one) for one in ahead] == [20, 20, 5]
        assert len({title for one in ahead for title in one}) == 45
        back, address = [titles(page)], way(page, "prev")
        while address:
            page = client.get(address)
            back.append(titles(page))
            address = way(page, "prev")
        assert back == ahead[::-1]
        starts.add(ahead[0][0])
    assert len(starts) == 2


def test_readers_enter_the_circle_elsewhere_and_elsewhere_again_the_next_day(
    make: Factory, at: Callable[[datetime], None]
) -> None:
    component = make.component("proposals")
    at(datetime(2026, 4, 10, 12, tzinfo=UTC))
    assert lists.seed_of(1, component) == lists.seed_of(1, component) != lists.seed_of(2, component)
    today = lists.seed_of(1, component)
    at(datetime(2026, 4, 10, 22, 30, tzinfo=UTC))  # half past midnight in Paris
    assert lists.seed_of(1, component) != today


# ── Views


def test_the_compact_view_is_remembered_until_the_other_is_chosen(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    proposal = make.proposal(component)
    assert 'class="prop"' in client.get(path(component)).text
    page = client.get(f"{path(component)}?view=compact")
    assert 'class="prop"' not in page.text and titles(page) == [proposal.title]
    assert 'class="prop"' not in client.get(path(component)).text
    client.get(f"{path(component)}?view=list")
    assert 'class="prop"' in client.get(path(component)).text
    assert 'class="prop"' in client.get(f"{path(component)}?view=upside-down").text


def test_on_paper_stand_whole_texts_and_answers_unless_left_out(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    proposal = make.proposal(component, title="Une proposition pour le papier", body="Un texte **entier**.")
    make.answer(proposal, "accepted", "Oui, dès lundi.")
    make.proposal(component, title="Une proposition cachée", hidden_at=clock())
    page = client.get(f"{path(component)}/print").text
    assert "<strong>entier</strong>" in page and "Oui, dès lundi." in page
    assert "Une proposition cachée" not in page
    bare = client.get(f"{path(component)}/print?chosen=1&part=answers").text
    assert "<strong>entier</strong>" not in bare and "Oui, dès lundi." in bare
    assert "Rien à imprimer" in client.get(f"{path(component)}/print?q=introuvable").text


def test_a_page_to_print_is_bounded_and_the_next_one_follows(client: Browserlike, make: Factory) -> None:
    component, author = make.component("proposals"), make.member()
    for n in range(101):
        make.proposal(component, author, title=f"Une proposition, numéro {n:03}")
    with counted_statements() as seen:
        page = client.get(f"{path(component)}/print?order=date")
    first = re.findall(r'<h2 class="h3">([^<]*)</h2>', page.text)
    last = re.findall(r'<h2 class="h3">([^<]*)</h2>', client.get(way(page, "next")).text)
    assert (len(first), len(last)) == (100, 1)
    assert len(seen) <= 7  # one of them reads the states of the component, once per process


# ── Feed


def entries(answer: Any) -> list[str]:
    feed = ET.fromstring(answer.data)
    return [entry.findtext(f"{ATOM}title") or "" for entry in feed.findall(f"{ATOM}entry")]


def test_the_feed_tells_the_last_published_that_the_filters_let_through(
    client: Browserlike, make: Factory
) -> None:
    component, now = make.component("proposals", topics=["Eau", "Air"]), clock()
    water, air = component.topics
    old = make.proposal(
        component, title="Eau & <b>air</b>", at=now - timedelta(days=2), topic_id=water.id, body="Un *texte*."
    )
    new = make.proposal(component, at=now - timedelta(days=1), topic_id=air.id)
    make.proposal(component, hidden_at=now)
    make.proposal(component, withdrawn_at=now)

    answer = client.get(f"{path(component)}/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    assert entries(answer) == [new.title, "Eau & <b>air</b>"]
    assert "<em>texte</em>" in (
        ET.fromstring(answer.data).findall(f"{ATOM}entry/{ATOM}content")[1].text or ""
    )
    assert entries(client.get(f"{path(component)}/feed.atom?topic={water.id}")) == [old.title]
    for link in ET.fromstring(answer.data).iter(f"{ATOM}link"):
        assert client.get(link.attrib["href"].replace("http://participa.test", "")).status_code == 200
    page = client.get(f"{path(component)}?topic={water.id}").text
    assert f'type="application/atom+xml" href="{path(component)}/feed.atom?topic={water.id}"' in page


def test_a_feed_asked_for_again_is_not_sent_again_until_it_changes(
    client: Browserlike, make: Factory
) -> None:
    component = make.component("proposals")
    assert entries(client.get(f"{path(component)}/feed.atom")) == []
    make.proposal(component)
    answer = client.get(f"{path(component)}/feed.atom")
    again = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(f"{path(component)}/feed.atom", headers=again).status_code == 304
    make.proposal(component)
    assert client.get(f"{path(component)}/feed.atom", headers=again).status_code == 200


def test_the_feed_of_a_private_space_is_for_its_members(
    client: Browserlike, sign_in: SignIn, make: Factory
) -> None:
    space = make.space(visibility=Visibility.PRIVATE)
    component = make.component("proposals", space)
    make.proposal(component)
    member = make.member()
    make.role(member, space)
    address = f"{path(component)}/feed.atom"
    assert client.get(address).status_code == 404 or "/sign-in" in client.get(address).headers["Location"]
    assert sign_in(make.member()).get(address).status_code == 404
    assert len(entries(sign_in(member).get(address))) == 1
