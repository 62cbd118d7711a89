"""The states that answers give in a component."""

from types import SimpleNamespace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import authorize
from participa.catalogues import ngettext
from participa.ordering import STEPS
from participa.proposals.answering import policies, queries, shaping
from participa.proposals.answering.forms import GLYPHS, TONES, ReplaceForm, StateForm, folded
from participa.proposals.answering.states import states_of
from participa.proposals.models import ProposalState
from participa.proposals.views import bp, component_of
from participa.spaces.models import Component
from participa.web import actor, found


@bp.route("/states", methods=["GET", "POST"])
def states(slug: str, component_id: int) -> ResponseReturnValue:
    """The states of the component, and one more."""
    component = _shaped(slug, component_id)
    form = StateForm(_names(component))
    if form.validate_on_submit():
        shaping.add_state(member(), component, form.draft())
        flash(_("The state is added."), "success")
        return redirect(_address(component), 303)
    return render_template(
        "proposals/answering/states.html",
        component=component,
        space=component.space,
        states=states_of(component),
        uses=queries.uses(component),
        form=form,
        tones=TONES,
        glyphs=GLYPHS,
    )


@bp.route("/states/<key:state_id>", methods=["GET", "POST"])
def state(slug: str, component_id: int, state_id: int) -> ResponseReturnValue:
    """Rename a state, or change what it means."""
    component = _shaped(slug, component_id)
    held = found(queries.state(component, state_id))
    form = StateForm(_names(component, held.id), obj=held)
    if form.validate_on_submit():
        shaping.change_state(
            member(),
            component,
            held,
            form.draft(),
            revision=int(form.revision.data or 0),
            merge=_merge(component, form, held),
        )
        flash(_("The state is changed, wherever it is given."), "success")
        return redirect(_address(component), 303)
    return render_template(
        "proposals/answering/state.html",
        component=component,
        space=component.space,
        state=held,
        form=form,
        tones=TONES,
        glyphs=GLYPHS,
        back=_address(component),
    )


@bp.post("/states/<key:state_id>/move")
def move_state(slug: str, component_id: int, state_id: int) -> ResponseReturnValue:
    """Move a state one place up or down."""
    component = _shaped(slug, component_id)
    held = found(queries.state(component, state_id))
    shaping.move_state(member(), component, held, STEPS.get(request.form.get("to", ""), 0))
    return redirect(f"{_address(component)}#s{held.id}", 303)


@bp.route("/states/<key:state_id>/delete", methods=["GET", "POST"])
def delete_state(slug: str, component_id: int, state_id: int) -> ResponseReturnValue:
    """Delete a state, after choosing what replaces it where it is in use."""
    component = _shaped(slug, component_id)
    held = found(queries.state(component, state_id))
    others = {number: other for number, other in states_of(component).items() if number != held.id}
    form = ReplaceForm(others)
    if form.validate_on_submit():
        chosen = form.chosen
        replacement = queries.state(component, chosen.id) if chosen else None
        changed = shaping.delete_state(member(), component, held, replacement)
        if changed is not None:
            _say_deleted(held, changed)
            return redirect(_address(component), 303)
        form.replacement.errors = [_("This state is in use: choose the one that replaces it.")]
    return render_template(
        "proposals/answering/delete_state.html",
        component=component,
        space=component.space,
        state=held,
        used=queries.uses(component).get(held.id, 0),
        others=others,
        form=form,
        back=_address(component),
    )


def _say_deleted(state: ProposalState, changed: int) -> None:
    deleted = _("The state “%(name)s” is deleted.", name=state.label)
    moved = ngettext("%(num)s proposal has the other one.", "%(num)s proposals have the other one.", changed)
    flash(f"{deleted} {moved}" if changed else deleted, "success")


def _shaped(slug: str, component_id: int) -> Component:
    component = component_of(slug, component_id)
    authorize(policies.may_shape_states(actor(), component))
    return component


def _address(component: Component) -> str:
    return url_for("proposals.states", slug=component.space.slug, component_id=component.id)


def _names(component: Component, but: int | None = None) -> set[str]:
    """The names that are taken, as they are compared."""
    signs = [state.sign for number, state in states_of(component).items() if number != but]
    return {folded(name) for sign in signs for name in (sign.name_fr, sign.name_en)}


def _merge(component: Component, form: StateForm, held: ProposalState) -> dict[str, object]:
    """What the merge page shows: the names and meanings that two administrators gave."""
    yes_no = [("y", _("yes")), ("", _("no"))]
    compared = []
    for field in form:
        if field.name in ("csrf_token", "revision"):
            continue
        boolean = field.type == "BooleanField"
        options = yes_no if boolean else [(c.value, c.label) for c in getattr(field, "choices", ()) or ()]
        yours, theirs = field.data, getattr(held, field.name)
        compared.append(
            SimpleNamespace(
                name=field.name,
                label=field.label.text,
                yours=("y" if yours else "") if boolean else yours or "",
                theirs=("y" if theirs else "") if boolean else theirs,
                long=False,
                options=options,
            )
        )
    return {
        "compared": compared,
        "revision": held.revision,
        "action": request.path,
        "back": _address(component),
    }
