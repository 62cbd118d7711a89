"""Inviting one person or a list of people, and following what became of each invitation."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa import mail as post
from participa.admin import queries, services
from participa.admin.forms import InviteForm
from participa.admin.services.invitations import mail_leaves
from participa.admin.views import bp
from participa.auth.models import Invitation
from participa.auth.session import member as myself
from participa.authorization import RULES, Refused
from participa.catalogues import ngettext
from participa.db import clock
from participa.network import lists
from participa.network.lists import Line, ListForm, UnreadableList
from participa.network.zones import offered_languages
from participa.web import found

TEMPLATE_FILE = "adresse;nom;fonction;centre\n"


def _first_language() -> str:
    return (offered_languages() or ["fr"])[0]


@bp.get("/invitations")
def invitations() -> ResponseReturnValue:
    """List the invitations that wait, and with ?show=over those accepted or withdrawn."""
    return _list()


def _list(copied: Invitation | None = None, token: str | None = None) -> ResponseReturnValue:
    over = request.args.get("show") == "over"
    page = queries.page_of_invitations(request.args.get("page"), over=over)
    refused = queries.refused_addresses(page.items)
    return render_template(
        "admin/invitations.html",
        page=page,
        over=over,
        states={one.id: queries.state_of(one, refused, clock()) for one in page.items},
        mail_leaves=mail_leaves(),
        counts=queries.counts(),
        copied=copied,
        link=post.absolute(f"/invitation/{token}") if token else None,
    )


@bp.route("/invitations/new", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    """Invite one person; the page also takes a list."""
    form = InviteForm().offer(queries.centre_choices(), mail=mail_leaves())
    if form.validate_on_submit():
        try:
            invitation, token = services.invite_one(
                myself(),
                email=str(form.email.data),
                name=str(form.name.data),
                function=form.function.data or None,
                centre_id=form.centre.data or None,
                language=_first_language(),
                by_mail=form.sends_mail,
            )
        except Refused as refusal:
            form.email.errors = [str(RULES[refusal.rule])]
        else:
            if not form.sends_mail:
                return _list(invitation, token)
            flash(_("Invitation on its way to %(email)s.", email=invitation.email), "success")
            return redirect(url_for(".invitations"))
    return _invite_page(form, ListForm(formdata=None))


def _invite_page(form: InviteForm, list_form: ListForm) -> str:
    return render_template("admin/invite.html", form=form, list_form=list_form, mail_leaves=mail_leaves())


@bp.post("/invitations/list")
def invite_list() -> ResponseReturnValue:
    """Read a list, check it, show it; nothing is sent before it is confirmed."""
    list_form = ListForm()
    try:
        lines = list_form.lines()
    except UnreadableList as error:
        list_form.pasted.errors = [str(error)]
        form = InviteForm(formdata=None).offer(queries.centre_choices(), mail=mail_leaves())
        return _invite_page(form, list_form)
    return _checked(lists.check(lines))


def _checked(lines: Sequence[Line]) -> ResponseReturnValue:
    wrong = [line for line in lines if line.errors]
    page = render_template(
        "admin/list.html",
        lines=lines,
        wrong=wrong,
        ready=[line for line in lines if line.is_ready],
        ignored=[line for line in lines if line.ignored],
        carried=lists.written(lines),
        columns=lists.NAMES,
        mail_leaves=mail_leaves(),
        failed=bool(wrong),
    )
    return page, 422 if wrong else 200


@bp.post("/invitations/list/confirm")
def confirm_list() -> ResponseReturnValue:
    """Invite the people of the list who are ready, or check it again after corrections."""
    try:
        lines = lists.check(lists.corrected(request.form.get("carried", ""), request.form))
    except UnreadableList as error:
        flash(str(error), "error")
        return redirect(url_for(".invite"))
    asked = request.form.get("ready", "")
    ready = [line for line in lines if line.is_ready]
    if "check" in request.form or not ready or asked != str(len(ready)):
        return _checked(lines)  # corrected, or changed since it was shown: shown again before anything leaves
    n = services.invite_all(myself(), ready, _first_language())
    flash(ngettext("%(num)s person invited.", "%(num)s people invited.", n), "success")
    return redirect(url_for(".invitations"))


@bp.get("/invitations/model.csv")
def list_model() -> ResponseReturnValue:
    """Give an empty file with the names of its columns."""
    return (
        "\ufeff" + TEMPLATE_FILE,
        200,
        {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": "attachment; filename=invitations.csv",
        },
    )


@bp.post("/invitations/<key:invitation_id>/resend")
def resend_invitation(invitation_id: int) -> ResponseReturnValue:
    """Mail an invitation again; its links before stop working."""
    found(queries.find_invitation(invitation_id))
    if not mail_leaves():
        return copy_invitation(invitation_id)
    invitation = services.send_again(myself(), invitation_id)
    flash(_("Invitation on its way to %(email)s.", email=invitation.email), "success")
    return redirect(url_for(".invitations"))


@bp.post("/invitations/<key:invitation_id>/link")
def copy_invitation(invitation_id: int) -> ResponseReturnValue:
    """Make a new link to an invitation and show it, to be copied."""
    found(queries.find_invitation(invitation_id))
    return _list(*services.renew(myself(), invitation_id))


@bp.post("/invitations/<key:invitation_id>/revoke")
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Withdraw an invitation."""
    found(queries.find_invitation(invitation_id))
    invitation = services.revoke(myself(), invitation_id)
    flash(
        _("Invitation to %(email)s withdrawn: its link no longer works.", email=invitation.email), "success"
    )
    return redirect(url_for(".invitations"))
