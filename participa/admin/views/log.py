"""The log."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from participa.admin import log as entries
from participa.admin import queries
from participa.admin.log import LogFilters
from participa.admin.sentences import GROUPS
from participa.admin.views import bp
from participa.admin.views.members import number
from participa.web import actor

YEARS = range(2000, 2200)
"""Years that the log may be asked for: far from the ends of the calendar."""


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


@bp.get("/log")
def log() -> ResponseReturnValue:
    """Show what was done, by whom, in sentences."""
    filters = LogFilters(
        group=request.args.get("group", ""),
        words=" ".join(request.args.get("who", "").split())[:100],
        space_id=number(request.args.get("space")),
        since=_day(request.args.get("since")),
        until=_day(request.args.get("until")),
    )
    return render_template(
        "admin/log.html",
        filters=filters,
        page=entries.page_of_rows(filters, request.args.get("page"), actor()),
        groups=[(key, group.label) for key, group in GROUPS.items()],
        spaces=entries.spaces_to_choose(actor()),
        counts=queries.counts(),
    )
