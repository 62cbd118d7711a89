"""Pages to take a space away as a file, and to open one from such a file."""

import json

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.file import FileField, FileRequired

from participa.audit.services import record
from participa.auth.session import member
from participa.authorization import authorize
from participa.catalogues import lazy_gettext as _l
from participa.db import clock, day_of, transaction
from participa.forms import Form
from participa.imports.spaces.bringing import MOST_BYTES, UnreadableSpace, bring, read
from participa.imports.spaces.taking import document_of
from participa.spaces import policies
from participa.spaces.views.frame import shaped_space
from participa.web import TAKING_FILES, actor

bp = Blueprint("space_files", __name__)
TAKING_FILES.add("space_files.bring_space")


class SpaceFileForm(Form):
    """The file of a space."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l("A JSON file, as the settings of a space give it."),
    )


@bp.get("/e/<slug>/space.json")
def take_space(slug: str) -> ResponseReturnValue:
    """All that stands in a space, as a file: its settings, its phases, its topics, what was written in it."""
    space = shaped_space(slug)
    document = json.dumps(document_of(space), ensure_ascii=False, indent=1)
    with transaction() as session:
        record(session, member(), "space.exported", space, space_id=space.id)
    return Response(
        document,
        mimetype="application/json",
        headers={
            "Content-Disposition": f"attachment; filename={slug}-{day_of(clock()).isoformat()}.json",
            "Cache-Control": "private, no-store",
        },
    )


@bp.route("/spaces/import", methods=["GET", "POST"])
def bring_space() -> ResponseReturnValue:
    """Open a space from a file, with all it holds; nobody else sees it before it is published."""
    authorize(policies.may_open(actor()))
    form = SpaceFileForm()
    if form.validate_on_submit():
        try:
            space, unknown = bring(member(), read(form.file.data.stream.read(MOST_BYTES + 1)))
        except UnreadableSpace as error:
            form.file.errors = [str(error)]
        else:
            for kind in unknown:
                flash(_("The tool “%(name)s” does not exist here: it is left out.", name=kind), "warning")
            flash(_("The space is here, for you alone. Publish it when it is ready."), "success")
            return redirect(url_for("spaces.settings", slug=space.slug), 303)
    page = render_template("spaces/bring.html", form=form)
    return page, 422 if form.file.errors else 200
