"""Writes docs/permissions.md from the permission map and what each route says it does."""

from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from participa import create_app
from participa.config import Settings
from participa.permissions import ELSEWHERE, PEOPLE, TABLE, Audience, is_allowed
from participa.spaces.models import Visibility

PAGE = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"
YES, NO = "●", "·"


def page(app: Flask) -> str:
    """The page, in Markdown."""
    return "\n".join(_lines(app)) + "\n"


def _lines(app: Flask) -> Iterator[str]:
    yield "# Who may do what"
    yield ""
    yield "Made of `participa/permissions.py` by `make permissions`; a test sends every request and compares."
    yield ""
    yield "- An *outsider* is a member of the network without a role in the space."
    yield "- The *author* is a member of the space who wrote the text."
    yield "- *Coordinators* administer every space that they read; of a private one they see the name, and may enter."
    yield ""
    yield "## Roles and audiences"
    for visibility in Visibility:
        yield ""
        yield f"In a space that is *{visibility.value}*:"
        yield ""
        yield f"| | {' | '.join(PEOPLE)} |"
        yield f"|---|{'|'.join(':-:' for _person in PEOPLE)}|"
        for audience in Audience:
            marks = (YES if is_allowed(audience, person, visibility) else NO for person in PEOPLE)
            yield f"| {audience.value} | {' | '.join(marks)} |"
    said = {rule.endpoint: _what(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    audiences = TABLE | {endpoint: Audience.COORDINATE for endpoint in said if endpoint.startswith("admin.")}
    yield ""
    yield "## Acts and audiences"
    for audience in Audience:
        acts = sorted(endpoint for endpoint, held in audiences.items() if held is audience)
        if not acts:
            continue
        yield ""
        yield f"### {audience.value[0].upper()}{audience.value[1:]}"
        yield ""
        for endpoint in acts:
            yield f"- {said[endpoint]} (`{endpoint}`)"
    yield ""
    yield "## Routes with a rule of their own"
    yield ""
    for endpoint, rule in sorted(ELSEWHERE.items()):
        yield f"- {_what(app, endpoint)} (`{endpoint}`): {rule}"


def _what(app: Flask, endpoint: str) -> str:
    """What a route does: the first sentence of its view."""
    first = (app.view_functions[endpoint].__doc__ or endpoint).strip().splitlines()[0]
    return first.rstrip(".")


if __name__ == "__main__":
    PAGE.write_text(page(create_app(Settings(instance=Path("build").resolve()))), encoding="utf-8")
