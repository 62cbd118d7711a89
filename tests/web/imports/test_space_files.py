"""A space taken away as a file and brought back: the same, all of it or nothing."""

import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from participa.auth.models import Member
from participa.comments import services as comments
from participa.comments.queries import find_root
from participa.contributions.models import Contribution, Version
from participa.db import clock
from participa.debates.questions.models import Question
from participa.debates.services import argue
from participa.insights.counters import put_right, wrong_counters
from participa.proposals import services as proposals
from participa.proposals.amendments import services as amending
from participa.proposals.amendments.forms import Draft as Amended
from participa.proposals.answering.models import Answer, Standing
from participa.proposals.forms import Draft
from participa.spaces.models import Component, Space, SpaceKind
from participa.spaces.topics.services import add_topic
from participa.spaces.translations.words import written
from participa.votes.models import Vote


@pytest.fixture
def browser(make, sign_in):
    """A coordinator's browser."""
    make.network()
    return sign_in(make.coordinator())


@pytest.fixture
def space(session, make):
    """A process with phases, topics in a tree, and texts of every kind and state."""
    today = clock().date()
    space = make.space(
        "Santé",
        kind=SpaceKind.PROCESS,
        summary="Ce que la santé doit aux quartiers.",
        description="Un *texte*.",
        announcement="Bientôt.",
        accent="sante",
        promoter="IREV",
        starts_on=today,
        blocks=[{"id": "phases", "kind": "phases"}, {"id": "photo", "kind": "image"}],
        phases=[("Proposer", today, today + timedelta(days=9)),
                ("Débattre", today + timedelta(days=10), today + timedelta(days=20))],
    )  # fmt: skip
    ada, bob = make.member("Ada", make.centre("IREV")), make.member("Bob")
    tool = make.component("proposals", space, topics=["Soins"], settings={"vote_limit": 4})
    above, coordinator = tool.topics[0].id, make.coordinator()
    below = add_topic(coordinator, space, "À l’école", above).id
    talk = make.component("debates", space, published=False)
    one = make.proposal(tool, ada, title="Une consultation mobile", topic_id=below)
    make.proposal(tool, bob, title="Retirée", withdrawn_at=clock())
    make.proposal(tool, bob, title="Cachée à tous", hidden_at=clock())
    for number in range(3):
        session.add(Vote(contribution_id=one.id, voter_id=make.member().id, value=1, cast_at=clock()))
        first = comments.post(bob, find_root(one.id), f"Message {number}")
        comments.post(ada, find_root(one.id), f"Réponse {number}", parent=first)
    session.add(
        Answer(proposal_id=one.id, standing=Standing.CURRENT, state_id=make.state(tool, "accepted").id,
               body="Oui.", html="<p>Oui.</p>", cost=Decimal("12000.50"), given_at=clock(), published_at=clock())
    )  # fmt: skip
    one.state_id = make.state(tool, "accepted").id
    for row, words in (
        (space, {"name": "Health", "description": "A *text*."}),
        (space.phases[0], {"name": "Propose"}),
        (tool, {"name": "Proposals"}),
        (tool.topics[0], {"name": "Care"}),
    ):
        row.translations = {"en": written(row, words)}
    debate = make.debate(talk, ada, title="Faut-il ouvrir le soir ?", ends_at=clock() + timedelta(days=3))
    argue(bob, debate, 1, "Les gens travaillent la journée.")
    amended(make, tool, ada, bob)
    expert = make.member("Experte", make.centre("ARS"))
    debate.guest_id, debate.guest_from = expert.id, clock()
    session.commit()
    question = make.question(debate, bob, body="Et le samedi ?").id
    comments.post(expert, find_root(question), "Le samedi aussi.", nature="answer")
    comments.post(ada, find_root(question), "Merci.")
    session.commit()
    put_right()
    return space


def amended(make, tool, ada, bob):
    """A proposal with versions, and with amendments in each of their states."""
    proposal = make.proposal(tool, ada, title="Un jardin partagé", body="Un jardin pour le quartier.")
    proposals.edit(
        ada, proposal, Draft("Un jardin", "Un jardin pour le quartier."), revision=1, reason="Court"
    )
    texts = [Amended("Un jardin", f"Un jardin pour le quartier, {word}.", "Plus clair") for word in
             ("ouvert", "fermé", "fleuri")]  # fmt: skip
    accepted, rejected, open_still = (amending.publish(bob, proposal, text, base_number=2) for text in texts)
    amending.accept(ada, proposal, accepted, texts[0].title, texts[0].body, revision=2)
    amending.reject(ada, proposal, rejected, "On ne ferme pas un jardin.")
    amending.promote(bob, proposal, rejected)
    comments.post(ada, find_root(open_still.id), "Avec plaisir.")


def versions_of(document):
    return next(text["versions"] for text in document["tools"][0]["texts"] if text["versions"])


def amendment_of(document):
    return next(text for text in document["tools"][0]["texts"] if text["kind"] == "amendment")


def taken(browser, slug):
    answer = browser.get(f"/e/{slug}/space.json")
    assert answer.headers["Content-Disposition"].startswith(f"attachment; filename={slug}-")
    return answer.get_data(as_text=True)


def send(browser, content):
    data = {"file": (io.BytesIO(content), "espace.json")}
    return browser.post("/spaces/import", data=data, content_type="multipart/form-data")


def test_a_space_comes_back_as_it_was_and_goes_again_identical(session, space, browser, run_jobs):
    before = taken(browser, "sante")
    document = json.loads(before)
    texts = document["tools"][0]["texts"]
    assert [text["title"] for text in texts if text["kind"] == "proposal"] == [
        "Une consultation mobile",
        "Retirée",
        "Un jardin",
        "Un jardin",
    ]
    garden = next(text for text in texts if text["title"] == "Un jardin")
    assert [(version["number"], version["by"], version["reason"]) for version in garden["versions"]] == [
        (1, None, ""),
        (2, None, "Court"),
        (3, "Bob", "Plus clair"),
    ]
    accepted, rejected, waiting = (text for text in texts if text["kind"] == "amendment")
    assert (accepted["decision"], accepted["version_number"], accepted["decided_by"]) == (
        "accepted",
        3,
        "Ada",
    )
    assert (rejected["decision_reason"], texts[rejected["promoted"]]["by"]) == (
        "On ne ferme pas un jardin.",
        "Bob",
    )
    assert waiting["decision"] is None
    talk = document["tools"][1]["texts"]
    assert talk[0]["guest"] == "Experte, ARS"
    assert [text["body"] for text in talk if text["kind"] == "question"] == ["Et le samedi ?"]
    assert texts[0]["by"] == "Ada, IREV"
    assert texts[0]["votes"] == [3, 0, 0]
    assert texts[0]["answer"]["cost"] == 12000.5
    assert [(topic["name"], topic["under"]) for topic in document["topics"]] == [
        ("Soins", None),
        ("À l’école", 0),
    ]
    assert document["space"]["translations"]["en"]["name"] == "Health"
    assert "Cachée à tous" not in before
    assert "@" not in before  # no address of anybody

    answer = send(browser, before.encode())
    assert answer.location == "/e/sante-2/settings"
    assert taken(browser, "sante-2") == before
    brought = session.scalars(select(Space).where(Space.slug == "sante-2")).one()
    assert brought.published_at is None
    assert brought.id != space.id
    run_jobs()
    assert wrong_counters() == []
    assert taken(browser, "sante-2") == before
    assert session.scalars(select(Question.answers)).all() == [1, 1]


def test_the_version_of_an_erased_account_is_given_to_nobody_else(session, space, browser):
    bob = session.scalars(select(Member).where(Member.name == "Bob")).one()
    session.execute(update(Member).where(Member.id == bob.id).values(name="", email=None, erased_at=clock()))
    session.commit()
    before = taken(browser, "sante")
    assert [version["by"] for version in versions_of(json.loads(before))] == [None, None, ""]
    send(browser, before.encode())
    brought = select(Version.editor_id).join(Contribution).join(Component).join(Space)
    brought = brought.where(Space.slug == "sante-2", Version.reason == "Plus clair")
    assert session.scalars(brought).all() == [None]
    assert taken(browser, "sante-2") == before


@pytest.mark.long
def test_five_thousand_texts_make_the_same_journey(session, make, browser):
    make.component("proposals", make.space("Grand"))
    small = json.loads(taken(browser, "grand"))
    author = {"language": "fr", "edited_at": None, "withdrawn_at": None, "about": None, "within": None, "parent": None,
              "topic": None}  # fmt: skip
    at = clock().isoformat()
    texts = []
    for n in range(2500):
        texts.append(
            author
            | {"kind": "proposal", "title": f"Proposition {n}", "body": f"Texte {n}.", "by": f"Personne {n % 50}",
               "published_at": at, "votes": [n % 3, 0, 0], "state": None, "answer": None, "versions": []}
        )  # fmt: skip
        texts.append(
            author
            | {"kind": "comment", "about": 2 * n, "title": None, "body": f"Message {n}.", "by": f"Personne {n % 7}",
               "published_at": at, "votes": [0, 0, 0], "position": None, "nature": None,
               "versions": []}
        )  # fmt: skip
    small["tools"][0]["texts"] = texts
    answer = send(browser, json.dumps(small).encode())
    assert answer.location == "/e/grand-2/settings"
    once = taken(browser, "grand-2")
    assert len(json.loads(once)["tools"][0]["texts"]) == 5000
    answer = send(browser, once.encode())
    assert answer.location == "/e/grand-3/settings"
    assert taken(browser, "grand-3") == once


def test_a_file_cut_half_way_brings_nothing_and_says_so(session, space, browser):
    whole = taken(browser, "sante").encode()
    count = session.scalar(select(func.count()).select_from(Space))
    answer = send(browser, whole[: len(whole) // 2])
    assert answer.status_code == 422
    assert "coupé" in answer.text
    assert session.scalar(select(func.count()).select_from(Space)) == count


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document["tools"][0]["texts"][-1].update(about=99_999),
        lambda document: document["tools"][0]["texts"][-1].pop("body"),
        lambda document: document["tools"][0]["texts"][0].update(votes=[10**9, 0, 0]),
        lambda document: document["tools"][0]["texts"][0].update(kind="decree"),
        lambda document: document["tools"][0]["texts"][0].update(topic=-1),
        lambda document: [text.update(votes=[100_000] * 3) for text in document["tools"][0]["texts"]],
        lambda document: document["tools"][0]["texts"][0].update(published_at="hier"),
        lambda document: document["phases"][0].update(starts_on="2031-02-30"),
        lambda document: document["space"].update(visibility="secret"),
        lambda document: document.update(topics=[{"name": "Un", "under": "x"}]),
        lambda document: document.update(tools=None),
        lambda document: document.update(version=99),
        lambda document: document.update(front=[{"id": str(n), "kind": "text"} for n in range(31)]),
        lambda document: document.update(topics=[{"name": "Un", "under": 5}]),
        lambda document: document["tools"][0].update(states=document["tools"][0]["states"] * 20),
        lambda document: document["tools"][0]["texts"][-1].update(parent=0),
        lambda document: document["tools"][0]["texts"][-1].update(about=None),
        lambda document: document["tools"][0]["texts"][0].update(title=None),
        lambda document: document["tools"][0]["texts"][0].update(kind="question"),
        lambda document: document["tools"][0]["texts"][0].update(versions=None),
        lambda document: versions_of(document)[0].update(number=0),
        lambda document: versions_of(document)[0].update(number=2),
        lambda document: versions_of(document)[0].update(at=None),
        lambda document: versions_of(document)[0].update(part="margin"),
        lambda document: amendment_of(document).update(about=amendment_of(document)["about"] + 1),
        lambda document: amendment_of(document).update(decided_at=None),
        lambda document: amendment_of(document).update(version_number=-1),
        lambda document: amendment_of(document).update(promoted=10**6),
        lambda document: document["tools"][0]["texts"][10].update(promoted=2),
        lambda document: document["tools"][1]["texts"][-3].update(about=1),
        lambda document: document["tools"][1]["texts"][-1].update(within=1, about=None),
        lambda document: document["tools"][1]["texts"][-1].update(within=0),
        lambda document: document["tools"][0]["texts"][-1].update(within=None, about=2),
        lambda document: document["tools"][0]["texts"][0].update(published_at=None),
        lambda document: document["tools"][0]["texts"][0].update(body="nul \0"),
        lambda document: document["tools"][0]["texts"][0].update(title="x" * 1000),
        lambda document: document["tools"][0]["texts"][0]["answer"].update(cost="beaucoup"),
        lambda document: document["tools"][0]["texts"][0]["answer"].update(cost=10**40),
        lambda document: document["tools"][0]["states"].append(document["tools"][0]["states"][0]),
        lambda document: document["space"].update(name=""),
        lambda document: document["space"].update(translations={"en": {"name": "x" * 81, "of": {"name": 1}}}),
        lambda document: document["space"].update(translations={"en": {"name": "Health"}}),
        lambda document: document["topics"][0].update(translations=["en"]),
        lambda document: document["phases"][1].update(starts_on=document["phases"][0]["starts_on"]),
        lambda document: document["topics"].extend(
            [{"name": "Trois", "under": 1}, {"name": "Quatre", "under": 2}]
        ),
        lambda document: document.update(
            front=[
                {
                    "id": "a",
                    "kind": "action",
                    "settings": {"title": "", "label": "Ici", "href": "javascript:alert(1)"},
                }
            ]
        ),
        lambda document: document.update(front=[{"id": "a", "kind": "moves", "settings": {"count": "x"}}]),
    ],
)
def test_what_cannot_be_read_anywhere_in_it_leaves_nothing_behind(session, space, browser, spoil):
    document = json.loads(taken(browser, "sante"))
    spoil(document)
    counts = [select(func.count()).select_from(model) for model in (Space, Contribution, Vote)]
    before = [session.scalar(count) for count in counts]
    answer = send(browser, json.dumps(document).encode())
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text
    assert "\0" not in answer.text
    assert [session.scalar(count) for count in counts] == before


def test_a_tool_that_does_not_exist_here_is_left_out_and_named(session, space, browser):
    document = json.loads(taken(browser, "sante"))
    document["tools"].insert(0, document["tools"][0] | {"kind": "meetings", "texts": []})
    answer = send(browser, json.dumps(document).encode())
    assert answer.location == "/e/sante-2/settings"
    assert "meetings" in browser.get(answer.location).text


def test_anything_but_an_exported_space_is_refused(browser):
    for content in (b"", b"[]", b"{}", b"\xff\xfe\x00", b"null", b"[" * 100_000):
        assert send(browser, content).status_code == 422


def test_the_html_of_a_file_is_made_again_from_its_words(session, space, browser):
    document = json.loads(taken(browser, "sante"))
    told = {"title": "Bonjour", "body": "Un **mot**.", "html": "<script>alert(1)</script>"}
    document["front"] = [{"id": "mots", "kind": "text", "settings": told}]
    send(browser, json.dumps(document).encode())
    page = browser.get("/e/sante-2").text
    assert "<strong>mot</strong>" in page
    assert "<script>alert" not in page


def test_signatures_name_houses_and_several_authors_and_nobody_who_left(session, make, browser):
    tool = make.component("proposals", make.space("Signé"))
    ada, bob, gone = make.member("Ada", make.centre("IREV")), make.member("Bob"), make.member("Partie")
    make.proposal(tool, ada, title="Au nom du centre", official=True)
    make.proposal(tool, ada, title="À deux mains", coauthor_ids=(bob.id,))
    make.proposal(tool, gone, title="De quelqu’un qui est parti")
    gone.erased_at = clock()
    session.commit()
    texts = json.loads(taken(browser, "signe"))["tools"][0]["texts"]
    assert [text["by"] for text in texts] == ["IREV", "Ada, IREV; Bob", None]


def test_what_stands_under_what_is_gone_goes_higher_or_stays_behind(session, make, browser):
    tool = make.component("debates", make.space("Troué"))
    ada, debate = make.member("Ada"), make.debate(tool)
    other = make.debate(tool, title="Caché")
    first = comments.post(ada, find_root(debate.id), "Le premier")
    second = comments.post(ada, find_root(debate.id), "Le deuxième", parent=first)
    comments.post(ada, find_root(debate.id), "Le troisième", parent=second)
    comments.post(ada, find_root(other.id), "Sous ce qui est caché")
    hidden = update(Contribution).where(Contribution.id.in_([second.id, other.id])).values(hidden_at=clock())
    session.execute(hidden.execution_options(synchronize_session=False))
    session.commit()
    texts = json.loads(taken(browser, "troue"))["tools"][0]["texts"]
    assert [(text["body"], text["parent"]) for text in texts[1:]] == [
        ("Le premier", None),
        ("Le troisième", 1),
    ]
    before = taken(browser, "troue")
    send(browser, before.encode())
    after = json.loads(taken(browser, "troue-2"))["tools"][0]["texts"]
    assert [(text["body"], text["parent"]) for text in after] == [
        (text["body"], text["parent"]) for text in texts
    ]


def test_a_file_too_large_or_with_too_many_texts_is_refused(browser, monkeypatch):
    monkeypatch.setattr("participa.imports.spaces.bringing.MOST_BYTES", 100)
    assert "trop gros" in send(browser, b"{" + b" " * 200 + b"}").text
    monkeypatch.setattr("participa.imports.spaces.bringing.MOST_BYTES", 10_000)
    monkeypatch.setattr("participa.imports.spaces.bringing.MOST_TEXTS", 1)
    document = {"format": "participa-space", "version": 1, "tools": [{"texts": [{}, {}]}]}
    assert "plus de" in send(browser, json.dumps(document).encode()).text
