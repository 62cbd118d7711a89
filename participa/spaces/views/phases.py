"""The calendar of a space: its phases, and what their days open and close."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.forms import city_of
from participa.auth.session import member
from participa.authorization import authorize
from participa.db import clock, day_of, zone_name
from participa.display import hour_words
from participa.network.queries import zones_of_centres
from participa.spaces import forms, policies, services
from participa.spaces.calendar import turns
from participa.spaces.views.frame import bp, shaped_space, steps


@bp.route("/e/<slug>/phases", methods=["GET", "POST"])
def phases(slug: str) -> ResponseReturnValue:
    """The calendar of a space; new days are saved after their effects were shown."""
    space = shaped_space(slug)
    authorize(policies.may_have_phases(space))
    form = forms.calendar_form(space)
    if form.validate_on_submit() and "back" not in request.form:
        if form.moves_days() and "confirmed" not in request.form:
            today = day_of(clock())
            return render_template(
                "spaces/phases_check.html",
                space=space,
                form=form,
                turns=turns(space, form.plan(), today),
                midnights=_midnights(),
                home=city_of(zone_name()),
            )
        compared = form.against(space)
        merge = {
            "compared": compared,
            "kept": {name: value for name, value in form.sent() if name not in {f.name for f in compared}},
            "revision": space.revision,
            "action": request.path,
            "back": request.path,
        }
        services.set_calendar(
            member(), space, form.plan(), revision=int(form.revision.data or 0), merge=merge
        )
        flash(
            _("The calendar is saved. Each tool says in its settings what is open in each phase."), "success"
        )
        return redirect(url_for("spaces.phases", slug=slug), 303)
    return render_template(
        "spaces/phases.html", space=space, form=form, steps=steps(space.phases), home=city_of(zone_name())
    )


def _midnights() -> list[tuple[str, str]]:
    """What time it is in the zones of centres when a day begins where the network is: names and hours."""
    home = ZoneInfo(zone_name())
    midnight = datetime.combine(day_of(clock()), time(), home)
    found = []
    for zone in zones_of_centres():
        there = midnight.astimezone(ZoneInfo(zone))
        if there.utcoffset() != midnight.utcoffset():
            when = (
                _("the day before, %(time)s", time=hour_words(there))
                if there.date() < midnight.date()
                else hour_words(there)
            )
            found.append((city_of(zone), when))
    return found
