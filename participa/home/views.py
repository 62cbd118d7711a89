"""The front page."""

from datetime import datetime

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from participa.catalogues import lazy_gettext as _l
from participa.db import clock
from participa.home import desk, moves, queries
from participa.home.blocks import more_after
from participa.network.models import Network
from participa.spaces import policies
from participa.spaces.blocks.kinds import Front
from participa.spaces.blocks.showing import runs
from participa.web import actor, add_to_frame

bp = Blueprint("home", __name__)
BLUEPRINTS = (bp, desk.bp)

add_to_frame(_l("Home"), "home.index", rank=10, when=lambda who: who.may_enter)

FEED = 12
"""How many contributions stand on each page that follows the front page."""


@bp.get("/")
def index() -> ResponseReturnValue:
    """The front page of the network, made of its blocks; the pages that follow what moves."""
    who = actor()
    if not who.may_enter:
        return render_template("home/closed.html")
    network = g.get("network")
    front = Front(who, network or Network())
    before = _before()
    if before is not None:
        feed = moves.latest(front.component_ids, FEED + 1, before)
        return render_template("home/feed.html", feed=feed[:FEED], more=more_after(feed, FEED))
    preview = who.is_coordinator and "preview" in request.args
    return render_template(
        "home/index.html",
        runs=runs(front, draft=preview),
        centres_there=queries.centres_this_week(front),
        today=clock(),
        may_open=policies.may_open(who),
        preview=preview,
    )


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
