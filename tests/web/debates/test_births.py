"""Proposals that are born of what was said in a debate."""

import pytest
from sqlalchemy import select

from participa.authorization import VISITOR
from participa.contributions.models import Contribution
from participa.db import clock
from participa.debates import queries, services
from participa.notifications.models import Event, Notification
from participa.proposals.models import Proposal
from participa.web import address_of


@pytest.fixture
def debate(make):
    """An open debate, in a space where one proposes too."""
    debate = make.debate()
    make.component("proposals", debate.component.space)
    return debate


def base(debate) -> str:
    return f"/e/{debate.component.space.slug}/{debate.component_id}/{debate.id}"


def argue(author, debate) -> int:
    found = queries.find(debate.component_id, debate.id, VISITOR)
    assert found is not None
    return services.argue(author, found.debate, 1, "Un lieu garde les réponses.").id


def test_a_proposal_is_born_of_an_argument_whose_author_is_credited_and_told(
    session, make, sign_in, client, debate, run_jobs
):
    author = make.member("Chargée de mission", make.centre("IREV"))
    number = argue(author, debate)
    browser = sign_in(make.member())
    assert f"{base(debate)}/propose/{number}" in browser.get(address_of(debate)).text

    new = browser.get(f"{base(debate)}/propose/{number}").location
    form = browser.get(new).text
    assert "&gt; Un lieu garde les réponses." in form
    assert f'name="born_from" value="{number}"' in form
    fields = {
        "title": "Un lieu commun pour nos réponses",
        "body": "Ouvrons-le dès cet automne.",
        "act": "publish",
    }
    answer = browser.post(new.partition("?")[0], data=fields | {"born_from": str(number)})

    proposal = session.scalars(select(Proposal)).one()
    assert proposal.born_from_id == number
    page = client.get(answer.location).text
    assert "Née d’un message de Chargée de mission, IREV" in page
    assert "Un lieu commun pour nos réponses" in client.get(address_of(debate)).text
    assert "Un lieu commun pour nos réponses" in client.get(f"{base(debate)}/arguments/{number}").text
    run_jobs()
    told = select(Event.kind).join(Notification, Notification.event_id == Event.id)
    kinds = session.scalars(told.where(Notification.recipient_id == author.id)).all()
    assert kinds == ["proposal.born"]

    session.get(Contribution, number).hidden_at = clock()
    session.commit()
    page = client.get(answer.location).text
    assert "Chargée de mission" not in page
    assert "Née d’un débat" in page and address_of(debate) in page


def test_what_is_of_another_space_or_unknown_gives_birth_to_nothing(session, make, sign_in, debate):
    elsewhere = argue(make.member(), make.debate())
    browser = sign_in(make.member())
    assert browser.get(f"{base(debate)}/propose/{elsewhere}").status_code == 404
    component = session.scalar(select(Contribution.component_id))
    assert component
    place = browser.get(f"{base(debate)}/propose/{argue(make.member(), debate)}").location.partition("?")[0]
    fields = {
        "title": "Un lieu commun pour nos réponses",
        "body": "Ouvrons-le dès cet automne.",
        "act": "publish",
    }
    browser.post(place, data=fields | {"born_from": str(elsewhere)})
    assert session.scalars(select(Proposal.born_from_id)).all() == [None]
    assert browser.get(f"{place}?from=abc").status_code == 200


def test_one_chooses_between_several_places_and_is_told_when_there_is_none(make, sign_in, debate):
    number = argue(make.member(), debate)
    other = make.component("proposals", debate.component.space)
    browser = sign_in(make.member())
    page = browser.get(f"{base(debate)}/propose/{number}").text
    assert page.count(f"?from={number}") == 2 and f"/{other.id}/new" in page

    alone = make.debate()
    page = browser.get(f"{base(alone)}/propose/{argue(make.member(), alone)}").text
    assert "On ne peut rien proposer dans cet espace en ce moment" in page
