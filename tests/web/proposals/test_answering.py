"""Answers of the moderators, as a browser without JavaScript sees them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from participa.audit.models import AuditEntry
from participa.auth.models import Member
from participa.authorization import Role
from participa.contributions.models import Contribution
from participa.db import clock, day_of
from participa.notifications.models import Event, Notification
from participa.proposals.answering.models import Answer, AnswerTemplate, Standing
from participa.proposals.models import Proposal, ProposalState
from participa.spaces.models import Component
from tests.factories import Factory
from tests.tools import Browserlike, counted_statements, found_in

SignIn = Callable[[Member], Browserlike]
REASON = "Le principe est acquis, merci à tous."


def path(component: Any) -> str:
    return f"/e/{component.space.slug}/{component.id}"


def page_of(proposal: Any) -> str:
    return f"{path(proposal.component)}/{proposal.id}"


def sent(
    make: Factory, proposal: Any, token: str = "accepted", body: str = REASON, **more: Any
) -> dict[str, Any]:
    state = make.state(proposal.component, token).id if token != "none" else "none"
    return {"state": state, "body": body, "revision": 1, "latest": 0} | more


def state_of(session: Any, proposal: Any) -> Any:
    query = select(ProposalState.token).join(Proposal, Proposal.state_id == ProposalState.id)
    return session.scalar(query.where(Proposal.id == proposal.id))


def read(client: Any, address: Any) -> str:
    return str(client.get(address, follow_redirects=True).text)


@pytest.fixture
def quiet(make: Factory) -> Component:
    """A component whose answers stay internal until they are published."""
    return make.component("proposals", publish_answers_immediately=False)


# ── One answer


def test_a_moderator_answers_with_a_reason_that_everybody_reads(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any
) -> None:
    proposal = make.proposal()
    browser = sign_in(make.moderator(proposal.component.space))

    assert browser.post(f"{page_of(proposal)}/answer", data=sent(make, proposal)).status_code == 303

    page = read(client, page_of(proposal))
    assert "Acceptée" in page and REASON in page
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.details["answer"]) == ("proposal.answered", "accepted")


def test_a_reason_is_asked_where_the_state_says_so(sign_in: SignIn, make: Factory, session: Any) -> None:
    proposal = make.proposal()
    browser, address = sign_in(make.moderator(proposal.component.space)), f"{page_of(proposal)}/answer"

    refused = browser.post(address, data=sent(make, proposal, "rejected", "Non."))
    assert refused.status_code == 422
    assert "cette réponse demande une raison" in refused.text and "Non." in refused.text
    assert browser.post(address, data=sent(make, proposal, "accepted", "")).status_code == 303
    assert state_of(session, proposal) == "accepted"


def test_any_state_follows_any_other_and_an_answer_is_taken_back(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any
) -> None:
    proposal = make.proposal()
    browser, address = sign_in(make.moderator(proposal.component.space)), f"{page_of(proposal)}/answer"
    last = 0
    for n, token in enumerate(("accepted", "evaluating", "rejected", "none"), 1):
        values = sent(make, proposal, token, f"Raison numéro {n}.", revision=n, latest=last)
        assert browser.post(address, data=values).status_code == 303, token
        assert state_of(session, proposal) == (token if token != "none" else None)
        last = session.scalar(select(Answer.id).order_by(Answer.id.desc()).limit(1))

    history = read(client, f"{page_of(proposal)}/answers")
    assert [f"Raison numéro {n}." in history for n in (1, 2, 3, 4)] == [True] * 4
    assert "écrite par" not in history
    assert "écrite par Modératrice" in read(browser, f"{page_of(proposal)}/answers")


def test_two_moderators_answering_at_once_see_each_others_answer(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    proposal = make.proposal()
    space, address = proposal.component.space, f"{page_of(proposal)}/answer"
    sign_in(make.moderator(space)).post(address, data=sent(make, proposal, body="Nous la portons."))
    second = sign_in(make.moderator(space))

    merge = second.post(address, data=sent(make, proposal, "rejected", "Nous ne la portons pas."))

    assert merge.status_code == 409
    assert "Nous la portons." in merge.text and "Nous ne la portons pas." in merge.text
    assert state_of(session, proposal) == "accepted"
    again = {name: found_in(rf'name="{name}" value="(\d+)"', merge.text) for name in ("revision", "latest")}
    values = sent(make, proposal, "rejected", "Nous en reparlerons ensemble.", **again)
    assert second.post(address, data=values).status_code == 303
    assert state_of(session, proposal) == "rejected"


def test_costs_are_asked_only_where_the_phase_and_the_state_ask_for_them(
    client: Browserlike, sign_in: SignIn, make: Factory
) -> None:
    component = make.component("proposals", answers_with_costs=True)
    proposal, other = make.proposal(component), make.proposal(component)
    browser = sign_in(make.moderator(component.space))
    costs = {"cost": "12 500,50", "cost_report": "Deux arbres", "execution_period": "printemps 2027"}

    bare = browser.post(f"{page_of(proposal)}/answer", data=sent(make, proposal))
    assert bare.status_code == 422 and bare.text.count("donne son coût") >= 3
    odd = browser.post(
        f"{page_of(proposal)}/answer", data=sent(make, proposal, **costs | {"cost": "beaucoup"})
    )
    assert "Écrivez un montant en euros" in odd.text and 'value="beaucoup"' in odd.text
    assert browser.post(f"{page_of(other)}/answer", data=sent(make, other, "rejected")).status_code == 303
    done = browser.post(f"{page_of(proposal)}/answer", data=sent(make, proposal, **costs))
    assert done.status_code == 303
    page = read(client, page_of(proposal))
    assert "12 500,50" in page.replace("\u202f", " ").replace("\u00a0", " ") and "printemps 2027" in page


def test_answers_are_given_only_where_they_are_switched_on(sign_in: SignIn, make: Factory) -> None:
    for component in (
        make.component("proposals", proposal_answering_enabled=False),
        make.component("proposals", settings={"proposal_answering_enabled": False}),
    ):
        proposal = make.proposal(component)
        browser = sign_in(make.moderator(component.space))
        assert browser.get(f"{page_of(proposal)}/answer").status_code == 403
        assert "/answer" not in read(browser, page_of(proposal)).replace("/answers", "")
        assert "coupées ici" in read(browser, f"{path(component)}/answers")


# ── Internal answers


def test_an_internal_answer_leaks_to_nobody_but_those_who_curate(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any, run_jobs: Any, quiet: Component
) -> None:
    author = make.member()
    proposal = make.proposal(quiet, author, at=clock() - timedelta(days=2))
    make.proposal(quiet, at=clock() - timedelta(days=1))
    moderator = make.moderator(quiet.space)
    before = session.execute(select(Contribution.revision, Contribution.last_activity_at)).all()
    readers = [client, sign_in(author), sign_in(make.member())]
    places = ["", "/answers", "/history", "/versions"]
    listed = [
        f"{path(quiet)}?state=accepted",
        f"{path(quiet)}/print",
        f"{path(quiet)}/feed.atom",
        "/",
        "/search?q=acquis",
    ]
    addresses = [page_of(proposal) + place for place in places] + [path(quiet), *listed]

    sign_in(moderator).post(
        f"{page_of(proposal)}/answer", data=sent(make, proposal, body="Rien d’acquis encore.")
    )
    run_jobs()

    assert session.execute(select(Contribution.revision, Contribution.last_activity_at)).all() == before
    assert session.scalars(select(Event)).all() == []
    for reader in readers:
        for address in addresses:
            page = read(reader, address)
            assert "Rien d’acquis encore" not in page and "nterne" not in page, address
        assert str(proposal.title) not in read(reader, listed[0])
    assert "Rien d’acquis encore" in read(sign_in(moderator), page_of(proposal))
    assert "Réponse interne écrite" in read(sign_in(moderator), f"{page_of(proposal)}/history")


def test_an_internal_answer_is_changed_then_published_and_told(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any, run_jobs: Any, quiet: Component
) -> None:
    from participa.follows.services import follow

    author = make.member()
    proposal = make.proposal(quiet, author)
    follow(session, author.id, contribution_id=proposal.id)
    session.commit()
    browser = sign_in(make.moderator(quiet.space))
    browser.post(f"{page_of(proposal)}/answer", data=sent(make, proposal))
    first = session.scalars(select(Answer.id)).one()
    browser.post(
        f"{page_of(proposal)}/answer", data=sent(make, proposal, body="Mieux dit ainsi.", latest=first)
    )
    last = session.scalar(select(Answer.id).order_by(Answer.id.desc()).limit(1))

    stale = browser.post(
        f"{page_of(proposal)}/answer/internal", data={"act": "publish", "revision": 1, "latest": first}
    )
    assert "a changé depuis votre lecture" in read(browser, stale.location)
    assert state_of(session, proposal) is None
    browser.post(
        f"{page_of(proposal)}/answer/internal", data={"act": "publish", "revision": 1, "latest": last}
    )
    run_jobs()

    assert "Mieux dit ainsi." in read(client, page_of(proposal))
    assert session.scalars(select(Notification.recipient_id)).all() == [author.id]
    assert [a.standing for a in session.scalars(select(Answer).order_by(Answer.id))] == [
        Standing.PAST,
        Standing.CURRENT,
    ]


def test_an_internal_answer_is_dropped_and_the_published_one_stays(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any, quiet: Component
) -> None:
    proposal = make.proposal(quiet, state="evaluating")
    browser, last = sign_in(make.moderator(quiet.space)), session.scalars(select(Answer.id)).one()
    browser.post(f"{page_of(proposal)}/answer", data=sent(make, proposal, latest=last))
    assert state_of(session, proposal) == "evaluating"
    last = session.scalar(select(Answer.id).order_by(Answer.id.desc()).limit(1))

    browser.post(f"{page_of(proposal)}/answer/internal", data={"act": "drop", "revision": 1, "latest": last})

    assert state_of(session, proposal) == "evaluating"
    assert "jamais publiée" in read(browser, f"{page_of(proposal)}/answers")
    assert "jamais publiée" not in read(client, f"{page_of(proposal)}/answers")


# ── Promised dates


def test_a_promised_date_is_shown_to_all_and_stays_when_late(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any, at: Any
) -> None:
    proposal = make.proposal()
    browser, day = sign_in(make.moderator(proposal.component.space)), day_of(clock()) + timedelta(days=10)

    past = browser.post(f"{page_of(proposal)}/promise", data={"day": (day - timedelta(days=20)).isoformat()})
    assert past.status_code == 422 and "Ce jour est passé" in past.text
    browser.post(f"{page_of(proposal)}/promise", data={"day": day.isoformat()})

    for address in (page_of(proposal), path(proposal.component), f"{page_of(proposal)}/history"):
        page = read(client, address)
        assert "Réponse promise pour le" in page and 'class="late"' not in page, address
    right = client.get(page_of(proposal)).location
    at(clock() + timedelta(days=11))
    for address in (right, path(proposal.component)):
        assert f'<span class="late">Réponse promise pour le <time datetime="{day}"' in read(client, address)
    assert str(proposal.title) in read(browser, f"{path(proposal.component)}/answers?show=late")
    assert str(proposal.title) in read(client, f"{path(proposal.component)}?answer=late")
    assert re.search(r"<b>1</b><span>réponse promise et en retard", read(browser, "/"))

    browser.post(f"{page_of(proposal)}/answer", data=sent(make, proposal))
    assert "promise" not in read(client, path(proposal.component))
    assert str(proposal.title) not in read(browser, f"{path(proposal.component)}/answers?show=late")


def test_a_promise_is_taken_back(sign_in: SignIn, make: Factory, session: Any) -> None:
    proposal = make.proposal(promised_on=day_of(clock()))
    browser = sign_in(make.moderator(proposal.component.space))
    browser.post(f"{page_of(proposal)}/promise", data={"act": "none"})
    assert session.scalar(select(Proposal.promised_on)) is None
    assert "La date promise a été retirée" in read(browser, f"{page_of(proposal)}/history")


# ── Many at once


@pytest.fixture
def thanks(make: Factory, session: Any) -> AnswerTemplate:
    component = make.component("proposals")
    made = AnswerTemplate(
        component_id=component.id, name="Merci", state_id=make.state(component, "rejected").id,
        body="Merci {author} : « {title} » ne sera pas suivie dans {space}.",
    )  # fmt: skip
    session.add(made)
    session.commit()
    return made


def test_many_are_answered_from_a_template_after_being_shown(
    sign_in: SignIn, make: Factory, session: Any, thanks: AnswerTemplate
) -> None:
    component = session.get(Component, thanks.component_id)
    one = make.proposal(component, make.member("Ada"), title="Un titre *étoilé* assez long")
    two, edited = make.proposal(component), make.proposal(component)
    gone = make.proposal(component, withdrawn_at=clock())
    browser, desk = sign_in(make.moderator(component.space)), f"{path(component)}/answers"
    picked = [one.id, two.id, edited.id, gone.id, 999_999]

    shown = browser.post(desk, data={"act": "apply", "template": thanks.id, "proposal": picked})
    assert shown.status_code == 200 and "Publier 3 réponses" in shown.text
    assert "Merci Ada : « Un titre *étoilé* assez long »" in str(shown.text).replace("\u202f", " ").replace(
        "\u00a0", " "
    )
    assert session.scalars(select(Answer)).all() == []
    fields = dict(re.findall(r'name="(seen-\d+)" value="([\d.]+)"', shown.text))
    session.execute(update(Contribution).where(Contribution.id == edited.id).values(revision=2))
    session.commit()

    done = browser.post(desk, data={"act": "give", "template": thanks.id, "proposal": picked, **fields})
    assert "2 réponses publiées" in done.text and "3 laissées de côté" in done.text
    assert (
        "a été modifiée ou a reçu une réponse depuis" in done.text
        and "1 proposition n’est plus ici" in done.text
    )
    assert {a.proposal_id for a in session.scalars(select(Answer))} == {one.id, two.id}
    again = browser.post(desk, data={"act": "give", "template": thanks.id, "proposal": picked, **fields})
    assert "0 réponse publiée" in again.text
    assert len(session.scalars(select(Answer)).all()) == 2


def test_what_cannot_be_done_to_many_is_said_and_changes_nothing(
    sign_in: SignIn, make: Factory, session: Any, thanks: AnswerTemplate
) -> None:
    component = session.get(Component, thanks.component_id)
    proposal, stranger = make.proposal(component), make.proposal()
    browser, desk = sign_in(make.moderator(component.space)), f"{path(component)}/answers"
    for data, sentence in (
        ({"act": "apply", "template": thanks.id}, "Cochez au moins une proposition"),
        ({"act": "apply", "proposal": proposal.id}, "Choisissez d’abord un modèle"),
        ({"act": "dance", "proposal": proposal.id}, "Choisissez quoi faire"),
        ({"act": "apply", "template": thanks.id, "proposal": list(range(1, 60))}, "Cochez au plus 50"),
    ):
        assert sentence in browser.post(desk, data=data, follow_redirects=True).text
    other = browser.post(desk, data={"act": "apply", "template": thanks.id, "proposal": stranger.id})
    assert "1 proposition n’est plus ici" in other.text and str(stranger.title) not in other.text
    assert session.scalars(select(Answer)).all() == []


def test_internal_answers_are_published_many_at_once(
    sign_in: SignIn, make: Factory, session: Any, quiet: Component
) -> None:
    proposals = [make.proposal(quiet) for _n in range(3)]
    browser, desk = sign_in(make.moderator(quiet.space)), f"{path(quiet)}/answers"
    for proposal in proposals[:2]:
        browser.post(f"{page_of(proposal)}/answer", data=sent(make, proposal))
    page = read(browser, f"{desk}?show=internal")
    assert [str(p.title) in page for p in proposals] == [True, True, False]

    picked = [p.id for p in proposals]
    shown = browser.post(desk, data={"act": "publish", "proposal": picked})
    assert "elle n’a pas de réponse interne" in shown.text
    fields = dict(re.findall(r'name="(seen-\d+)" value="([\d.]+)"', shown.text))
    done = browser.post(desk, data={"act": "release", "proposal": picked, **fields})
    assert "2 réponses publiées" in done.text
    assert [state_of(session, p) for p in proposals] == ["accepted", "accepted", None]


def test_the_desk_costs_the_same_whatever_it_shows(sign_in: SignIn, make: Factory) -> None:
    component = make.component("proposals")
    browser, desk = sign_in(make.moderator(component.space)), f"{path(component)}/answers?show=open"
    counts = []
    for n in (1, 54):
        for _n in range(n):
            make.proposal(component, state="evaluating")
        browser.get(desk)
        with counted_statements() as seen:
            page = browser.get(desk)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8
    following = browser.get(found_in(r'<a href="([^"]+)" rel="next">', page.text).replace("&amp;", "&"))
    assert following.text.count('name="proposal"') == 5


def test_templates_are_written_changed_and_deleted(
    sign_in: SignIn, make: Factory, session: Any, thanks: AnswerTemplate
) -> None:
    component = session.get(Component, thanks.component_id)
    browser, address = sign_in(make.moderator(component.space)), f"{path(component)}/answers/templates"
    state = make.state(component, "accepted").id

    wrong = browser.post(
        address, data={"name": "Autre", "state": state, "body": "Bonjour {prénom} et {mayor}"}
    )
    assert wrong.status_code == 422 and "Rien ne remplace {mayor}" in wrong.text
    twin = browser.post(address, data={"name": "Merci", "state": state, "body": ""})
    assert twin.status_code == 422 and "déjà un modèle de ce nom" in twin.text
    assert browser.post(address, data={"name": "Oui", "state": state, "body": ""}).status_code == 303
    values = {"name": "Merci bien", "state": state, "body": "Merci.", "revision": 1}
    assert browser.post(f"{address}/{thanks.id}", data=values).status_code == 303
    assert browser.post(f"{address}/{thanks.id}", data=values | {"body": "Autre."}).status_code == 409
    browser.post(f"{address}/{thanks.id}/delete")
    assert session.scalars(select(AnswerTemplate.name)).all() == ["Oui"]


def test_an_answer_starts_from_a_template(
    sign_in: SignIn, make: Factory, session: Any, thanks: AnswerTemplate
) -> None:
    proposal = make.proposal(session.get(Component, thanks.component_id), make.member("Ada"))
    page = read(
        sign_in(make.moderator(proposal.component.space)),
        f"{page_of(proposal)}/answer?template={thanks.id}",
    )
    assert "Merci Ada" in page
    assert f'<option selected value="{thanks.state_id}">' in page


# ── States


def test_states_are_added_renamed_and_ordered(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any
) -> None:
    component = make.component("proposals")
    administrator = make.member()
    make.role(administrator, component.space, Role.ADMINISTRATOR)
    browser, address = sign_in(administrator), f"{path(component)}/states"
    draft = {
        "name_fr": "En partie",
        "name_en": "In part",
        "tone": "part",
        "glyph": "circle-half",
        "is_final": "y",
    }

    for name, sentence in (
        ("acceptee", "déjà un état de ce nom"),
        ("RETIRÉE", "nom d’un autre moment"),
        ("!?", "Écrivez un nom avec des lettres"),
    ):
        refused = browser.post(address, data=draft | {"name_fr": name})
        assert refused.status_code == 422 and sentence in refused.text, name
    assert browser.post(address, data=draft).status_code == 303
    added = make.state(component, "in-part")
    proposal = make.proposal(component, state="in-part")
    assert "En partie" in read(client, path(component))
    assert str(proposal.title) in read(client, f"{path(component)}?state=in-part")
    assert "In part" in read(sign_in(make.member(language="en")), path(component))

    values = draft | {"name_fr": "À moitié", "revision": 1}
    browser.post(f"{address}/{added.id}", data=values)
    assert browser.post(f"{address}/{added.id}", data=values | {"name_fr": "Au tiers"}).status_code == 409
    assert "À moitié" in read(client, path(component))
    browser.post(f"{address}/{added.id}/move", data={"to": "up"})
    order = select(ProposalState.token).where(ProposalState.component_id == component.id)
    assert session.scalars(order.order_by(ProposalState.position)).all() == [
        "evaluating", "accepted", "in-part", "rejected",
    ]  # fmt: skip


def test_a_state_in_use_is_deleted_only_when_another_replaces_it(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any, run_jobs: Any
) -> None:
    component = make.component("proposals")
    proposal = make.proposal(component, state="evaluating")
    administrator = make.member()
    make.role(administrator, component.space, Role.ADMINISTRATOR)
    browser = sign_in(administrator)
    state, other = make.state(component, "evaluating"), make.state(component, "accepted")
    address = f"{path(component)}/states/{state.id}/delete"

    assert "Il sert 1 fois" in browser.get(address).text
    assert browser.post(address).status_code == 422
    assert state_of(session, proposal) == "evaluating"
    assert browser.post(address, data={"replacement": other.id}).status_code == 303
    run_jobs()

    assert state_of(session, proposal) == "accepted"
    assert session.scalars(select(Event)).all() == []
    history = read(client, f"{page_of(proposal)}/answers")
    assert "En évaluation" in history and "Acceptée" in history
    assert "En évaluation" not in read(client, path(component))
    rejected = make.state(component, "rejected")
    assert browser.post(f"{path(component)}/states/{rejected.id}/delete").status_code == 303
    assert session.get(ProposalState, rejected.id, populate_existing=True) is None


# ── What became of it


def test_what_became_of_a_proposal_is_told_to_each_as_far_as_they_may_know(
    client: Browserlike, sign_in: SignIn, make: Factory, session: Any
) -> None:
    from participa.moderation.models import Reason
    from participa.moderation.services import hide, restore
    from participa.proposals import services
    from participa.proposals.forms import Draft
    from participa.votes.queries import find_votable
    from participa.votes.services import cast

    component, author = make.component("proposals"), make.member("Autrice")
    moderator = make.moderator(component.space)
    proposal = services.publish(author, component, Draft("Planter des arbres ici", "Un texte assez long."))
    services.edit(author, proposal, Draft("Planter des arbres ici", "Un texte plus long encore."), revision=1)
    hide(moderator, proposal, Reason.OTHER)
    restore(moderator, proposal)
    votable = find_votable(proposal.id)
    assert votable is not None
    cast(make.member("Électrice"), votable, 1)
    sign_in(moderator).post(f"{page_of(proposal)}/answer", data=sent(make, proposal, revision=2))
    services.withdraw(author, proposal)

    address = f"{page_of(proposal)}/history"
    public = read(client, address)
    steps = [
        "Retirée par son auteur",
        "Les modérateurs ont répondu\xa0: Acceptée",
        "Nouvelle version par Autrice",
        "Publiée par Autrice",
    ]
    assert [step in public for step in steps] == [True] * 4
    assert [public.index(step) for step in steps] == sorted(public.index(step) for step in steps)
    assert "Masquée par les modérateurs" not in public and "Électrice" not in public
    for knowing in (author, moderator):
        page = read(sign_in(knowing), address)
        assert (
            "Masquée par les modérateurs" in page and "Montrée de nouveau" in page and "Électrice" not in page
        )


def test_the_line_of_time_has_pages_of_one_statement(
    client: Browserlike, make: Factory, session: Any
) -> None:
    proposal = make.proposal()
    for n in range(40):
        session.add(
            AuditEntry(
                at=clock() + timedelta(minutes=n),
                action="proposal.edited",
                subject_kind="proposals",
                subject_id=proposal.id,
                details={},
            )
        )
    session.commit()
    address = f"{page_of(proposal)}/history"
    with counted_statements() as seen:
        page = client.get(address)
    assert len(seen) <= 6
    assert page.text.count("Nouvelle version") == 30 and "Publiée" not in page.text
    rest = client.get(found_in(r'<a href="([^"]+)" rel="next">', page.text))
    assert rest.text.count("Nouvelle version") == 10 and "Publiée par" in rest.text
