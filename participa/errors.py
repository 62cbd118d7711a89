"""Every refusal and failure as a designed page, in the reader's language."""

from typing import Any

import structlog
from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from participa.authorization import RULES, Refused, define_rules
from participa.db import abandon, db

log = structlog.get_logger(__name__)

define_rules(
    sign_in=_l("Sign in to go on."),
    not_allowed=_l("Your role does not allow this."),
)

NOT_FOUND_RULES = {"not_visible"}
"""Rules whose refusal must not even tell that the thing exists."""


class Conflict(Exception):
    """Raised when a form was made from a text that has changed since; carries what the merge page shows."""

    def __init__(self, **context: Any) -> None:
        super().__init__("stale")
        self.context = context


class TooManyTries(Exception):
    """Raised when someone must wait before trying again; `seconds` says how long."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def init_app(app: Flask) -> None:
    """Answer errors with pages."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(Conflict, conflict)
    app.register_error_handler(TooManyTries, too_many_tries)
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(InterfaceError, database_away)
    app.register_error_handler(HTTPException, http_error)


def refused(error: Refused) -> ResponseReturnValue:
    """Send a visitor to sign in; tell a member which rule refused and what to do."""
    abandon()
    if error.rule in NOT_FOUND_RULES and g.actor.may_enter:
        return render_template("errors/404.html"), 404
    if not g.actor.is_authenticated:
        back = request.full_path.rstrip("?") if request.method == "GET" else request.referrer_path
        return redirect(url_for("auth.sign_in", next=back))
    return render_template("errors/403.html", rule=error.rule, sentence=RULES[error.rule]), 403


def conflict(error: Conflict) -> ResponseReturnValue:
    """Show both texts so that neither is lost."""
    abandon()
    return render_template("errors/409.html", **error.context), 409


def too_many_tries(error: TooManyTries) -> ResponseReturnValue:
    """Say how long to wait."""
    abandon()
    page = render_template("errors/429.html", seconds=error.seconds)
    return page, 429, {"Retry-After": str(error.seconds)}


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer any other HTTP error."""
    if error.response is not None:  # a redirect
        return error
    if isinstance(error, InternalServerError):
        log.error("request_failed", exc_info=error.original_exception)
        return render_short("errors/500.html", 500)
    if isinstance(error, ServiceUnavailable):
        return render_short("errors/unavailable.html", 503)
    abandon()
    code = error.code or 500
    template = f"errors/{code}.html" if code in (400, 403, 404, 409, 413, 429) else "errors/400.html"
    if code == 403:
        return render_template(template, rule="not_allowed", sentence=RULES["not_allowed"]), code
    if code == 405:
        return render_template(template, sentence=_("This address cannot be used that way.")), code
    return render_template(template), code


def database_away(error: DBAPIError) -> ResponseReturnValue:
    """Say that the database does not answer, without using it."""
    log.error("database_error", exc_info=error)
    if getattr(error.orig, "sqlstate", None) == "57014":  # statement timeout: the database is there
        return render_short("errors/500.html", 500)
    return render_short("errors/unavailable.html", 503)


def render_short(template: str, code: int) -> ResponseReturnValue:
    """Render a page that needs no query."""
    g.short = True
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()
    return render_template(template, request_id=g.get("request_id")), code, {"Retry-After": "30"}
