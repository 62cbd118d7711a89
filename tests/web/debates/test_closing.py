"""The page that concludes a debate: what it lists, and quotations that follow what they quote."""

import re

import pytest
from sqlalchemy import select

from participa.authorization import VISITOR
from participa.comments import queries as threads
from participa.comments import services as comments
from participa.comments.together import weigh_all
from participa.contributions.models import Contribution
from participa.db import clock
from participa.debates import queries, services
from participa.debates.models import Debate
from participa.notifications.models import Event, Notification
from participa.votes.queries import find_votable
from participa.votes.services import cast
from participa.web import address_of
from tests.tools import counted_statements


def held(debate) -> Debate:
    """A debate as its own request reads it."""
    found = queries.find(debate.component_id, debate.id, VISITOR)
    assert found is not None
    return found.debate


@pytest.fixture
def debate(make):
    """An open debate."""
    return make.debate()


@pytest.fixture
def browser(make, sign_in, debate):
    """A moderator's."""
    return sign_in(make.moderator(debate.component.space))


def base(debate) -> str:
    return f"/e/{debate.component.space.slug}/{debate.component_id}/{debate.id}"


def argue(make, debate, body: str, side: int = 1, backers: int = 0) -> int:
    """The number of a new argument with its backers."""
    number = services.argue(make.member(), held(debate), side, body).id
    for _n in range(backers):
        found = find_votable(number)
        assert found is not None
        cast(make.member(), found, 1)
    return number


def section(page: str, name: str) -> str:
    """One list of the page."""
    return page.partition(f'<section aria-labelledby="{name}">')[2].partition("</section>")[0]


def test_it_lists_what_is_best_backed_what_brings_together_and_what_nobody_answered(make, browser, debate):
    best = argue(make, debate, "Un lieu garde les réponses.", backers=2)
    argue(make, debate, "Moins bien appuyé.")
    argue(make, debate, "Un outil de plus.", side=-1)
    asked = comments.post(make.member(), threads.find_root(best), "Qui le modère ?", nature="question")
    answered = comments.post(make.member(), threads.find_root(best), "Quand ?", nature="question")
    comments.post(make.member(), threads.find_root(best), "Mardi.", parent=threads.find_comment(answered.id))
    for side in (1, -1):  # one backer of each side
        own, someone = argue(make, debate, f"Du côté {side}.", side), make.member()
        for number in (own, best):
            cast(someone, votable(number), 1)
    weigh_all()

    page = browser.get(f"{base(debate)}/close").text

    assert re.findall(r'name="quote" value="(\d+)"', section(page, "best-for"))[0] == str(best)
    assert "Un outil de plus." in section(page, "best-against")
    assert "Un lieu garde les réponses." in section(page, "together")
    assert "Moins bien appuyé." not in section(page, "together")
    assert f'value="{asked.id}"' in section(page, "questions")
    assert "Quand ?" not in section(page, "questions")


def test_an_empty_debate_says_what_there_is_not(browser, debate):
    page = browser.get(f"{base(debate)}/close").text
    assert "Pas encore d’argument pour" in section(page, "best-for")
    assert "Toutes les questions ont eu une réponse." in section(page, "questions")


def test_quoting_keeps_what_was_typed_and_the_quotation_follows_its_source(
    session, make, browser, client, debate
):
    number = argue(make, debate, "Un lieu garde les réponses.")
    form = {"body": "Oui, pour six mois.", "quote": str(number), "revision": str(held(debate).revision)}
    typed = browser.post(f"{base(debate)}/close", data=form).text
    assert f"Oui, pour six mois.\n\n[[{number}]]" in typed
    assert held(debate).closed_at is None

    body = f"Oui, pour six mois.\n\n[[{number}]]"
    browser.post(f"{base(debate)}/close", data={"body": body, "revision": str(held(debate).revision)})
    page = client.get(address_of(debate)).text
    box = page.partition('id="conclusion"')[2].partition("</section>")[0]
    assert "<blockquote>" in box and "Un lieu garde les réponses." in box
    (details,) = session.scalars(select(Event.details).where(Event.kind == "debate.closed"))
    assert "garde les réponses" not in str(details) and "[[" not in details["html"]

    session.get(Contribution, number).hidden_at = clock()
    session.commit()
    page = client.get(address_of(debate)).text
    box = page.partition('id="conclusion"')[2].partition("</section>")[0]
    assert "garde les réponses" not in box and "ne peut plus être lu" in box
    assert "garde les réponses" not in client.get(f"{base(debate)}/arguments.md").text


@pytest.mark.parametrize("number", ["999999", "{other}"])
def test_what_is_not_of_the_debate_is_not_quoted_and_the_text_is_kept(make, browser, debate, number):
    other = argue(make, make.debate(), "Ailleurs.")
    body = "Voici ce que l’on conclut. [[" + number.format(other=other) + "]]"
    answer = browser.post(
        f"{base(debate)}/close", data={"body": body, "revision": str(held(debate).revision)}
    )
    assert answer.status_code == 422
    assert "Voici ce que l’on conclut." in answer.text and "ne montre pas" in answer.text
    assert held(debate).closed_at is None


def test_quotations_cost_one_statement_whatever_they_are(make, client, debate, browser):
    numbers = [argue(make, debate, f"Argument {n}") for n in range(6)]
    costs = []
    for some in (numbers[:1], numbers):
        body = "Ce que l’on conclut.\n\n" + "\n\n".join(f"[[{number}]]" for number in some)
        found = held(debate)
        services.close(make.moderator(found.component.space), found, body, revision=found.revision)
        client.get(address_of(debate))
        with counted_statements() as statements:
            client.get(address_of(debate))
        costs.append(len(statements))
        services.reopen(make.moderator(found.component.space), held(debate))
    assert costs[0] == costs[1]


def test_whoever_backed_an_argument_is_told_what_was_concluded_once(session, make, browser, debate, run_jobs):
    backer = make.member()
    for n in range(2):
        found = find_votable(argue(make, debate, f"Un argument, le {n}e."))
        assert found is not None
        cast(backer, found, 1)
    browser.post(
        f"{base(debate)}/close", data={"body": "Oui, pour six mois.", "revision": str(held(debate).revision)}
    )
    run_jobs()
    told = select(Event.kind).join(Notification, Notification.event_id == Event.id)
    assert session.scalars(told.where(Notification.recipient_id == backer.id)).all() == ["debate.closed"]


def closed(debate, browser, text: str) -> None:
    """Close a debate with what it concludes."""
    sent = {"body": text, "revision": str(held(debate).revision)}
    assert browser.post(f"{base(debate)}/close", data=sent).status_code == 303


def test_only_what_both_sides_support_is_what_they_agree_on_messages_included(make, browser, debate):
    camps = {side: [make.member() for _n in range(3)] for side in (1, -1)}
    for side, camp in camps.items():
        own = services.argue(make.member(), held(debate), side, f"Du côté {side}.").id
        for member in camp:
            cast(member, votable(own), 1)
    alone = services.argue(make.member(), held(debate), 1, "Pour un seul côté.").id
    shared = comments.post(make.member(), threads.find_root(debate.id), "Ce que tous disent.").id
    for member in camps[1]:
        cast(member, votable(alone), 1)
    for member in (camps[1][0], camps[-1][0]):
        cast(member, votable(shared), 1)
    weigh_all()

    agreed = section(browser.get(f"{base(debate)}/close").text, "together")
    assert "Ce que tous disent." in agreed
    assert "Pour un seul côté." not in agreed and "Du côté 1" not in agreed


def votable(number: int):
    """A text as the request that votes on it reads it."""
    found = find_votable(number)
    assert found is not None
    return found


def test_a_quotation_within_a_sentence_or_a_list_follows_its_source_too(session, make, browser, debate):
    number = argue(make, debate, "Un lieu garde les réponses.")
    closed(debate, browser, f"On retient [[{number}]] et :\n\n- [[{number}]]\n\n[[{number}]]")
    page = browser.get(address_of(debate)).text
    conclusion = page[page.index('id="conclusion"') :].partition("</section>")[0]
    assert conclusion.count("Un lieu garde les réponses.") == 3
    assert conclusion.count("<figure") == 1
    assert "[[" not in conclusion
    session.get(Contribution, number).hidden_at = clock()
    session.commit()
    assert "Un lieu garde" not in browser.get(address_of(debate)).text


def test_conclusions_are_corrected_without_opening_the_debate_again(
    session, make, sign_in, browser, debate, run_jobs
):
    follower = sign_in(make.member())
    follower.post(f"/follow/{debate.id}", data={"follow": "1"})
    closed(debate, browser, "Les ruches sont à l’école.")
    page = f"{base(debate)}/conclusions"
    assert follower.get(page).status_code == 403
    assert "Les ruches sont à l’école." in browser.get(page).text
    revision = str(held(debate).revision)

    short = browser.post(page, data={"body": "Non.", "revision": revision})
    assert "Non." in short.text and "invalid-feedback" in short.text
    sent = {"body": "Les **rues** sont à l’école.", "reason": "Coquille", "revision": revision}
    assert browser.post(page, data=sent).status_code == 303
    run_jobs()

    shown = browser.get(address_of(debate)).text
    assert "<strong>rues</strong>" in shown and "ruches" not in shown
    assert "corrigées le" in shown
    assert held(debate).closed_at is not None
    history = sign_in(make.member()).get(f"{base(debate)}/versions?part=conclusions").text
    assert "ruches" in history and "Coquille" in history
    assert session.scalars(select(Event.kind).where(Event.kind == "debate.corrected")).all()

    stale = browser.post(page, data=sent | {"body": "Les routes sont à l’école."})
    assert stale.status_code == 409
    assert "Les routes sont à l’école." in stale.text and "rues" in stale.text
    same = {"body": sent["body"], "revision": str(held(debate).revision)}
    assert "Rien n’a changé" in browser.post(page, data=same, follow_redirects=True).text


def test_an_open_debate_has_no_conclusions_to_correct(browser, debate):
    assert browser.get(f"{base(debate)}/conclusions").status_code == 403
    assert browser.get(f"{base(debate)}/versions?part=conclusions").status_code == 404


def test_closing_again_keeps_what_was_concluded_before(browser, debate):
    closed(debate, browser, "Une première conclusion.")
    browser.post(f"{base(debate)}/reopen")
    closed(debate, browser, "Une seconde conclusion.")
    history = browser.get(f"{base(debate)}/versions?part=conclusions").text
    assert "première" in history and "seconde" in history
    assert "corrigées le" not in browser.get(address_of(debate)).text
