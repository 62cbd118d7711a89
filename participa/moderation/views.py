"""Pages to report, to decide, to look at decisions again."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.models import Member
from participa.auth.session import member as me
from participa.authorization import Actor, Verdict, authorize
from participa.catalogues import lazy_gettext as _l
from participa.catalogues import ngettext
from participa.contributions.models import Contribution
from participa.contributions.policies import is_author, may_read
from participa.contributions.queries import find_contribution
from participa.display import when_words
from participa.moderation import policies, queries, services
from participa.moderation.forms import REASONS, DecisionForm, ReportForm
from participa.moderation.models import Act, Decision, Reason
from participa.spaces.desk import Task, on_desk
from participa.spaces.kinds import Waiting, waiting
from participa.spaces.models import Space
from participa.web import actor, address_of, found

bp = Blueprint("moderation", __name__)

ACTS = {
    Act.HIDE: _l("Hidden"),
    Act.KEEP: _l("Kept"),
    Act.RESTORE: _l("Shown again"),
    Act.DEACTIVATE: _l("Account closed, texts hidden"),
}
"""How each decision is called once taken."""


@waiting
def reports_waiting(actor: Actor) -> list[Waiting]:
    """The reports that wait for whoever curates."""
    count = queries.waiting_count(actor) if actor.may_curate else 0
    if not count:
        return []
    label = ngettext("report to handle", "reports to handle", count)
    return [Waiting("reports", count, label, url_for("moderation.queue"), rank=10)]


@on_desk
def reports_on_desk(actor: Actor, spaces: Sequence[Space]) -> list[Task]:
    """The reports to handle, space by space, and those of people, which coordinators handle."""
    tasks = []
    for space, left in queries.waiting_by_space(actor, spaces):
        tasks.append(
            Task(
                ngettext("%(num)s report to handle", "%(num)s reports to handle", left.count),
                url_for("moderation.queue"),
                _("Open the queue"),
                _("Reports"),
                space,
                "",
                _("The oldest dates from %(when)s.", when=when_words(left.since)),
                rank=10,
            )
        )
    return tasks


# ── Reporting ────────────────────────────────────────────────────────────────────────────────────


@bp.route("/report/<key:contribution_id>", methods=["GET", "POST"])
def report(contribution_id: int) -> ResponseReturnValue:
    """Report a text."""
    contribution = found(find_contribution(contribution_id))
    authorize(policies.may_report(actor(), contribution))
    form = ReportForm()
    if form.validate_on_submit():
        added = services.report(me(), contribution, Reason(form.reason.data), form.note.data or "")
        _thank(added)
        return redirect(address_of(contribution))
    before = queries.my_report(actor(), contribution_id=contribution_id)
    return render_template(
        "moderation/report.html", contribution=contribution, person=None, form=form, before=before
    )


@bp.route("/report/member/<key:member_id>", methods=["GET", "POST"])
def report_member(member_id: int) -> ResponseReturnValue:
    """Report a person."""
    person = found(queries.find_person(member_id))
    authorize(policies.may_report_member(actor(), person))
    form = ReportForm()
    if form.validate_on_submit():
        added = services.report_member(me(), person, Reason(form.reason.data), form.note.data or "")
        _thank(added)
        return redirect(url_for("network.member", member_id=member_id))
    before = queries.my_report(actor(), member_id=member_id)
    return render_template(
        "moderation/report.html", contribution=None, person=person, form=form, before=before
    )


def _thank(added: bool) -> None:
    if added:
        flash(
            _("Thank you. The moderators will look at it, and you will be told what they decide."), "success"
        )
    else:
        flash(_("You have already reported this; once is enough."), "warning")


# ── The queue ────────────────────────────────────────────────────────────────────────────────────


@bp.get("/moderation")
def queue() -> ResponseReturnValue:
    """What waits for a decision, the longest waiting first, and the case chosen among it."""
    return _queue_page(DecisionForm(formdata=None))


def _queue_page(form: DecisionForm, chosen: str | None = None) -> ResponseReturnValue:
    authorize(policies.may_see_queue(actor()))
    after = request.args.get("after", 0, type=int)
    page = queries.queue(actor(), after)
    case = page.chosen(chosen or request.args.get("item"))
    if case and not form.is_submitted():
        form.reason.data = case.reasons[0].value
    recent = queries.history(actor(), limit=queries.RECENT)
    return render_template(
        "moderation/queue.html",
        queue=page,
        after=after,
        case=case,
        form=form,
        reports=queries.open_reports(case) if case else [],
        past=queries.decisions_about(case) if case else [],
        seen=queries.text_seen(case) if case and case.has_changed else None,
        recent=recent,
        mine=next((one for one in recent if one.moderator_id == actor().id and one.undone_at is None), None),
        done=request.args.get("done", type=int),
        reasons=REASONS,
        acts=ACTS,
    )


@bp.post("/moderation/<any(c, m):sort>/<key:subject_id>")
def decide(sort: str, subject_id: int) -> ResponseReturnValue:
    """Decide about the case shown: hide or keep a text, close or keep an account."""
    form = DecisionForm()
    seen, last = request.form.get("seen", 0, type=int), request.form.get("last", 0, type=int)
    hides = request.form.get("act") == "hide"
    if hides and not form.validate():
        return _queue_page(form, f"{sort}{subject_id}")
    reason, note = Reason(form.reason.data) if hides else Reason.OTHER, form.note.data or ""
    try:
        if sort == "c":
            contribution = found(find_contribution(subject_id))
            authorize(policies.may_decide(actor(), contribution))
            if hides:
                decision = services.hide(me(), contribution, reason, note, last=last)
            else:
                decision = services.keep(me(), contribution, seen=seen, last=last)
        else:
            person = found(queries.find_person(subject_id))
            authorize(policies.may_decide_on_member(actor(), person))
            if hides:
                decision = services.deactivate(me(), person, reason, note, last=last)
            else:
                decision = services.keep_member(me(), person, seen=seen, last=last)
    except services.AlreadyDecided as error:
        return _say_decided(error.decision)
    after = request.args.get("after", 0, type=int)
    return redirect(url_for("moderation.queue", done=decision.id, after=after or None))


def _say_decided(decision: Decision) -> ResponseReturnValue:
    flash(
        _(
            "%(name)s decided before you (%(act)s, %(when)s). Nothing of yours was recorded.",
            name=decision.moderator.name,
            act=str(ACTS[decision.act]).lower(),
            when=when_words(decision.at),
        ),
        "warning",
    )
    return redirect(url_for("moderation.queue"))


@bp.get("/moderation/history")
def history() -> ResponseReturnValue:
    """All decisions that one may look at again, the newest first."""
    authorize(policies.may_see_queue(actor()))
    before = request.args.get("before", type=int)
    decisions = queries.history(actor(), before=before, limit=queries.PAGE + 1)
    return render_template(
        "moderation/history.html",
        decisions=decisions[: queries.PAGE],
        more=decisions[queries.PAGE - 1].id if len(decisions) > queries.PAGE else None,
        before=before,
        reasons=REASONS,
        acts=ACTS,
    )


@bp.post("/moderation/decisions/<key:decision_id>/undo")
def undo(decision_id: int) -> ResponseReturnValue:
    """Undo a decision."""
    decision = found(queries.find_decision(decision_id))
    authorize(_may_undo(decision))
    try:
        services.undo(me(), decision)
    except services.AlreadyDecided:
        flash(_("This decision was already undone."), "warning")
    else:
        flash(_("The decision is undone: everything is as it was before it."), "success")
    if request.form.get("back") == "history":
        return redirect(url_for("moderation.history"))
    subject = f"c{decision.contribution_id}" if decision.contribution_id else f"m{decision.member_id}"
    return redirect(url_for("moderation.queue", item=subject))


def _may_undo(decision: Decision) -> Verdict:
    if decision.contribution is not None:
        return policies.may_decide(actor(), decision.contribution)
    assert decision.member is not None
    if decision.moderator_id == actor().id and decision.act == Act.HIDE:
        return policies.may_hide_texts_of(actor(), decision.member)
    return policies.may_decide_on_member(actor(), decision.member)


# ── Straight from a text or a person ─────────────────────────────────────────────────────────────


@bp.route("/moderation/hide/<key:contribution_id>", methods=["GET", "POST"])
def hide(contribution_id: int) -> ResponseReturnValue:
    """Hide a text, from its own page."""
    contribution = found(find_contribution(contribution_id))
    authorize(policies.may_decide(actor(), contribution))
    form = DecisionForm()
    if form.validate_on_submit():
        last = request.form.get("last", type=int)
        try:
            services.hide(me(), contribution, Reason(form.reason.data), form.note.data or "", last=last)
        except services.AlreadyDecided as error:
            return _say_decided(error.decision)
        flash(_("The text is hidden; its author is told why."), "success")
        return redirect(url_for("moderation.hidden", contribution_id=contribution_id))
    if contribution.hidden_at is not None:
        return redirect(url_for("moderation.hidden", contribution_id=contribution_id))
    last = queries.latest_decision(contribution_id)
    return render_template("moderation/hide.html", contribution=contribution, form=form, last=last)


@bp.get("/hidden/<key:contribution_id>")
def hidden(contribution_id: int) -> ResponseReturnValue:
    """Why a text is hidden, with the text: for its author to reuse, for moderators to show again."""
    contribution = found(find_contribution(contribution_id))
    if contribution.hidden_at is None:
        authorize(may_read(actor(), contribution))  # its address holds its title
        return redirect(address_of(contribution))
    authorize(policies.may_read_hidden(actor(), contribution))
    return render_template(
        "moderation/hidden.html",
        contribution=contribution,
        decision=queries.hiding_of(contribution),
        mine=is_author(actor(), contribution),
        reasons=REASONS,
    )


@bp.route("/moderation/restore/<key:contribution_id>", methods=["GET", "POST"])
def restore(contribution_id: int) -> ResponseReturnValue:
    """Show a hidden text again."""
    if request.method == "GET":
        return redirect(url_for("moderation.hidden", contribution_id=contribution_id))
    contribution = found(find_contribution(contribution_id))
    authorize(policies.may_decide(actor(), contribution))
    services.restore(me(), contribution)
    flash(_("The text is shown again; its author is told."), "success")
    return redirect(address_of(contribution))


@bp.route("/moderation/members/<key:member_id>", methods=["GET", "POST"])
def person(member_id: int) -> ResponseReturnValue:
    """Close a spammer's account with all their texts; a moderator hides those in one's own spaces."""
    someone = found(queries.find_person(member_id))
    authorize(policies.may_hide_texts_of(actor(), someone))
    everywhere = bool(policies.may_decide_on_member(actor(), someone))
    form = DecisionForm()
    if form.validate_on_submit():
        _act_on(someone, Reason(form.reason.data), form.note.data or "", everywhere=everywhere)
        return redirect(url_for("moderation.history"))
    count = queries.texts_shown(actor(), member_id, everywhere=everywhere)
    return render_template(
        "moderation/person.html", person=someone, form=form, everywhere=everywhere, count=count
    )


def _act_on(person: Member, reason: Reason, note: str, *, everywhere: bool) -> None:
    if everywhere:
        decision = services.deactivate(me(), person, reason, note)
    else:
        decision = services.hide_all(me(), person, reason, note, spaces=actor().curated_spaces)
    count = len(decision.effects["hidden"])
    texts = ngettext("%(num)s text is hidden.", "%(num)s texts are hidden.", count)
    account = _("The account is closed and its sessions are ended.") if everywhere else ""
    way_back = _("You can undo it here.")
    flash(f"{account} {texts} {way_back}".strip(), "success")


@bp.app_template_global("hiding_of")
def hiding_of(contribution: Contribution) -> Decision | None:
    """The decision that hid a text, for the pages of other features."""
    return queries.hiding_of(contribution)


@bp.app_template_global("reason_label")
def reason_label(reason: Reason) -> str:
    """How a reason is called."""
    return str(REASONS[reason])


from participa.moderation.trash import views as trash  # noqa: E402

__all__ = ["bp", "trash"]
