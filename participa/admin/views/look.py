"""The look of the network: its colour and its logo."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from participa.admin import queries
from participa.admin.views import bp
from participa.attachments import content
from participa.attachments.documents import services as documents
from participa.attachments.documents.queries import logo_of
from participa.attachments.documents.views import read
from participa.attachments.models import Attachment, Purpose
from participa.auth.session import member as myself
from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, Form, LineField
from participa.network import services
from participa.network.models import Network
from participa.network.queries import the_network
from participa.spaces.forms import ACCENTS
from participa.web import TAKING_FILES, found

TAKING_FILES.add("admin.look")
MEGABYTES = 2


class LookForm(Form):
    """The colour and the logo of the network."""

    accent = RadioField(
        _l("Colour"),
        choices=[SelectChoice(name, label) for name, label in ACCENTS.items()],
        default="reseau",
        description=_l("Of buttons and links, where no space gives its own."),
    )
    file = FileField(
        _l("Logo"), description=_l("PNG, JPEG or WebP, 2 MB at most. In the header, 40 pixels high.")
    )
    alt = LineField(
        _l("Name that the logo stands for"),
        [Between(0, 120)],
        description=_l("Read out in its place. Empty: the name of the network."),
    )


def _logo(network: Network, held: Attachment | None, form: LookForm) -> dict[str, Any] | None:
    """The logo from now on: none, the one that was sent, or the one there is; raises content.Unacceptable."""
    alt = form.alt.data or ""
    if request.form.get("act") == "remove":
        if held is not None:
            documents.remove_image(myself(), held)
        return None
    if form.file.data and form.file.data.filename:
        sent = read(form.file.data, MEGABYTES)
        held = documents.set_image(myself(), network, Purpose.LOGO, sent, alt, held)
    elif held is not None:
        documents.describe_image(myself(), held, alt)
    return {"file": held.file_id, "alt": alt} if held is not None else None


@bp.route("/look", methods=["GET", "POST"])
def look() -> ResponseReturnValue:
    """Change the colour and the logo of the network."""
    network = found(the_network())
    held = logo_of(network)
    form = LookForm(data={"accent": network.accent, "alt": held.alt if held else ""})
    if form.validate_on_submit():
        try:
            logo = _logo(network, held, form)
        except content.Unacceptable as refusal:
            form.file.errors = [str(refusal)]
        else:
            services.set_logo(myself(), logo)
            services.change_accent(myself(), form.accent.data)
            flash(_("Saved."), "success")
            return redirect(url_for(".look"), 303)
    page = render_template(
        "admin/look.html", form=form, logo=held, accept=content.ACCEPT, counts=queries.counts()
    )
    return page, 422 if form.errors or form.file.errors else 200
