"""Groups of spaces: their pages, and shaping them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import authorize
from participa.spaces import forms, policies, queries, relations, services
from participa.spaces.models import SpaceGroup
from participa.spaces.overview import overview
from participa.spaces.views.frame import bp, rows_of
from participa.web import actor, addresses, found


@addresses(SpaceGroup)
def address_of_group(group: SpaceGroup) -> str:
    """The page of a group."""
    return f"/groups/{group.slug}"


@bp.get("/groups/<slug>")
def group(slug: str) -> ResponseReturnValue:
    """What brings some spaces together, and those of them that the reader may read."""
    authorize(policies.may_browse(actor()))
    held = found(relations.find_group(slug))
    spaces = queries.spaces_with_components(actor(), group_id=held.id)
    tallies = overview.tallies([component.id for _space, components in spaces for component in components])
    shapes = policies.may_order(actor())
    if not spaces and not shapes:
        found(None)
    return render_template("spaces/group.html", group=held, rows=rows_of(spaces, tallies), shapes=shapes)


@bp.route("/groups/new", methods=["GET", "POST"])
def new_group() -> ResponseReturnValue:
    """Make a group."""
    authorize(policies.may_order(actor()))
    form = forms.GroupForm()
    if form.validate_on_submit():
        made = services.open_group(member(), form.draft())
        flash(_("The group is there. Spaces choose it in their settings."), "success")
        return redirect(url_for("spaces.group", slug=made.slug), 303)
    return render_template("spaces/edit_group.html", form=form, group=None)


@bp.route("/groups/<slug>/edit", methods=["GET", "POST"])
def edit_group(slug: str) -> ResponseReturnValue:
    """Change what a group says of itself."""
    authorize(policies.may_order(actor()))
    held = found(relations.find_group(slug))
    form = forms.GroupForm(obj=held)
    form.group = held
    if form.validate_on_submit():
        merge = {
            "compared": form.against(held),
            "revision": held.revision,
            "action": request.path,
            "back": request.path,
        }
        services.edit_group(member(), held, form.draft(), revision=int(form.revision.data or 0), merge=merge)
        flash(_("The group is saved."), "success")
        return redirect(url_for("spaces.group", slug=held.slug), 303)
    return render_template("spaces/edit_group.html", form=form, group=held)


@bp.post("/groups/<slug>/close")
def close_group(slug: str) -> ResponseReturnValue:
    """Take a group away; its spaces stay."""
    authorize(policies.may_order(actor()))
    held = found(relations.find_group(slug))
    services.close_group(member(), held)
    flash(_("The group “%(name)s” is no more; its spaces stay.", name=held.name), "success")
    return redirect(url_for("spaces.index"), 303)
