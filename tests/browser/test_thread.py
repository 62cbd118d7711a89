"""A thread in a real browser: what is new, what comes in while one reads, folding, and what a screen reader gets."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import update

from participa.auth.models import Member
from participa.comments import queries, services
from participa.comments.models import Comment, Visit
from participa.db import clock, set_clock
from participa.web import address_of
from tests.browser.conftest import Live, Visitor

PICTURES = os.environ.get("PARTICIPA_PICTURES")


def say(live: Live, author: Member, thing: Any, body: str, parent: Comment | None = None) -> Comment:
    """A comment, posted now."""
    set_clock(None)
    root = queries.find_root(thing.id)
    assert root is not None
    answered = queries.find_comment(parent.id) if parent else None
    return services.post(author, root, body, parent=answered)


def come_back_later(live: Live) -> None:
    """Make every visit an old one."""
    live.session.execute(update(Visit).values(at=clock() - timedelta(hours=2)))
    live.session.commit()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page when asked to."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def conversation(live: Live) -> tuple[Any, Member, Member, list[Comment]]:
    """A proposal, who reads it, who answers, and a conversation that goes five answers deep."""
    lille, mayotte = live.make.centre("CRPV Lille"), live.make.centre("CRPV Mayotte")
    live.make.centre("CRPV Reims")
    reader = live.account("Chargée de mission", centre=lille)
    other = live.account("Directeur", centre=mayotte)
    proposal = live.make.proposal(live.make.component("proposals"), reader)
    said = [say(live, other, proposal, "Je propose que chaque métier ait aussi sa place.")]
    for n in range(5):
        said.append(say(live, (reader, other)[n % 2], proposal, f"Réponse numéro {n + 1}.", said[-1]))
    said.append(say(live, other, proposal, "Autre chose : les délais."))
    return proposal, reader, other, said


def test_what_is_new_is_marked_reached_by_a_key_and_announces_itself(live: Live, visit: Visitor) -> None:
    proposal, reader, other, said = conversation(live)
    address = address_of(proposal)
    page = visit(reader)
    page.clock.install()
    page.goto(address)
    expect(page.locator(".comment--new")).to_have_count(0)

    come_back_later(live)
    first = say(live, other, proposal, "Nouveau, en réponse.", said[0])
    second = say(live, other, proposal, "Nouveau, en tête.")
    page.goto(address)
    expect(page.locator(".comment--new")).to_have_count(2)
    expect(page.get_by_text("2 nouveaux messages depuis votre dernière visite")).to_be_visible()
    picture(page, "thread-new")

    # The key acts only while the thread holds the focus, opens what is folded, and can be switched off.
    page.keyboard.press("n")
    expect(page.locator(f"#c{first.id}")).not_to_be_focused()
    page.locator("details.branch").first.locator("summary").first.click()
    expect(page.locator(f"#c{first.id}")).to_be_hidden()
    page.locator(f"#c{said[0].id}").focus()
    page.keyboard.press("n")
    expect(page.locator(f"#c{first.id}")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator(f"#c{second.id}")).to_be_focused()
    page.get_by_label("pour le suivant").uncheck()
    page.keyboard.press("n")
    expect(page.locator(f"#c{second.id}")).not_to_be_focused()
    page.reload()
    expect(page.get_by_label("pour le suivant")).not_to_be_checked()

    # What comes in is announced, moves nothing, and is shown when asked for.
    say(live, other, proposal, "Arrivé entre-temps.")
    say(live, other, proposal, "Et encore.", said[0])
    page.clock.fast_forward(31_000)
    told = page.get_by_role("status").get_by_role("link", name="2 nouveaux messages")
    expect(told).to_be_visible()
    expect(page.get_by_text("Arrivé entre-temps.")).to_have_count(0)
    assert page.title().startswith("(2) ")
    told.click()
    expect(page.get_by_text("Arrivé entre-temps.")).to_be_visible()
    expect(page.locator(".fresh article").first).to_be_focused()
    expect(told).to_have_count(0)
    picture(page, "thread-shown")
    page.clock.fast_forward(31_000)
    expect(told).to_have_count(0)
    say(live, other, proposal, "Plus tard.")
    page.clock.fast_forward(31_000)
    expect(page.get_by_role("status").get_by_role("link", name="1 nouveau message")).to_be_visible()


def test_without_javascript_a_thread_folds_and_its_new_messages_have_a_link(
    live: Live, visit: Visitor
) -> None:
    proposal, reader, other, said = conversation(live)
    page = visit(reader, javascript=False, width=360)
    page.goto(address_of(proposal))
    come_back_later(live)
    first = say(live, other, proposal, "Nouveau, en réponse.", said[0])
    page.goto(address_of(proposal))
    picture(page, "thread-360")

    page.get_by_role("link", name="Aller au premier").click()
    assert page.url.endswith(f"#c{first.id}")
    summary = page.locator("details.branch > summary").first
    summary.click()
    expect(page.get_by_text("Réponse numéro 1.")).to_be_hidden()
    summary.click()
    expect(page.get_by_text("Réponse numéro 4.")).to_be_visible()
    page.get_by_role("link", name="Suivre ce fil").click()
    expect(page.get_by_text("Réponse numéro 5.")).to_be_visible()


def test_a_screen_reader_gets_lists_in_lists_with_who_answers_whom(live: Live, visit: Visitor) -> None:
    proposal, reader, _other, _said = conversation(live)
    page = visit(reader)
    page.goto(address_of(proposal))

    expect(page.locator("#comments")).to_match_aria_snapshot(
        """
        - region "7 commentaires":
          - heading "7 commentaires" [level=2]
          - list:
            - listitem:
              - article:
                - paragraph: Je propose que chaque métier ait aussi sa place.
              - group:
                - list:
                  - listitem:
                    - article:
                      - paragraph: Réponse numéro 1.
                    - group:
                      - list:
                        - listitem:
                          - article
            - listitem:
              - article:
                - paragraph: "Autre chose : les délais."
        """
    )
    for dark in (False, True):
        window = visit(reader, dark=dark)
        window.goto(address_of(proposal))
        picture(window, f"thread-{'dark' if dark else 'light'}")
    buttons = page.locator("#comments article summary, #comments article button, #comments article a.btn")
    names = [re.sub(r"\s+", " ", one.inner_text()) for one in buttons.all()]
    assert len(set(names)) > 1
    replies = [name for name in names if name.startswith("Répondre")]
    assert replies and all(re.search(r"à (Directeur|Chargée de mission)", name) for name in replies)
    folds = page.locator("details.branch > summary")
    assert re.sub(r"\s+", " ", folds.first.inner_text()) == "5 réponses à Directeur"


def test_an_at_sign_offers_names_that_arrows_and_enter_write(live: Live, visit: Visitor) -> None:
    proposal, reader, _other, _said = conversation(live)
    live.make.member("Directrice adjointe")
    page = visit(reader)
    page.goto(address_of(proposal))
    field = page.locator("#body-new")
    field.press_sequentially("Merci @dir")
    names = page.get_by_role("listbox").get_by_role("option")
    expect(names).to_have_count(2)
    field.press("ArrowDown")
    expect(names.nth(1)).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    field.press_sequentially("e")
    expect(names.first).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value(re.compile(r"^Merci \[@Directeur\]\(/members/\d+\) $"))
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("link", name="@Directeur")).to_be_visible()
