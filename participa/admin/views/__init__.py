"""The pages of the coordination."""

from flask import Blueprint

from participa.authorization import authorize
from participa.catalogues import lazy_gettext as _l
from participa.network.policies import may_coordinate
from participa.web import actor, add_to_frame

bp = Blueprint("admin", __name__, url_prefix="/coordination")

add_to_frame(
    _l("Coordination"),
    "admin.members",
    "account",
    rank=60,
    when=lambda actor: actor.is_coordinator,
    covers=("admin",),
)


@bp.before_request
def only_coordinators() -> None:
    """Refuse everybody else before anything is read."""
    authorize(may_coordinate(actor()))


from participa.admin.views import (  # noqa: E402
    centres,
    front,
    invitations,
    log,
    look,
    mail,
    members,
    network,
    pages,
    topics,
    translation,
)

__all__ = [
    "bp",
    "centres",
    "front",
    "invitations",
    "log",
    "look",
    "mail",
    "members",
    "network",
    "pages",
    "topics",
    "translation",
]
