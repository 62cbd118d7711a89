"""Shaping: opening, editing, ordering and publishing spaces."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import authorize
from participa.db import clock, day_of, db
from participa.spaces import forms, policies, queries, relations, services
from participa.spaces.models import Space
from participa.spaces.plans import plan_of
from participa.spaces.templates import TEMPLATES
from participa.spaces.topics import queries as topics
from participa.spaces.topics.tree import in_order
from participa.spaces.views.frame import bp, shaped_space, steps
from participa.web import actor, found


def notes_of(notes: Mapping[Any, Any]) -> dict[str, Any]:
    """The explanations of choices, by the value that a form sends."""
    return {value.value: note for value, note in notes.items()}


@bp.route("/e/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Open a space, from nothing or from a template; nobody else sees it before it is published."""
    authorize(policies.may_open(actor()))
    wanted = request.args.get("template", "")
    template = found(TEMPLATES.get(wanted)) if wanted else None
    begins: dict[str, Any] = {"begin": day_of(clock())}
    if template is not None:
        begins["visibility"] = template.visibility.value
    form = forms.NewSpaceForm(data=begins).offer(actor()).follow(template)
    if form.validate_on_submit():
        plan = form.plan()
        space = services.open_space(member(), form.draft(), plan)
        for kind in plan.unknown:
            flash(_("The tool “%(name)s” does not exist here: it is left out.", name=kind), "warning")
        flash(_("The space is open to you alone. Publish it when it is ready."), "success")
        return redirect(url_for("spaces.settings", slug=space.slug), 303)
    return render_template(
        "spaces/new.html",
        form=form,
        templates=TEMPLATES.values(),
        template=template,
        kind_notes=notes_of(forms.SPACE_KIND_NOTES),
        visibility_notes=notes_of(forms.VISIBILITY_NOTES),
    )


@bp.route("/e/<slug>/duplicate", methods=["GET", "POST"])
def duplicate(slug: str) -> ResponseReturnValue:
    """Open a space like another one, with what one chooses to take from it."""
    source = shaped_space(slug)
    authorize(policies.may_open(actor()))
    form = forms.DuplicateForm(
        data={
            "name": _("Copy of %(name)s", name=source.name)[:80],
            "summary": source.summary,
            "description": source.description,
            "accent": source.accent,
            "visibility": source.visibility.value,
            "group_id": source.group_id,
            "tools": True,
            "phases": True,
            "front": True,
        }
    ).offer(actor())
    if form.validate_on_submit():
        queries.load_topics(source)
        plan = plan_of(
            source,
            tools=bool(form.tools.data),
            phases=bool(form.phases.data),
            front=bool(form.front.data),
            begin=form.begin.data,
        )
        space = services.open_space(member(), form.draft(), plan)
        if form.team.data:
            services.copy_team(member(), source, space)
        flash(_("The space is open to you alone. Publish it when it is ready."), "success")
        return redirect(url_for("spaces.settings", slug=space.slug), 303)
    return render_template(
        "spaces/duplicate.html",
        form=form,
        source=source,
        visibility_notes=notes_of(forms.VISIBILITY_NOTES),
    )


@bp.route("/e/<slug>/settings", methods=["GET", "POST"])
def settings(slug: str) -> ResponseReturnValue:
    """Edit what a space says of itself and who reads it; publish it; find its tools, phases and team."""
    space = shaped_space(slug)
    form = forms.SpaceForm(obj=space).offer(actor(), space)
    if request.method == "GET":
        form.visibility.data = space.visibility.value
    if form.validate_on_submit():
        merge = {
            "compared": form.against(space),
            "revision": space.revision,
            "action": request.path,
            "back": request.path,
        }
        services.edit_space(member(), space, form.draft(), revision=int(form.revision.data or 0), merge=merge)
        flash(_("The settings of the space are saved."), "success")
        return redirect(url_for("spaces.settings", slug=space.slug), 303)
    return render_template(
        "spaces/settings.html",
        space=space,
        form=form,
        steps=steps(space.phases),
        visibility_notes=notes_of(forms.VISIBILITY_NOTES),
        subjects=in_order(topics.kept_by(None)),
        about={topic.id for topic in topics.subjects_of(space)},
        related=relations.related_to(space, actor()),
        to_relate=relations.spaces_to_choose(actor(), beside=space.id),
    )


@bp.post("/e/<slug>/related")
def relate(slug: str) -> ResponseReturnValue:
    """Point the readers of a space to another one, or stop doing so, as the button pressed says."""
    space = shaped_space(slug)
    number = request.form.get("space", "")
    other = _space_numbered(number)
    authorize(policies.may_read_space(actor(), other))
    if request.form.get("act") == "remove":
        services.unrelate(member(), space, other.id)
    elif other.id == space.id:
        abort(400)
    else:
        services.relate(member(), space, other)
    return redirect(url_for("spaces.settings", slug=slug, _anchor="related"), 303)


@bp.post("/e/<slug>/publish")
def publish(slug: str) -> ResponseReturnValue:
    """Publish a space, or take it back."""
    space = shaped_space(slug)
    published = request.form.get("published") == "1"
    services.show_space(member(), space, published=published)
    flash(
        _("The space is published.")
        if published
        else _("The space is no longer published; what is in it is kept."),
        "success",
    )
    return redirect(url_for("spaces.settings", slug=slug), 303)


@bp.get("/spaces/order")
def order() -> ResponseReturnValue:
    """Every space by name, to order them and to enter private ones."""
    authorize(policies.may_order(actor()))
    rows = [
        (space, bool(policies.may_read_space(actor(), space)))
        for space in db.session.scalars(queries.all_spaces())
    ]
    return render_template("spaces/order.html", rows=rows)


@bp.post("/spaces/order")
def move() -> ResponseReturnValue:
    """Move a space one place up or down."""
    authorize(policies.may_order(actor()))
    space = _space_numbered(request.form.get("space", ""))
    step = {"up": -1, "down": 1}.get(request.form.get("to", ""))
    if step is None:
        abort(400)
    services.move_space(member(), space, step)
    return redirect(url_for("spaces.order", _anchor=f"s{space.id}"), 303)


def _space_numbered(number: str) -> Space:
    return found(db.session.get(Space, int(number)) if number.isdecimal() and len(number) < 10 else None)
