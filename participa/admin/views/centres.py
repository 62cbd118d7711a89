"""The centres as coordinators keep them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.admin import queries
from participa.admin.forms import CentreForm
from participa.admin.views import bp
from participa.admin.views.merging import merge
from participa.auth.session import member as myself
from participa.errors import Conflict
from participa.network import services
from participa.network.models import Centre
from participa.network.queries import member_counts, page_of_centres
from participa.web import address_of, found

TEXTS = ("name", "territory", "city", "website", "description")


@bp.get("/centres")
def centres() -> ResponseReturnValue:
    """List the centres, former ones too."""
    page = page_of_centres(request.args.get("page"), former=True)
    members = member_counts([centre.id for centre in page.items])
    return render_template("admin/centres.html", page=page, members=members, counts=queries.counts())


@bp.route("/centres/new", methods=["GET", "POST"])
def centre_new() -> ResponseReturnValue:
    """Add a centre to the network."""
    form = CentreForm().offer(None)
    if form.validate_on_submit():
        centre = services.add_centre(myself(), form.draft())
        flash(_("%(name)s has joined the network.", name=centre.name), "success")
        return redirect(url_for(".centres"))
    return render_template("admin/centre.html", form=form, centre=None)


@bp.route("/centres/<key:centre_id>", methods=["GET", "POST"])
def centre_edit(centre_id: int) -> ResponseReturnValue:
    """Correct what is said of a centre."""
    centre = found(queries.find_centre(centre_id))
    form = CentreForm(obj=centre).offer(centre)
    if form.validate_on_submit():
        try:
            services.change_centre(myself(), centre.id, form.draft(), int(form.revision.data or 0))
        except Conflict as stale:
            theirs: Centre = stale.context["centre"]
            raise merge(
                form,
                url_for(".centre_edit", centre_id=centre_id),
                theirs.revision,
                [(name, getattr(theirs, name)) for name in TEXTS],
                kept={"time_zone": form.time_zone.data},
            ) from None
        flash(_("Saved."), "success")
        return redirect(address_of(centre))
    return render_template("admin/centre.html", form=form, centre=centre)


@bp.post("/centres/<key:centre_id>/leave")
def centre_leave(centre_id: int) -> ResponseReturnValue:
    """Note that a centre leaves the network."""
    found(queries.find_centre(centre_id))
    centre = services.let_centre_leave(myself(), centre_id)
    flash(_("%(name)s has left the network. Its members keep their accounts.", name=centre.name), "success")
    return redirect(url_for(".centres"))


@bp.post("/centres/<key:centre_id>/return")
def centre_return(centre_id: int) -> ResponseReturnValue:
    """Take a centre back in."""
    found(queries.find_centre(centre_id))
    centre = services.let_centre_return(myself(), centre_id)
    flash(_("%(name)s is back in the network.", name=centre.name), "success")
    return redirect(url_for(".centres"))
