"""Team: who belongs to a space, and what they may do in it."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.models import Member
from participa.auth.session import member
from participa.authorization import Role, authorize
from participa.catalogues import lazy_gettext as _l
from participa.db import db
from participa.spaces import policies, queries, services
from participa.spaces.models import Space
from participa.spaces.views.frame import bp, shaped_space, the_space
from participa.web import actor, found

ROLES = {
    Role.ADMINISTRATOR: (_l("administrator"), _l("Shapes the space: settings, tools, phases, team.")),
    Role.MODERATOR: (_l("moderator"), _l("Answers proposals, closes debates, handles reports.")),
    Role.MEMBER: (_l("member"), _l("Takes part in a private or transparent space.")),
    Role.GUEST: (_l("guest"), _l("Reads the space, and answers when a debate asks.")),
}


@bp.get("/e/<slug>/team")
def team(slug: str) -> ResponseReturnValue:
    """Who belongs to a space; those who shape it look for members and give them roles."""
    space = the_space(slug)
    authorize(policies.may_see_team(actor(), space))
    shapes = bool(policies.may_administer(actor(), space))
    words = " ".join(request.args.get("q", "").split())[:100]
    people = queries.people(space.id, _after())
    page = people[: queries.PEOPLE_A_PAGE]
    more = None
    if len(people) > len(page):
        last = page[-1][0]
        more = url_for("spaces.team", slug=slug, name=last.name, number=last.id)
    return render_template(
        "spaces/team.html",
        space=space,
        people=page,
        more=more,
        shapes=shapes,
        words=words,
        matches=queries.people_named(words) if shapes and words else [],
        roles=ROLES,
    )


def _after() -> tuple[str, int] | None:
    number = request.args.get("number", "")
    return (request.args.get("name", ""), int(number)) if number.isdecimal() and len(number) < 10 else None


@bp.post("/e/<slug>/team/give")
def give(slug: str) -> ResponseReturnValue:
    """Give a member a role."""
    space = shaped_space(slug)
    receiver = _member_sent()
    role = _role_sent()
    if not receiver.is_active:
        abort(400)
    services.give_role(member(), space, receiver, role)
    flash(_("Role given to %(name)s: %(role)s.", name=receiver.name, role=ROLES[role][0]), "success")
    return redirect(url_for("spaces.team", slug=slug), 303)


@bp.post("/e/<slug>/team/take")
def take(slug: str) -> ResponseReturnValue:
    """Take a role back from a member, or give up one's own."""
    space = the_space(slug)
    holder = _member_sent()
    authorize(policies.may_take_role(actor(), space, holder.id))
    role = _role_sent()
    services.take_role(member(), space, holder.id, role)
    flash(_("Role taken back from %(name)s: %(role)s.", name=holder.name, role=ROLES[role][0]), "success")
    own = holder.id == actor().id and not actor().is_coordinator
    return redirect(url_for("spaces.index") if own else url_for("spaces.team", slug=slug), 303)


@bp.post("/spaces/<key:space_id>/enter")
def enter(space_id: int) -> ResponseReturnValue:
    """Let a coordinator into a private space, as its administrator; recorded, and told to its team."""
    space = found(db.session.get(Space, space_id) if space_id < 2**31 else None)
    authorize(policies.may_join_private(actor(), space))
    services.enter(member(), space)
    flash(_("You are now administrator of this space. Its team has been told."), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)


def _member_sent() -> Member:
    number = request.form.get("member", "")
    return found(db.session.get(Member, int(number)) if number.isdecimal() and len(number) < 10 else None)


def _role_sent() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)
