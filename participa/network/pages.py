"""The pages that the coordination writes: each in any of the network's languages, grouped by topic."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import g, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import defer

from participa import text
from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused, define_rules
from participa.catalogues import language
from participa.catalogues import lazy_gettext as _l
from participa.db import clock, db, transaction
from participa.errors import Conflict
from participa.events import AnySession
from participa.network.models import Network, StaticPage
from participa.network.services import locked_network
from participa.network.texts import PAGES, html_of
from participa.ordering import last_position, move
from participa.web import NavItem, Shell, fill_frame

MOST = 60
"""Pages that a network keeps."""

define_rules(too_many_pages=_l("There are as many pages as there may be."))


class Place(StrEnum):
    """Where a page is linked from, on every page."""

    NOWHERE = "nowhere"
    FOOTER = "footer"
    MENU = "menu"
    HELP_SPACES = "help_spaces"
    HELP_PROPOSALS = "help_proposals"
    HELP_DEBATES = "help_debates"
    HELP_MODERATION = "help_moderation"


HELPED = {
    "spaces": Place.HELP_SPACES,
    "proposals": Place.HELP_PROPOSALS,
    "debates": Place.HELP_DEBATES,
    "desk": Place.HELP_MODERATION,
    "moderation": Place.HELP_MODERATION,
    "curation": Place.HELP_MODERATION,
}
"""Which help the pages of each blueprint show the way to."""


@dataclass(frozen=True, slots=True)
class PageDraft:
    """A page as a person gives it; titles and texts by language."""

    titles: dict[str, str]
    texts: dict[str, str]
    topic: str = ""
    place: Place = Place.FOOTER
    published: bool = True
    href: str = ""
    """Where it leads, when it is a link."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as a reader sees it."""

    title: str
    source: str
    language: str
    """The one it is shown in: the reader's or, when nobody wrote it there, the first it was written in."""

    @property
    def html(self) -> str:
        """The text as HTML whose headings start at h2."""
        return html_of(self.source)


def shown(page: StaticPage, wanted: str, languages: list[str]) -> Shown:
    """A page in a language, else in the first of the network's that it was written in."""
    written = [code for code in (wanted, *languages) if page.titles.get(code) and page.texts.get(code)]
    code = written[0] if written else next(iter(page.titles), wanted)
    return Shown(page.titles.get(code, ""), page.texts.get(code, ""), code)


def title_in(titles: dict[str, str], wanted: str, languages: list[str]) -> str:
    """A title in a language, else in the first of the network's that has one."""
    return next((titles[code] for code in (wanted, *languages) if titles.get(code)), "")


# ── Reads ────────────────────────────────────────────────────────────────────────────────────────


def all_pages(*, published: bool = False) -> list[StaticPage]:
    """The pages in their order, without their texts."""
    query = select(StaticPage).order_by(StaticPage.position, StaticPage.id).options(defer(StaticPage.texts))
    if published:
        query = query.where(StaticPage.published_at.is_not(None))
    return list(db.session.scalars(query))


def by_topic(pages: list[StaticPage]) -> list[tuple[str, list[StaticPage]]]:
    """Pages under their topics, in the order of the first of each; those without one first."""
    held: dict[str, list[StaticPage]] = {}
    for page in pages:
        held.setdefault(page.topic, []).append(page)
    return sorted(held.items(), key=lambda pair: bool(pair[0]))


def find_page(slug: str) -> StaticPage | None:
    """A page by the end of its address."""
    return db.session.scalar(select(StaticPage).where(StaticPage.slug == slug))


# ── Writes ───────────────────────────────────────────────────────────────────────────────────────


def add_page(by: Member, draft: PageDraft) -> StaticPage:
    """Write a new page, whose address comes from its first title; raises Refused when there may be no more."""
    with transaction() as session:
        network = locked_network(session)
        if count() >= MOST:
            raise Refused("too_many_pages")
        page = StaticPage(
            slug=_free_slug(session, next(iter(draft.titles.values()), "")),
            position=last_position(session, StaticPage),
            created_at=clock(),
            **_values(draft, None),
        )
        session.add(page)
        session.flush()
        record(session, by, "page.added", page, name=next(iter(draft.titles.values()), ""))
        _refresh(session, network)
    return page


def edit_page(by: Member, page: StaticPage, draft: PageDraft, *, revision: int) -> None:
    """Change a page; raises Conflict when someone changed it meanwhile."""
    with transaction() as session:
        network = locked_network(session)
        session.scalars(
            select(StaticPage).where(StaticPage.id == page.id).execution_options(populate_existing=True)
        ).one()
        if page.revision != revision:
            raise Conflict(page=page)
        before = {name: getattr(page, name) for name in TOLD}
        for name, value in _values(draft, page).items():
            setattr(page, name, value)
        page.revision += 1
        after = {name: getattr(page, name) for name in TOLD}
        changed = [name for name in after if before[name] != after[name]]
        record(
            session,
            by,
            "page.edited",
            page,
            name=title_in(page.titles, "", list(page.titles)),
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
        _refresh(session, network)


def step_page(by: Member, page: StaticPage, step: int) -> None:
    """Move a page one place up (−1) or down (+1)."""
    with transaction() as session:
        network = locked_network(session)
        rows = select(StaticPage).order_by(StaticPage.position, StaticPage.id)
        if not move(session, rows, page.id, step):
            return
        record(session, by, "page.moved", page, step=step)
        _refresh(session, network)


TOLD = ("titles", "topic", "place", "href")
"""What the log says of a page before and after it is edited."""


def _values(draft: PageDraft, page: StaticPage | None) -> dict[str, Any]:
    since = page.published_at if page else None
    return {
        "titles": draft.titles,
        "texts": draft.texts,
        "topic": draft.topic,
        "place": draft.place,
        "href": draft.href,
        "published_at": (since or clock()) if draft.published else None,
    }


def _refresh(session: AnySession, network: Network) -> None:
    """Keep what every page links to on the network's row, which every request reads."""
    session.flush()
    network.menu = [
        {"slug": page.slug, "titles": page.titles, "place": page.place, "href": page.href}
        for page in all_pages(published=True)
        if page.place != Place.NOWHERE
    ]


def _free_slug(session: AnySession, title: str) -> str:
    wanted = text.slugify(title)[:60] or "page"
    likes = StaticPage.slug.startswith(wanted, autoescape=True)
    taken = set(session.scalars(select(StaticPage.slug).where(likes))) | set(PAGES)
    return next(
        slug for slug in (wanted, *(f"{wanted}-{n}" for n in range(2, MOST + 9))) if slug not in taken
    )


def count() -> int:
    """How many pages there are."""
    return db.session.scalar(select(func.count()).select_from(StaticPage)) or 0


@fill_frame
def _links(frame: Shell) -> None:
    """Dress the frame: the colour, the logo, the pages that stand in the menu and at the foot of every page."""
    held = vars(
        g.get("network") or object
    )  # what was read with the request: an error page reads nothing more
    frame.accent, frame.logo = held.get("accent") or frame.accent, held.get("logo")
    here = HELPED.get((request.endpoint or "").partition(".")[0])
    for item in held.get("menu") or ():
        title = title_in(item["titles"], language(), list(held["languages"]))
        href = item.get("href") or url_for("network.page", slug=item["slug"])
        link = NavItem(title, href, "page" if href == request.path else None, f"page:{item['slug']}")
        if item["place"] == Place.MENU:
            frame.nav.append(link)
        elif item["place"] == Place.FOOTER:
            frame.footer.append(link)
        elif item["place"] == here:
            frame.help.append(link)
    if held.get("nav"):
        shown = {entry["key"]: entry["shown"] for entry in held["nav"]}
        items = [item for item in frame.nav if shown.get(item.key, True)]
        frame.nav = sorted(items, key=lambda item: _rank(list(shown), item.key))


def _rank(order: list[str], key: str) -> int:
    """Where a key comes; those that nobody moved come last, in the order they have."""
    return order.index(key) if key in order else len(order)
