"""Files: taking them in with any form that holds them, changing the list while one writes, and giving them out."""

from flask import Blueprint, Response, abort, flash, g, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from wtforms import Form

from participa.attachments import content, policies, queries, services
from participa.attachments.documents.views import bp as documents
from participa.attachments.forms import FilesField, sentence_of
from participa.attachments.storage import storage
from participa.auth.session import member
from participa.authorization import authorize
from participa.contributions.policies import may_read
from participa.contributions.queries import find_contribution
from participa.spaces.models import Component
from participa.web import TAKING_FILES, actor, found, is_htmx

bp = Blueprint("attachments", __name__, url_prefix="/files")
BLUEPRINTS = (bp, documents)
bp.add_app_template_global(sentence_of, "files_sentence")
bp.add_app_template_global(content.ACCEPT, "files_accepted")  # type: ignore[arg-type]
bp.add_app_template_filter(lambda file: content.widths(file.width, file.height), "sizes_of")
TAKING_FILES.update({"attachments.change", "contributions.save"})

SIZES = {end.removeprefix("-"): end for end in content.ENDS}


@bp.before_app_request
def receive() -> None:
    """Take in the files sent with a form, and let go of the one whose button was pressed.

    Done once, before any view: whatever then becomes of the request (published, refused, kept as a draft), its form
    names the files by number, as text that it repeats like any other.
    """
    if request.method != "POST" or request.endpoint not in TAKING_FILES or not actor().is_authenticated:
        return
    uploads = [each for each in request.files.getlist("uploads") if each.filename]
    removed = request.form.get("files-remove")
    if (not uploads and removed is None) or g.get("files_received"):
        return
    g.files_received = True
    form: MultiDict[str, str] = MultiDict(request.form)
    numbers = [number for number in form.getlist("files") if number != removed]
    if uploads:
        numbers += _take_in(uploads, len(numbers))
    form.setlist("files", numbers)
    request.form = ImmutableMultiDict(form)
    if request.endpoint == "contributions.save" and not is_htmx():
        for sentence in g.get("refused_files", ()):
            flash(sentence, "error")


def _take_in(uploads: list[FileStorage], held: int) -> list[str]:
    """The numbers of the files that could be taken in; why the others could not is put aside for the form."""
    component = _component()
    g.refused_files = []
    numbers: list[str] = []
    for upload in uploads:
        try:
            numbers.append(str(_take_one_in(upload, held + len(numbers), component)))
        except content.Unacceptable as refusal:
            g.refused_files.append(str(refusal))
    return numbers


def _take_one_in(upload: FileStorage, held: int, component: Component | None) -> int:
    name = content.safe_name(upload.filename or "")[0]
    if component is None or not policies.may_add_files(actor(), component):
        raise content.Unacceptable(_("Texts go without files here."))
    most, megabytes = component.configuration.attachments_max, component.configuration.attachment_megabytes
    if held >= most:
        raise content.Unacceptable(
            _("“%(name)s” is one too many: %(most)s files at most.", name=name, most=most)
        )
    data = upload.stream.read(megabytes * 1_000_000 + 1)
    if len(data) > megabytes * 1_000_000:
        raise content.Unacceptable(
            _("“%(name)s” is too large: %(megabytes)s MB at most.", name=name, megabytes=megabytes)
        )
    return services.take_in(member(), upload.filename or "", data).id


def _component() -> Component | None:
    """The component that the form's text is for."""
    number = request.form.get("files-of", "")
    return queries.component_of(int(number)) if number.isdecimal() and len(number) < 10 else None


class FilesForm(Form):
    """The files alone, of whichever form they stand in."""

    files = FilesField()


@bp.post("")
def change() -> ResponseReturnValue:
    """The list of files of a form after one was added or removed; the rest of the form stays as it is."""
    member()
    component = found(_component())
    authorize(policies.may_add_files(actor(), component))
    number = request.form.get("files-text", "")
    text = find_contribution(int(number)) if number.isdecimal() and len(number) < 16 else None
    if text is not None:
        authorize(may_read(actor(), text))
    form = FilesForm(request.form)
    form.files.admit(component.configuration, of=text.id if text else None)
    return render_template("attachments/_chosen.html", field=form.files)


@bp.get("/<key:file_id>")
@bp.get("/<key:file_id>/<any(s, m, l):wide>")
def show(file_id: int, wide: str = "l") -> ResponseReturnValue:
    """An image, to be seen in a page, or a document, to be saved; nothing that a browser would run."""
    place = found(queries.find_file(file_id))
    authorize(policies.may_read_file(actor(), place))
    file = place.file
    end = SIZES[wide] if file.is_image else ""
    name = f"{file.name.rpartition('.')[0] or file.name}.webp" if file.is_image else file.name
    try:
        opened = storage().open(file.key + end)
    except FileNotFoundError:
        abort(404)
    response: Response = send_file(
        opened,
        mimetype=file.media_type,
        as_attachment=not file.is_image,
        download_name=name,
        etag=f"{file.key}{end}",
        max_age=0,
    )
    response.call_on_close(opened.close)
    response.cache_control.private = True
    response.cache_control.no_cache = True  # asked for again each time: who may see it changes
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
