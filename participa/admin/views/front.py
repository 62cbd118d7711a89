"""The front page of the network: furnishing it with blocks."""

from flask import url_for
from flask.typing import ResponseReturnValue

from participa.admin import queries
from participa.admin.views import bp
from participa.network.queries import the_network
from participa.spaces.blocks import views
from participa.web import found


@bp.route("/front", methods=["GET", "POST"])
def front() -> ResponseReturnValue:
    """The blocks of the front page of the network."""
    place = found(the_network())
    return views.furnish(
        place, url_for("admin.front"), url_for("home.index"), space=None, counts=queries.counts()
    )


@bp.route("/front/<block>", methods=["GET", "POST"])
def block(block: str) -> ResponseReturnValue:
    """What one block of the front page of the network shows."""
    place = found(the_network())
    return views.tell(place, block, url_for("admin.front"), space=None)
