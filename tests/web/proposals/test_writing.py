"""What a component asks of whoever writes: a text to begin with, help, how many."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from participa.auth.models import Member
from participa.authorization import Refused
from participa.contributions.models import Draft as Kept
from participa.db import clock
from participa.proposals import services
from participa.proposals.forms import Draft
from participa.proposals.models import Proposal
from participa.spaces.models import Component
from tests.factories import Factory
from tests.tools import Browserlike, counted_statements

SignIn = Callable[[Member], Browserlike]
TEXT = {
    "title": "Ouvrir la cour de l’école",
    "body": "Un texte assez long pour être publié.",
    "act": "publish",
}
TEMPLATE = "## Le constat\n\n## Ce que nous proposons"


def new(component: Component) -> str:
    return f"/e/{component.space.slug}/{component.id}/new"


def test_the_form_begins_with_the_template_which_must_be_changed(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    component = make.component("proposals", settings={"new_proposal_body_template": TEMPLATE})
    browser = sign_in(make.member())

    assert "## Le constat" in browser.get(new(component)).text
    same = browser.post(new(component), data=TEXT | {"body": TEMPLATE.replace("\n\n", "\r\n \r\n")})
    assert same.status_code == 422
    assert "remplacez-le" in same.text
    assert browser.post(new(component), data=TEXT | {"body": f"{TEMPLATE}\n\nOuvrir."}).status_code == 303
    assert session.scalar(select(func.count()).select_from(Proposal)) == 1


def test_a_draft_is_not_overwritten_by_the_template(sign_in: SignIn, make: Factory, session: Any) -> None:
    component = make.component("proposals", settings={"new_proposal_body_template": TEMPLATE})
    me = make.member()
    draft = Kept(
        author_id=me.id,
        form="proposals.new",
        target=new(component),
        fields={"body": "À moi"},
        saved_at=clock(),
    )
    session.add(draft)
    session.commit()

    page = sign_in(me).get(f"{new(component)}?draft={draft.id}")

    assert "À moi" in page.text
    assert "## Le constat" not in page.text


def test_help_is_shown_as_text_with_nothing_harmful(sign_in: SignIn, make: Factory) -> None:
    help_text = "Avant d’écrire, **lisez**. <script>alert(1)</script>"
    component = make.component("proposals", settings={"new_proposal_help_text": help_text})

    page = sign_in(make.member()).get(new(component)).text

    assert "<strong>lisez</strong>" in page
    assert "<script>alert" not in page


def test_the_page_says_how_many_proposals_are_left_and_lists_other_drafts(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    component = make.component("proposals", settings={"proposal_limit": 2})
    me = make.member()
    make.proposal(component, me)
    make.proposal(component, me, withdrawn_at=clock())
    for n in range(4):
        session.add(
            Kept(
                author_id=me.id,
                form="proposals.new",
                target=new(component),
                fields={"title": f"Brouillon {n}"},
                saved_at=clock(),
            )
        )
    session.commit()
    browser = sign_in(me)

    with counted_statements() as statements:
        page = browser.get(new(component)).text
    assert len(statements) <= 12

    assert "encore publier 1 proposition ici, sur 2" in page
    assert page.count(">Brouillon ") == 3


def test_whoever_has_published_enough_is_told_and_keeps_the_text(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    component = make.component("proposals", settings={"proposal_limit": 1})
    me = make.member()
    browser = sign_in(me)
    assert f'href="{new(component)}"' in browser.get(new(component).removesuffix("/new")).text
    make.proposal(component, me)

    refused = browser.post(new(component), data=TEXT)

    assert refused.status_code == 403
    assert "autant de propositions" in refused.text
    assert session.scalars(select(Kept)).one().fields["body"] == TEXT["body"]
    assert f'href="{new(component)}"' not in browser.get(new(component).removesuffix("/new")).text


def test_the_limit_is_counted_again_when_it_is_published(make: Factory, session: Any) -> None:
    component = make.component("proposals", settings={"proposal_limit": 1})
    me = make.member()
    services.publish(me, component, Draft(TEXT["title"], TEXT["body"]))

    with pytest.raises(Refused) as refusal:
        services.publish(me, component, Draft(TEXT["title"], TEXT["body"]))

    assert refusal.value.rule == "proposal_limit"


def test_the_settings_of_writing_are_set_in_the_browser_and_their_texts_are_in_no_record(
    sign_in: SignIn, make: Factory, session: Any
) -> None:
    from participa.audit.models import AuditEntry
    from participa.authorization import Role
    from participa.spaces.forms import configuration_form
    from participa.spaces.queries import find_component

    space = make.space()
    component = make.component("proposals", space)
    me = make.member()
    make.role(me, space, Role.ADMINISTRATOR)
    address = f"/e/{space.slug}/components/{component.id}/settings"
    browser = sign_in(me)
    assert 'name="s-new_proposal_body_template"' in browser.get(address).text
    with browser.application.test_request_context(address):
        held = find_component(component.id, space.slug)
        assert held is not None
        fields = {
            f.name: ("y" if f.data is True else f.data)
            for f in configuration_form(held)
            if f.data not in (None, False)
        }
    wanted = fields | {
        "s-new_proposal_body_template": TEMPLATE,
        "s-proposal_limit": "3",
        "s-etiquette_checks": "",
    }
    wanted.pop("s-etiquette_checks")

    assert browser.post(address, data=wanted).status_code == 303

    settings = session.get(Component, component.id).configuration
    assert (settings.new_proposal_body_template, settings.proposal_limit) == (TEMPLATE, 3)
    assert not settings.etiquette_checks
    details = session.scalars(
        select(AuditEntry.details).where(AuditEntry.action == "component.configured")
    ).one()
    assert details["changes"]["new_proposal_body_template"] == [None, None]
    assert browser.get(address).status_code == 200


def test_a_change_is_looked_at_before_it_is_published(sign_in: SignIn, make: Factory, session: Any) -> None:
    component, me = make.component("proposals"), make.member()
    proposal = make.proposal(component, me)
    edit = f"{new(component).removesuffix('new')}{proposal.id}/edit"
    fields = TEXT | {"revision": "1", "reason": "Plus clair"}
    browser = sign_in(me)

    preview = browser.post(edit, data=fields | {"act": "preview"})

    assert preview.status_code == 200
    assert f'action="{edit}"' in preview.text
    assert 'name="reason" value="Plus clair"' in preview.text
    assert session.get(Proposal, proposal.id).title != TEXT["title"]
    assert TEXT["body"] in browser.post(edit, data=fields | {"act": "write"}).text
    assert browser.post(edit, data=fields | {"act": "publish"}).status_code == 303
    assert session.get(Proposal, proposal.id, populate_existing=True).title == TEXT["title"]
