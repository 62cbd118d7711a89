"""Pages of debates."""

from flask import Blueprint

bp = Blueprint("debates", __name__, url_prefix="/e/<slug>/<component('debates'):component_id>")
