"""The search page."""

from collections import Counter
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.authorization import authorize
from participa.catalogues import lazy_gettext as _l
from participa.catalogues import number
from participa.contributions.models import Contribution, ContributionKind
from participa.search import queries, words
from participa.search.extracts import extract
from participa.search.queries import Matches
from participa.spaces.models import Component
from participa.spaces.policies import may_browse
from participa.text import clean
from participa.web import actor
from participa.wording import called

bp = Blueprint("search", __name__)

A_PAGE = 20
KINDS: dict[ContributionKind, tuple[Any, Any]] = {
    ContributionKind.PROPOSAL: (_l("Proposal"), _l("Proposals")),
    ContributionKind.DEBATE: (_l("Debate"), _l("Debates")),
    ContributionKind.COMMENT: (_l("Comment"), _l("Comments")),
    ContributionKind.ARGUMENT: (_l("Argument"), _l("Arguments")),
    ContributionKind.QUESTION: (_l("Question"), _l("Questions")),
    ContributionKind.AMENDMENT: (_l("Amendment"), _l("Amendments")),
}
ORDERS = {"relevance": _l("relevance"), "date": _l("date")}


@bp.get("/search")
def index() -> ResponseReturnValue:
    """Search everything that the reader may read."""
    authorize(may_browse(actor()))
    typed = " ".join(clean(request.args.get("q", "")).split())[: words.LONGEST]
    wanted = words.read(typed)
    if wanted is None:
        return render_template("search/index.html", typed=typed, wanted=None)
    components = queries.readable(actor())
    everything = queries.latest_matches(wanted, [component.id for component in components])
    kinds = {kind for kind in KINDS if kind in request.args.getlist("kind")}
    slugs = set(request.args.getlist("space"))
    chosen = [component for component in components if not slugs or component.space.slug in slugs]
    matches = _narrowed(wanted, everything, kinds, chosen, of_all=len(chosen) == len(components))
    order = request.args.get("order") if request.args.get("order") in ORDERS else "relevance"
    ranked = sorted(matches.found, key=lambda m: (m.published_at, m.id), reverse=True)
    if order == "relevance":
        ranked.sort(key=lambda match: match.rank, reverse=True)
    page = _page_asked(len(ranked))
    shown = queries.texts([match.id for match in ranked[(page - 1) * A_PAGE : page * A_PAGE]])
    return render_template(
        "search/index.html",
        typed=typed,
        wanted=wanted,
        matches=matches,
        hits=[(text, title_of(text), extract(text.html, wanted.beginnings)) for text in shown],
        names=KINDS,
        kinds=kinds,
        slugs=slugs,
        kind_facet=_kind_facet(everything, kinds),
        space_facet=_space_facet(everything, components, slugs),
        order=order,
        orders=list(ORDERS.items()),
        page=page,
        previous=_address(page - 1) if page > 1 else None,
        next=_address(page + 1) if page * A_PAGE < len(ranked) else None,
    )


def _narrowed(
    wanted: words.Wanted,
    everything: Matches,
    kinds: set[ContributionKind],
    chosen: list[Component],
    *,
    of_all: bool,
) -> Matches:
    """What is left with the filters chosen; asked of the database anew when there was more than it gave."""
    if of_all and not kinds:
        return everything
    ids = {component.id for component in chosen}
    if everything.more:
        return queries.latest_matches(wanted, sorted(ids), kinds)
    found = [m for m in everything.found if m.component_id in ids and (not kinds or m.kind in kinds)]
    return Matches(found, more=False)


def title_of(contribution: Contribution) -> str:
    """The title of a text found; of a comment or argument, what it is about and who wrote it."""
    if contribution.title is not None:
        return contribution.title
    about = contribution.about.title if contribution.about else ""
    return str(_("On “%(title)s”", title=about))


def _kind_facet(everything: Matches, chosen: set[ContributionKind]) -> list[tuple[str, Any, int | str]]:
    counts = Counter(match.kind for match in everything.found)
    return [
        (kind.value, plural, _count(counts[kind], everything))
        for kind, (_singular, plural) in KINDS.items()
        if counts[kind] or kind in chosen
    ]


def _space_facet(
    everything: Matches, components: list[Component], chosen: set[str]
) -> list[tuple[str, str, int | str]]:
    spaces = {component.id: component.space for component in components}
    counts: Counter[str] = Counter(spaces[match.component_id].slug for match in everything.found)
    names = {
        space.slug: called(space) for space in spaces.values() if counts[space.slug] or space.slug in chosen
    }
    return [(slug, name, _count(counts[slug], everything)) for slug, name in names.items()]


def _count(count: int, everything: Matches) -> int | str:
    """A count of a facet: when there are more matches than looked at, it is at least that many."""
    return str(_("%(n)s or more", n=number(count))) if everything.more else count


def _page_asked(found: int) -> int:
    asked = request.args.get("page", "1")
    last = max(1, -(-found // A_PAGE))
    return min(int(asked), last) if asked.isdecimal() and len(asked) < 5 and int(asked) > 0 else 1


def _address(page: int) -> str:
    kept: dict[str, Any] = {
        name: values for name, values in request.args.lists() if name in ("q", "kind", "space", "order")
    }
    return url_for("search.index", **kept, page=page)
