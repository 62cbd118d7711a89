"""Links to contributions, shown with the title and state of what they lead to, as far as their reader reads it.

Texts hold plain links. What they lead to is read when they are shown: a title follows its text, and a link to what is
hidden or kept from the reader stays the bare address that someone wrote.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from flask import get_template_attribute
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import aliased

from participa.authorization import Actor
from participa.catalogues import gettext as _
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.queries import listed_to
from participa.db import db
from participa.display import quoted
from participa.web import path_of_ours

MOST = 100
"""How many of the links of a page are looked up; the others stay as they were written."""

_LINK = re.compile(r'(<a href="([^"]+)"[^>]*>)(.*?)</a>', re.DOTALL)
_PATH = re.compile(
    r"/e/[^/]+/\d+/(\d{1,15})(?:-[^/]*|/(?:arguments|questions|amendments)/(\d{1,15}))?/?|/c/(\d{1,15})"
)

States = Callable[[Collection[int]], Mapping[int, Any]]
_STATES: dict[ContributionKind, States] = {}


class Reference(NamedTuple):
    """What a link leads to."""

    title: str
    state: Any = None
    """Where it is in its life, as `ui/labels.html` shows it; None for what has no life of its own."""


def tells_states(kind: ContributionKind) -> Callable[[States], States]:
    """Make the decorated function tell the states of contributions of this kind, by number; one statement."""

    def register(states: States) -> States:
        _STATES[kind] = states
        return states

    return register


def _number(href: str) -> int | None:
    """The number of the contribution that an address of ours leads to."""
    path = path_of_ours(href)
    match = _PATH.fullmatch(path) if path is not None else None
    return int(match[3] or match[2] or match[1]) if match else None


def references(texts: Iterable[str], actor: Actor) -> Mapping[int, Reference]:
    """What the links of some HTML lead to and `actor` reads: one statement, and one for each kind that has states."""
    hrefs = (link[2] for html in texts if "<a " in html for link in _LINK.finditer(html))
    numbers = sorted({number for href in hrefs if (number := _number(href)) is not None})[:MOST]
    if not numbers:
        return {}
    about = aliased(Contribution, flat=True)
    rows = db.session.execute(
        select(Contribution.id, Contribution.kind, Contribution.title, about.title.label("about"))
        .outerjoin(about, about.id == Contribution.about_id)
        .where(Contribution.id.in_(numbers), listed_to(actor))
    ).all()
    states: dict[int, Any] = {}
    for kind, tell in _STATES.items():
        if of_kind := [row.id for row in rows if row.kind == kind]:
            states.update(tell(of_kind))
    return {row.id: Reference(_title(row), states.get(row.id)) for row in rows}


def _title(row: Any) -> str:
    if row.title is not None:
        return str(row.title)
    title = quoted(row.about or "")
    if row.kind == ContributionKind.COMMENT:
        return _("Comment on %(title)s", title=title)
    if row.kind == ContributionKind.ARGUMENT:
        return _("Argument in %(title)s", title=title)
    return _("Question in %(title)s", title=title)


def with_references(html: str, found: Mapping[int, Reference]) -> str:
    """Some HTML in which each link to a contribution shows its title, instead of its bare address, and its state."""
    if not found:
        return html

    def one(link: re.Match[str]) -> str:
        number = _number(link[2])
        reference = found.get(number) if number is not None else None
        if reference is None:
            return link[0]
        bare = link[3] in (link[2], link[2].partition("://")[2])
        words = escape(reference.title) if bare else Markup(link[3])  # noqa: S704 - cleaned when it was written
        told = [] if bare else [escape(reference.title)]
        if reference.state is not None:
            told.append(Markup(get_template_attribute("ui/labels.html", "state")(reference.state)))  # noqa: S704
        after = f' <span class="reference">{Markup(" ").join(told)}</span>' if told else ""
        return f"{link[1]}{words}</a>{after}"

    return _LINK.sub(one, html)


def linked(html: str, actor: Actor) -> Markup:
    """One text with its references; no statement without links to contributions."""
    return Markup(with_references(html, references([html], actor)))  # noqa: S704 - cleaned when it was written
