"""Pages of the questions to a guest, and of the guest."""

from types import SimpleNamespace
from typing import Any

from flask import flash, get_template_attribute, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.models import Member
from participa.auth.session import member
from participa.authorization import RULES, Actor, Refused, authorize
from participa.catalogues import ngettext
from participa.comments.views import thread
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import may_delete_own, may_read
from participa.db import abandon, db
from participa.debates.forms import ConfirmForm
from participa.debates.models import Debate
from participa.debates.questions import policies, queries, services
from participa.debates.questions.forms import GuestForm, QuestionForm
from participa.debates.questions.models import Question
from participa.debates.questions.panel import around
from participa.debates.views import base_of, bp, readable, signature
from participa.errors import NOT_FOUND_RULES
from participa.spaces.kinds import Waiting, waiting
from participa.spaces.queries import people_named
from participa.votes.ballots import answer_for
from participa.web import actor, address_of, addresses, found


@addresses(Question)
def address_of_question(question: Question) -> str:
    """The page of a question; needs its component and space loaded."""
    component = question.component
    return f"/e/{component.space.slug}/{component.id}/{question.about_id}/questions/{question.id}"


@bp.get("/<key:debate_id>/questions")
def questions(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """All the questions of a debate, a page at a time; answered ones first, then the most raised."""
    return _listed(readable(component_id, debate_id, slug).debate)


def _listed(debate: Debate, failed: QuestionForm | None = None, sentence: Any = None) -> str:
    page = queries.questions_of(debate.id, request.args.get("page"))
    return render_template(
        "debates/questions.html",
        debate=debate,
        component=debate.component,
        space=debate.component.space,
        page=page,
        questions=around(debate, page.items, failed),
        sentence=sentence,
        base=base_of(debate),
        back=address_of(debate),
    )


@bp.post("/<key:debate_id>/ask")
def ask(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """Ask the guest something."""
    debate = readable(component_id, debate_id, slug).debate
    form = QuestionForm()
    try:
        authorize(policies.may_ask(actor(), debate))
        if not form.validate_on_submit():
            return _listed(debate, form)
        question = services.ask(member(), debate, form.body.data or "", draft_id=form.held_draft)
    except Refused as refusal:
        if not actor().is_authenticated or refusal.rule in NOT_FOUND_RULES:
            raise
        abandon()
        debate = readable(component_id, debate_id, slug).debate
        kept = SimpleNamespace(why=RULES[refusal.rule], text=form.body.data or "")
        return _listed(debate, sentence=kept), 403
    flash(_("Your question is asked; others may raise it."), "success")
    return redirect(address_of_question(question), 303)


@bp.get("/<key:debate_id>/questions/<key:question_id>")
def question(slug: str, component_id: int, debate_id: int, question_id: int) -> ResponseReturnValue:
    """One question, the answers of the guest and what others say of it."""
    one = found(queries.find_question(question_id))
    here = (one.component_id, one.about_id, one.component.space.slug)
    found(one if here == (component_id, debate_id, slug) else None)
    authorize(may_read(actor(), one))
    debate = found(one.about)
    assert isinstance(debate, Debate)
    row = queries.question(question_id, debate_id)
    return render_template(
        "debates/question.html",
        question=one,
        row=row,
        debate=debate,
        component=one.component,
        space=one.component.space,
        questions=around(debate, [row] if row else []),
        answers=policies.is_guest(actor(), one),
        thread=thread(one) if one.is_shown else None,
        back=address_of(debate),
        base=base_of(debate),
    )


@bp.route("/questions/<key:question_id>/delete", methods=["GET", "POST"])
def delete_question(slug: str, component_id: int, question_id: int) -> ResponseReturnValue:
    """Delete one's question, after a confirmation."""
    one = found(queries.find_question(question_id))
    found(one if (one.component_id, one.component.space.slug) == (component_id, slug) else None)
    authorize(may_read(actor(), one))
    authorize(may_delete_own(actor(), one))
    form = ConfirmForm()
    if form.validate_on_submit():
        services.delete_question(member(), one)
        flash(_("Your question is deleted."), "success")
        return redirect(f"/e/{slug}/{component_id}/{one.about_id}#questions", 303)
    return render_template(
        "debates/delete_question.html",
        question=one,
        debate=one.about,
        space=one.component.space,
        component=one.component,
        form=form,
    )


@answer_for(ContributionKind.QUESTION, "q")
def raised(question: Contribution, mine: int | None, failed: str | None) -> str:
    """The button that raises a question."""
    button = get_template_attribute("debates/_question.html", "raise_it")
    return str(button(question.id, question.support_count, mine == 1, signature(question), failed))


# ── The guest


@bp.route("/<key:debate_id>/guest", methods=["GET", "POST"])
def guest(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """Choose the guest of a debate among the members of the network, and when they answer."""
    debate = readable(component_id, debate_id, slug).debate
    authorize(policies.may_invite(actor(), debate))
    words = " ".join(request.args.get("q", "").split())[:100]
    chosen = _member_named(request.values.get("member", "")) or (debate.guest if not words else None)
    form = GuestForm(obj=debate)
    if request.method == "POST" and chosen is not None and form.validate_on_submit():
        anew = chosen.id != debate.guest_id
        services.invite(member(), debate, chosen, **form.window())
        said = _("%(name)s is the guest of this debate, and is told.", name=chosen.name)
        flash(said if anew else _("The time of the questions is changed."), "success")
        return redirect(address_of(debate), 303)
    return render_template(
        "debates/guest.html",
        debate=debate,
        component=debate.component,
        space=debate.component.space,
        words=words,
        matches=people_named(words) if words else [],
        chosen=chosen,
        form=form,
        here=f"{base_of(debate)}/guest",
        back=address_of(debate),
    )


def _member_named(number: str) -> Member | None:
    """The active member of that number, if any."""
    one = db.session.get(Member, int(number)) if number.isdecimal() and len(number) < 10 else None
    return one if one is not None and one.is_active and not one.imported else None


@bp.post("/<key:debate_id>/guest/part")
def part_guest(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """Take the guest of a debate away."""
    debate = readable(component_id, debate_id, slug).debate
    authorize(policies.may_invite(actor(), debate))
    services.part(member(), debate)
    flash(_("This debate has no guest any more; the questions and answers stay."), "success")
    return redirect(address_of(debate), 303)


@waiting
def questions_waiting(who: Actor) -> list[Waiting]:
    """The questions that wait for the guest they are put to, by debate."""
    if not who.is_authenticated:
        return []
    return [
        Waiting(
            f"questions-{debate.id}",
            debate.n,
            ngettext("question to answer in a debate", "questions to answer in a debate", debate.n),
            f"/e/{debate.slug}/{debate.component_id}/{debate.id}/questions",
            rank=12,
        )
        for debate in queries.waiting_for(who)
    ]
