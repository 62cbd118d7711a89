"""The front page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from participa.web import add_to_frame

bp = Blueprint("home", __name__)

add_to_frame(_l("Home"), "home.index", rank=10, when=lambda who: who.may_enter)


@bp.get("/")
def index() -> ResponseReturnValue:
    """What moves, what waits for the reader, and the spaces."""
    return render_template("home/index.html")
