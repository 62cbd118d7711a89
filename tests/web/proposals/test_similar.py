"""Whoever writes is shown what says nearly the same; nobody is shown what they may not read."""

import array
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from participa.auth.models import Member
from participa.authorization import Role
from participa.config import ROOT
from participa.contributions.models import Contribution, Draft
from participa.db import clock
from participa.imports.machinery import Outcome
from participa.imports.republique_numerique import import_into
from participa.proposals import similar
from participa.proposals.models import Proposal
from participa.similarity import pace, services
from participa.spaces.models import Component, Visibility
from participa.votes.models import Vote
from tests.encoders import answering
from tests.factories import Factory
from tests.tools import Browserlike, counted_statements

SignIn = Callable[[Member], Browserlike]
Model = Callable[[str], bytes]

TITLE = "Ouvrir un jardin partagé dans chaque quartier"
BODY = "Un terrain communal par quartier, confié à ses habitants, avec de l’eau."
PARAPHRASE = {
    "title": "Des potagers collectifs au pied des immeubles",
    "body": "Que la commune prête un terrain aux habitants de chaque quartier pour un jardin.",
}
SAME_WORDS = {"title": "Un jardin partagé pour le quartier", "body": "Avec de l’eau."}


@pytest.fixture(autouse=True)
def _new_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_held", {})


@pytest.fixture(params=["index", "vectors"])
def by_meaning(
    request: pytest.FixtureRequest, app: Flask, encoder: Model, monkeypatch: pytest.MonkeyPatch
) -> Model:
    """Both ways of finding by meaning: with the index of pgvector, where the server has it, and without."""
    if request.param == "vectors":
        monkeypatch.setitem(app.extensions, "near_index", value=False)
    return encoder


def embed_all(model: Model) -> None:
    while services.embed_missing(100, lambda words: array.array("f", model(words)).tolist()):
        pass


def asked(browser: Browserlike, component: Component, text: dict[str, str], **more: str) -> str:
    answer = browser.post(
        f"/e/{component.space.slug}/{component.id}/similar", data=text | more, headers={"HX-Request": "true"}
    )
    assert answer.status_code in (200, 204)
    return answer.text


def shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="similar-(\d+)"', page)]


def test_paraphrases_find_their_twin_among_the_proposals_of_the_demonstration(
    make: Factory, sign_in: SignIn, by_meaning: Model, session: scoped_session[Session]
) -> None:
    pairs = json.loads((Path(__file__).parent / "paraphrases.json").read_text())
    component, writer = make.component("proposals"), make.member()
    lines = (ROOT / "participa" / "demo" / "opinions.jsonl").read_text().splitlines()
    opinions = ({**json.loads(line), "arguments": [], "sources": []} for line in lines)
    for _ in import_into(component, enumerate(opinions, 1), Outcome()):
        pass
    embed_all(by_meaning)
    numbers = {
        int(str(key).rpartition(":")[2]): number
        for number, key in session.execute(select(Contribution.id, Contribution.import_key))
    }
    browser = sign_in(writer)

    places = []
    for pair in pairs:
        pace._held.clear()
        found = shown(asked(browser, component, {"title": pair["title"], "body": pair["body"]}))
        places.append(found.index(numbers[pair["twin"]]) if numbers[pair["twin"]] in found else None)

    assert len(places) == 30
    assert places.count(0) >= 18
    assert sum(place is not None for place in places) >= 23


def test_unrelated_texts_are_left_alone(make: Factory, sign_in: SignIn, by_meaning: Model) -> None:
    component = make.proposal(title=TITLE, body=BODY).component
    embed_all(by_meaning)
    browser = sign_in(make.member())

    unrelated = {"title": "Réduire la durée des réunions", "body": "Une heure au plus."}

    assert asked(browser, component, unrelated) == ""
    page = asked(browser, component, unrelated, shown="12")
    assert shown(page) == []
    assert "Aucune proposition proche" in page


def test_private_spaces_never_leak(make: Factory, sign_in: SignIn, by_meaning: Model) -> None:
    component = make.component("proposals")
    secret = make.component("proposals", make.space("Cercle fermé", visibility=Visibility.PRIVATE))
    hidden = make.proposal(secret, title=TITLE, body=BODY)
    read = make.proposal(component, title="Un jardin pour les habitants", body="Avec de l’eau et un terrain.")
    insider, outsider = make.member(), make.member()
    make.role(insider, secret.space, Role.MEMBER)
    embed_all(by_meaning)

    for browser in (sign_in(outsider), sign_in(make.coordinator())):
        page = asked(browser, component, PARAPHRASE)
        assert shown(page) == [read.id]
        assert TITLE not in page and "Cercle fermé" not in page and f'value="{hidden.id}"' not in page
        assert "1 proposition proche" in page
    page = asked(sign_in(insider), component, PARAPHRASE)
    assert hidden.id in shown(page)
    assert "Cercle fermé" in page


def test_nothing_of_a_private_space_stands_beside_a_public_proposal(
    make: Factory, sign_in: SignIn, by_meaning: Model
) -> None:
    public, secret = (
        make.proposal(
            make.component("proposals", make.space(visibility=visibility)), title=f"{TITLE} {name}", body=BODY
        )
        for name, visibility in (("ouvert", Visibility.PUBLIC), ("fermé", Visibility.PRIVATE))
    )
    insider = make.member()
    make.role(insider, secret.component.space, Role.MEMBER)
    embed_all(by_meaning)
    address = f"/e/{public.component.space.slug}/{public.component_id}/{public.id}"

    outside = sign_in(make.member()).get(address, follow_redirects=True).text
    inside = sign_in(insider).get(address, follow_redirects=True).text

    assert "Propositions proches" not in outside and str(secret.title) not in outside
    assert "Propositions proches" in inside and str(secret.title) in inside


def test_what_is_withdrawn_or_hidden_disappears(
    make: Factory, sign_in: SignIn, by_meaning: Model, session: scoped_session[Session]
) -> None:
    one, two, three = (make.proposal(title=f"{TITLE}, fois {n}", body=BODY) for n in "abc")
    embed_all(by_meaning)
    browser = sign_in(make.member())
    assert set(shown(asked(browser, three.component, PARAPHRASE))) == {one.id, two.id, three.id}

    for number, change in ((one.id, "withdrawn_at"), (two.id, "hidden_at")):
        held = session.get_one(Proposal, number)
        setattr(held, change, clock())
    session.commit()

    assert shown(asked(browser, three.component, PARAPHRASE)) == [three.id]
    address = f"/e/{three.component.space.slug}/{three.component_id}/{three.id}"
    assert "Propositions proches" not in browser.get(address, follow_redirects=True).text


def test_the_same_tool_comes_first_and_another_space_is_named(
    make: Factory, sign_in: SignIn, by_meaning: Model
) -> None:
    here, there = make.component("proposals"), make.component("proposals", make.space("Santé"))
    elsewhere, close = (make.proposal(tool, title=TITLE, body=BODY) for tool in (there, here))
    embed_all(by_meaning)

    page = asked(sign_in(make.member()), here, PARAPHRASE)

    assert shown(page) == [close.id, elsewhere.id]
    assert page.count("Santé") == 1


@pytest.mark.parametrize("state", ["absent", "slow", "off"])
def test_words_answer_while_the_encoder_is_away(
    make: Factory, sign_in: SignIn, app: Flask, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    proposal = make.proposal(title=TITLE, body=BODY)
    make.proposal(proposal.component, title="Planter des arbres dans la cour")
    make.debate(title=TITLE + " ?")
    settings = replace(app.config["SETTINGS"], encoder=state != "off")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    monkeypatch.delitem(app.extensions, "encoder", raising=False)
    browser = sign_in(make.member())

    if state == "slow":
        with answering(settings.instance, lambda text: time.sleep(0.5) or b""):  # type: ignore[func-returns-value]
            page = asked(browser, proposal.component, SAME_WORDS)
    else:
        page = asked(browser, proposal.component, SAME_WORDS)

    assert shown(page) == [proposal.id]
    assert shown(asked(browser, proposal.component, {"title": "Le quartier et la gare", "body": ""})) == []
    app.extensions.pop("encoder", None)


def test_one_tool_may_do_without(make: Factory, sign_in: SignIn, by_meaning: Model) -> None:
    component = make.component("proposals", settings={"similar_proposals": False})
    one = make.proposal(component, title=TITLE, body=BODY)
    make.proposal(component, title=TITLE + " !", body=BODY)
    embed_all(by_meaning)
    browser = sign_in(make.member())
    base = f"/e/{component.space.slug}/{component.id}"

    assert shown(asked(browser, component, PARAPHRASE)) == []
    assert 'id="similar"' not in browser.get(f"{base}/new").text
    assert "Propositions proches" not in browser.get(f"{base}/{one.id}", follow_redirects=True).text


def test_the_preview_shows_them_without_javascript_and_one_click_supports_one(
    make: Factory, sign_in: SignIn, by_meaning: Model, session: scoped_session[Session]
) -> None:
    proposal = make.proposal(title=TITLE, body=BODY)
    component, writer = proposal.component, make.member()
    embed_all(by_meaning)
    browser = sign_in(writer)
    form = f"/e/{component.space.slug}/{component.id}/new"
    preview = browser.post(form, data=PARAPHRASE | {"act": "preview"}).text
    assert shown(preview) == [proposal.id]
    assert "Soutenir plutôt celle-ci" in preview

    answer = browser.post(form, data=PARAPHRASE | {"instead": str(proposal.id)})

    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    assert "Ce que vous écriviez est gardé parmi vos brouillons" in page
    assert session.scalar(select(Vote.value).where(Vote.voter_id == writer.id)) == 1
    draft = session.scalars(select(Draft).where(Draft.author_id == writer.id)).one()
    assert draft.form == "proposals.new" and draft.fields["body"] == PARAPHRASE["body"]
    assert "Vous soutenez" in asked(browser, component, PARAPHRASE)


def test_a_vote_that_is_refused_loses_nothing_that_was_typed(
    make: Factory, sign_in: SignIn, session: scoped_session[Session]
) -> None:
    writer, component = make.member(), make.component("proposals")
    own = make.proposal(component, writer)
    browser = sign_in(writer)

    answer = browser.post(
        f"/e/{component.space.slug}/{component.id}/new", data=PARAPHRASE | {"instead": str(own.id)}
    )

    assert answer.status_code == 403
    assert session.scalars(select(Draft.fields)).one()["title"] == PARAPHRASE["title"]
    for wrong in ("99999999", "x", "1" * 40):
        assert (
            browser.post(f"/e/{component.space.slug}/{component.id}/new", data={"instead": wrong}).status_code
            == 404
        )


def test_the_button_is_offered_only_where_the_writer_may_vote(
    make: Factory, sign_in: SignIn, by_meaning: Model
) -> None:
    writer, here = make.member(), make.component("proposals")
    own = make.proposal(here, writer, title=TITLE, body=BODY)
    closed = make.proposal(make.component("proposals", votes_enabled=False), title=TITLE, body=BODY)
    apart = make.component("proposals", make.space(visibility=Visibility.TRANSPARENT))
    others = make.proposal(apart, title=TITLE, body=BODY)
    embed_all(by_meaning)

    page = asked(sign_in(writer), here, PARAPHRASE)

    assert set(shown(page)) == {own.id, closed.id, others.id}
    assert "Soutenir plutôt" not in page


def test_what_is_shown_already_is_not_sent_again_and_short_titles_are_left_alone(
    make: Factory, sign_in: SignIn, by_meaning: Model
) -> None:
    proposal = make.proposal(title=TITLE, body=BODY)
    embed_all(by_meaning)
    browser = sign_in(make.member())

    assert asked(browser, proposal.component, PARAPHRASE, shown=str(proposal.id)) == ""
    assert shown(asked(browser, proposal.component, {"title": "Jardin", "body": BODY}, shown="1")) == []


def test_a_member_who_asks_too_often_is_answered_later(
    make: Factory, sign_in: SignIn, by_meaning: Model
) -> None:
    proposal = make.proposal(title=TITLE, body=BODY)
    embed_all(by_meaning)
    first, second = sign_in(make.member()), sign_in(make.member())

    answers = [asked(first, proposal.component, PARAPHRASE) for _ in range(pace.BURST + 8)]

    assert answers[0] != ""
    assert answers.count("") > 0
    assert asked(second, proposal.component, PARAPHRASE) != ""


def test_a_member_gets_a_new_turn_every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = iter([0.0] * (pace.BURST + 1) + [1.0, 1.0, 100.0])
    turns = [pace.may_ask(1, lambda: next(moment)) for _ in range(pace.BURST + 4)]

    assert turns == [True] * pace.BURST + [False, True, False, True]
    monkeypatch.setattr(pace, "MOST", 1)
    assert pace.may_ask(2)


def test_it_costs_one_statement_on_the_page_of_a_proposal(
    make: Factory, sign_in: SignIn, by_meaning: Model
) -> None:
    component = make.component("proposals")
    first, *_others = [make.proposal(component, title=f"{TITLE} {n}", body=BODY) for n in "abcd"]
    embed_all(by_meaning)
    address = f"/e/{component.space.slug}/{component.id}/{first.id}"
    browser = sign_in(make.member())
    browser.get(address, follow_redirects=True)

    with counted_statements() as statements:
        page = browser.get(f"{address}-ouvrir-un-jardin-partage-dans-chaque-quartier-a").text

    assert page.count(TITLE) >= 1 + similar.SHOWN
    assert sum("embeddings" in statement for statement in statements) == 1


def test_visitors_see_what_is_near_a_proposal(make: Factory, client: Browserlike, by_meaning: Model) -> None:
    component = make.component("proposals")
    one, two = (make.proposal(component, title=f"{TITLE} {n}", body=BODY) for n in "ab")
    embed_all(by_meaning)

    page = client.get(f"/e/{component.space.slug}/{component.id}/{one.id}", follow_redirects=True).text

    assert "Propositions proches" in page and str(two.title) in page
