"""Pages that conclude a debate: closing it, correcting what it concludes, opening it again."""

from types import SimpleNamespace

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import authorize
from participa.contributions import drafts
from participa.debates import closing, policies, services
from participa.debates.forms import CloseForm, ConfirmForm
from participa.debates.models import Debate
from participa.debates.views import bp, readable
from participa.web import actor, address_of


@bp.route("/<key:debate_id>/close", methods=["GET", "POST"])
def close(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """Close a debate with what it concludes."""
    debate = readable(component_id, debate_id, slug).debate
    authorize(policies.may_close(actor(), debate))
    form = _concluding("debates.close", debate, "")
    if not _quotes(form) and form.validate_on_submit():
        services.close(
            member(),
            debate,
            form.body.data or "",
            revision=form.held_revision,
            draft_id=form.held_draft,
            back=address_of(debate),
        )
        flash(_("The debate is closed; those who took part are told."), "success")
        return redirect(address_of(debate), 303)
    return _concluding_page(debate, form, correcting=False)


@bp.route("/<key:debate_id>/conclusions", methods=["GET", "POST"])
def correct(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """Correct what a closed debate concludes; the versions before are kept."""
    debate = readable(component_id, debate_id, slug).debate
    authorize(policies.may_reopen(actor(), debate))
    form = _concluding("debates.correct", debate, debate.conclusions or "")
    if not _quotes(form) and form.validate_on_submit():
        changed = services.correct(
            member(),
            debate,
            form.body.data or "",
            revision=form.held_revision,
            reason=form.reason.data or "",
            draft_id=form.held_draft,
            back=address_of(debate),
        )
        flash(_("The conclusions are corrected.") if changed else _("Nothing has changed."), "success")
        return redirect(address_of(debate), 303)
    return _concluding_page(debate, form, correcting=True)


def _concluding(name: str, debate: Debate, body: str) -> CloseForm:
    held = SimpleNamespace(body=body, revision=debate.revision)
    return CloseForm(obj=held, debate=debate, **drafts.filled(name))


def _quotes(form: CloseForm) -> bool:
    """Whether the button of a quotation was pressed, which is then added to what was typed."""
    wanted = request.form.get("quote", "")
    if not wanted.isdecimal() or len(wanted) > 15:
        return False
    form.body.data = f"{(form.body.data or '').rstrip()}\n\n[[{wanted}]]\n\n".lstrip()
    return True


def _concluding_page(debate: Debate, form: CloseForm, *, correcting: bool) -> str:
    return render_template(
        "debates/close.html",
        debate=debate,
        space=debate.component.space,
        component=debate.component,
        form=form,
        correcting=correcting,
        material=closing.material(debate),
        address=address_of(debate),
    )


@bp.route("/<key:debate_id>/reopen", methods=["GET", "POST"])
def reopen(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """Open a closed debate again, after a confirmation."""
    debate = readable(component_id, debate_id, slug).debate
    authorize(policies.may_reopen(actor(), debate))
    form = ConfirmForm()
    if form.validate_on_submit():
        services.reopen(member(), debate)
        flash(_("The debate is open again."), "success")
        return redirect(address_of(debate), 303)
    return render_template(
        "debates/reopen.html",
        debate=debate,
        space=debate.component.space,
        component=debate.component,
        form=form,
        conclusions=closing.with_quotations(debate),
        address=address_of(debate),
    )
