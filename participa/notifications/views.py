"""What one was told, what one wants to receive, and the way out of mails."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import to_user_timezone

from participa import mail
from participa.auth.session import member
from participa.authorization import authorize
from participa.catalogues import lazy_gettext as _l
from participa.db import clock, db
from participa.notifications import policies, queries, services
from participa.notifications.forms import ChannelsForm, channel
from participa.spaces.models import Space
from participa.web import Shell, actor, add_to_frame, fill_frame

bp = Blueprint("notifications", __name__)

THINGS = ("proposal_id", "debate_id", "contribution_id")
"""How the addresses of pages name the thing that they show."""

add_to_frame(_l("What you receive"), "notifications.settings", "account", rank=40)


@fill_frame
def _unread(frame: Shell) -> None:
    """Count what is unread; visiting a thing marks what was told about it as read."""
    if not actor().is_authenticated:
        return
    named = (request.view_args or {}) if request.method == "GET" else {}
    here = next((named[name] for name in THINGS if name in named), None)
    unread = g.alongside["unread"] or []
    unread_here = unread.count(here) if here is not None else 0
    if unread_here:
        services.mark_read(actor(), thing_id=here)
    frame.unread = len(unread) - unread_here


@bp.get("/notifications")
def index() -> ResponseReturnValue:
    """What one was told, grouped by thing, the latest first."""
    authorize(policies.may_have_notifications(actor()))
    services.forget_unreadable(actor())
    g.alongside["unread"] = queries.unread_now(actor())
    unread = request.args.get("unread") == "1"
    before = request.args.get("before", type=int)
    inbox = queries.inbox(actor(), before=before, unread=unread)
    return render_template(
        "notifications/index.html",
        days=list(_by_day(inbox.groups)),
        inbox=inbox,
        before=before,
        only_unread=unread,
        spaces=queries.followed_spaces(actor()),
        by_mail=member().mail_by_default,
    )


def _by_day(groups: list[queries.Group]) -> Iterator[tuple[str, bool, list[queries.Group]]]:
    """Each day in the reader's zone, whether it is today, and its groups."""

    def day(group: queries.Group) -> date:
        local: datetime = to_user_timezone(group.latest.event.at)
        return local.date()

    today = to_user_timezone(clock()).date()
    for when, some in groupby(groups, day):
        yield when.isoformat(), when == today, list(some)


@bp.post("/notifications/read")
def read() -> ResponseReturnValue:
    """Mark as read what was told about one thing, or all of it, up to what the page showed."""
    authorize(policies.may_have_notifications(actor()))
    services.mark_read(
        actor(),
        until=request.form.get("until", type=int),
        thing_id=request.form.get("thing", type=int),
        space_id=request.form.get("space", type=int),
    )
    return redirect(url_for("notifications.index", unread=request.form.get("unread") or None))


@bp.route("/notifications/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """Choose what comes by mail, in general and space by space."""
    authorize(policies.may_have_notifications(actor()))
    form = ChannelsForm(data={"by_default": "mail" if member().mail_by_default else "app"})
    rows = queries.channels(actor())
    if form.validate_on_submit():
        chosen = {space.id: channel(request.form.get(f"space-{space.id}")) for space, _by_mail in rows}
        services.choose(member(), form.by_default.data == "mail", chosen)
        flash(_("What you receive is recorded."), "success")
        return redirect(url_for("notifications.settings"))
    return render_template(
        "notifications/settings.html",
        form=form,
        rows=rows,
        mail_is_on=mail.is_configured(current_app.config["SETTINGS"]),
    )


@bp.route("/unsubscribe/<token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> ResponseReturnValue:
    """Stop the mails about one space: asks when opened, acts when posted, as mail programs do."""
    named = services.read_token(token)
    if named is None:
        abort(404)
    member_id, space_id = named
    done = request.method == "POST"
    if done:
        services.unsubscribe(member_id, space_id)
    space = db.session.get(Space, space_id) if space_id else None
    return render_template("notifications/unsubscribe.html", space=space, done=done, token=token)


@bp.record_once
def _let_mail_programs_post(state: BlueprintSetupState) -> None:
    csrf: Any = state.app.extensions["csrf"]
    csrf.exempt(unsubscribe)  # the signed address is the proof; mail programs hold no session
