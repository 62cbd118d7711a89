"""Answering one proposal: the answer, its publication, its history, the promised date."""

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import authorize
from participa.contributions import drafts
from participa.db import clock
from participa.display import day_words
from participa.errors import Conflict
from participa.proposals.answering import policies, queries, services
from participa.proposals.answering.filling import filled_in
from participa.proposals.answering.forms import NONE, AnswerForm, PromiseForm, SeenForm
from participa.proposals.answering.models import Answer
from participa.proposals.answering.states import states_of
from participa.proposals.models import Proposal
from participa.proposals.queries import Found
from participa.proposals.views import bp, readable, right_base
from participa.web import actor, address_of


@bp.route("/<key:proposal_id>/answer", methods=["GET", "POST"])
def answer(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Answer for the moderators, or change their answer."""
    held = readable(component_id, proposal_id, slug)
    proposal = held.proposal
    authorize(policies.may_answer(actor(), proposal))
    form, address = _form(held), address_of(proposal)
    at_once = bool(proposal.component.rules_at(clock()).publish_answers_immediately)
    if form.validate_on_submit():
        try:
            services.answer(member(), proposal, form.given(), seen=form.seen, publish=at_once)
        except services.AnsweredMeanwhile as newer:
            raise _conflict(form, newer, address) from newer
        flash(
            _("The answer is published; those who follow the proposal are told.")
            if at_once
            else _("The answer is kept, internal: nobody else reads it before it is published."),
            "success",
        )
        return redirect(f"{address}#{'answer' if at_once else 'internal'}", 303)
    return render_template(
        "proposals/answering/answer.html",
        proposal=proposal,
        space=proposal.component.space,
        component=proposal.component,
        held=held,
        form=form,
        at_once=at_once,
        templates=queries.templates(proposal.component) if request.method == "GET" else [],
        back=address,
    )


def _form(held: Found) -> AnswerForm:
    """The form, filled with what was sent, a kept text, a template, or the last answer that stands."""
    proposal = held.proposal
    states, last = states_of(proposal.component), held.pending or held.answer
    values: dict[str, Any] = {"revision": proposal.revision, "latest": held.last_answer}
    asked = request.args.get("template", "")
    template = (
        queries.template(proposal.component, int(asked))
        if request.method == "GET" and asked.isdecimal() and len(asked) < 10
        else None
    )
    if template is not None:
        values |= {"state": str(template.state_id), "body": filled_in(template.body, proposal)}
    elif last is not None:
        values |= {
            "state": str(last.state_id or NONE),
            "body": last.body,
            "cost": last.cost,
            "cost_report": last.cost_report,
            "execution_period": last.execution_period,
        }
    return AnswerForm(
        states,
        data=values,
        costs=bool(proposal.component.rules_at(clock()).answers_with_costs),
        answered=held.answer is not None,
        **drafts.filled("proposals.answer"),
    )


def _conflict(form: AnswerForm, newer: services.AnsweredMeanwhile, back: str) -> Conflict:
    """Both answers side by side, so that neither is lost."""
    last = newer.last or Answer(state_id=None, body="", cost_report="", execution_period="")
    theirs = {
        "state": str(last.state_id or (NONE if newer.last else "")),
        "body": last.body,
        "cost": "" if last.cost is None else f"{last.cost:f}",
        "cost_report": last.cost_report,
        "execution_period": last.execution_period,
    }
    compared = [
        SimpleNamespace(
            name=field.name,
            label=field.label.text,
            yours=field.data if field.name == "state" else str(field._value()),
            theirs=theirs[field.name],
            long=field.name in ("body", "cost_report"),
            options=form.offered if field.name == "state" else (),
        )
        for field in form
        if field.name in theirs
    ]
    return Conflict(
        compared=compared,
        revision=newer.seen.revision,
        kept={"latest": newer.seen.answer_id},
        action=request.path,
        back=back,
    )


ACTS = {"publish": services.publish, "drop": services.drop}


@bp.post("/<key:proposal_id>/answer/internal")
def internal_answer(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Publish the internal answer, or drop it, as the button pressed says."""
    proposal = readable(component_id, proposal_id, slug).proposal
    authorize(policies.may_answer(actor(), proposal))
    form, act = SeenForm(), request.form.get("act", "")
    if act not in ACTS or not form.validate():
        abort(400)
    try:
        ACTS[act](member(), proposal, seen=form.seen)
    except services.AnsweredMeanwhile:
        flash(
            _("The proposal or its answer has changed since you read them. Read them again, then decide."),
            "warning",
        )
    else:
        flash(
            _("The answer is published; those who follow the proposal are told.")
            if act == "publish"
            else _("The internal answer is dropped. The history of the answers keeps it."),
            "success",
        )
    return redirect(f"{address_of(proposal)}#answer", 303)


@bp.get("/<key:proposal_id>/answers")
def answers(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Every answer that a proposal was given; those who curate the space see the internal ones too."""
    proposal = readable(component_id, proposal_id, slug).proposal
    curates = actor().moderates(proposal.component.space_id)
    return render_template(
        "proposals/answering/history.html",
        proposal=proposal,
        space=proposal.component.space,
        component=proposal.component,
        page=queries.history(proposal, request.args.get("page"), internal=curates),
        curates=curates,
        back=address_of(proposal),
    )


@bp.route("/<key:proposal_id>/promise", methods=["GET", "POST"])
def promise(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Promise a date for the answer, change it, or take it back."""
    proposal = readable(component_id, proposal_id, slug).proposal
    authorize(policies.may_promise(actor(), proposal))
    form, back = PromiseForm(data={"day": proposal.promised_on}), address_of(proposal)
    if request.method == "POST" and request.form.get("act") == "none":
        services.promise(member(), proposal, None)
        flash(_("No date is promised any more; those who follow the proposal are told."), "success")
        return redirect(back, 303)
    if form.validate_on_submit():
        _promise(proposal, form)
        return redirect(back, 303)
    return render_template(
        "proposals/answering/promise.html",
        proposal=proposal,
        space=proposal.component.space,
        component=proposal.component,
        form=form,
        today=clock(),
        base=right_base(proposal),
        back=back,
    )


def _promise(proposal: Proposal, form: PromiseForm) -> None:
    if services.promise(member(), proposal, form.day.data):
        flash(
            _("An answer is promised for %(day)s, and all see it.", day=day_words(form.day.data)), "success"
        )
    else:
        flash(_("Nothing has changed."), "success")
