"""Whatever goes wrong, the reader gets a page that says whose fault it is, and nothing of what went on inside."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from participa.db import db
from participa.observability import REQUESTS
from participa.spaces.models import Visibility
from tests.factories import Factory
from tests.tools import Browserlike
from tests.web.failures.conftest import tries


def test_a_fault_of_ours_is_owned_with_a_reference_and_tells_nothing(
    make: Factory, client: Browserlike
) -> None:
    make.network()

    answer = client.get("/trouble/bug")

    assert answer.status_code == 500
    assert "Nous avons une panne, pas vous." in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert "secret of the house" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("name", "code"), [("slow", 500), ("division", 500), ("huge", 404)], ids=["slow", "division", "huge"]
)
def test_what_the_database_refuses_is_a_page_and_the_next_request_is_served(
    make: Factory, client: Browserlike, name: str, code: int
) -> None:
    make.network()

    answer = client.get(f"/trouble/sql/{name}")

    assert answer.status_code == code
    assert "</html>" in answer.text
    assert "SELECT" not in answer.text
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "code", ["40001", "40P01", "23505"], ids=["serialization", "deadlock", "row written meanwhile"]
)
def test_a_request_that_another_one_stood_in_the_way_of_is_tried_once_more(
    make: Factory, client: Browserlike, code: str
) -> None:
    make.network()

    answer = client.get(f"/trouble/busy/1/{code}")

    assert (answer.status_code, answer.text, len(tries)) == (200, "done", 2)


def test_a_request_given_up_twice_is_to_be_tried_later(make: Factory, client: Browserlike) -> None:
    make.network()

    answer = client.get("/trouble/busy/9/40001")

    assert (answer.status_code, answer.headers["Retry-After"], len(tries)) == (503, "30", 2)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/trouble/bug", "/e/sante"])
def test_without_a_database_every_page_says_so(unplugged: Flask, path: str) -> None:
    answer = FlaskClient(unplugged, unplugged.response_class).get(path)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "La base de données ne répond pas" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_without_a_database_the_process_is_alive_but_not_ready(unplugged: Flask) -> None:
    browser = FlaskClient(unplugged, unplugged.response_class)

    assert browser.get("/healthz").status_code == 200
    ready = browser.get("/readyz")
    assert (ready.status_code, ready.json) == (
        503,
        {"status": "unavailable", "database": False, "migrations": False, "worker": False},
    )


def test_an_answer_made_before_the_database_died_is_still_given(app: Flask) -> None:
    browser = FlaskClient(app, app.response_class)

    assert browser.get("/trouble/last-breath").text == "done"
    assert browser.get("/readyz").json["database"] is True  # type: ignore[index]


def test_what_the_database_has_planned_serves_the_requests_that_follow(app: Flask) -> None:
    browser = FlaskClient(app, app.response_class)
    for _ in range(8):  # the driver prepares what it sends the sixth time
        browser.get("/readyz")

    assert int(browser.get("/trouble/prepared").text) > 0


@pytest.mark.parametrize(
    "moment", ["sql/cut", "last-job"], ids=["while it is asked", "while a job is queued"]
)
def test_a_database_that_restarts_is_found_again(app: Flask, moment: str) -> None:
    browser = FlaskClient(app, app.response_class)

    assert browser.get(f"/trouble/{moment}").status_code == 503
    assert browser.get("/readyz").json["database"] is True  # type: ignore[index]


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 418, 429, 503])
def test_every_refusal_has_its_page(make: Factory, sign_in: Any, code: int) -> None:
    make.network()

    answer = sign_in(make.member()).get(f"/trouble/status/{code}")

    assert answer.status_code == code
    assert answer.text.count("<h1") == 1
    assert "</html>" in answer.text


def test_a_redirection_is_followed_wherever_it_is_decided(client: Browserlike, make: Factory) -> None:
    make.network()
    answer = client.get("/trouble/elsewhere")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/healthz")


def test_a_method_that_an_address_does_not_know_is_said(client: Browserlike, make: Factory) -> None:
    make.network()
    answer = client.delete("/trouble/bug")

    assert answer.status_code == 405
    assert "Cette adresse ne s’utilise pas ainsi." in answer.text


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 seconde"), (40, "40 secondes"), (61, "2 minutes"), (60, "1 minute")]
)
def test_who_must_wait_is_told_how_long(client: Browserlike, make: Factory, seconds: int, words: str) -> None:
    make.network()
    answer = client.get(f"/trouble/wait/{seconds}")

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(seconds))
    assert f"dans {words}." in answer.text.replace("\u00a0", " ")


def test_a_space_one_may_not_see_looks_as_if_it_did_not_exist(
    make: Factory, client: Browserlike, sign_in: Any
) -> None:
    space = make.space("Entre nous", visibility=Visibility.PRIVATE)
    slug = space.slug
    for browser in (client, sign_in(make.member())):
        private, nothing = browser.get(f"/e/{slug}"), browser.get("/e/rien-du-tout")
        assert private.status_code == nothing.status_code == 404
        assert "Entre nous" not in private.text


def test_a_closed_network_sends_visitors_to_sign_in_and_back(make: Factory, client: Browserlike) -> None:
    make.network(visitors_may_read=False)
    slug = make.space("Entre membres").slug

    answer = client.get(f"/e/{slug}?order=new")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in?next=")
    assert slug in answer.headers["Location"]
    unknown = client.get("/e/rien-du-tout")
    assert "Entre membres" not in unknown.text


def test_a_visitor_who_posts_is_sent_to_sign_in_and_back_to_the_page(
    make: Factory, client: Browserlike
) -> None:
    proposal = make.proposal()

    answer = client.post(
        f"/report/{proposal.id}", data={}, headers={"Referer": "http://participa.test/e/quelque-part"}
    )

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/e/quelque-part"


def test_what_a_failing_statement_was_given_is_not_told(make: Factory) -> None:
    with pytest.raises(DBAPIError) as failure:
        db.session.execute(text("SELECT 1 / 0 WHERE :word = 'secret'"), {"word": "secret"})

    assert "secret" not in str(failure.value).replace("= 'secret'", "")


def test_methods_that_nobody_has_are_counted_together(make: Factory, client: Browserlike) -> None:
    make.network()
    for method in ("BREW", "BREW-MORE"):
        client.open("/", method=method)

    counted = {sample.labels["method"] for metric in REQUESTS.collect() for sample in metric.samples}
    assert "other" in counted
    assert not {method for method in counted if method.startswith("BREW")}
