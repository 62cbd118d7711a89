"""One's drafts: the list, saving while one writes, what waited for its writer to sign in."""

import re

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import Markup

from participa import errors, text
from participa.auth.session import member
from participa.catalogues import lazy_gettext as _l
from participa.contributions import drafts as kept
from participa.contributions import queries, references, services
from participa.contributions.models import Draft
from participa.paging import page_of
from participa.web import actor, add_to_frame, came_from, found, is_htmx

bp = Blueprint("contributions", __name__, url_prefix="/drafts")

add_to_frame(
    _l("My drafts"), "contributions.drafts", "account", rank=25, when=lambda actor: actor.is_authenticated
)


@bp.app_template_filter("draft_address")
def draft_address(draft: Draft) -> str:
    """The page where the draft's form is shown filled in."""
    return kept.address_of_draft(draft)


@bp.app_template_filter("linked")
def linked(html: str) -> Markup:
    """A text that was cleaned when it was written, its links to contributions with their title and state."""
    return references.linked(html, actor())


@bp.after_app_request
def show_unshown(response: Response) -> ResponseReturnValue:
    """Show a draft on its own page when the page it was written on has no form for it any more."""
    if "draft" not in request.args or g.get("draft_is_shown") or response.status_code != 200:
        return response
    named = kept.named()
    return redirect(url_for("contributions.draft", draft_id=named.id)) if named else response


@bp.get("")
def drafts() -> ResponseReturnValue:
    """What one is writing, the last saved first."""
    kept.claim(member().id)
    page = page_of(queries.drafts_of(actor()), (Draft.saved_at, Draft.id), request.args.get("page"))
    return render_template("contributions/drafts.html", page=page, drafts=kept)


@bp.get("/claim")
def claim() -> ResponseReturnValue:
    """Take up the text that waited on this browser while one signed in."""
    mine = kept.claim(member().id)
    if mine is None:
        flash(
            _("Your text is not here: it waits for the person who wrote it, or it was taken up already."),
            "warning",
        )
        return redirect(url_for("contributions.drafts"))
    return redirect(kept.address_of_draft(mine))


@bp.get("/<key:draft_id>")
def draft(draft_id: int) -> ResponseReturnValue:
    """The text of a draft by itself, for when its form is closed or gone."""
    member()
    mine = found(queries.find_draft(actor(), draft_id))
    return render_template("contributions/draft.html", draft=mine, drafts=kept)


@bp.post("/<key:draft_id>/discard")
def discard(draft_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    services.discard(member(), draft_id)
    flash(_("The draft is thrown away."), "success")
    return redirect(url_for("contributions.drafts"))


@bp.post("/save")
def save() -> ResponseReturnValue:
    """Save what is being written: by htmx every few seconds, or by a button of the form."""
    if not actor().is_authenticated and is_htmx():
        return render_template("contributions/_status.html", expired=True)
    author, fields = member(), kept.typed()
    form, target = kept.form_and_page()
    number = request.form.get("draft_id", "")
    revision = request.form.get("draft_revision", "")
    mine: Draft | None = None
    if form and kept.hold_text(fields):
        try:
            mine = services.save_draft(
                author,
                form,
                target,
                fields,
                draft_id=int(number) if number.isdecimal() and 0 < len(number) < 10 and int(number) else None,
                revision=int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
            )
        except errors.Conflict as conflict:
            mine = services.keep_text(author.id, form, target, fields)
            if is_htmx():
                newer = conflict.context["draft"]
                return render_template("contributions/_status.html", saved=mine, overtaken_by=newer)
            flash(
                _("Another tab had saved this draft: this text is kept beside it, as another draft."),
                "warning",
            )
            return redirect(kept.address_of_draft(mine), 303)
    if is_htmx():
        return render_template("contributions/_status.html", saved=mine)
    if mine is None:
        flash(_("Write something first: there is nothing to save yet."), "warning")
        return redirect(target or came_from(), 303)
    flash(_("Draft saved. Only you see it."), "success")
    return redirect(kept.address_of_draft(mine), 303)


@bp.post("/preview")
def preview() -> ResponseReturnValue:
    """What the text of a form will look like, under the field that `show` names."""
    member()
    name = request.form.get("show", "body")
    source = text.clean(request.form.get(name, ""))[: kept.LONGEST]
    return render_template("contributions/_preview.html", html=text.to_html(source), name=name)


SENT = "participa_sent"
"""The cookie that tells a browser which copy of a text it no longer needs: the server has it, or it signed out."""


@bp.after_app_request
def free_browser(response: Response) -> Response:
    """Tell the browser that the text it posted is safe here, whether published or kept; `all` on signing out.

    A form is answered by a redirect exactly when its text was taken; a visitor's, when it waits for them.
    """
    if request.method != "POST" or response.status_code not in (302, 303):
        return response
    copy = "all" if request.endpoint == "auth.sign_out" else request.form.get("draft_copy", "")
    safe = actor().is_authenticated or g.get("text_is_kept") or copy == "all"
    if safe and re.fullmatch(r"\w{1,40}", copy):
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(SENT, copy, max_age=600, samesite="Lax", secure=secure)
    return response


bp.add_app_template_global(kept.title_of, "draft_title")


@bp.app_template_global()
def writer_id() -> int | None:
    """Whose texts a browser keeps while they cannot be saved."""
    return actor().id


@bp.errorhandler(CSRFError)
def form_expired(error: CSRFError) -> ResponseReturnValue:
    """Say in the status line of a form that it can no longer save itself."""
    if is_htmx():
        return render_template("contributions/_status.html", expired=True)
    return errors.form_expired(error)
