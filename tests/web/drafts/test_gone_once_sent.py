"""A text that waited as a draft is no draft any more once its writer has sent it from the form it filled in."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from participa.auth.models import Member
from participa.comments import services as comments
from participa.comments.queries import find_root
from participa.contributions import services
from participa.contributions.models import Contribution, Draft
from participa.web import address_of
from tests.factories import Factory
from tests.tools import Browserlike, found_in

WORDS = "Un texte écrit pendant que la session finissait."


def commented(author: Member, thing: Contribution) -> Any:
    root = find_root(thing.id)
    assert root is not None
    return comments.post(author, root, "Un premier avis.")


def places(make: Factory) -> dict[str, Callable[[Member], tuple[str, str, dict[str, str]]]]:
    """For each form: the page that holds it, the address it is sent to, and its other fields."""

    def comment(member: Member) -> tuple[str, str, dict[str, str]]:
        proposal = make.proposal()
        return address_of(proposal), f"/comments/{proposal.id}", {}

    def answer(member: Member) -> tuple[str, str, dict[str, str]]:
        first = commented(make.member(), proposal := make.proposal())
        return f"/c/{first.id}?reply={first.id}", f"/comments/{proposal.id}", {"parent": str(first.id)}

    def edit(member: Member) -> tuple[str, str, dict[str, str]]:
        mine = commented(member, make.proposal())
        return f"/c/{mine.id}/edit", f"/c/{mine.id}/edit", {"revision": "1"}

    def argument(member: Member) -> tuple[str, str, dict[str, str]]:
        debate = make.debate()
        return address_of(debate), f"/e/{debate.component.space.slug}/{debate.component_id}/{debate.id}/argue", {
            "side": "against"
        }  # fmt: skip

    def question(member: Member) -> tuple[str, str, dict[str, str]]:
        debate = make.debate()
        debate.guest_id = make.member().id
        make.session.commit()
        return (
            address_of(debate),
            f"/e/{debate.component.space.slug}/{debate.component_id}/{debate.id}/ask",
            {},
        )

    def conclusions(member: Member) -> tuple[str, str, dict[str, str]]:
        debate = make.debate()
        member.is_coordinator = True
        make.session.commit()
        page = f"/e/{debate.component.space.slug}/{debate.component_id}/{debate.id}/close"
        return page, page, {"revision": "1"}

    return {
        "comments.post": comment,
        "comments.post, an answer": answer,
        "comments.edit": edit,
        "debates.argue": argument,
        "debates.ask": question,
        "debates.close": conclusions,
    }


@pytest.mark.parametrize(
    "form",
    [
        "comments.post",
        "comments.post, an answer",
        "comments.edit",
        "debates.argue",
        "debates.ask",
        "debates.close",
    ],
)
def test_a_draft_goes_with_the_form_that_it_filled_in(
    app: Flask, session: Any, make: Factory, sign_in: Callable[[Member], Browserlike], form: str
) -> None:
    ada = make.member("Ada")
    page, action, fields = places(make)[form](ada)
    endpoint = form.partition(",")[0]
    other = services.save_draft(
        ada, endpoint, "/ailleurs", {"body": "Un autre brouillon du même formulaire."}
    )
    draft = services.save_draft(ada, endpoint, page, {"body": WORDS} | fields)
    browser = sign_in(ada)

    shown = browser.get(f"{page}{'&' if '?' in page else '?'}draft={draft.id}")
    assert WORDS in shown.text
    number = found_in(r'name="draft_id" value="(\d+)"', shown.text)
    token = found_in(r'name="csrf_token" value="([^"]+)"', shown.text)
    sent = browser.post(action, data={"body": WORDS, "draft_id": number, "csrf_token": token} | fields)

    assert sent.status_code in (302, 303), sent.text
    assert session.scalars(select(Draft.id)).all() == [other.id]
