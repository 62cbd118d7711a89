"""The comments that a vulnerability scan left on a real platform come in, show, and are found, as harmless text."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from sqlalchemy.orm import Session, scoped_session

from participa.auth.models import Member
from participa.comments import services
from participa.comments.queries import find_root
from participa.config import ROOT
from participa.search import queries as search
from participa.search import words
from participa.text import clean, slugify, to_html, to_plain
from tests.factories import Factory
from tests.tools import Browserlike

FILE = ROOT.parent / "shared/data/decidim-barcelona/www.decidim.barcelona-open-data-meeting_comments.csv"
SCANNER = "Pruebas"
HARMLESS = {
    "p",
    "br",
    "a",
    "em",
    "strong",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "blockquote",
    "h3",
    "h4",
    "hr",
    "article",
    "select",
    "option",
    "nav",
}
"""What the project's own text format and the frame of a long thread add to a page."""

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE} is not there")


class Shown(HTMLParser):
    """The tags, attributes and text of a page, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def scan() -> list[tuple[str, datetime]]:
    """What the scan wrote, and when."""
    csv.field_size_limit(10_000_000)
    with FILE.open(encoding="utf-8", newline="") as lines:
        return [
            (row["body"], datetime.strptime(row["created_at"], "%Y-%m-%d %H:%M:%S %Z").replace(tzinfo=UTC))
            for row in csv.DictReader(lines, delimiter=";")
            if row["author/name"] == SCANNER
        ]


@pytest.mark.long
def test_a_vulnerability_scan_is_harmless_text(
    make: Factory,
    session: scoped_session[Session],
    sign_in: Callable[[Member], Browserlike],
) -> None:
    written = scan()
    assert len(written) == 310
    proposal, scanner = make.proposal(), make.member("Essais")
    component = proposal.component
    address = f"/e/{component.space.slug}/{component.id}/{proposal.id}-{slugify(str(proposal.title))}"
    browser = sign_in(make.member("Lectrice"))
    ours = Shown(browser.get(f"{address}").text)
    ids = {}
    for body, _moment in written:
        root = find_root(proposal.id)
        assert root is not None
        ids[services.post(scanner, root, body).id] = body

    pages, following = [], f"{address}?order=oldest"
    while following:
        answer = browser.get(following)
        assert answer.status_code == 200
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        pages.append(answer.text)
        found = re.search(r'href="([^"]*[?&;]after=[^"#]*)[^"]*"', answer.text)
        following = found[1].replace("&amp;", "&") if found else ""
        assert len(pages) < 20, "the thread does not end"

    shown = Shown("".join(pages))
    assert all(f'id="c{number}"' in "".join(pages) for number in ids)
    assert shown.tags - ours.tags <= HARMLESS | {"kbd"}  # of the line that counts what is new
    assert not {name for name, _value in shown.attributes if name.startswith("on")}
    for name, value in shown.attributes:
        if name in ("href", "src", "action"):
            assert value.lower().startswith(("/", "#", "?", "http", "mailto:", "data:image/svg+xml")), value
    text = " ".join(shown.text.split())
    for body in ids.values():
        assert plain(body) in text

    components = search.readable(make.actor())
    for number, body in ids.items():
        typed = max(re.findall(r"[^\W_]{3,}", plain(body)), key=len, default=None)
        wanted = words.read(typed) if typed else None
        if wanted is not None:
            matches = search.latest_matches(wanted, [each.id for each in components])
            assert number in {match.id for match in matches.found}, (typed, body)
            assert browser.get("/search", query_string={"q": body[:200]}).status_code == 200


def plain(body: str) -> str:
    """The words of a comment as its page shows them."""
    return to_plain(to_html(clean(body)))
