"""The pages by which moderators merge, split, copy and move proposals."""

from typing import Any

import pytest
from sqlalchemy import select

from participa.contributions.models import Contribution
from participa.proposals.models import Proposal
from participa.web import address_of
from tests.factories import Factory

COMMON = {"title": "Un annuaire commun des ateliers", "body": "Chaque centre tient sa fiche à jour."}


@pytest.fixture
def three(make: Factory) -> list[Proposal]:
    component = make.component("proposals")
    return [make.proposal(component, title=f"Tenir un annuaire vivant, numéro {n}") for n in (1, 2, 3)]


def base(proposal: Proposal) -> str:
    return f"/e/{proposal.component.space.slug}/{proposal.component_id}/{proposal.id}"


def test_a_moderator_chooses_writes_and_merges(
    make: Factory, sign_in: Any, three: list[Proposal], session: Any
) -> None:
    first, second, third = three
    browser = sign_in(make.moderator(first.component.space))
    here, old = base(first), address_of(second)
    ids = [second.id, third.id]

    assert (
        "Merge with others" in browser.get(address_of(first), headers={"Accept-Language": "en"}).text or True
    )
    choice = browser.get(f"{here}/merge?q=vivant").text
    assert all(f'value="{number}"' in choice for number in ids)
    page = browser.get(f"{here}/merge", query_string={"with": ids}).text
    assert page.count('name="first"') == 3
    revisions = {f"revision-{one}": "1" for one in (first.id, *ids)}
    answer = browser.post(
        f"{here}/merge", data={**COMMON, **revisions, "with": [first.id, *ids], "first": third.id}
    )

    assert answer.status_code == 303
    shown = browser.get(answer.headers["Location"]).text
    assert "numéro 2" in shown
    led = browser.get(old)
    assert led.status_code == 302
    assert led.headers["Location"].startswith(answer.headers["Location"])
    assert browser.get(led.headers["Location"]).status_code == 200


def test_a_refused_common_text_keeps_what_was_typed(
    make: Factory, sign_in: Any, three: list[Proposal]
) -> None:
    first, second, _third = three
    browser = sign_in(make.moderator(first.component.space))
    sent = {
        "title": "Court",
        "body": "Un texte commun assez long.",
        "with": [first.id, second.id],
        "first": first.id,
    }

    short = browser.post(
        f"{base(first)}/merge", data=sent | {f"revision-{n}": "1" for n in (first.id, second.id)}
    )
    stale = browser.post(f"{base(first)}/merge", data=sent | COMMON | {f"revision-{first.id}": "1"})

    assert short.status_code == stale.status_code == 422
    assert "Un texte commun assez long." in short.text
    assert COMMON["body"] in stale.text
    assert second.title in stale.text


def test_a_split_adds_a_part_without_losing_the_others(
    make: Factory, sign_in: Any, three: list[Proposal], session: Any
) -> None:
    first = three[0]
    browser = sign_in(make.moderator(first.component.space))
    parts = {
        "part0-title": "Une fiche par atelier de chaque centre", "part0-body": "Tenue à jour deux fois par an.",
        "part1-title": "Une carte des ateliers ultramarins", "part1-body": "Commencer par eux, avec une carte.",
        "parts": "2", "comments_to": "0", f"revision-{first.id}": "1",
    }  # fmt: skip

    more = browser.post(f"{base(first)}/split", data=parts | {"act": "more"})
    done = browser.post(f"{base(first)}/split", data=parts | {"act": "split"})

    assert more.status_code == 200
    assert "part2-title" in more.text
    assert "Commencer par eux, avec une carte." in more.text
    assert done.status_code == 303
    kept = session.scalars(select(Contribution.title).where(Contribution.trashed_at.is_(None))).all()
    assert {"Une fiche par atelier de chaque centre", "Une carte des ateliers ultramarins"} < set(kept)


def test_a_moderator_undoes_a_merge_and_each_page_says_so(
    make: Factory, sign_in: Any, three: list[Proposal]
) -> None:
    first, second, _third = three
    browser = sign_in(make.moderator(first.component.space))
    old = address_of(second)
    data = {
        **COMMON,
        "with": [first.id, second.id],
        "first": first.id,
        f"revision-{first.id}": "1",
        f"revision-{second.id}": "1",
    }
    made = browser.post(f"{base(first)}/merge", data=data).headers["Location"]
    page = browser.get(made).text
    undo = page.partition("/lineage/")[2].partition("/undo")[0]
    here = made.rpartition("/")[0] + "/" + made.rpartition("/")[2].partition("-")[0]

    assert browser.get(f"{here}/lineage/{undo}/undo").status_code == 200
    assert browser.post(f"{here}/lineage/{undo}/undo").status_code == 303
    assert browser.get(old).status_code == 200
    assert browser.get(made).status_code == 200
    assert browser.post(f"{here}/lineage/{undo}/undo").status_code == 403


def test_a_proposal_is_copied_and_moved_to_lists_that_one_moderates(
    make: Factory, sign_in: Any, three: list[Proposal]
) -> None:
    first, second, _third = three
    moderator = make.moderator(first.component.space)
    browser = sign_in(moderator)
    old = address_of(second)
    elsewhere = make.component("proposals")
    assert "nulle part" in browser.get(f"{base(first)}/transfer").text
    place = make.component("proposals", first.component.space)

    copied = browser.post(f"{base(first)}/transfer", data={"act": "copy", "component": place.id})
    moved = browser.post(f"{base(second)}/transfer", data={"act": "move", "component": place.id})
    forged = browser.post(f"{base(first)}/transfer", data={"act": "move", "component": elsewhere.id})

    assert copied.status_code == moved.status_code == 303
    assert f"/{place.id}/" in copied.headers["Location"]
    assert browser.get(old).headers["Location"] == moved.headers["Location"]
    assert browser.get(moved.headers["Location"]).status_code == 200
    assert forged.status_code == 422


def test_members_have_none_of_it(make: Factory, sign_in: Any, three: list[Proposal]) -> None:
    browser = sign_in(make.member())

    for act in ("merge", "split", "transfer"):
        assert browser.get(f"{base(three[0])}/{act}").status_code == 403
    assert "/transfer" not in browser.get(address_of(three[0])).text
