"""Giving a role in a space to a list of members: read, shown, corrected, and only then given."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from participa.auth.session import member
from participa.authorization import Role
from participa.catalogues import ngettext
from participa.network import lists
from participa.network.lists import Line, UnreadableList
from participa.spaces import queries, services
from participa.spaces.models import Space
from participa.spaces.views.frame import bp, shaped_space
from participa.spaces.views.team import ROLES

LISTED = (Role.MEMBER, Role.GUEST, Role.MODERATOR)
"""The roles that a whole list may be given."""


@bp.get("/e/<slug>/team/list")
def team_list(slug: str) -> ResponseReturnValue:
    """Ask for a list of members."""
    space = shaped_space(slug)
    return _asked(space, lists.ListForm(formdata=None), Role.MEMBER)


@bp.post("/e/<slug>/team/list")
def read_team_list(slug: str) -> ResponseReturnValue:
    """Read a list and show it: nobody is given anything before it is confirmed."""
    space, role, form = shaped_space(slug), _role(), lists.ListForm()
    try:
        lines = form.lines()
    except UnreadableList as error:
        form.pasted.errors = [str(error)]
        return _asked(space, form, role), 422
    return _checked(space, role, queries.check_people(space, lines, role)[0])


@bp.post("/e/<slug>/team/list/confirm")
def give_to_list(slug: str) -> ResponseReturnValue:
    """Give the role to those of the list who are ready, or check it again after corrections."""
    space, role = shaped_space(slug), _role()
    try:
        carried = lists.corrected(request.form.get("carried", ""), request.form)
    except UnreadableList as error:
        flash(str(error), "error")
        return redirect(url_for("spaces.team_list", slug=slug), 303)
    lines, people = queries.check_people(space, carried, role)
    if "check" in request.form or not people or request.form.get("ready") != str(len(people)):
        return _checked(space, role, lines)  # corrected, or changed since it was shown
    n = services.give_role_to_all(member(), space, people, role)
    flash(
        ngettext(
            "Role given to %(num)s person: %(role)s.",
            "Role given to %(num)s people: %(role)s.",
            n,
            role=ROLES[role][0],
        ),
        "success",
    )
    return redirect(url_for("spaces.team", slug=slug), 303)


def _asked(space: Space, form: lists.ListForm, role: Role) -> str:
    return render_template(
        "spaces/team_list.html",
        space=space,
        form=form,
        roles={each: ROLES[each] for each in LISTED},
        role=role,
    )


def _checked(space: Space, role: Role, lines: Sequence[Line]) -> ResponseReturnValue:
    wrong = [line for line in lines if line.errors]
    page = render_template(
        "spaces/team_check.html",
        space=space,
        role=role,
        role_name=ROLES[role][0],
        lines=lines,
        wrong=wrong,
        ready=[line for line in lines if line.is_ready],
        ignored=[line for line in lines if line.ignored],
        carried=lists.written(lines),
        columns={name: lists.NAMES[name] for name in ("email", "name", "centre")},
    )
    return page, 422 if wrong else 200


def _role() -> Role:
    sent = request.form.get("role", "")
    return Role(sent) if sent in LISTED else Role.MEMBER
