"""Reading: the list of spaces, and the front page of each."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from participa.authorization import authorize
from participa.db import db
from participa.spaces import policies, queries
from participa.spaces.models import Component, Space
from participa.web import actor, add_to_frame, addresses, found

bp = Blueprint("spaces", __name__)

add_to_frame(_l("Spaces"), "spaces.index", rank=20, when=lambda who: who.may_enter, covers=("spaces",))


@addresses(Space)
def address_of_space(space: Space) -> str:
    """The front page of a space."""
    return f"/e/{space.slug}"


@addresses(Component)
def address_of_component(component: Component) -> str:
    """The list of a component; needs its space loaded."""
    return f"/e/{component.space.slug}/{component.id}"


@bp.get("/spaces")
def index() -> ResponseReturnValue:
    """The spaces that the reader may read."""
    authorize(policies.may_browse(actor()))
    return render_template("spaces/index.html", spaces=db.session.scalars(queries.spaces(actor())).all())


@bp.get("/e/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """The front page of a space."""
    space = found(queries.find_space(slug))
    authorize(policies.may_read_space(actor(), space))
    return render_template("spaces/show.html", space=space)
