"""Pages to curate: what is done to one text, sorting many, moving, and the acts with their undo."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from participa import text
from participa.auth.session import member
from participa.authorization import authorize
from participa.catalogues import lazy_gettext as _l
from participa.catalogues import ngettext
from participa.contributions.models import Contribution
from participa.contributions.policies import may_read
from participa.contributions.queries import find_contribution
from participa.curation import policies, queries, services
from participa.curation.acts import KINDS, MOVERS, UNDOABLE
from participa.db import clock
from participa.errors import moved
from participa.forms import Form
from participa.moderation.policies import may_see_queue
from participa.spaces.models import Component
from participa.spaces.overview import overview
from participa.spaces.queries import curated_spaces, whole_component
from participa.spaces.topics.tree import options_of
from participa.web import actor, address_of, found, numbers_sent
from participa.wording import called

bp = Blueprint("curation", __name__)

SAID = {
    "pin": _l("It stands first in its list."),
    "unpin": _l("It no longer stands first in its list."),
    "feature": _l("It is on the front page of the space."),
    "unfeature": _l("It is no longer on the front page of the space."),
}


class MoveForm(Form):
    """Where a proposal or a debate goes."""

    component = SelectField(_l("Where"), [InputRequired(_l("Choose a place."))])

    def offer(self, places: list[Component]) -> "MoveForm":
        """Offer these places."""
        choices = (SelectChoice(str(place.id), f"{called(place.space)}, {called(place)}") for place in places)
        self.component.choices = [SelectChoice("", _l("Choose a place")), *choices]
        return self


# ── One text ─────────────────────────────────────────────────────────────────────────────────────


@bp.post("/curate/text/<key:contribution_id>")
def act(contribution_id: int) -> ResponseReturnValue:
    """Pin or feature a proposal or a debate, or no longer, as the button pressed says."""
    contribution = found(find_contribution(contribution_id))
    authorize(policies.may_curate(actor(), contribution))
    wanted = request.form.get("act", "")
    if wanted in ("pin", "unpin"):
        services.pin(member(), contribution, pinned=wanted == "pin")
    elif wanted in ("feature", "unfeature"):
        services.feature(member(), contribution, featured=wanted == "feature")
    if wanted in SAID:
        flash(str(SAID[wanted]), "success")
    return redirect(address_of(contribution), 303)


@bp.route("/curate/text/<key:contribution_id>/move", methods=["GET", "POST"])
def move(contribution_id: int) -> ResponseReturnValue:
    """Move a proposal or a debate to another tool of its kind, of this space or another."""
    contribution = found(find_contribution(contribution_id))
    authorize(policies.may_curate(actor(), contribution))
    found(contribution.component.kind if contribution.component.kind in MOVERS else None)
    places = queries.components_like(actor(), contribution.component)
    form = MoveForm().offer(places)
    if places and form.validate_on_submit():
        place = found(whole_component(int(form.component.data)))
        services.move(member(), contribution, place)
        flash(_("It now stands here, with all that was written under it."), "success")
        return redirect(address_of(contribution), 303)
    return render_template("curation/move.html", text=contribution, form=form, places=places)


def _moved() -> str | None:
    """Where a proposal or debate is, when its address names a tool that it left."""
    parts = request.path.split("/")
    if len(parts) < 5 or parts[1] != "e" or not parts[3].isdecimal():
        return None
    number = parts[4].partition("-")[0]
    if not number.isdecimal() or len(number) > 15:
        return None
    contribution = find_contribution(int(number))
    if contribution is None or contribution.about_id is not None:
        return None
    if str(contribution.component_id) == parts[3] or not may_read(actor(), contribution):
        return None
    return address_of(contribution)


moved.append(_moved)


# ── Many ─────────────────────────────────────────────────────────────────────────────────────────


@bp.route("/curate/<key:component_id>", methods=["GET", "POST"])
def sort(component_id: int) -> ResponseReturnValue:
    """The proposals or debates of a tool, fifty at a time, to put under a topic together."""
    component = found(whole_component(component_id) if component_id < 2**31 else None)
    authorize(policies.may_curate_all(actor(), component))
    offered = {str(topic.id): topic.id for topic in component.topics}
    if request.method == "POST":
        ids = numbers_sent("text")[:200]
        topic = request.form.get("under", "")
        if not ids:
            flash(_("Tick what to sort first."), "error")
        elif topic != "none" and topic not in offered:
            flash(_("Choose a topic."), "error")
        else:
            changed = services.sort(member(), component, ids, offered.get(topic))
            flash(
                ngettext("%(num)s text is sorted.", "%(num)s texts are sorted.", changed)
                + " "
                + _("It can be undone for 30 days, among the acts."),
                "success",
            )
        return redirect(request.full_path.rstrip("?"), 303)
    wanted = request.args.get("topic", "")
    wanted = wanted if wanted == "none" or wanted in offered else ""
    words = " ".join(text.clean(request.args.get("q", "")).split())[:200]
    page = queries.page_to_sort(component, wanted, words, request.args.get("page"))
    return render_template(
        "curation/sort.html",
        component=component,
        space=component.space,
        page=page,
        options=options_of(component.topics),
        wanted=wanted,
        words=words,
    )


# ── The acts ─────────────────────────────────────────────────────────────────────────────────────


@bp.get("/acts")
def acts() -> ResponseReturnValue:
    """What was done in the spaces that the reader curates, or in one, the latest first."""
    authorize(may_see_queue(actor()))
    spaces = curated_spaces(actor())
    asked = request.args.get("space", "")
    chosen = next((space for space in spaces if space.slug == asked), None)
    page = queries.page_of_acts(actor(), chosen.id if chosen else None, request.args.get("page"))
    return render_template(
        "curation/acts.html",
        page=page,
        subjects=queries.subjects_of(page.items),
        kinds=KINDS,
        spaces=spaces,
        chosen=chosen,
        since=clock() - UNDOABLE,
    )


@bp.post("/acts/<key:act_id>/undo")
def undo(act_id: int) -> ResponseReturnValue:
    """Take an act back; what came after it stays."""
    held = found(queries.find_act(act_id) if act_id < 2**31 else None)
    subject = find_contribution(held.subject_id) if held.subject_id is not None else None
    authorize(policies.may_undo(actor(), held, subject, clock()))
    left = services.undo(member(), held)
    said = _("It is undone; what came after it is kept.")
    if left:
        said += " " + ngettext(
            "%(num)s text was changed since and stays as it is.",
            "%(num)s texts were changed since and stay as they are.",
            left,
        )
    flash(said, "success")
    return redirect(url_for("curation.acts"), 303)


# ── What other pages show ────────────────────────────────────────────────────────────────────────


@bp.app_template_global()
def pinned_in(component: Component) -> list[Any]:
    """What stands first in a list, as `home.moves` reads it; no statement where nothing is pinned."""
    if not component.pinned:
        return []
    return [
        held for held in overview.chosen(actor(), component.pinned) if held.item.component_id == component.id
    ]


@bp.app_template_global()
def curating(contribution: Contribution) -> list[tuple[str, Any]]:
    """What a moderator may do to a proposal or debate on its page: (act, label); needs its component and space."""
    if not policies.may_curate(actor(), contribution):
        return []
    component = contribution.component
    pinned = contribution.id in component.pinned
    featured = contribution.id in component.space.featured
    return [
        ("unpin", _("Unpin")) if pinned else ("pin", _("Pin at the top of the list")),
        ("unfeature", _("Take off the front page"))
        if featured
        else ("feature", _("Feature on the front page")),
    ]
