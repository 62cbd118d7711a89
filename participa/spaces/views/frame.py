"""What the pages of spaces share: addresses, tabs, phases, the space asked for."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Blueprint, g, request
from flask_babel import gettext as _

from participa.authorization import authorize
from participa.catalogues import lazy_gettext as _l
from participa.catalogues import ngettext, number
from participa.db import clock, day_of, db
from participa.display import day_words
from participa.errors import moved
from participa.spaces import policies, queries, relations
from participa.spaces.kinds import KINDS
from participa.spaces.models import Component, Phase, Space
from participa.spaces.overview import COUNTED, TABS, Tab, Tally, overview
from participa.web import actor, add_to_frame, addresses, found
from participa.wording import called

bp = Blueprint("spaces", __name__)

add_to_frame(
    _l("Spaces"),
    "spaces.index",
    rank=20,
    when=lambda who: who.may_enter,
    covers=("spaces", "proposals", "debates", "comments"),
)


@addresses(Space)
def address_of_space(space: Space) -> str:
    """The front page of a space."""
    return f"/e/{space.slug}"


@addresses(Component)
def address_of_component(component: Component) -> str:
    """The list of a component; needs its space loaded."""
    return f"/e/{component.space.slug}/{component.id}"


def _moved() -> str | None:
    """Where the page asked for is, when its space had this address before."""
    parts = request.path.split("/", 3)
    if len(parts) < 3 or parts[1] != "e":
        return None
    space = relations.find_moved(parts[2])
    if space is None or not policies.may_read_space(actor(), space):
        return None
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return f"/e/{space.slug}{'/' + quote(parts[3]) if len(parts) > 3 else ''}{query}"


moved.append(_moved)


def the_space(slug: str) -> Space:
    """The space of an address, which the reader may read; else the 404 page, or the sign-in page."""
    space = found(queries.find_space(slug))
    authorize(policies.may_read_space(actor(), space))
    return space


def shaped_space(slug: str) -> Space:
    """The space of an address, which the reader may shape."""
    space = found(queries.find_space(slug))
    authorize(policies.may_administer(actor(), space))
    return space


def shown_components(space: Space) -> list[Component]:
    """The components of a space that the reader may read; needs them loaded."""
    return [component for component in space.components if policies.may_read_component(actor(), component)]


@bp.app_template_global()
def centres_shown(item: Any) -> int:
    """How many centres took part in a proposal or debate; 0 where counts are hidden. Needs its component."""
    return 0 if _hides_counts(item.component) else int(item.centre_count)


@bp.app_template_global()
def supports_shown(item: Any) -> int:
    """How many support a proposal; 0 where counts are hidden, or votes are for, mixed or against."""
    secret = getattr(item.component.configuration, "ballot", "support") != "support"
    return 0 if secret or _hides_counts(item.component) else int(item.support_count)


@bp.app_template_global()
def counts_hidden_in(component_id: int) -> bool:
    """The same of a component that is not loaded; one statement a page."""
    if "counts_hidden_in" not in g:
        g.counts_hidden_in = set(db.session.scalars(queries.hiding_counts()))
    return component_id in g.counts_hidden_in


def _hides_counts(component: Component) -> bool:
    """Whether the component hides counts now, asked once a page for each component."""
    known: dict[int, bool] = g.setdefault("hiding_counts", {})
    if component.id not in known:
        known[component.id] = bool(queries.which_hide([component]))
    return known[component.id]


@bp.app_template_global()
def space_tabs(space: Space, *, counted: bool = True) -> list[Tab]:
    """The tabs of a space, for `subnav`: its front page, then its components, whose key is their number.

    Needs the space's components loaded; the counts are one statement, and left out when not `counted`.
    """
    components = shown_components(space)
    tallies = overview.tallies([component.id for component in components]) if counted else {}
    tabs: list[Tab] = [("front", _("Presentation"), address_of_space(space), None)]
    for component in components:
        tally = tallies.get(component.id)
        count = None if tally is None else f"{number(COUNTED)}+" if tally.count > COUNTED else tally.count
        tabs.append((str(component.id), called(component), f"/e/{space.slug}/{component.id}", count))
    tabs += filter(None, (tab(actor(), space) for tab in TABS))
    return tabs


def tally_sentence(components: list[Component], tallies: Mapping[int, Tally]) -> str:
    """How much there is in a space, such as "14 proposals, 3 debates"."""
    counts: dict[str, int] = {}
    for component in components:
        if component.id in tallies and component.kind in KINDS:
            counts[component.kind] = counts.get(component.kind, 0) + tallies[component.id].count
    return ", ".join(
        _("more than %(count)s", count=KINDS[kind].count_label(COUNTED))
        if count > COUNTED
        else KINDS[kind].count_label(count)
        for kind, count in counts.items()
        if count
    )


class Row(NamedTuple):
    """A line of the list of spaces."""

    space: Space
    tally: str
    moved_at: datetime | None


def rows_of(found: list[tuple[Space, list[Component]]], tallies: Mapping[int, Tally]) -> list[Row]:
    """The lines of the list of spaces, from `spaces_with_components` and the tallies of their components."""
    rows = []
    for space, components in found:
        moments = [tallies[component.id].moved_at for component in components if component.id in tallies]
        moved = max((moment for moment in moments if moment), default=None)
        rows.append(Row(space, tally_sentence(components, tallies), moved))
    return rows


class Step(NamedTuple):
    """A phase as `phases` of the templates writes it."""

    name: str
    note: str
    standing: str | None


def steps(phases: list[Phase]) -> list[Step]:
    """The phases of a space, each with its days and whether it is over, under way or to come."""
    today = day_of(clock())
    made = []
    for phase in phases:
        days = days_of(phase)
        if phase.ends_on < today:
            made.append(Step(called(phase), _("%(days)s, over", days=days), "done"))
        elif phase.starts_on <= today:
            made.append(Step(called(phase), _("%(days)s, under way", days=days), "current"))
        else:
            made.append(Step(called(phase), days, None))
    return made


def days_of(phase: Phase) -> str:
    """The first and last day of a phase."""
    return days_between(phase.starts_on, phase.ends_on)


@bp.app_template_global()
def days_between(first: date, last: date | None) -> str:
    """A first and a last day in words; one day alone when both are the same, or there is no last one."""
    if last is None or first == last:
        return day_words(first)
    return str(_("%(start)s – %(end)s", start=day_words(first), end=day_words(last)))


def phase_sentence(space: Space) -> str:
    """Where a space stands, such as "phase 2 of 4, 11 more days"; empty without phases."""
    if not space.phases:
        return ""
    today = day_of(clock())
    current = space.phase_at(clock())
    if current is not None:
        place, left = space.phases.index(current) + 1, (current.ends_on - today).days
        where = _("Phase %(place)s of %(total)s", place=place, total=len(space.phases))
        rest = ngettext("%(num)s more day", "%(num)s more days", left) if left else _("last day")
        return f"{where}, {rest}"
    coming = next((phase for phase in space.phases if phase.starts_on > today), None)
    if coming is None:
        return str(_("All phases are over"))
    if coming.starts_on - today == timedelta(days=1):
        return str(_("Next phase tomorrow"))
    return str(_("Next phase on %(day)s", day=day_words(coming.starts_on)))
