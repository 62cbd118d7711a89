"""The front page."""

from datetime import datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from participa.catalogues import lazy_gettext as _l
from participa.catalogues import ngettext
from participa.db import clock
from participa.display import address_if_any, when_words
from participa.home import moves, overview, queries
from participa.spaces import policies
from participa.spaces.kinds import WAITING, Waiting
from participa.spaces.queries import spaces_with_components
from participa.spaces.views.frame import rows_of
from participa.web import actor, add_to_frame

bp = Blueprint("home", __name__)

add_to_frame(_l("Home"), "home.index", rank=10, when=lambda who: who.may_enter)

FRONT, FEED = 6, 12
"""How many contributions move on the front page, and on each page that follows it."""


@bp.get("/")
def index() -> ResponseReturnValue:
    """What moves, what waits for the reader, the spaces, and the centres that took part this week."""
    who = actor()
    if not who.may_enter:
        return render_template("home/closed.html")
    spaces = spaces_with_components(who, phases=True)
    components = [component for _space, held in spaces for component in held]
    ids = [component.id for component in components]
    before = _before()
    held = FRONT if before is None else FEED
    feed = moves.latest(ids, held + 1, before)
    more = _more(feed, held)
    if before is not None:
        return render_template("home/feed.html", feed=feed[:held], more=more)
    tallies = overview.tallies(ids)
    return render_template(
        "home/index.html",
        feed=feed[:held],
        more=more,
        rows=rows_of(spaces, tallies),
        waiting=_waiting(),
        centres_there=queries.centres_this_week(components),
        today=clock(),
        may_open=policies.may_open(who),
    )


def _waiting() -> list[Waiting]:
    """What waits for the reader, the most pressing first, their own drafts last."""
    who = actor()
    if who.id is None:
        return []
    found = [waiting for finder in WAITING for waiting in finder(who) if waiting.count]
    drafts, saved_at = queries.drafts_of(who.id)
    href = address_if_any("contributions.drafts")
    if drafts and href:
        label = ngettext(
            "draft, saved %(when)s", "drafts, the last one saved %(when)s", drafts, when=when_words(saved_at)
        )
        found.append(Waiting("drafts", drafts, label, href, rank=90))
    return sorted(found, key=lambda waiting: waiting.rank)


def _before() -> tuple[datetime, int] | None:
    """Where the page before ended: the moment and number of its last row; None for the first page."""
    moment, _, number = request.args.get("before", "").partition("_")
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if read.tzinfo is None or not number.isdecimal() or len(number) > 15:
        return None
    return read, int(number)


def _more(feed: list[moves.Moved], held: int) -> str | None:
    if len(feed) <= held:
        return None
    last = feed[held - 1].item
    return url_for("home.index", before=f"{last.last_activity_at.isoformat()}_{last.id}")
