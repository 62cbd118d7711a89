"""Putting contributions in the trash in the browser, and listing them in that of their space."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from participa.auth.models import Member
from participa.auth.session import member
from participa.authorization import authorize
from participa.contributions.models import Contribution
from participa.contributions.queries import find_contribution
from participa.db import at_most, db
from participa.moderation.policies import may_trash
from participa.moderation.trash import services
from participa.moderation.views import bp
from participa.spaces.models import Component, Space
from participa.spaces.overview import TRASH, Trashed
from participa.web import actor, address_of, found

MOST = 200
"""Contributions listed in the trash of a space."""


@bp.post("/trash/<key:contribution_id>")
def trash(contribution_id: int) -> ResponseReturnValue:
    """Put a proposal or a debate in the trash, or take it out."""
    contribution = found(find_contribution(contribution_id))
    authorize(may_trash(actor(), contribution))
    if request.form.get("act") == "restore":
        services.take_out(member(), contribution)
        flash(_("“%(title)s” is out of the trash.", title=contribution.title), "success")
        return redirect(address_of(contribution), 303)
    services.put_in_trash(member(), contribution)
    flash(
        _("“%(title)s” is in the trash of the space, where it can be restored.", title=contribution.title),
        "success",
    )
    return redirect(address_of(contribution.component), 303)


def _trashed(space: Space) -> list[Trashed]:
    """The proposals and debates that administrators put in the trash of a space, the latest first."""
    rows = db.session.execute(
        select(Contribution.id, Contribution.title, Contribution.trashed_at, Member.name)
        .select_from(Contribution.__table__)
        .join(Component, Component.id == Contribution.component_id)
        .outerjoin(Member, Member.id == Contribution.trashed_by_id)
        .where(Component.space_id == space.id, Contribution.trashed_by_id.is_not(None))
        .order_by(Contribution.trashed_at.desc(), Contribution.id.desc())
        .limit(at_most(MOST))
    )
    return [
        Trashed(title or "", at, name, url_for("moderation.trash", contribution_id=number))
        for number, title, at, name in rows
        if at is not None
    ]


TRASH.append(_trashed)
