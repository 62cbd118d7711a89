"""The log."""

import tempfile
from datetime import date

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue

from participa.admin import log as entries
from participa.admin import queries
from participa.admin.log import LogFilters
from participa.admin.sentences import GROUPS
from participa.admin.views import bp
from participa.admin.views.members import number
from participa.catalogues import language, zone
from participa.db import clock, day_of
from participa.exports.models import Format
from participa.exports.writers import MIMETYPES, write
from participa.web import actor

YEARS = range(2000, 2200)
"""Years that the log may be asked for: far from the ends of the calendar."""


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def _filters() -> LogFilters:
    """What the address narrows the log by."""
    return LogFilters(
        group=request.args.get("group", ""),
        words=" ".join(request.args.get("who", "").split())[:100],
        space_id=number(request.args.get("space")),
        since=_day(request.args.get("since")),
        until=_day(request.args.get("until")),
        about=" ".join(request.args.get("about", "").split())[:100],
    )


@bp.get("/log")
def log() -> ResponseReturnValue:
    """Show what was done, by whom, in sentences."""
    filters = _filters()
    return render_template(
        "admin/log.html",
        filters=filters,
        page=entries.page_of_rows(filters, request.args.get("page"), actor()),
        groups=[(key, group.label) for key, group in GROUPS.items()],
        spaces=entries.spaces_to_choose(actor()),
        counts=queries.counts(),
    )


@bp.get("/log.<any(csv, xlsx, json):form>")
def log_file(form: str) -> ResponseReturnValue:
    """The entries that match, as a file."""
    wanted = Format(form)
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the answer
    write(entries.file_of(_filters(), actor()), wanted, file, zone(), language())
    file.seek(0)
    day = day_of(clock()).isoformat()
    answer = send_file(
        file, mimetype=MIMETYPES[wanted], as_attachment=True, download_name=f"journal-{day}.{form}"
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
