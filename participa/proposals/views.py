"""Pages of proposals."""

from flask import Blueprint

from participa.proposals import policies

bp = Blueprint("proposals", __name__, url_prefix="/e/<slug>/<component('proposals'):component_id>")

__all__ = ["bp", "policies"]
