"""The trash of a space, and that of the network: what was put there, and taking it out."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import authorize
from participa.db import db
from participa.spaces import policies, queries, services
from participa.spaces.models import Space
from participa.spaces.overview import TRASH, Trashed
from participa.spaces.views.frame import bp, shaped_space
from participa.web import actor, found
from participa.wording import called


def _components(space: Space) -> list[Trashed]:
    """The components in the trash of a space; needs them loaded."""
    return [
        Trashed(
            called(component),
            component.trashed_at,
            None,
            url_for("spaces.trash_component", slug=space.slug, component_id=component.id),
        )
        for component in space.components
        if component.trashed_at is not None
    ]


TRASH.append(_components)


@bp.get("/e/<slug>/trash")
def trash(slug: str) -> ResponseReturnValue:
    """What was put in the trash of a space, the latest first, each with its way back."""
    space = shaped_space(slug)
    things = sorted(
        (thing for lister in TRASH for thing in lister(space)), key=lambda each: each.at, reverse=True
    )
    return render_template("spaces/trash.html", space=space, things=things)


@bp.post("/e/<slug>/components/<key:component_id>/trash")
def trash_component(slug: str, component_id: int) -> ResponseReturnValue:
    """Put a component in the trash, or take it out."""
    held = found(queries.find_component(component_id, slug) if component_id < 2**31 else None)
    authorize(policies.may_administer(actor(), held.space))
    restored = request.form.get("act") == "restore"
    services.trash_component(member(), held, trashed=not restored)
    flash(
        _("“%(name)s” is out of the trash.", name=held.name)
        if restored
        else _("“%(name)s” is in the trash of the space, with all it holds.", name=held.name),
        "success",
    )
    return redirect(url_for("spaces.trash" if restored else "spaces.settings", slug=slug), 303)


@bp.post("/e/<slug>/trash")
def trash_space(slug: str) -> ResponseReturnValue:
    """Put a whole space in the trash."""
    space = shaped_space(slug)
    services.trash_space(member(), space, trashed=True)
    flash(_("The space “%(name)s” is in the trash, with all it holds.", name=called(space)), "success")
    return redirect(url_for("spaces.trashed_spaces"), 303)


@bp.get("/spaces/trash")
def trashed_spaces() -> ResponseReturnValue:
    """The spaces in the trash that the reader may take out."""
    authorize(policies.may_open(actor()))
    page = queries.page_of_trashed_spaces(actor(), request.args.get("page"))
    return render_template("spaces/trashed.html", page=page)


@bp.post("/spaces/<key:space_id>/restore")
def restore_space(space_id: int) -> ResponseReturnValue:
    """Take a space out of the trash."""
    space = found(db.session.get(Space, space_id) if space_id < 2**31 else None)
    authorize(policies.may_restore_space(actor(), space))
    services.trash_space(member(), space, trashed=False)
    flash(_("The space “%(name)s” is out of the trash.", name=called(space)), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)
