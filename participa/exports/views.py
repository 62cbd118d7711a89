"""One's files: the list, how far each is, downloading, throwing away."""

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa import text
from participa.auth.session import member
from participa.authorization import RULES, authorize
from participa.catalogues import lazy_gettext as _l
from participa.exports import policies, queries, services, writers
from participa.exports.models import Export
from participa.paging import page_of
from participa.web import actor, add_to_frame, found

bp = Blueprint("exports", __name__, url_prefix="/exports")

add_to_frame(_l("My files"), "exports.index", "account", rank=27, when=lambda who: who.is_authenticated)


@bp.app_template_global("file_name")
def file_name(export: Export) -> str:
    """What the file is called once downloaded: its list, its space, its day."""
    words = text.slugify(f"{export.component.name} {export.component.space.name}")
    return f"{words}-{export.asked_at:%Y-%m-%d}.{export.format.value}"


@bp.get("")
def index() -> ResponseReturnValue:
    """The files one asked for, the last first."""
    member()
    page = page_of(queries.exports_of(actor()), (Export.asked_at, Export.id), request.args.get("page"))
    return render_template("exports/index.html", page=page, kept=services.KEPT.days)


@bp.get("/<key:export_id>")
def show(export_id: int) -> ResponseReturnValue:
    """How far a file is, and the file once it is made."""
    member()
    export = found(queries.find_export(actor(), export_id))
    may = policies.may_download(actor(), export)
    refusal = RULES[may.rule] if may.rule else None
    return render_template("exports/show.html", export=export, refusal=refusal, kept=services.KEPT)


@bp.get("/<key:export_id>/file")
def download(export_id: int) -> ResponseReturnValue:
    """Hand the file out to whoever asked for it."""
    member()
    export = found(queries.find_export(actor(), export_id))
    authorize(policies.may_download(actor(), export))
    path = services.file_of(export)
    if export.finished_at is None or not path.is_file():
        abort(404)
    answer = send_file(
        path,
        mimetype=writers.MIMETYPES[export.format],
        as_attachment=True,
        download_name=file_name(export),
        conditional=True,
        etag=False,
        max_age=0,
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/<key:export_id>/discard")
def discard(export_id: int) -> ResponseReturnValue:
    """Throw a file away."""
    member()
    services.discard(found(queries.find_export(actor(), export_id)))
    flash(_("The file is thrown away."), "success")
    return redirect(url_for("exports.index"), 303)
