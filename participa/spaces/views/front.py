"""The front page of a space: furnishing it with blocks."""

from flask import url_for
from flask.typing import ResponseReturnValue

from participa.spaces.blocks import views
from participa.spaces.views.frame import address_of_space, bp, shaped_space


@bp.route("/e/<slug>/front", methods=["GET", "POST"])
def front(slug: str) -> ResponseReturnValue:
    """The blocks of the front page of a space."""
    space = shaped_space(slug)
    return views.furnish(space, url_for("spaces.front", slug=slug), address_of_space(space), space=space)


@bp.route("/e/<slug>/front/<block>", methods=["GET", "POST"])
def block(slug: str, block: str) -> ResponseReturnValue:
    """What one block of the front page of a space shows."""
    space = shaped_space(slug)
    return views.tell(space, block, url_for("spaces.front", slug=slug), space=space)
