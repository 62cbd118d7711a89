"""Drafts in addresses and requests that mean nothing."""

from typing import Any

import pytest
from sqlalchemy import func, select

from participa.auth.models import Member
from participa.contributions import services
from participa.contributions.models import Draft
from tests.tools import Browserlike
from tests.web.drafts.conftest import HTMX, data


@pytest.mark.parametrize("number", ["", "abc", "-1", "999999", "9999999999"])
def test_a_draft_that_is_not_there_fills_nothing(browser: Browserlike, number: str) -> None:
    page = browser.get(f"/notes/new?draft={number}")
    assert page.status_code == 200
    assert 'name="draft_id" value=""' in page.text


@pytest.mark.parametrize(("number", "revision"), [("0", "1"), ("abc", "x"), ("9" * 12, "9" * 12)])
def test_a_save_that_names_no_draft_makes_a_new_one(
    session: Any, browser: Browserlike, number: str, revision: str
) -> None:
    fields = data(browser, body="Un début", draft_id=number, draft_revision=revision)
    assert browser.post("/drafts/save", data=fields, headers=HTMX).status_code == 200
    assert session.scalars(select(Draft.fields)).all() == [{"body": "Un début"}]


def test_the_save_button_on_an_empty_form_says_to_write_first(session: Any, browser: Browserlike) -> None:
    answer = browser.post("/drafts/save", data=data(browser, body="  "))
    assert answer.location == "/notes/new"
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_text_too_long_to_keep_is_not_kept(session: Any, browser: Browserlike) -> None:
    browser.post("/drafts/save", data=data(browser, body="x" * 400_000), headers=HTMX)
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_draft_of_no_known_page_is_read_on_its_own(browser: Browserlike, ada: Member) -> None:
    draft = services.keep_text(ada.id, "", "", {"body": "Un texte sans page"})
    assert f"/drafts/{draft.id}" in browser.get("/drafts").text
    assert "Un texte sans page" in browser.get(f"/drafts/{draft.id}").text
    assert browser.get(f"/drafts/{draft.id + 1000}").status_code == 404


def test_a_draft_whose_page_has_no_form_any_more_is_shown_by_itself(
    browser: Browserlike, ada: Member
) -> None:
    draft = services.keep_text(ada.id, "notes.new", "/notes/closed", {"body": "Un texte"})
    answer = browser.get(f"/notes/closed?draft={draft.id}")
    assert answer.location == f"/drafts/{draft.id}"
    assert browser.get("/notes/closed?draft=999999").status_code == 200
