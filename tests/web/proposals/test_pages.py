"""The pages of proposals, as a browser without JavaScript sees them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from participa.audit.models import AuditEntry
from participa.auth.models import Member
from participa.contributions.models import Contribution, Draft, Version
from participa.db import clock
from participa.follows.models import Follow
from participa.proposals import services
from participa.proposals.answering.services import Given, Seen, answer
from participa.proposals.forms import Draft as Text
from participa.proposals.models import Proposal
from participa.votes.queries import find_votable
from participa.votes.services import cast
from tests.factories import BODY, Factory
from tests.tools import Browserlike, counted_statements

SignIn = Callable[[Member], Browserlike]

TITLE = "Planter des arbres dans la grand-rue"
OTHER = "Ouvrir la médiathèque le dimanche matin"


def path(component: Any) -> str:
    return f"/e/{component.space.slug}/{component.id}"


def page_of(proposal: Any) -> str:
    return f"{path(proposal.component)}/{proposal.id}"


def titles(page: Any) -> list[str]:
    return re.findall(r'<h3><a href="[^"]*">([^<]*)</a></h3>', page.text)


def vote(voter: Any, proposal: Any, value: int = 1) -> None:
    found = find_votable(proposal.id)
    assert found is not None
    cast(voter, found, value)


# ── The list


def test_the_list_leads_to_the_page_of_each_proposal(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    proposal = make.proposal(component, title=TITLE)

    page = client.get(path(component))

    href = f"{path(component)}/{proposal.id}-planter-des-arbres-dans-la-grand-rue"
    assert f'href="{href}"' in page.text
    assert client.get(href).status_code == 200


def test_other_addresses_of_a_proposal_lead_to_the_right_one(client: Browserlike, make: Factory) -> None:
    proposal = make.proposal(title=TITLE)
    right = f"{page_of(proposal)}-planter-des-arbres-dans-la-grand-rue"

    for old in (page_of(proposal), f"{page_of(proposal)}-un-ancien-titre"):
        answer = client.get(f"{old}?order=newest")
        assert (answer.status_code, answer.location) == (301, f"{right}?order=newest")


def test_the_list_keeps_to_its_component_and_to_what_is_shown(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    make.proposal(component, title=TITLE)
    make.proposal(component, title="Une proposition masquée ici", hidden_at=clock())
    make.proposal(component, title="Une proposition retirée ici", withdrawn_at=clock())
    make.proposal(title="Une proposition d’un autre espace")

    page = client.get(path(component))

    assert titles(page) == [TITLE]
    assert "1 proposition<" in page.text
    assert titles(client.get(f"{path(component)}?state=withdrawn")) == ["Une proposition retirée ici"]


def test_states_filter_the_list(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    for token in (None, "evaluating", "accepted", "rejected"):
        make.proposal(component, title=f"Une proposition en état {token or 'discussed'}", state=token)

    for state in ("discussed", "evaluating", "accepted", "rejected"):
        assert titles(client.get(f"{path(component)}?state={state}")) == [f"Une proposition en état {state}"]
    both = client.get(f"{path(component)}?state=accepted&state=rejected")
    assert len(titles(both)) == 2


def test_words_filter_the_list_whatever_their_accents_and_endings(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    make.proposal(component, title=TITLE)
    make.proposal(component, title=OTHER)

    assert titles(client.get(f"{path(component)}?q=mediatheques")) == [OTHER]
    assert titles(client.get(f"{path(component)}?q=médiath+dimanche")) == [OTHER]
    assert titles(client.get(f"{path(component)}?q=%22:*%26!+arbres")) == [TITLE]


def test_topics_filter_the_list(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals", topics=["Médiation", "Soins"])
    make.proposal(component, title=TITLE, topic_id=component.topics[0].id)
    make.proposal(component, title=OTHER, topic_id=component.topics[1].id)

    assert titles(client.get(f"{path(component)}?topic={component.topics[1].id}")) == [OTHER]


def test_a_member_filters_by_their_own_participation(sign_in: SignIn, make: Factory) -> None:
    component, centre = make.component("proposals"), make.centre()
    me = make.member(centre=centre)
    supported, own = make.proposal(component, title=TITLE), make.proposal(component, me, title=OTHER)
    other = make.proposal(component, title="Une proposition que personne ne soutient")
    vote(me, supported)

    browser = sign_in(me)
    assert titles(browser.get(f"{path(component)}?mine=supported")) == [TITLE]
    assert titles(browser.get(f"{path(component)}?mine=not_yet")) == [other.title]
    assert titles(browser.get(f"{path(component)}?mine=centre")) == [OTHER]
    assert own.title == OTHER


def test_each_order_puts_the_most_first(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    now = clock()
    low = make.proposal(component, title=TITLE, at=now - timedelta(days=2))
    high = make.proposal(
        component, title=OTHER, at=now - timedelta(days=1), support_count=3, centre_count=2, comment_count=5
    )

    for order in ("activity", "supports", "centres", "date", "comments"):
        assert titles(client.get(f"{path(component)}?order={order}")) == [high.title, low.title]


@pytest.mark.parametrize("order", ["activity", "supports", "date"])
def test_pages_go_through_the_whole_list_and_back(client: Browserlike, make: Factory, order: str) -> None:
    component = make.component("proposals")
    author, now = make.member(), clock()
    for n in range(45):
        make.proposal(
            component, author, title=f"Une proposition, numéro {n:02}", at=now - timedelta(minutes=n)
        )

    seen, address = [], f"{path(component)}?order={order}"
    for _page in range(3):
        page = client.get(address)
        seen.append(titles(page))
        following = re.search(r'href="([^"]*)" rel="next"', page.text)
        address = following[1].replace("&amp;", "&") if following else ""

    assert [len(page) for page in seen] == [20, 20, 5]
    assert len({title for page in seen for title in page}) == 45
    assert not address
    previous = re.search(r'href="([^"]*)" rel="prev"', page.text)
    assert previous
    assert titles(client.get(previous[1].replace("&amp;", "&"))) == seen[1]


def test_an_empty_result_says_why_and_gives_two_ways_out(sign_in: SignIn, make: Factory) -> None:
    component = make.component("proposals")
    make.proposal(component)

    page = sign_in(make.member()).get(f"{path(component)}?q=télémédecine")

    assert "Aucune proposition pour" in page.text
    assert f'href="{path(component)}/new"' in page.text
    assert "Voir toutes les propositions" in page.text


def test_filters_that_mean_nothing_are_left_out(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    make.proposal(component, title=TITLE)

    address = f"{path(component)}?state=x&order=x&topic=x&mine=x&seed=x&page=x"
    assert titles(client.get(address)) == [TITLE]


# ── Statement budgets


def test_the_list_and_the_page_cost_the_same_whatever_their_size(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any
) -> None:
    me = make.member(centre=make.centre())
    pages = []
    for size in (1, 15):
        component = make.component("proposals", settings={"vote_limit": 5}, topics=["Soins"])
        for _ in range(size):
            author = make.member(centre=make.centre())
            proposal = make.proposal(component, author, title=TITLE, topic_id=component.topics[0].id)
        pages.append((path(component), f"{page_of(proposal)}-planter-des-arbres-dans-la-grand-rue"))
    for browser, most in ((client, 8), (sign_in(me), 12)):
        for small, large in zip(*pages, strict=True):
            costs = []
            for address in (small, large):
                browser.get(address)
                with counted_statements() as seen:
                    assert browser.get(address).status_code == 200
                costs.append(len(seen))
            assert costs[0] == costs[1] <= most


# ── One proposal


def test_the_page_shows_the_text_the_author_and_the_counts(client: Browserlike, make: Factory) -> None:
    centre = make.centre("IREV")
    proposal = make.proposal(
        author=make.member("Chargée de mission", centre), title=TITLE, body="Un **bel** arbre."
    )
    vote(make.member(centre=make.centre()), proposal)

    page = client.get(page_of(proposal), follow_redirects=True)

    assert "<strong>bel</strong>" in page.text
    assert "Chargée de mission, IREV" in page.text
    assert "<b>1</b>" in page.text
    assert "1 centre sur 2" in page.text


def test_sources_are_listed_under_the_proposal(client: Browserlike, make: Factory, session: Any) -> None:
    from participa.attachments.models import Attachment

    proposal = make.proposal()
    session.add(
        Attachment(
            contribution_id=proposal.id, title="Une étude", url="https://exemple.fr/etude", created_at=clock()
        )
    )
    session.commit()

    assert 'href="https://exemple.fr/etude"' in client.get(page_of(proposal), follow_redirects=True).text


def test_a_hidden_proposal_is_read_by_its_author_and_moderators_only(
    client: Browserlike, sign_in: SignIn, make: Factory
) -> None:
    component, author = make.component("proposals"), make.member()
    proposal = make.proposal(component, author, body="Le texte que l’on a masqué.", hidden_at=clock())

    for browser in (client, sign_in(make.member())):
        assert browser.get(page_of(proposal), follow_redirects=True).status_code == 404
    for browser in (sign_in(author), sign_in(make.moderator(component.space))):
        page = browser.get(page_of(proposal), follow_redirects=True)
        assert "Le texte que l’on a masqué." in page.text
        assert f"/hidden/{proposal.id}" in page.text


def test_a_withdrawn_proposal_stays_readable_and_takes_no_vote(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    proposal = make.proposal(withdrawn_at=clock())
    browser = sign_in(make.member())

    page = browser.get(page_of(proposal), follow_redirects=True)

    assert "Retirée" in page.text
    assert f'action="/vote/{proposal.id}"' not in page.text
    assert browser.post(f"/vote/{proposal.id}", data={"value": "1"}).status_code == 403
    assert session.scalar(select(Proposal.support_count)) == 0


# ── Writing


def test_a_member_looks_at_their_text_then_publishes_it(sign_in: SignIn, make: Factory, session: Any) -> None:
    component, me = make.component("proposals", topics=["Soins"]), make.member(centre=make.centre())
    browser, new = sign_in(me), f"{path(component)}/new"
    sent = {"title": TITLE, "body": "Parce qu’il fait **chaud**.", "topic": str(component.topics[0].id)}

    preview = browser.post(new, data=sent | {"act": "preview"})
    assert "<strong>chaud</strong>" in preview.text
    assert session.scalar(select(func.count()).select_from(Proposal)) == 0

    back = browser.post(new, data=sent | {"act": "write"})
    assert TITLE in back.text
    assert "Parce qu’il fait **chaud**." in back.text

    done = browser.post(new, data=sent | {"act": "publish"}, follow_redirects=True)
    assert "Votre proposition est publiée." in done.text
    proposal = session.scalars(select(Proposal)).one()
    assert (proposal.title, proposal.author_id, proposal.centre_id) == (TITLE, me.id, me.centre_id)
    assert proposal.topic_id == component.topics[0].id
    assert session.scalars(select(Follow.member_id)).all() == [me.id]
    assert session.scalars(select(AuditEntry.action)).all() == ["proposal.published"]


def test_a_refused_text_comes_back_with_what_is_wrong(sign_in: SignIn, make: Factory, session: Any) -> None:
    component = make.component("proposals")

    page = sign_in(make.member()).post(
        f"{path(component)}/new", data={"title": "Court", "body": "Trop court", "act": "publish"}
    )

    assert page.status_code == 422
    assert 'value="Court"' in page.text
    assert "15" in page.text
    assert session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_the_lengths_are_those_of_the_component(sign_in: SignIn, make: Factory, session: Any) -> None:
    component = make.component("proposals", settings={"title_min": 3, "title_max": 5, "body_min": 1})
    browser, new = sign_in(make.member()), f"{path(component)}/new"

    assert browser.post(new, data={"title": "Arbres", "body": "x", "act": "publish"}).status_code == 422
    assert browser.post(new, data={"title": "Arbre", "body": "X", "act": "publish"}).status_code == 303


def test_a_draft_comes_back_in_the_form_and_goes_when_it_is_published(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    component, me = make.component("proposals"), make.member()
    browser, new = sign_in(me), f"{path(component)}/new"
    saved = browser.post(
        "/drafts/save",
        data={"title": TITLE, "body": BODY, "draft_form": "proposals.new", "draft_target": new},
    )
    draft = session.scalars(select(Draft)).one()

    page = browser.get(saved.location)
    assert TITLE in page.text
    assert BODY in page.text

    browser.post(new, data={"title": TITLE, "body": BODY, "act": "publish", "draft_id": str(draft.id)})
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_another_members_draft_is_not_shown(sign_in: SignIn, make: Factory, session: Any) -> None:
    component, writer = make.component("proposals"), make.member()
    new = f"{path(component)}/new"
    sign_in(writer).post(
        "/drafts/save",
        data={"title": TITLE, "body": BODY, "draft_form": "proposals.new", "draft_target": new},
    )
    number = session.scalars(select(Draft.id)).one()

    assert TITLE not in sign_in(make.member()).get(f"{new}?draft={number}").text


def test_visitors_are_sent_to_sign_in_and_come_back(client: Browserlike, make: Factory) -> None:
    component = make.component("proposals")
    answer = client.get(f"{path(component)}/new")
    assert answer.status_code == 302
    assert "/sign-in?next=" in answer.location


# ── Editing


def edited(proposal: Any, **changes: str) -> dict[str, str]:
    return {"title": proposal.title, "body": proposal.body, "revision": str(proposal.revision)} | changes


def test_an_edit_keeps_the_version_with_who_and_why(sign_in: SignIn, make: Factory, session: Any) -> None:
    author = make.member("Chargée de mission")
    proposal = make.proposal(author=author, title=TITLE)
    browser = sign_in(author)

    answer = browser.post(
        f"{page_of(proposal)}/edit",
        data=edited(proposal, body="Un nouveau texte, plus long.", reason="plus clair"),
    )

    assert answer.status_code == 303
    last = session.scalars(select(Version).order_by(Version.number.desc())).first()
    assert (last.number, last.editor_id, last.reason) == (2, author.id, "plus clair")
    page = browser.get(page_of(proposal), follow_redirects=True)
    assert "Un nouveau texte, plus long." in page.text
    assert "version 2" in page.text


def test_another_topic_chosen_meanwhile_is_not_overwritten(sign_in: SignIn, make: Factory) -> None:
    author, component = make.member(), make.component(topics=["Lieux", "Gens"])
    proposal = make.proposal(component, author, title=TITLE)
    browser, (one, other) = sign_in(author), [str(topic.id) for topic in component.topics]

    first = browser.post(f"{page_of(proposal)}/edit", data=edited(proposal, topic=one))
    stale = browser.post(f"{page_of(proposal)}/edit", data=edited(proposal, topic=other))

    assert (first.status_code, stale.status_code) == (303, 409)


def test_an_edit_of_an_old_text_shows_both(sign_in: SignIn, make: Factory, session: Any) -> None:
    author = make.member()
    proposal = make.proposal(author=author, title=TITLE)
    browser = sign_in(author)
    browser.post(f"{page_of(proposal)}/edit", data=edited(proposal, body="Le texte de l’autre onglet."))

    merge = browser.post(
        f"{page_of(proposal)}/edit", data=edited(proposal, body="Le texte de cet onglet-ci.")
    )

    assert merge.status_code == 409
    assert "Le texte de l’autre onglet." in merge.text
    assert "Le texte de cet onglet-ci." in merge.text
    assert session.scalars(select(Proposal.body)).one() == "Le texte de l’autre onglet."


def test_two_versions_are_compared_word_by_word(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any
) -> None:
    author = make.member()
    proposal = make.proposal(author=author, title=TITLE, body="Nous proposons deux conditions claires.")
    sign_in(author).post(
        f"{page_of(proposal)}/edit", data=edited(proposal, body="Nous proposons trois conditions claires.")
    )

    text = client.get(f"{page_of(proposal)}/versions")
    split = client.get(f"{page_of(proposal)}/versions?from=1&to=2&view=split")

    for page in (text, split):
        assert re.search(r"<del>.*deux ", page.text)
        assert re.search(r"<ins>.*trois ", page.text)
    assert "1 mot ajouté" in text.text
    assert client.get(f"{page_of(proposal)}/versions?from=99&to=x").status_code == 200


# ── Withdrawing and answering


def test_the_author_withdraws_after_a_confirmation(sign_in: SignIn, make: Factory, session: Any) -> None:
    author = make.member()
    proposal = make.proposal(author=author)
    browser = sign_in(author)

    assert browser.get(f"{page_of(proposal)}/withdraw").status_code == 200
    assert session.scalar(select(Contribution.withdrawn_at)) is None

    browser.post(f"{page_of(proposal)}/withdraw")
    assert session.scalar(select(Contribution.withdrawn_at)) is not None
    assert browser.post(f"{page_of(proposal)}/withdraw").status_code == 403


def test_publishing_edits_and_answers_are_told_to_followers(make: Factory, session: Any) -> None:
    from participa.events import Happening, subscribe

    told: list[tuple[str, int | None]] = []

    @subscribe(Happening)
    def note(session: Any, event: Happening) -> None:
        told.append((event.kind, event.about_id))

    component, author = make.component("proposals"), make.member()
    moderator = make.moderator(component.space)
    proposal = services.publish(author, component, Text(TITLE, BODY))
    services.edit(author, proposal, Text(TITLE, "Un autre texte, assez long."), revision=1)
    given = Given(make.state(component, "evaluating").id, "Nous regardons.")
    answer(moderator, proposal, given, seen=Seen(2), publish=True)
    services.withdraw(author, proposal)
    services.withdraw(author, proposal)

    assert told == [
        (f"proposal.{act}", proposal.id) for act in ("published", "edited", "answered", "withdrawn")
    ]
