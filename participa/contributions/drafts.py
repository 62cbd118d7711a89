"""Texts being written, between the page that holds their form and the `drafts` table.

A form is named by the endpoint that receives it. Three ways lead here: a long form saves itself while one
writes; a text posted after the session or the form expired is kept until its writer signs in; a refused text
is kept for its writer. None is ever sent by itself: the form is shown filled in, to be sent again.
"""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from flask import after_this_request, current_app, flash, g, request, url_for
from flask import session as cookie
from flask.globals import request_ctx
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from participa.auth import throttle
from participa.auth.forms import local_path
from participa.catalogues import lazy_gettext as _l
from participa.contributions import queries, services
from participa.contributions.models import Draft
from participa.db import at_most, db
from participa.display import when_words
from participa.errors import TooManyTries, text_keeper
from participa.web import actor, is_htmx

CLAIMS = "participa_text"
"""The cookie with the one-time tokens of texts that wait for their writer to sign in."""
MOST_CLAIMS = 5
LONGEST = 200_000
"""Characters of all fields together; what is longer is nobody's writing."""
LEFT_OUT = re.compile(r"csrf|passw|token|secret|^draft_|^next$|^act$|^uploads$|^files-remove$", re.IGNORECASE)

BESIDE = ("contributions.save", "contributions.preview", "attachments.change")
"""What takes a form that is to be published elsewhere, which its fields name."""

LABELS = {
    "proposals": _l("Proposal"),
    "debates": _l("Debate"),
    "comments": _l("Comment"),
    "moderation": _l("Report"),
    "spaces": _l("Space"),
}
"""What a form is called in lists, by the blueprint that receives it."""


def title_of(draft: Draft) -> str:
    """The words that name the draft in a list: its title, else how it begins."""
    written = dict(values_of(draft.fields))
    line = " ".join((written.get("title") or written.get("body") or "").split())
    return line if len(line) <= 80 else line[:81].rsplit(" ", 1)[0] + "…"


def label_of(draft: Draft) -> Any:
    """What the draft would become."""
    return LABELS.get(draft.form.partition(".")[0], _l("Text"))


def typed() -> dict[str, Any]:
    """The fields of this request that a person filled in: never a password, a token or a file."""
    fields = {
        name: [value.replace("\0", "") for value in values]
        for name, values in request.form.lists()
        if not LEFT_OUT.search(name)
    }
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


def values_of(fields: dict[str, Any]) -> list[tuple[str, str]]:
    """The fields of a draft as a form posts them: one pair per value."""
    return [
        (name, str(value))
        for name, held in fields.items()
        for value in (held if isinstance(held, list) else [held])
        if value is not None
    ]


def hold_text(fields: dict[str, Any]) -> bool:
    """Whether the fields hold something written: a body, a title, or any value of several words."""
    values = [(name, value.strip()) for name, value in values_of(fields)]
    if sum(len(value) for _name, value in values) > LONGEST:
        return False
    return any(
        value and (name in ("body", "title") or " " in value or "\n" in value) for name, value in values
    )


# ── Filling forms in


def filled(form: str, **match: str) -> dict[str, Any]:
    """The arguments that fill a form in from the draft that the address names (`?draft=12`), or none.

    Used as `ProposalForm(obj=proposal, **drafts.filled("proposals.edit"))`; `match` picks one of several
    forms of a page by its fields. Costs no statement on a page whose address names no draft.
    """
    draft = named()
    if draft is None or draft.form != form:
        return {}
    values: MultiDict[str, Any] = MultiDict(values_of(draft.fields))
    if any(value not in values.getlist(name) for name, value in match.items()):
        return {}
    if not g.get("draft_is_shown"):
        g.draft_is_shown = True
        when = when_words(draft.saved_at)
        flash(
            _("Your text of %(when)s is in the form. Nothing is sent until you send it.", when=when),
            "success",
        )
    values["draft_id"], values["draft_revision"] = str(draft.id), str(draft.revision)
    return {"formdata": values}


def named() -> Draft | None:
    """The reader's draft that the address names, read once."""
    wanted = request.args.get("draft", "")
    if request.method != "GET" or not wanted.isdecimal() or len(wanted) > 9 or not actor().is_authenticated:
        return None
    if "draft" not in g:
        g.draft = queries.find_draft(actor(), int(wanted))
    return g.draft  # type: ignore[no-any-return]


def shown() -> Draft | None:
    """The draft that a form of this page was filled in from."""
    return g.draft if g.get("draft_is_shown") else None


def others(form: str, target: str) -> Sequence[Draft]:
    """The writer's latest drafts of this form for this page, besides the one that fills it; at most three."""
    mine = g.get("draft")
    query = queries.drafts_of(actor(), form, target).limit(at_most(3))
    return db.session.scalars(query.where(Draft.id != mine.id) if mine else query).all()


def address_of_draft(draft: Draft) -> str:
    """The page where the draft's form is shown filled in; the draft's own page when no form is known."""
    if not draft.target:
        return url_for("contributions.draft", draft_id=draft.id)
    return f"{draft.target}{'&' if '?' in draft.target else '?'}draft={draft.id}"


# ── Keeping what could not be posted


def keep() -> str | None:
    """Keep the text of this request, which is being refused; gives the address that leads back to it.

    A visitor's text waits under a one-time cookie; when their ended session still says whose it was, only
    that member may claim it.
    """
    saving = request.endpoint in BESIDE
    if request.method != "POST" or request.blueprint in (None, "auth") or (saving and is_htmx()):
        return None
    fields = typed()
    if not hold_text(fields):
        return None
    fields |= {
        name: value for name in services.CONTINUED if (value := request.form.get(name, "")).isdecimal()
    }
    form, target = form_and_page() if saving else (request.endpoint or "", _page_of_form())
    if actor().is_authenticated:
        return address_of_draft(services.keep_text(actor().id, form, target, fields))
    try:
        throttle.take_turns(throttle.Gate(f"text:{throttle.network_of(request.remote_addr or '')}", 60, 4))
    except TooManyTries:
        return None
    g.text_is_kept = True
    token = secrets.token_urlsafe(24)
    services.keep_text(cookie.get("member"), form, target, fields, token=token)
    _set_claims([*claims(), token])
    return url_for("contributions.claim")


def form_and_page() -> tuple[str, str]:
    """Which form a request to save a draft holds, and the page that it is on."""
    form = request.form.get("draft_form", "")
    return form if form in current_app.view_functions else "", local_path(
        request.form.get("draft_target")
    ) or ""


def _page_of_form() -> str:
    """The path of the page that holds the form being posted, or nothing."""
    adapter = request_ctx.url_adapter
    if adapter is not None and "GET" in adapter.allowed_methods():
        page: str | None = request.full_path
    else:
        current = request.headers.get("HX-Current-URL") or request.referrer or ""
        page = current[len(request.host_url) - 1 :] if current.startswith(request.host_url) else None
    page = (page or "").partition("#")[0].rstrip("?")
    return local_path(re.sub(r"(?<=[?&])draft=\d+&?", "", page).rstrip("?&")) or ""


def claims() -> list[str]:
    """The tokens that this browser holds."""
    return [token for token in request.cookies.get(CLAIMS, "").split(".") if token][-MOST_CLAIMS:]


def _set_claims(tokens: list[str]) -> None:
    @after_this_request
    def set_cookie(response: Response) -> Response:
        if tokens:
            response.set_cookie(
                CLAIMS,
                ".".join(tokens[-MOST_CLAIMS:]),
                max_age=int(services.CLAIMABLE.total_seconds()),
                httponly=True,
                samesite="Lax",
                secure=current_app.config["SESSION_COOKIE_SECURE"],
            )
        else:
            response.delete_cookie(CLAIMS)
        return response


def claim(member_id: int) -> Draft | None:
    """Give the texts that wait on this browser to the member who has just signed in; the last one of them."""
    tokens = claims()
    if not tokens:
        return None
    mine, waiting = services.claim_drafts(member_id, tokens)
    _set_claims(waiting)
    return mine[-1] if mine else None


text_keeper.keep = keep
