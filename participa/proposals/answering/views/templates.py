"""The templates that answers are made from."""

from types import SimpleNamespace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import authorize
from participa.proposals.answering import policies, queries, shaping
from participa.proposals.answering.forms import TemplateForm
from participa.proposals.answering.states import states_of
from participa.proposals.views import bp, component_of
from participa.spaces.models import Component
from participa.web import actor, found


@bp.route("/answers/templates", methods=["GET", "POST"])
def templates(slug: str, component_id: int) -> ResponseReturnValue:
    """The templates of the component, and one more."""
    component = _curated(slug, component_id)
    form = TemplateForm(states_of(component))
    if form.validate_on_submit():
        added = shaping.add_template(
            member(), component, form.name.data or "", int(form.state.data), form.body.data or ""
        )
        if added:
            flash(_("The template is added."), "success")
            return redirect(_address(component), 303)
        form.name.errors = [_("There is already a template of that name.")]
    return render_template(
        "proposals/answering/templates.html",
        component=component,
        space=component.space,
        templates=queries.templates(component),
        form=form,
    )


@bp.route("/answers/templates/<key:template_id>", methods=["GET", "POST"])
def template(slug: str, component_id: int, template_id: int) -> ResponseReturnValue:
    """Change a template."""
    component = _curated(slug, component_id)
    held = found(queries.template(component, template_id))
    values = {"name": held.name, "state": str(held.state_id), "body": held.body, "revision": held.revision}
    form = TemplateForm(states_of(component), data=values)
    if form.validate_on_submit():
        changed = shaping.change_template(
            member(),
            component,
            held,
            form.name.data or "",
            int(form.state.data),
            form.body.data or "",
            revision=int(form.revision.data or 0),
            merge={
                "compared": [
                    SimpleNamespace(
                        name=field.name,
                        label=field.label.text,
                        yours=field.data or "",
                        theirs=values[field.name],
                        long=field.name == "body",
                        options=[(c.value, c.label) for c in getattr(field, "choices", ()) or ()],
                    )
                    for field in (form.name, form.state, form.body)
                ],
                "revision": held.revision,
                "action": request.path,
                "back": _address(component),
            },
        )
        if changed:
            flash(_("The template is changed; answers already given stay as they are."), "success")
            return redirect(_address(component), 303)
        form.name.errors = [_("There is already a template of that name.")]
    return render_template(
        "proposals/answering/template.html",
        component=component,
        space=component.space,
        template=held,
        form=form,
        back=_address(component),
    )


@bp.post("/answers/templates/<key:template_id>/delete")
def delete_template(slug: str, component_id: int, template_id: int) -> ResponseReturnValue:
    """Delete a template."""
    component = _curated(slug, component_id)
    held = found(queries.template(component, template_id))
    shaping.delete_template(member(), component, held)
    flash(_("The template “%(name)s” is deleted; answers made from it stay.", name=held.name), "success")
    return redirect(_address(component), 303)


def _curated(slug: str, component_id: int) -> Component:
    component = component_of(slug, component_id)
    authorize(policies.may_see_answers(actor(), component))
    return component


def _address(component: Component) -> str:
    return url_for("proposals.templates", slug=component.space.slug, component_id=component.id)
