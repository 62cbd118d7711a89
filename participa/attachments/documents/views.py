"""Pages of the documents of a space, and of its image."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from participa.attachments import content
from participa.attachments.documents import queries, services
from participa.attachments.documents.forms import DocumentForm, ImageForm, NewDocumentForm
from participa.attachments.models import Attachment, Purpose
from participa.auth.session import member
from participa.authorization import authorize
from participa.ordering import STEPS
from participa.spaces import policies
from participa.spaces.models import Space
from participa.spaces.views.frame import shaped_space, the_space
from participa.web import TAKING_FILES, actor, found

bp = Blueprint("documents", __name__)

MEGABYTES = 25
"""The most that one document may weigh."""
IMAGE_MEGABYTES = 10
TAKING_FILES.update({"documents.new", "documents.image", "spaces.block", "admin.block"})


def read(upload: FileStorage, megabytes: int) -> tuple[str, bytes]:
    """The name and content of a file that was sent; raises content.Unacceptable for one too large."""
    data = upload.stream.read(megabytes * 1_000_000 + 1)
    if len(data) > megabytes * 1_000_000:
        name = content.safe_name(upload.filename or "")[0]
        raise content.Unacceptable(
            _("“%(name)s” is too large: %(megabytes)s MB at most.", name=name, megabytes=megabytes)
        )
    return upload.filename or "", data


def _kept(slug: str) -> Space:
    """The space of an address, whose documents the reader keeps."""
    space = the_space(slug)
    authorize(policies.may_moderate(actor(), space))
    return space


@bp.get("/e/<slug>/documents")
def index(slug: str) -> ResponseReturnValue:
    """The documents of a space, folder by folder."""
    space = the_space(slug)
    folders = queries.folders(space)
    folder = request.args.get("folder", "")[:80] if "folder" in request.args else None
    if folder is None:
        folder = folders[0][0] if folders else ""
    return render_template(
        "attachments/documents/index.html",
        space=space,
        folders=folders,
        folder=folder,
        page=queries.page_of_documents(space, folder, request.args.get("page")),
        keeps=policies.may_moderate(actor(), space),
    )


@bp.route("/e/<slug>/documents/new", methods=["GET", "POST"])
def new(slug: str) -> ResponseReturnValue:
    """Add a file or a link to the documents of a space."""
    space = _kept(slug)
    form = NewDocumentForm(data={"folder": request.args.get("folder", "")[:80]})
    if form.validate_on_submit():
        sent = form.file.data
        try:
            upload = read(sent, MEGABYTES) if sent and sent.filename else None
            document = services.add_document(member(), space, form.draft(), upload)
        except content.Unacceptable as refusal:
            form.file.errors = [str(refusal)]
        else:
            flash(_("“%(title)s” is in the documents.", title=document.title), "success")
            return redirect(url_for("documents.index", slug=slug, folder=document.folder), 303)
    return render_template(
        "attachments/documents/new.html",
        space=space,
        form=form,
        folders=queries.folders(space),
        accept=content.ACCEPT,
    )


@bp.route("/e/<slug>/documents/<key:document_id>", methods=["GET", "POST"])
def edit(slug: str, document_id: int) -> ResponseReturnValue:
    """Change what is said of a document."""
    space = _kept(slug)
    held = found(queries.find_document(space, document_id))
    form = DocumentForm(obj=held)
    if held.url is None:
        del form.url
    if form.validate_on_submit():
        merge = {
            "compared": form.against(held),
            "revision": held.revision,
            "action": request.path,
            "back": request.path,
        }
        services.edit_document(
            member(), held, form.draft(), revision=int(form.revision.data or 0), merge=merge
        )
        flash(_("The document is saved."), "success")
        return redirect(url_for("documents.index", slug=slug, folder=held.folder), 303)
    return render_template(
        "attachments/documents/edit.html",
        space=space,
        form=form,
        document=held,
        folders=queries.folders(space),
    )


@bp.post("/e/<slug>/documents/<key:document_id>/act")
def act(slug: str, document_id: int) -> ResponseReturnValue:
    """Move a document in its folder, put it in the trash or take it out, as the button pressed says."""
    space = _kept(slug)
    pressed = request.form.get("act", "")
    held = found(queries.find_document(space, document_id, trashed=pressed == "restore"))
    if pressed in STEPS:
        services.move_document(member(), held, STEPS[pressed])
    elif pressed == "trash":
        services.show_document(member(), space, held, shown=False)
        flash(
            _("“%(title)s” is in the trash of the space, where it can be restored.", title=held.title),
            "success",
        )
    elif pressed == "restore":
        services.show_document(member(), space, held, shown=True)
        flash(_("“%(title)s” is in the documents.", title=held.title), "success")
    else:
        abort(400)
    return redirect(url_for("documents.index", slug=slug, folder=held.folder), 303)


@bp.route("/e/<slug>/image", methods=["GET", "POST"])
def image(slug: str) -> ResponseReturnValue:
    """The image on the front page of a space."""
    space = shaped_space(slug)
    held = queries.cover_of(space)
    form = ImageForm(data={"alt": held.alt if held else ""})
    if form.validate_on_submit():
        _change_image(space, held, form)
        return redirect(url_for("documents.image", slug=slug), 303)
    return render_template(
        "attachments/documents/image.html", space=space, form=form, image=held, accept=content.ACCEPT
    )


def _change_image(space: Space, held: Attachment | None, form: ImageForm) -> None:
    """Set, describe or remove the image of a space, as the form says."""
    sent, alt = form.file.data, form.alt.data or ""
    if request.form.get("act") == "remove":
        if held is not None:
            services.remove_image(member(), held)
            flash(_("The image is taken away."), "success")
    elif sent and sent.filename:
        try:
            services.set_image(member(), space, Purpose.COVER, read(sent, IMAGE_MEGABYTES), alt, held)
        except content.Unacceptable as refusal:
            flash(str(refusal), "error")
        else:
            flash(_("The image is there."), "success")
    elif held is not None:
        services.describe_image(member(), held, alt)
        flash(_("What the image shows is saved."), "success")
