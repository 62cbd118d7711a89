"""What the network says of itself, in its other languages."""

from flask import url_for
from flask.typing import ResponseReturnValue

from participa.admin import queries
from participa.admin.views import bp
from participa.network.queries import the_network
from participa.spaces.translations import views
from participa.web import found


@bp.route("/translation/<code>", methods=["GET", "POST"])
def translation(code: str) -> ResponseReturnValue:
    """The network, its groups of spaces and its topics, written again in another of its languages."""
    here = url_for("admin.translation", code=code)
    return views.write_again(found(the_network()), code, here, space=None, counts=queries.counts())
