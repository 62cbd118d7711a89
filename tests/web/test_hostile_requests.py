"""Whatever is sent to whichever address, the answer is a page: never a failure, never somebody else's site."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session, scoped_session
from werkzeug.datastructures import MultiDict
from wtforms import Form

from participa import text
from participa.attachments.models import Attachment, Purpose
from participa.attachments.services import take_in
from participa.auth.models import Member
from participa.comments import services as comments
from participa.comments.queries import find_root
from participa.config import ROOT
from participa.contributions import services as contributions
from participa.contributions.models import Draft
from participa.db import clock, db, set_clock
from participa.debates.models import Argument
from participa.moderation.models import Act, Decision, Reason
from participa.spaces.models import Phase, Topic
from tests.factories import Factory
from tests.tools import Browserlike

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
PROVEN_BY_TOKEN = {"notifications.unsubscribe"}
"""Unsafe without a proof of origin: the signed address is the proof, and mail programs hold no session."""
OTHER_FIELDS = {
    "value",
    "parent",
    "next",
    "draft_id",
    "draft_revision",
    "draft_form",
    "draft_target",
    "revision",
}
PARAMETERS = sorted(
    {
        name
        for file in (ROOT / "participa").rglob("*.py")
        for name in re.findall(r"args\.get(?:list)?\(\s*\"(\w+)\"", file.read_text())
    }
)
"""Every name that is read from an address."""
HUGE = ("0", "2147483648", "99999999999999999999", "9" * 5000)
VALUES = {
    "huge number": "99999999999999999999",
    "negative number in other digits": "-٣²½",
    "far away": "9999-12-31",
    "long ago": "0001-01-01",
    "first minute": "0001-01-01T00:00",
    "markup": "\u202e\u2066<script>alert(1)</script>\"'><svg/onload=alert(1)>\r\nSet-Cookie: x=1\r\n{{7*7}}%(x)s{0}",
    "syntax and path": "!!(&|:*'\\\\ <-> OR - ../../../../etc/passwd",
    "long": "é" * 700,  # in all fields together it stays under what a request may weigh
    "invalid": b"\xff\xfe\xc3\x28\xed\xa0\x80",
}
"""Each is sent in every field and every parameter of every route."""
QUICK = ("markup",)


@pytest.fixture
def places(make: Factory, session: scoped_session[Session]) -> dict[str, Any]:
    """A network with one of everything, by the names that addresses use."""
    centre, space, author = make.centre("IREV"), make.space("Lieu"), make.member("Autrice")
    proposals, debates = make.component("proposals", space), make.component("debates", space)
    proposal, debate = make.proposal(proposals, author), make.debate(debates, author)
    argument = Argument(
        component_id=debates.id,
        author_id=author.id,
        about_id=debate.id,
        debate_id=debate.id,
        side=1,
        body="Oui.",
    )
    contributions.put(session, argument)
    question = make.question(debate, author)
    today = clock().date()
    topic = Topic(space_id=space.id, name="Un thème", position=0)
    phase = Phase(
        space_id=space.id, name="Demain", starts_on=today + timedelta(1000), ends_on=today + timedelta(1001)
    )
    draft = Draft(
        author_id=author.id, form="proposals.new", target="/", fields={"title": "Un titre"}, saved_at=clock()
    )
    decision = Decision(
        act=Act.KEEP, contribution_id=proposal.id, moderator_id=author.id, reason=Reason.OTHER, at=clock()
    )
    document = Attachment(
        space_id=space.id,
        purpose=Purpose.DOCUMENT,
        title="Guide",
        url="https://exemple.fr",
        created_at=clock(),
    )
    session.add_all([topic, phase, draft, decision, document])
    session.commit()
    file = take_in(author, "notes.txt", b"Des notes.")
    root = find_root(proposal.id)
    assert root is not None
    return {
        "slug": space.slug, "space_id": space.id, "proposal_id": proposal.id, "debate_id": debate.id,
        "contribution_id": proposal.id, "comment_id": comments.post(author, root, "Un commentaire.").id,
        "argument_id": argument.id, "text_id": argument.id, "question_id": question.id, "draft_id": draft.id,
        "member_id": author.id, "centre_id": centre.id,
        "file_id": file.id, "wide": "s",
        "subject_id": proposal.id, "decision_id": decision.id, "topic_id": topic.id,
        "request_id": 1, "act_id": 1, "link_id": 1, "document_id": document.id, "block": "welcome",
        "invitation_id": 1, "export_id": 1, "import_id": 1, "lineage_id": 1, "amendment_id": 1, "template_id": 1,
        "state_id": make.state(proposals, "accepted").id, "title": "x",
        "side": "for", "form": "json", "sort": "c", "page": "charter", "language": "fr", "code": "en",
        "filename": "theme.css", "token": "jeton", "proposals": proposals.id, "debates": debates.id,
    }  # fmt: skip


def path_of(rule: Any, places: dict[str, Any], **changed: str) -> str:
    """The address of a route, written by hand so that it may hold anything."""
    path = ""
    for part in rule._trace:
        dynamic, name = part
        value = name if not dynamic else changed.get(name) or str(_place(rule, name, places))
        path += value
    return path.partition("|")[2]


def _place(rule: Any, name: str, places: dict[str, Any]) -> Any:
    if name == "component_id":
        return places["debates" if rule.endpoint.startswith("debates.") else "proposals"]
    return places[name]


def routes(app: Flask) -> Iterator[tuple[Any, str]]:
    """Every route with each of its methods; files are WhiteNoise's business."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            for method in sorted((rule.methods or set()) & ({"GET"} | UNSAFE)):
                yield rule, method


def field_names() -> list[str]:
    """Every name that a form of the application reads, and those read without a form."""
    names, waiting = set(OTHER_FIELDS), [Form, FlaskForm]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        names |= {name for name, field in vars(kind).items() if hasattr(field, "creation_counter")}
    return sorted(names)


def answers(browser: Browserlike, asked: list[tuple[str, str, Any]]) -> list[tuple[str, str, Any]]:
    """The answer to each request, every one made in the same state of the network."""
    connection: Any = db.engines[None]
    told = []
    for method, path, data in asked:
        moment = clock()
        db.session.commit()
        savepoint = connection.begin_nested()
        with browser.session_transaction() as cookie:
            kept = dict(cookie)
        answer = browser.open(
            path, method=method, data=data, content_type="application/x-www-form-urlencoded" if data else None
        )
        db.session.remove()
        savepoint.rollback()
        set_clock(moment)
        with browser.session_transaction() as cookie:
            cookie.clear()
            cookie.update(kept)
        told.append((method, path, answer))
    return told


def failures(told: list[tuple[str, str, Any]]) -> list[str]:
    """The answers that are failures of ours; here no worker runs, which makes an instance not ready."""
    return [
        f"{method} {path[:100]}: {answer.status}"
        for method, path, answer in told
        if answer.status_code >= 500 and not path.startswith("/readyz")
    ]


@pytest.fixture
def browser(make: Factory, sign_in: Callable[[Member], Browserlike]) -> Browserlike:
    """A coordinator's browser, for whom every route does its work."""
    return sign_in(make.coordinator())


def test_the_one_character_without_a_place_is_refused_everywhere(
    app: Flask, places: dict[str, Any], browser: Browserlike
) -> None:
    asked: list[tuple[str, str, Any]] = []
    for rule, method in routes(app):
        path = path_of(rule, places)
        if method == "GET":
            asked.append((method, f"{path}?after=a%00b", None))
            asked += [(method, path_of(rule, places, **{name: "a%00"}), None) for name in rule.arguments]
        else:
            asked.append((method, path, {"body": "avant\0après", "reason": "\0"}))
            asked.append((method, path, {"a\0": "un"}))
    told = answers(browser, asked)

    assert not failures(told)
    health = ("/healthz", "/readyz")
    assert {answer.status_code for _method, path, answer in told if not path.startswith(health)} <= {400, 404}


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(
            number, id=f"{number[:20]}…{len(number)}", marks=() if number == "0" else pytest.mark.long
        )
        for number in HUGE
    ],
)
def test_numbers_that_name_nothing_are_not_found(
    app: Flask, places: dict[str, Any], browser: Browserlike, number: str
) -> None:
    told = answers(
        browser,
        [
            (
                method,
                path_of(rule, places, **{name: number}),
                {"body": "Du texte"} if method != "GET" else None,
            )
            for rule, method in routes(app)
            for name in rule.arguments
            if name.endswith("_id")
        ],
    )

    assert not failures(told)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(value, id=name, marks=() if name in QUICK else pytest.mark.long)
        for name, value in VALUES.items()
    ],
)
def test_no_value_of_a_field_or_of_an_address_makes_a_failure(
    app: Flask, places: dict[str, Any], browser: Browserlike, value: str | bytes
) -> None:
    form = urlencode([(name, value) for name in field_names()])
    short = value[:2000]
    query = urlencode([(name, short) for name in PARAMETERS])
    told = answers(
        browser,
        [
            (method, f"{path_of(rule, places)}?{query}", form if method != "GET" else None)
            for rule, method in routes(app)
        ],
    )

    assert not failures(told)
    for _method, path, answer in told:
        location = answer.headers.get("Location", "/")
        assert location.startswith(("/", "http://participa.test/")) and not location.startswith("//"), path
        assert "<script>alert" not in answer.text and "<svg/onload" not in answer.text, path
        assert "x" not in {cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}


def test_no_unsafe_request_does_anything_without_its_proof_of_origin(
    app: Flask, places: dict[str, Any], browser: Browserlike, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)  # noqa: FBT003 -- monkeypatch takes it so
    told = answers(
        browser,
        [
            (method, path_of(rule, places), {"value": "1"})
            for rule, method in routes(app)
            if method in UNSAFE and rule.endpoint not in PROVEN_BY_TOKEN
        ],
    )

    assert told
    for method, path, answer in told:
        back_to_itself = answer.status_code == 303 and answer.headers["Location"].endswith(path)
        assert answer.status_code == 400 or back_to_itself, (method, path, answer.status)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "///evil.example", "/\\evil.example", "https://evil.example/", "/\t/evil.example",
        "http:evil.example", "javascript:alert(1)", "/%0d%0aX: y", "/a\r\nX: y", "\x0b//evil.example",
    ],
)  # fmt: skip
def test_no_field_and_no_page_one_comes_from_leads_to_another_site(
    make: Factory, sign_in: Callable[[Member], Browserlike], target: str
) -> None:
    make.network()
    browser = sign_in(make.member())

    for answer in (
        browser.post("/language", data={"language": "en", "next": target}),
        browser.get("/sign-in", query_string={"next": target}),
    ):
        location = answer.headers["Location"]
        assert location.removeprefix("http://participa.test").startswith("/")
        assert not location.startswith(("//", "/\\"))
        assert "evil" not in location
        assert "X" not in answer.headers


def test_a_page_whose_address_begins_with_two_slashes_does_not_lead_away(
    client: Browserlike, make: Factory
) -> None:
    make.network()
    answer = client.post(
        "/language", data={"language": "en"}, headers={"Referer": "http://participa.test//evil.example/x"}
    )

    assert answer.headers["Location"] == "/evil.example/x"


def test_too_large_a_text_is_told_so(make: Factory, sign_in: Callable[[Member], Browserlike]) -> None:
    component = make.component()
    address = f"/e/{component.space.slug}/{component.id}/new"
    browser = sign_in(make.member())

    much = b"a" * 5_000_000
    part = b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\n' + much + b"\r\n--x--\r\n"
    for kind, data in (
        ("application/x-www-form-urlencoded", b"body=" + much),
        ("multipart/form-data; boundary=x", part),
    ):
        answer = browser.post(address, data=data, content_type=kind)
        assert answer.status_code == 413
        assert "</html>" in answer.text


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/xml", "multipart/form-data", "multipart/form-data; boundary=", "x"],
)
def test_a_body_of_another_kind_is_a_form_without_fields(
    make: Factory, sign_in: Callable[[Member], Browserlike], content_type: str
) -> None:
    component = make.component()
    answer = sign_in(make.member()).post(
        f"/e/{component.space.slug}/{component.id}/new", data=b'{"title": [1]}', content_type=content_type
    )

    assert answer.status_code in (400, 422)


def test_fields_sent_twice_count_once(make: Factory, sign_in: Callable[[Member], Browserlike]) -> None:
    proposal = make.proposal()
    fields = MultiDict([("body", "Le premier texte."), ("body", "Le second texte."), ("position", "1")])
    browser = sign_in(make.member())

    assert browser.post(f"/comments/{proposal.id}", data=fields).status_code in (302, 303)
    page = browser.get(
        f"/e/{proposal.component.space.slug}/{proposal.component_id}/{proposal.id}", follow_redirects=True
    )
    assert page.text.count("Le premier texte.") == 1
    assert "Le second texte." not in page.text


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "BREW"])
def test_other_methods_are_answered(
    app: Flask, places: dict[str, Any], browser: Browserlike, method: str
) -> None:
    paths = dict.fromkeys(path_of(rule, places) for rule, _method in routes(app))
    told = answers(browser, [(method, path, None) for path in paths])

    assert not failures(told)


@pytest.mark.parametrize("host", ["evil.example", "participa.test:99999", "a b", "[::1", "é.example", ""])
def test_a_made_up_host_makes_no_failure(client: Browserlike, make: Factory, host: str) -> None:
    make.network()
    assert client.get("/", headers={"Host": host.encode().decode("latin-1")}).status_code < 500


DEEP = {
    "quotes": ">",
    "lists": "- ",
    "brackets": "[",
    "images": "![](",
    "emphasis": "*a ",
    "underscores": "__a",
    "backticks": "`a",
    "links": "[a](b",
    "tags": "<a ",
    "entities": "&#",
    "tables": "|a|\n|-|\n",
    "headings": "#",
}


@pytest.mark.parametrize("unit", DEEP.values(), ids=DEEP.keys())
def test_no_text_takes_long_to_become_a_page(unit: str) -> None:
    started = time.process_time()
    html = text.to_html((unit * 10_000)[:20_000])
    text.to_plain(html)

    assert time.process_time() - started < 10  # seconds, where a text of a member takes some milliseconds
