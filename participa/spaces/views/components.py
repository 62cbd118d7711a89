"""Components: placing tools in a space, setting them up, and the topics they offer."""

from dataclasses import fields
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import authorize
from participa.db import clock
from participa.ordering import STEPS
from participa.spaces import forms, policies, queries, services
from participa.spaces.calendar import allowed
from participa.spaces.drafts import Configuration
from participa.spaces.kinds import KINDS, from_json
from participa.spaces.models import ALWAYS, Component
from participa.spaces.overview import overview
from participa.spaces.topics import queries as queries_of_topics
from participa.spaces.topics import services as topics
from participa.spaces.views.frame import bp, days_of, phase_sentence, shaped_space
from participa.web import actor, found, numbers_sent
from participa.wording import called


@bp.route("/e/<slug>/components/new", methods=["GET", "POST"])
def new_component(slug: str) -> ResponseReturnValue:
    """Add a tool to a space; nobody else sees it before it is published."""
    space = shaped_space(slug)
    form = forms.NewComponentForm()
    if form.validate_on_submit():
        component = services.add_component(member(), space, form.kind.data, form.name.data or "")
        flash(_("The tool is added, for you alone. Set it up, then publish it."), "success")
        return redirect(_settings_of(slug, component.id), 303)
    return render_template("spaces/new_component.html", space=space, form=form)


@bp.route("/e/<slug>/components/<key:component_id>/settings", methods=["GET", "POST"])
def component(slug: str, component_id: int) -> ResponseReturnValue:
    """Set up a component: what members may do in each phase, its settings, its texts, its topics."""
    held = _component(slug, component_id)
    form = forms.configuration_form(held)
    closing: list[str] = []
    tally = overview.tallies([held.id]).get(held.id)
    if form.validate_on_submit():
        closing = closed_by(held, form.configuration()) if tally and tally.count and held.published_at else []
        if "closes" in request.form:
            closing = []
    if form.is_submitted() and not form.errors and not closing:
        compared = form.against(held)
        merge = {
            "compared": compared,
            "kept": form.sent_again(compared),
            "revision": held.revision,
            "action": request.path,
            "back": request.path,
        }
        services.configure(
            member(), held, form.configuration(), revision=int(form.revision.data or 0), merge=merge
        )
        flash(_("The settings are saved."), "success")
        return redirect(request.path, 303)
    page = render_template(
        "spaces/component.html",
        closing=closing,
        tally=KINDS[held.kind].count_label(tally.count) if tally and tally.count else "",
        moved_at=tally.moved_at if tally else None,
        space=held.space,
        component=held,
        form=form,
        branches=queries_of_topics.branches_for(held),
        offered={topic.id for topic in held.topics},
        now=allowed(KINDS[held.kind], held.rules_at(clock())),
        later=allowed(KINDS[held.kind], held.rules_at(clock()), not_yet=True),
        standing=phase_sentence(held.space),
        phases=_columns(held),
        rules=_matrix(held, form, team=False),
        team_rules=_matrix(held, form, team=True),
        pages=_setting_pages(held),
        tools=queries.last_configurations(held.id),
    )
    return page, 422 if form.errors or closing else 200


def closed_by(component: Component, wanted: Configuration) -> list[str]:
    """What members may do now, and could do no more under these settings: verbs, and settings switched off."""
    kind, phase = KINDS[component.kind], component.space.phase_at(clock())
    key = str(phase.id) if phase else ALWAYS if not component.space.phases else None
    then = from_json(kind.phase_rules, wanted.rules.get(key) if key else None)
    still = allowed(kind, then)
    verbs = [verb for verb in allowed(kind, component.rules_at(clock())) if verb not in still]
    held, kept = component.configuration, from_json(kind.settings, component.settings | wanted.settings)
    off = [
        str(kind.settings_labels[field.name][0])
        for field in fields(held)
        if getattr(held, field.name) is True and getattr(kept, field.name) is False
    ]
    return verbs + [label[:1].lower() + label[1:] for label in off]


def _columns(component: Component) -> list[tuple[str, str, bool]]:
    """The columns of the matrix of rules: name, days, whether it is the phase under way."""
    now = component.space.phase_at(clock())
    columns = [(called(phase), days_of(phase), phase is now) for phase in component.space.phases]
    return columns or [(_("Always"), "", True)]


def _setting_pages(component: Component) -> list[tuple[Any, str]]:
    """The other pages where the component is set up, and their addresses."""
    return [
        (label, url_for(endpoint, slug=component.space.slug, component_id=component.id))
        for label, endpoint in KINDS[component.kind].setting_pages
    ]


def _matrix(
    component: Component, form: forms.ConfigurationForm, *, team: bool
) -> list[tuple[Any, Any, list[tuple[str, bool]]]]:
    """The rows of the matrix of members' rules, or of the team's: label, note, one (field name, on) per phase."""
    kind = KINDS[component.kind]
    rows: list[tuple[Any, Any, list[tuple[str, bool]]]] = []
    for rule in fields(kind.phase_rules):
        if (rule.name in kind.team_rules) is not team:
            continue
        label, note = kind.rules_labels.get(rule.name, (rule.name, ""))
        names = [f"r-{key}-{rule.name}" for key in form.keys]
        rows.append((label, note, [(name, bool(form[name].data)) for name in names]))
    return rows


@bp.post("/e/<slug>/components/<key:component_id>/publish")
def publish_component(slug: str, component_id: int) -> ResponseReturnValue:
    """Publish a component, or take it back."""
    held = _component(slug, component_id)
    published = request.form.get("published") == "1"
    services.show_component(member(), held, published=published)
    flash(
        _("“%(name)s” is published.", name=held.name)
        if published
        else _("“%(name)s” is no longer published; what is in it is kept.", name=held.name),
        "success",
    )
    return redirect(_settings_of(slug, component_id), 303)


@bp.post("/e/<slug>/components/<key:component_id>/move")
def move_component(slug: str, component_id: int) -> ResponseReturnValue:
    """Move a component one place earlier or later."""
    services.move_component(member(), _component(slug, component_id), _step_sent())
    return redirect(url_for("spaces.settings", slug=slug, _anchor="tools"), 303)


@bp.post("/e/<slug>/components/<key:component_id>/topics")
def offer_topics(slug: str, component_id: int) -> ResponseReturnValue:
    """Choose which topics a component offers."""
    held = _component(slug, component_id)
    topics.offer_topics(member(), held, numbers_sent("topic"))
    flash(_("The topics offered are saved."), "success")
    return redirect(_settings_of(slug, component_id, "topics"), 303)


def _component(slug: str, component_id: int) -> Component:
    """The component of an address, whose space the reader may shape."""
    held = found(queries.find_component(component_id, slug) if component_id < 2**31 else None)
    authorize(policies.may_administer(actor(), held.space))
    return held


def _step_sent() -> int:
    step = STEPS.get(request.form.get("to", ""))
    if step is None:
        abort(400)
    return step


def _settings_of(slug: str, component_id: int, anchor: str | None = None) -> str:
    return url_for("spaces.component", slug=slug, component_id=component_id, _anchor=anchor)
