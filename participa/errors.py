"""Every refusal and failure as a designed page, in the reader's language."""

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, validate_csrf
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound, ServiceUnavailable
from wtforms import ValidationError

from participa.authorization import RULES, Refused, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.db import abandon
from participa.web import came_from

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


class TextKeeper:
    """How a text that could not be posted is kept; the contributions package registers it."""

    def __init__(self) -> None:
        self.keep: Callable[[], str | None] = lambda: None
        """Keeps the text of this request, if it holds one, and gives the address that leads back to it."""


text_keeper = TextKeeper()

moved: list[Callable[[], str | None]] = []
"""Where a page that is not found has moved to, as each feature knows; asked only then."""


def init_app(app: Flask) -> None:
    """Answer errors with pages."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(CSRFError, form_expired)
    app.register_error_handler(Conflict, conflict)
    app.register_error_handler(TooManyTries, too_many_tries)
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(InterfaceError, database_away)
    app.register_error_handler(PoolExhausted, database_away)
    app.register_error_handler(DataError, data_refused)
    app.register_error_handler(HTTPException, http_error)


def refused(error: Refused) -> ResponseReturnValue:
    """Send a visitor to sign in; tell a member which rule refused and what to do."""
    abandon()
    kept = text_keeper.keep()
    if kept and not g.actor.is_authenticated:
        return to_sign_in(kept)
    if error.rule in NOT_FOUND_RULES and g.actor.may_enter:
        return render_template("errors/404.html", kept=kept), 404
    if not g.actor.is_authenticated:
        return to_sign_in(None)
    return render_template("errors/403.html", rule=error.rule, sentence=RULES[error.rule], kept=kept), 403


def to_sign_in(kept: str | None) -> ResponseReturnValue:
    """Send a visitor to sign in, then back to where they were, or to their text when one was kept."""
    back = request.full_path.rstrip("?") if request.method == "GET" else came_from()
    if kept:
        flash(_("Your session had ended. Your text is kept: sign in, and send it again."), "warning")
    return redirect(url_for("auth.sign_in", next=kept or back), 302 if request.method == "GET" else 303)


def form_expired(error: CSRFError) -> ResponseReturnValue:
    """Keep the text of a form whose proof of origin no longer holds, and show it again to be sent again."""
    abandon()
    kept = text_keeper.keep()
    if kept and g.actor.is_authenticated:
        flash(
            _("The page had been open for too long. Your text is kept: check it, and send it again."),
            "warning",
        )
        return redirect(kept, 303)
    if kept:
        return to_sign_in(kept)
    if request.blueprint == "auth" and "GET" in (request.url_rule.methods or () if request.url_rule else ()):
        flash(_("The page had been open for too long. Please try again."), "warning")
        return redirect(request.full_path.rstrip("?"), 303)
    return http_error(error)


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
    if error.code == 404 and (path := next(filter(None, (find() for find in moved)), None)):
        return redirect(path, 301 if request.method in ("GET", "HEAD") else 308)
    if error.code == 404 and not g.actor.is_authenticated and (kept := text_keeper.keep()):
        return to_sign_in(kept)  # a private page, perhaps, to whoever was signed in a moment ago
    code = error.code or 500
    template = f"errors/{code}.html" if code in (400, 403, 404, 409, 413, 429) else "errors/400.html"
    if code == 403:
        return render_template(template, rule="not_allowed", sentence=RULES["not_allowed"]), code
    if code == 405:
        return render_template(template, sentence=_("This address cannot be used that way.")), code
    if code == 413:
        return render_template(template, kept=_keep_beginning()), code
    return render_template(template), code


def _keep_beginning() -> str | None:
    """Keep the text of a form whose files are too large to be received; gives the address that leads back to it."""
    try:
        if not request.read_beginning():  # type: ignore[attr-defined]
            return None
        if current_app.config["WTF_CSRF_ENABLED"]:
            validate_csrf(request.form.get("csrf_token"))
    except (ValidationError, OSError):
        return None
    return text_keeper.keep() if g.actor.is_authenticated else None


def data_refused(error: DataError) -> ResponseReturnValue:
    """Say that nothing has a number past what its column holds; any other refused value is our fault."""
    if getattr(error.orig, "sqlstate", None) == "22003":
        return http_error(NotFound())
    return http_error(InternalServerError(original_exception=error))


def database_away(error: DBAPIError | PoolExhausted) -> ResponseReturnValue:
    """Say that the database does not answer, without using it."""
    log.error("database_error", exc_info=error)
    if (
        getattr(getattr(error, "orig", None), "sqlstate", None) == "57014"
    ):  # statement timeout: the database is there
        return render_short("errors/500.html", 500)
    return render_short("errors/unavailable.html", 503)


def render_short(template: str, code: int) -> ResponseReturnValue:
    """Render a page that needs no query."""
    g.short = True
    abandon()
    return render_template(template, request_id=g.get("request_id")), code, {"Retry-After": "30"}
