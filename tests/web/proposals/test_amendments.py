"""Amending, answering, and limits to editing, as a browser without JavaScript sees them."""

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from participa.auth.models import Member
from participa.authorization import Role
from participa.contributions.models import Draft as KeptDraft
from participa.db import clock
from participa.moderation import services as moderators
from participa.moderation.models import Reason
from participa.proposals import queries
from participa.proposals.amendments import services
from participa.proposals.amendments.forms import Draft
from participa.proposals.amendments.models import Amendment
from participa.spaces.models import Visibility
from participa.votes.queries import find_votable
from participa.votes.services import cast
from tests.factories import Factory
from tests.tools import Browserlike, counted_statements, found_in

SignIn = Callable[[Member], Browserlike]
TITLE = "Planter des arbres dans la grand-rue"
BODY = "Nous voulons de l’ombre.\n\nDix arbres suffiraient.\n\nLa mairie paierait."
TEN, TWENTY = "Dix arbres suffiraient.", "Vingt arbres suffiraient."
OPEN = {"amendments_enabled": True}


def base(proposal: Any) -> str:
    return f"/e/{proposal.component.space.slug}/{proposal.component_id}/{proposal.id}"


def sent(body: str, **more: str) -> dict[str, str]:
    return {"title": TITLE, "body": body, "reason": "Dix, c’est trop peu", "base": "1", **more}


def texts(make: Factory) -> list[Amendment]:
    make.session.expire_all()
    return list(make.session.scalars(select(Amendment).order_by(Amendment.id)))


@pytest.fixture
def proposal(make: Factory) -> Any:
    """A proposal that may be amended."""
    component = make.component("proposals", settings=OPEN)
    return make.proposal(component, make.member("Autrice"), title=TITLE, body=BODY)


def test_a_member_looks_at_their_changes_then_publishes_and_the_author_accepts(
    make: Factory, proposal: Any, sign_in: SignIn
) -> None:
    amender, address = make.member("Amendeuse", make.centre("IREV")), base(proposal)
    browser, author = sign_in(amender), sign_in(proposal.author)
    page = browser.get(address, follow_redirects=True)
    assert f'href="{address}/amend"' in page.text
    assert TEN in browser.get(f"{address}/amend").text
    body = BODY.replace(TEN, TWENTY)
    preview = browser.post(f"{address}/amend", data=sent(body, act="preview"))
    assert re.search(r"<ins><span[^>]*>[^<]*</span>Vingt ", preview.text)
    assert texts(make) == []
    again = browser.post(f"{address}/amend", data=sent(body, act="write"))
    assert TWENTY in again.text

    shown = browser.post(f"{address}/amend", data=sent(body, act="publish"), follow_redirects=True)

    here = f"{address}/amendments/{texts(make)[0].id}"
    assert "Dix, c’est trop peu" in shown.text
    assert f'action="{here}/withdraw"' in shown.text
    assert f'action="{here}/accept"' not in shown.text
    assert here in author.get(address, follow_redirects=True).text
    page = author.get(f"{here}?view=split")
    assert f'action="{here}/accept"' in page.text
    done = author.post(f"{here}/accept", data={"as_it_is": "y", "revision": "1"}, follow_redirects=True)

    assert TWENTY in done.text
    assert "Amendeuse, IREV" in done.text
    versions = author.get(f"{address}/versions")
    assert "Amendeuse" in versions.text
    assert "Dix, c’est trop peu" in versions.text
    page = author.get(here)
    assert f"{address}/versions?from=1&amp;to=2" in page.text
    assert author.post(f"{here}/accept", data={"as_it_is": "y", "revision": "2"}).status_code == 403


def test_authors_edit_the_text_before_they_accept_it(make: Factory, proposal: Any, sign_in: SignIn) -> None:
    address, author = base(proposal), sign_in(proposal.author)
    sign_in(make.member()).post(f"{address}/amend", data=sent(BODY.replace(TEN, TWENTY)))
    here = f"{address}/amendments/{texts(make)[0].id}"
    page = author.get(f"{here}/accept")
    assert TWENTY in page.text
    short = author.post(f"{here}/accept", data={"title": "Non", "body": BODY, "revision": "1"})
    assert short.status_code == 422

    author.post(
        f"{here}/accept", data={"title": TITLE, "body": "Quinze arbres suffiraient.", "revision": "1"}
    )

    assert "Quinze arbres" in author.get(address, follow_redirects=True).text


def test_what_changed_underneath_is_shown_and_put_together(
    make: Factory, proposal: Any, sign_in: SignIn
) -> None:
    address, author = base(proposal), sign_in(proposal.author)
    amender = sign_in(make.member())
    amender.post(f"{address}/amend", data=sent(BODY.replace(TEN, TWENTY)))
    amender.post(f"{address}/amend", data=sent(BODY.replace("La mairie", "La région")))
    first, second = (f"{address}/amendments/{one.id}" for one in texts(make))
    author.post(f"{second}/accept", data={"as_it_is": "y", "revision": "1"})

    apart = author.get(first)
    assert "a changé ailleurs" in apart.text
    text = author.get(f"{first}/accept").text
    assert TWENTY in text
    assert "La région paierait" in text
    edited = {"title": TITLE, "body": BODY.replace(TEN, "Neuf arbres."), "revision": "2", "reason": ""}
    author.post(f"{address}/edit", data=edited)
    clash = author.get(first)
    assert "Neuf arbres" in clash.text
    assert "as_it_is" not in clash.text
    late = author.post(f"{first}/accept", data={"as_it_is": "y", "revision": "3"}, follow_redirects=True)
    assert "Neuf arbres" in late.text
    assert TWENTY in late.text
    stale = {"title": TITLE, "body": "Un texte relu avant.", "revision": "2"}
    merge = author.post(f"{first}/accept", data=stale)
    assert merge.status_code == 409
    assert "Un texte relu avant." in merge.text
    assert "Neuf arbres" in merge.text


def test_an_amendment_that_changes_nothing_is_refused_and_keeps_what_was_typed(
    make: Factory, proposal: Any, sign_in: SignIn
) -> None:
    page = sign_in(make.member()).post(f"{base(proposal)}/amend", data=sent(BODY, act="publish"))

    assert page.status_code == 422
    assert "Dix, c’est trop peu" in page.text
    assert texts(make) == []


def test_a_draft_of_an_amendment_keeps_what_it_was_begun_from(
    make: Factory, proposal: Any, sign_in: SignIn
) -> None:
    amender, address = make.member(), base(proposal)
    browser, author = sign_in(amender), sign_in(proposal.author)
    fields = {"draft_form": "proposals.amend", "draft_target": f"{address}/amend"}
    browser.post("/drafts/save", data={**sent(BODY.replace(TEN, TWENTY)), **fields})
    draft = make.session.scalars(select(KeptDraft)).one()
    number = draft.id
    edited = {"title": TITLE, "body": BODY.replace(TEN, "Neuf arbres."), "revision": "1", "reason": ""}
    author.post(f"{address}/edit", data=edited)

    page = browser.get(f"{address}/amend?draft={number}")

    assert TWENTY in page.text
    assert "a changé depuis" in page.text
    assert found_in(r'name="base" value="(\d+)"', page.text) == "1"


def test_why_not_is_asked_and_read_and_its_author_makes_a_proposal_of_it(
    make: Factory, proposal: Any, sign_in: SignIn
) -> None:
    address, author, amender = base(proposal), sign_in(proposal.author), sign_in(make.member())
    amender.post(f"{address}/amend", data=sent(BODY.replace(TEN, TWENTY)))
    here = f"{address}/amendments/{texts(make)[0].id}"
    assert author.post(f"{here}/reject", data={"reason": "Non"}).status_code == 422
    why = author.post(f"{here}/reject", data={"reason": "Le budget ne le permet pas."}, follow_redirects=True)
    assert "Le budget ne le permet pas." in why.text

    made = amender.post(f"{here}/promote", follow_redirects=True)

    assert here in made.text
    assert "commencé par un amendement" in made.text
    assert "en a fait une proposition" in author.get(here).text
    assert amender.post(f"{here}/promote").status_code == 403


def test_its_author_withdraws_it_and_it_stays_readable(make: Factory, proposal: Any, sign_in: SignIn) -> None:
    address, amender = base(proposal), sign_in(make.member())
    amender.post(f"{address}/amend", data=sent(BODY.replace(TEN, TWENTY)))
    here = f"{address}/amendments/{texts(make)[0].id}"

    page = amender.post(f"{here}/withdraw", follow_redirects=True)

    assert "Retirée" in page.text or "Retiré" in page.text
    assert "Vingt" in page.text
    assert sign_in(proposal.author).get(f"{here}/accept").status_code == 403


def test_others_support_an_amendment_with_and_without_javascript(
    make: Factory, proposal: Any, sign_in: SignIn
) -> None:
    address = base(proposal)
    sign_in(make.member()).post(f"{address}/amend", data=sent(BODY.replace(TEN, TWENTY)))
    number = texts(make)[0].id
    here, voter = f"{address}/amendments/{number}", sign_in(make.member())

    page = voter.post(f"/vote/{number}", data={"value": "1"}, headers={"HX-Request": "true"})
    assert f'id="a{number}"' in page.text
    assert "Vous soutenez" in page.text
    assert "Vous soutenez" in voter.get(here).text
    assert voter.post(f"/vote/{number}", data={"value": "none"}).status_code == 303
    assert "Vous soutenez" not in voter.get(here).text
    assert voter.post(f"/comments/{number}", data={"body": "Un commentaire."}).status_code == 303


def test_the_list_of_amendments_has_pages_and_says_when_it_is_empty(
    make: Factory, proposal: Any, sign_in: SignIn, client: Browserlike
) -> None:
    address, amender = base(proposal), make.member()
    assert "personne" in client.get(f"{address}/amendments").text.lower()
    held = queries.find(proposal.component_id, proposal.id, make.actor())
    assert held is not None
    costs = []
    for n in range(22):
        draft = Draft(TITLE, BODY.replace(TEN, f"{n} arbres."), f"Raison numéro {n}")
        services.publish(amender, held.proposal, draft, base_number=1)
        if n in (1, 21):
            client.get(address, follow_redirects=True)
            with counted_statements() as seen:
                client.get(address, follow_redirects=True)
                client.get(f"{address}/amendments")
            costs.append(len(seen))

    page = client.get(f"{address}/amendments")
    assert page.text.count('class="item"') == 20
    following = found_in(r'href="([^"]*page=[^"]*)"', page.text).replace("&amp;", "&")
    assert "Raison numéro 0" in client.get(following).text
    assert "22 amendements" in client.get(address, follow_redirects=True).text
    assert costs[0] == costs[1]


def test_an_amendment_is_read_as_its_proposal_and_hidden_alone(
    make: Factory, sign_in: SignIn, client: Browserlike
) -> None:
    space = make.space(visibility=Visibility.PRIVATE)
    author, amender = make.member(), make.member()
    for member in (author, amender):
        make.role(member, space, Role.MEMBER)
    proposal = make.proposal(
        make.component("proposals", space, settings=OPEN), author, title=TITLE, body=BODY
    )
    address = base(proposal)
    inside, outside = sign_in(amender), sign_in(make.member())
    inside.post(f"{address}/amend", data=sent(BODY.replace(TEN, TWENTY)))
    number = texts(make)[0].id
    here = f"{address}/amendments/{number}"
    assert inside.get(here).status_code == 200
    assert outside.get(here).status_code == 404
    assert "Vingt" not in outside.get("/search?q=vingt").text
    assert "Amendement" in inside.get("/search?q=vingt").text
    assert inside.get(f"/members/{amender.id}").text.count(here) == 1
    whole = find_votable(number)
    assert whole is not None
    moderators.hide(make.moderator(space), whole, Reason.SPAM)

    assert sign_in(author).get(here).status_code == 404
    assert inside.get(here).status_code == 200
    assert client.get(here).status_code in (302, 404)


def test_one_for_those_it_concerns_is_read_by_them_alone_until_it_is_accepted(
    make: Factory, sign_in: SignIn, client: Browserlike
) -> None:
    component = make.component("proposals", settings=OPEN, amendments_visibility_participants=True)
    author, amender = make.member(), make.member()
    address = base(make.proposal(component, author, title=TITLE, body=BODY))
    inside, outside, authors = sign_in(amender), sign_in(make.member()), sign_in(author)
    curates = sign_in(make.moderator(component.space))
    body = BODY.replace(TEN, TWENTY)
    assert "eux seuls et l’équipe" in inside.get(f"{address}/amend").text
    assert "Seuls les auteurs" in inside.post(f"{address}/amend", data=sent(body, act="preview")).text
    inside.post(f"{address}/amend", data=sent(body))
    here = f"{address}/amendments/{texts(make)[0].id}"

    for browser in (inside, authors, curates):
        assert "Qui le lit" in browser.get(here).text
        assert here in browser.get(f"{address}/amendments").text
        assert here in browser.get(address, follow_redirects=True).text
    for browser in (outside, client):
        assert browser.get(here).status_code in (302, 404)
        assert here not in browser.get(f"{address}/amendments").text
        assert here not in browser.get(address, follow_redirects=True).text
        assert "Vingt" not in browser.get("/search?q=vingt").text

    authors.post(f"{here}/accept", data={"as_it_is": "y", "revision": "1"})

    assert "Qui le lit" not in outside.get(here).text
    assert here in outside.get(f"{address}/amendments").text


def test_the_page_says_until_when_one_may_edit_and_why_no_longer(
    make: Factory, sign_in: SignIn, at: Any
) -> None:
    author, start = make.member(), clock()
    limited = {"proposal_edit_time": "limited", "edit_time": 30}
    proposal = make.proposal(make.component("proposals", settings=limited), author, title=TITLE, body=BODY)
    address, browser = base(proposal), sign_in(author)
    here = f"{address}-planter-des-arbres-dans-la-grand-rue"

    page = browser.get(here)
    assert f'href="{address}/edit"' in page.text
    assert "modifier jusqu" in page.text
    assert "Enregistrez avant" in browser.get(f"{address}/edit").text
    assert f'href="{address}/edit"' in browser.get(address.rsplit("/", 1)[0]).text
    at(start + timedelta(minutes=31))
    page = browser.get(here)
    assert f'href="{address}/edit"' not in page.text
    assert "Le temps pour modifier" in page.text
    assert f'href="{address}/edit"' not in browser.get(address.rsplit("/", 1)[0]).text
    typed = {"title": TITLE, "body": "Un texte écrit trop tard.", "revision": "1", "reason": ""}
    late = browser.post(f"{address}/edit", data=typed)
    assert late.status_code == 403
    assert make.session.scalars(select(KeptDraft)).one().fields["body"] == "Un texte écrit trop tard."


def test_a_version_shows_its_fingerprint(make: Factory, client: Browserlike) -> None:
    proposal = make.proposal(title=TITLE, body=BODY)

    page = client.get(f"{base(proposal)}/versions")

    assert sha256(f"{TITLE}\n{BODY}".encode()).hexdigest() in page.text


def test_supporters_hear_of_a_withdrawal_and_the_page_says_so(
    make: Factory, sign_in: SignIn, run_jobs: Any
) -> None:
    author, voter = make.member(), make.member()
    proposal = make.proposal(author=author, title=TITLE)
    votable = find_votable(proposal.id)
    assert votable is not None
    cast(voter, votable, 1)
    browser, supporter = sign_in(author), sign_in(voter)
    assert "personne ne sait qui" in browser.get(f"{base(proposal)}/withdraw").text
    browser.post(f"{base(proposal)}/withdraw")
    run_jobs()

    assert TITLE in supporter.get("/notifications").text
