"""Following from any page: a form, or a fragment that htmx puts in its place."""

from flask import Blueprint, get_template_attribute, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from participa.auth.session import member
from participa.authorization import Actor, authorize
from participa.contributions.queries import find_contribution
from participa.db import db, transaction
from participa.follows import policies, services
from participa.follows.queries import is_following
from participa.spaces.models import Space
from participa.spaces.overview import beside_name
from participa.web import actor, came_from, found, is_htmx
from participa.wording import called

bp = Blueprint("follows", __name__)


@bp.post("/follow/<key:contribution_id>")
def contribution(contribution_id: int) -> ResponseReturnValue:
    """Follow a contribution, or stop following it."""
    thing = found(find_contribution(contribution_id))
    authorize(policies.may_follow(actor(), thing))
    wanted = _wanted()
    with transaction() as session:
        change = services.follow if wanted else services.unfollow
        change(session, member().id, contribution_id=contribution_id)
    return _answer(
        url_for("follows.contribution", contribution_id=contribution_id), wanted, thing.title or ""
    )


@bp.post("/follow/space/<key:space_id>")
def space(space_id: int) -> ResponseReturnValue:
    """Follow a space, or stop following it."""
    thing = found(db.session.get(Space, space_id) if space_id < 2**31 else None)
    authorize(policies.may_follow_space(actor(), thing))
    wanted = _wanted()
    with transaction() as session:
        change = services.follow if wanted else services.unfollow
        change(session, member().id, space_id=space_id)
    return _answer(url_for("follows.space", space_id=space_id), wanted, thing.name, is_space=True)


@beside_name()
def space_button(reader: Actor, space: Space) -> Markup | None:
    """The button that follows a space, under its name."""
    if not reader.is_authenticated:
        return None
    following = is_following(reader.id, space_id=space.id)
    address = url_for("follows.space", space_id=space.id)
    return Markup(_button(address, following, called(space), is_space=True))  # noqa: S704 -- our own template made it


def _wanted() -> bool:
    return request.form.get("follow", "1") != "0"


def _answer(action: str, following: bool, name: str, *, is_space: bool = False) -> ResponseReturnValue:
    if is_htmx():
        return _button(action, following, name, is_space=is_space)
    return redirect(came_from(), 303)


def _button(action: str, following: bool, name: str, *, is_space: bool) -> str:
    return str(
        get_template_attribute("follows/_button.html", "follow_button")(action, following, name, is_space)
    )
