"""The topics that the network keeps."""

from flask import url_for
from flask.typing import ResponseReturnValue

from participa.admin import queries
from participa.admin.views import bp
from participa.spaces.topics import views


@bp.route("/topics", methods=["GET", "POST"])
def topics() -> ResponseReturnValue:
    """The topics of the network, as trees, and adding one."""
    return views.keep(None, url_for("admin.topics"), counts=queries.counts())


@bp.route("/topics/<key:topic_id>", methods=["GET", "POST"])
def topic(topic_id: int) -> ResponseReturnValue:
    """Rename a topic of the network, move it, merge it into another one or remove it."""
    return views.change(None, topic_id, url_for("admin.topics"))
