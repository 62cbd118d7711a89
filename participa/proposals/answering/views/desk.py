"""The moderators' desk of answers: what waits for one, and many answers at once."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa import text
from participa.auth.session import member
from participa.authorization import RULES, Refused, authorize
from participa.catalogues import lazy_gettext as _l
from participa.contributions.policies import may_read
from participa.db import clock, day_of
from participa.forms import Form
from participa.proposals.answering import policies, queries, services
from participa.proposals.answering.filling import filled_in
from participa.proposals.answering.models import Answer, AnswerTemplate, Standing
from participa.proposals.answering.services import Given, Seen
from participa.proposals.answering.states import states_of
from participa.proposals.models import Proposal, Sign
from participa.proposals.views import bp, component_of, ending
from participa.spaces.models import Component
from participa.web import actor

SHOWS = {
    "waiting": _l("To answer"),
    "late": _l("Late"),
    "internal": _l("Internal answers"),
    "open": _l("Without a final answer"),
    "answered": _l("Answered"),
}
CHANGED = _l("it was edited or answered since you picked it")


def desk_address(component: Component, **arguments: Any) -> str:
    """The address of the desk."""
    return url_for("proposals.desk", slug=component.space.slug, component_id=component.id, **arguments)


@bp.get("/answers")
def desk(slug: str, component_id: int) -> ResponseReturnValue:
    """What waits for an answer, to be answered one by one or many at once."""
    component = component_of(slug, component_id)
    authorize(policies.may_see_answers(actor(), component))
    show = request.args.get("show", "")
    show = show if show in SHOWS else "waiting"
    today = day_of(clock())
    return render_template(
        "proposals/answering/desk.html",
        component=component,
        space=component.space,
        page=queries.desk(component, show, today, request.args.get("page")),
        show=show,
        shows=SHOWS,
        states=states_of(component),
        templates=queries.templates(component),
        open=policies.answering_open(component),
        at_once=component.rules_at(clock()).publish_answers_immediately,
        today=today,
        ending=ending,
        desk_address=lambda **arguments: desk_address(component, **arguments),
        settings=bool(policies.may_shape_states(actor(), component)),
    )


@dataclass(slots=True)
class Item:
    """One proposal picked, and what an act does with it."""

    proposal: Proposal
    seen: Seen
    sign: Sign | None = None
    html: str = ""
    skipped: Any = None
    """Why it is left out."""


@bp.post("/answers")
def answer_many(slug: str, component_id: int) -> ResponseReturnValue:
    """Answer the proposals picked from a template, or publish their internal answers: shown first, then done."""
    component = component_of(slug, component_id)
    authorize(policies.may_see_answers(actor(), component))
    Form().validate()
    picked, sentence = _picked()
    act = request.form.get("act", "")
    template = _template(component) if act in ("apply", "give") else None
    if act in ("apply", "give") and template is None:
        sentence = sentence or _("Choose a template first; whoever curates the space can write one.")
    elif act not in ("apply", "give", "publish", "release"):
        sentence = sentence or _("Choose what to do with the proposals picked.")
    if sentence:
        flash(sentence, "error")
        return redirect(desk_address(component, show=request.form.get("show") or None), 303)
    items, gone = _items(component, picked, template, sent_seen=act in ("give", "release"))
    done = 0
    if act in ("give", "release"):
        done = sum(_act(component, item, template) for item in items)
    return render_template(
        "proposals/answering/many.html",
        component=component,
        space=component.space,
        template=template,
        chosen=[item for item in items if item.skipped is None],
        skipped=[item for item in items if item.skipped is not None],
        gone=gone,
        done=done if act in ("give", "release") else None,
        at_once=template is None or component.rules_at(clock()).publish_answers_immediately,
        confirm="give" if template is not None else "release",
        back=desk_address(component, show=request.form.get("show") or None),
        show=request.form.get("show", ""),
    )


def _picked() -> tuple[list[int], str | None]:
    """The numbers of the proposals picked, or the sentence that says what is wrong."""
    sent = [value for value in request.form.getlist("proposal") if value.isdecimal() and len(value) < 16]
    picked = list(dict.fromkeys(map(int, sent)))
    if not picked:
        return [], _("Pick at least one proposal.")
    if len(picked) > queries.PAGE:
        return [], _("Pick at most %(most)s proposals at once; the others can follow.", most=queries.PAGE)
    return picked, None


def _template(component: Component) -> AnswerTemplate | None:
    sent = request.form.get("template", "")
    return queries.template(component, int(sent)) if sent.isdecimal() and len(sent) < 10 else None


def _items(
    component: Component, picked: list[int], template: AnswerTemplate | None, *, sent_seen: bool
) -> tuple[list[Item], int]:
    """The proposals picked, each with what it would be answered or why it is left out; how many are gone."""
    found = [proposal for proposal in queries.chosen(component, picked) if may_read(actor(), proposal)]
    last = queries.last_answers([proposal.id for proposal in found])
    items = []
    for proposal in found:
        newest = last.get(proposal.id)
        now = Seen(proposal.revision, newest.id if newest else 0)
        read = str(now) if not sent_seen else request.form.get(f"seen-{proposal.id}", "")
        item = Item(proposal, now)
        items.append(item)
        verdict = policies.may_answer(actor(), proposal)
        if not verdict:
            item.skipped = RULES[str(verdict.rule)]
        elif read != str(now):
            item.skipped = CHANGED
        elif template is not None:
            _from_template(item, template)
        else:
            _from_pending(item, newest)
    return items, len(picked) - len(found)


def _from_template(item: Item, template: AnswerTemplate) -> None:
    costs = item.proposal.component.rules_at(clock()).answers_with_costs
    if costs and template.state.needs_costs:
        item.skipped = _l("this answer gives costs: answer it on its own page")
        return
    item.sign = template.state.sign
    item.html = text.to_html(filled_in(template.body, item.proposal))


def _from_pending(item: Item, newest: Answer | None) -> None:
    if newest is None or newest.standing != Standing.PENDING:
        item.skipped = _l("it has no internal answer")
        return
    item.sign = newest.state.sign if newest.state else None
    item.html = newest.html


def _act(component: Component, item: Item, template: AnswerTemplate | None) -> bool:
    """Do one of many, in a transaction of its own: what fails is left out alone, with the reason."""
    if item.skipped is not None:
        return False
    at_once = bool(component.rules_at(clock()).publish_answers_immediately)
    fresh = queries.chosen(component, [item.proposal.id])  # the act before may have been rolled back
    if not fresh:
        item.skipped = RULES["hidden"]
        return False
    item.proposal = fresh[0]
    try:
        if template is None:
            services.publish(member(), item.proposal, seen=item.seen)
        else:
            given = Given(template.state_id, filled_in(template.body, item.proposal))
            services.answer(member(), item.proposal, given, seen=item.seen, publish=at_once)
    except services.AnsweredMeanwhile:
        item.skipped = CHANGED
    except Refused as refusal:
        item.skipped = RULES[refusal.rule]
    return item.skipped is None
