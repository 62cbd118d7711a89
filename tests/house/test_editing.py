"""Nothing is overwritten in silence: whatever form shows a text in force says which revision it was made from."""

from collections.abc import Callable
from html.parser import HTMLParser

from flask import Flask

from participa.auth.models import Member
from participa.permissions import ELSEWHERE
from participa.spaces.models import Visibility
from tests.house.test_routes import World, build, path_of  # noqa: F401 -- a fixture
from tests.tools import Browserlike


class Forms(HTMLParser):
    """The forms of a page: the names of the fields of each, and of those that hold words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[set[str], set[str]]] = []
        self._inside = False
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of it."""
        held = dict(attrs)
        if tag == "form":
            self._inside = held.get("method") == "post"
            if self._inside:
                self.found.append((set(), set()))
        elif self._inside and held.get("name"):
            names, filled = self.found[-1]
            names.add(str(held["name"]))
            if tag == "textarea":
                self._area = str(held["name"])
            if tag == "input" and held.get("type", "text") == "text" and held.get("value"):
                filled.add(str(held["name"]))

    def handle_endtag(self, tag: str) -> None:
        """Leave a form, or a field of it."""
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        """Note the words of a text."""
        if self._area and data.strip():
            self.found[-1][1].add(self._area)


NOT_EDITED = {
    "username": "tells password managers whose password it is",
    "duplicate": "fills a new space with the words of another one",
}
"""What is filled without being a text in force: a field, or the end of an address."""


def test_every_form_that_shows_a_text_in_force_names_its_revision(
    app: Flask,
    build: Callable[[Visibility], World],  # noqa: F811 -- that fixture
    sign_in: Callable[[Member], Browserlike],
) -> None:
    world = build(Visibility.PUBLIC)
    with app.test_request_context():
        reached = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        paths = sorted({path_of(rule, world) for rule in reached if rule.endpoint not in ELSEWHERE})
    kept: set[str] = set()
    silent: set[str] = set()
    for name in ("coordinator", "author"):
        person = world.people[name]
        assert person is not None
        browser = sign_in(person)
        for path in [*paths, "/account"]:
            answer = browser.get(path, follow_redirects=True)
            if answer.mimetype != "text/html":
                continue
            forms = Forms()
            forms.feed(answer.text)
            for names, filled in forms.found:
                if filled - set(NOT_EDITED) and path.rpartition("/")[2] not in NOT_EDITED:
                    (kept if "revision" in names else silent).add(f"{path}: {sorted(filled)}")
    assert silent == set()
    assert len(kept) >= 14  # the pages were reached, and their forms read
