"""The list on paper, in a feed and in files; the same addresses as the list, the same filters."""

from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, get_timezone
from flask_babel import gettext as _

from participa import text
from participa.auth.session import member
from participa.authorization import authorize
from participa.catalogues import lazy_gettext as _l
from participa.db import clock
from participa.display import address_if_any
from participa.exports import queries as exports
from participa.exports.models import Format
from participa.exports.policies import may_ask
from participa.exports.services import ask
from participa.exports.writers import MIMETYPES, write
from participa.mail import absolute
from participa.proposals import lists
from participa.proposals.answering.states import states_of
from participa.proposals.finding import queries
from participa.proposals.finding.columns import columns_of, source_of
from participa.proposals.life import state_of_row
from participa.proposals.queries import CHANCE, MOST_COUNTED, Wish, count_wished
from participa.proposals.views import bp, component_of, ending, list_address, wish_here
from participa.spaces.models import Component
from participa.spaces.policies import may_administer
from participa.web import actor, address_of

A_FEED = 30
A_PRINT = 100
"""Proposals on one page to print; the next ones are on the next page."""
FORMATS = {
    Format.XLSX: _l("Spreadsheet (XLSX), for Excel or LibreOffice"),
    Format.CSV: _l("Text (CSV), for any table tool"),
    Format.JSON: _l("Data (JSON), for programs"),
}
PARTS = {"texts": _l("The whole texts"), "answers": _l("The moderators’ answers")}


@bp.app_template_global()
def elsewhere(component: Component, wish: Wish, way: str, **more: Any) -> str:
    """The address where the same proposals are printed, fed or exported."""
    arguments = lists.arguments(wish) | more
    return url_for(f"proposals.{way}", slug=component.space.slug, component_id=component.id, **arguments)


@bp.app_template_global("outlets_of")
def outlets(component: Component, wish: Wish) -> list[tuple[str, str]]:
    """Where the list can be taken: a label and an address each."""
    ways = [
        (_("Print"), elsewhere(component, wish, "to_print")),
        (_("Feed (Atom)"), elsewhere(component, wish, "feed")),
        (_("Export"), elsewhere(component, wish, "export")),
    ]
    bring = address_if_any("imports.new", slug=component.space.slug, component_id=component.id)
    if bring and may_administer(actor(), component.space):
        ways.append((_("Import"), bring))
    return ways


@bp.get("/print")
def to_print(slug: str, component_id: int) -> ResponseReturnValue:
    """What the list shows, on a page made for paper."""
    component = component_of(slug, component_id)
    wish, who = wish_here(component), actor()
    page = queries.page_in_order(component, wish, who, request.args.get("page"), size=A_PRINT)
    asked = [part for part in PARTS if part in request.args.getlist("part")]
    voting = component.rules_at(clock()).voting_open
    return render_template(
        "proposals/finding/print.html",
        component=component,
        space=component.space,
        page=page,
        total=count_wished(component, wish, who),
        most=MOST_COUNTED,
        a_page=A_PRINT,
        states={row.id: state_of_row(row, states_of(component), voting=voting) for row in page.items},
        parts=asked if "part" in request.args or "chosen" in request.args else list(PARTS),
        all_parts=PARTS.items(),
        wish=wish,
        lists=lists,
        order=lists.ORDER_LABELS["date" if wish.order == CHANCE else wish.order],
        chips=lists.chips_of(
            wish, component, stance=component.configuration.ballot == "stance", voting=voting
        ),
        stance=component.configuration.ballot == "stance",
        hides_counts=component.hides_counts_at(clock()),
        now=clock(),
        back=list_address(component, **lists.arguments(wish)),
        here=address_of(component),
        ending=ending,
    )


@bp.get("/export")
def export(slug: str, component_id: int) -> ResponseReturnValue:
    """Choose the file to make of what the list shows."""
    component = component_of(slug, component_id)
    wish, who = wish_here(component), actor()
    total = count_wished(component, wish, who)
    return render_template(
        "proposals/finding/export.html",
        component=component,
        space=component.space,
        wish=wish,
        lists=lists,
        total=total,
        most=MOST_COUNTED,
        long=total > MOST_COUNTED,
        chips=lists.chips_of(
            wish,
            component,
            stance=component.configuration.ballot == "stance",
            voting=component.rules_at(clock()).voting_open,
        ),
        columns=columns_of(component, ""),
        formats=FORMATS.items(),
        back=list_address(component, **lists.arguments(wish)),
        paper=elsewhere(component, wish, "to_print"),
        direct=elsewhere(component, wish, "file"),
        ask=elsewhere(component, wish, "ask_export"),
        here=elsewhere(component, wish, "export"),
    )


@bp.post("/export")
def ask_export(slug: str, component_id: int) -> ResponseReturnValue:
    """Have a long file made by the worker."""
    component = component_of(slug, component_id)
    who = actor()
    authorize(may_ask(who, component, exports.unfinished(who)))
    query = urlencode(lists.fields(wish_here(component)))
    asked = ask(member(), component, query, _format(request.form.get("format", "")))
    return redirect(url_for("exports.show", export_id=asked.id), 303)


@bp.get("/export/file")
def file(slug: str, component_id: int) -> ResponseReturnValue:
    """The file itself, when it is short; a long one must be asked for."""
    component = component_of(slug, component_id)
    wish, who = wish_here(component), actor()
    if count_wished(component, wish, who) > MOST_COUNTED:
        return redirect(elsewhere(component, wish, "export"), 303)
    wanted = _format(request.args.get("format", ""))
    zone = get_timezone()
    assert zone is not None
    made = BytesIO()
    write(source_of(component, who, request.args, absolute("")), wanted, made, zone, str(get_locale()))
    made.seek(0)
    name = f"{text.slugify(f'{component.name} {component.space.name}')}-{clock():%Y-%m-%d}.{wanted.value}"
    answer = send_file(made, mimetype=MIMETYPES[wanted], as_attachment=True, download_name=name, max_age=0)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _format(written: str) -> Format:
    return Format(written) if written in list(Format) else Format.CSV


@bp.get("/feed.atom")
def feed(slug: str, component_id: int) -> ResponseReturnValue:
    """The last published proposals that the filters let through, for feed readers; asks again cost little."""
    component = component_of(slug, component_id)
    wish = wish_here(component)
    rows = queries.page_by_date(component, wish, actor(), None, size=A_FEED).items
    changed = {row.id: changed_at(row) for row in rows}
    latest = max(changed.values(), default=component.published_at or component.created_at)
    answer = make_response(
        render_template(
            "proposals/finding/feed.xml",
            component=component,
            space=component.space,
            rows=rows,
            changed=changed,
            latest=latest,
            here=address_of(component),
            page=list_address(component, **lists.arguments(wish)),
            itself=elsewhere(component, wish, "feed"),
            ending=ending,
        )
    )
    answer.mimetype = "application/atom+xml"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.update(("Cookie", "Accept-Language"))
    answer.last_modified = latest
    answer.add_etag()
    return answer.make_conditional(request)


def changed_at(row: Any) -> datetime:
    """When what a feed says of a proposal changed last: its text or its answer."""
    moments: list[datetime] = [at for at in (row.published_at, row.edited_at, row.answered_at) if at]
    return max(moments)
