"""A debate may be about a proposal of its space: each page leads to the other."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import select, update

from participa.authorization import Role
from participa.contributions.models import Contribution
from participa.db import clock
from participa.debates.models import Debate
from participa.proposals.forms import Draft
from participa.proposals.lineage import services as lineage
from participa.spaces.models import Visibility
from participa.web import address_of
from tests.factories import Factory
from tests.tools import Browserlike

QUESTION = "Faut-il commencer par la grand-rue ?"
FIELDS = {"title": QUESTION, "body": "Plutôt que par la place.", "starts_at": "", "ends_at": ""}


@pytest.fixture
def place(make: Factory) -> Any:
    """A space where one may debate, and a proposal in it."""
    space = make.space()
    debates = make.component("debates", space)
    proposal = make.proposal(make.component("proposals", space), title="Planter des arbres dans la grand-rue")
    return debates, proposal


def test_a_debate_is_opened_from_what_became_of_a_proposal_and_told_there(
    make: Factory, place: Any, sign_in: Any, client: Browserlike
) -> None:
    debates, proposal = place
    address, opened = address_of(proposal), f"/e/{debates.space.slug}/{debates.id}/new"
    story = f"/e/{debates.space.slug}/{proposal.component_id}/{proposal.id}/history"
    browser, curates = sign_in(make.member()), sign_in(make.moderator(debates.space))
    assert opened not in client.get(story).text
    href = html.unescape(re.findall(rf'href="({opened}[^"]*)"', browser.get(story).text)[0])
    assert f'value="{address}"' in browser.get(href).text

    page = browser.post(opened, data=FIELDS | {"proposal": address}, follow_redirects=True)

    assert f'Au sujet de la proposition\u00a0: <a href="{address}"' in page.text
    made = make.session.scalars(select(Debate)).one()
    here = f"/e/{debates.space.slug}/{debates.id}/{made.id}"
    assert "Un débat est ouvert à son sujet" in client.get(story).text
    assert here in client.get(story).text
    curates.post(f"{here}/close", data={"body": "Oui, dès cet hiver.", "revision": "1"})
    assert "Le débat à son sujet est clos" in client.get(story).text


@pytest.mark.parametrize(
    "typed", ["n’importe quoi", "999999", "https://ailleurs.example/e/x/1/", "99999999999999999999"]
)
def test_an_address_that_leads_nowhere_is_said_and_kept(
    make: Factory, place: Any, sign_in: Any, typed: str
) -> None:
    debates, _proposal = place
    opened = f"/e/{debates.space.slug}/{debates.id}/new"

    answer = sign_in(make.member()).post(opened, data=FIELDS | {"proposal": typed})

    assert answer.status_code == 422
    assert "Aucune proposition de cet espace" in answer.text
    assert f'value="{typed}"' in answer.text
    assert make.session.scalars(select(Debate)).all() == []


def test_only_proposals_of_the_space_that_one_reads_are_debated(
    make: Factory, place: Any, sign_in: Any
) -> None:
    debates, proposal = place
    elsewhere = make.proposal(make.component("proposals"))
    other = make.debate(debates)
    proposal.hidden_at = clock()
    make.session.commit()
    browser = sign_in(make.member())

    for one in (elsewhere, other, proposal):
        opened = f"/e/{debates.space.slug}/{debates.id}/new"
        assert browser.post(opened, data=FIELDS | {"proposal": str(one.id)}).status_code == 422


def test_a_proposal_hidden_since_is_named_no_more_and_the_debate_can_still_be_edited(
    make: Factory, place: Any, sign_in: Any, client: Browserlike
) -> None:
    debates, proposal = place
    author = make.member()
    debate = make.debate(debates, author, proposal_id=proposal.id)
    here = f"/e/{debates.space.slug}/{debates.id}/{debate.id}"
    assert proposal.title in client.get(here, follow_redirects=True).text
    make.session.execute(update(Contribution).where(Contribution.id == proposal.id).values(hidden_at=clock()))
    make.session.commit()

    assert proposal.title not in client.get(here, follow_redirects=True).text
    browser = sign_in(author)
    form = browser.get(f"{here}/edit")
    kept = re.search(r'name="proposal"[^>]*value="([^"]*)"', form.text)
    assert kept is not None and kept[1] == str(proposal.id)
    answer = browser.post(f"{here}/edit", data=FIELDS | {"proposal": kept[1], "revision": "1"})
    assert answer.status_code == 303
    assert make.session.scalar(select(Debate.proposal_id)) == proposal.id


def test_a_link_is_added_and_taken_away_later(make: Factory, place: Any, sign_in: Any) -> None:
    debates, proposal = place
    author = make.member()
    debate = make.debate(debates, author)
    here = f"/e/{debates.space.slug}/{debates.id}/{debate.id}"
    browser = sign_in(author)
    fields = {"title": debate.title, "body": debate.body}

    browser.post(f"{here}/edit", data=fields | {"proposal": str(proposal.id), "revision": "1"})
    assert make.session.scalar(select(Debate.proposal_id)) == proposal.id
    browser.post(f"{here}/edit", data=fields | {"proposal": "", "revision": "2"})
    assert make.session.scalar(select(Debate.proposal_id)) is None


def test_in_a_private_space_the_link_stays_inside(make: Factory, sign_in: Any, client: Browserlike) -> None:
    space = make.space(visibility=Visibility.PRIVATE)
    debates = make.component("debates", space)
    proposal = make.proposal(make.component("proposals", space))
    open_debates = make.component("debates")
    member = make.member()
    make.role(member, space, Role.MEMBER)
    make.session.commit()
    browser = sign_in(member)

    inside = browser.post(f"/e/{space.slug}/{debates.id}/new", data=FIELDS | {"proposal": str(proposal.id)})
    outside = browser.post(
        f"/e/{open_debates.space.slug}/{open_debates.id}/new", data=FIELDS | {"proposal": str(proposal.id)}
    )

    assert (inside.status_code, outside.status_code) == (303, 422)


def test_a_debate_opened_again_is_told_and_one_hidden_since_is_led_to_no_more(
    make: Factory, place: Any, sign_in: Any, client: Browserlike
) -> None:
    debates, proposal = place
    curates = sign_in(make.moderator(debates.space))
    story = f"/e/{debates.space.slug}/{proposal.component_id}/{proposal.id}/history"
    curates.post(
        f"/e/{debates.space.slug}/{debates.id}/new", data=FIELDS | {"proposal": address_of(proposal)}
    )
    made = make.session.scalars(select(Debate)).one()
    here = f"/e/{debates.space.slug}/{debates.id}/{made.id}"
    curates.post(f"{here}/close", data={"body": "Oui, dès cet hiver.", "revision": "1"})
    curates.post(f"{here}/reopen")
    assert "Le débat à son sujet est rouvert" in client.get(story).text
    assert here in client.get(story).text

    make.session.execute(update(Contribution).where(Contribution.id == made.id).values(hidden_at=clock()))
    make.session.commit()

    assert "Le débat à son sujet est rouvert" in client.get(story).text
    assert here not in client.get(story).text


def test_a_debate_leads_to_what_its_proposal_was_merged_into(
    make: Factory, place: Any, client: Browserlike
) -> None:
    debates, proposal = place
    moderator = make.moderator(debates.space)
    other = make.proposal(proposal.component, title="Des arbres sur la grand-rue et la place")
    debate = make.debate(debates, proposal_id=proposal.id)
    draft = Draft("Des arbres partout en ville", "Dans la grand-rue et sur la place.")
    merged = lineage.merge(
        moderator, proposal.component, {proposal.id: 1, other.id: 1}, draft, first=proposal.id
    )
    here = address_of(merged)

    page = client.get(f"/e/{debates.space.slug}/{debates.id}/{debate.id}", follow_redirects=True).text

    assert f'Au sujet de la proposition\u00a0: <a href="{here}"' in page
    assert proposal.title not in page
