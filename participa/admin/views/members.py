"""The table of members, and one member's account."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from participa import mail as post
from participa.admin import policies, queries, services
from participa.admin.forms import MemberForm, MoveForm
from participa.admin.queries import MemberFilters
from participa.admin.views import bp
from participa.admin.views.merging import merge
from participa.auth import services as auth
from participa.auth.models import Member
from participa.auth.session import member as myself
from participa.authorization import authorize
from participa.catalogues import ngettext
from participa.errors import Conflict
from participa.network.queries import find_member
from participa.text import clean
from participa.web import actor, came_from, found

MOST_PICKED = 100


def number(text: str | None) -> int | None:
    """The key that a form or an address holds, or None."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _managed(member_id: int) -> Member:
    """The account to manage, or the page that says why not."""
    member = found(find_member(member_id))
    authorize(policies.may_manage(actor(), member))
    return member


def _to(member_id: int) -> ResponseReturnValue:
    return redirect(url_for("admin.member", member_id=member_id))


@bp.get("/members")
def members() -> ResponseReturnValue:
    """List the members, filtered."""
    filters = MemberFilters(
        words=" ".join(clean(request.args.get("q", "")).split())[:100],
        centre_id=number(request.args.get("centre")),
        role=request.args.get("role", ""),
        state=request.args.get("state", ""),
    )
    page = queries.page_of_members(filters, request.args.get("page"))
    return render_template(
        "admin/members.html",
        filters=filters,
        page=page,
        spaces=queries.spaces_curated_by([member.id for member in page.items], actor()),
        centres=queries.centre_choices(),
        counts=queries.counts(),
    )


@bp.post("/members")
def change_members() -> ResponseReturnValue:
    """Do one thing to the members picked."""
    picked = [key for text in request.form.getlist("who")[:MOST_PICKED] if (key := number(text))]
    here = url_for(".members")
    back = redirect(came if (came := came_from()).startswith(here) else here)
    if not picked:
        flash(_("Choose at least one person in the list."), "error")
        return back
    if request.form.get("action") == "deactivate":
        done = services.deactivate(myself(), picked)
        left = len(picked) - len(done)
        message = ngettext("%(num)s account deactivated.", "%(num)s accounts deactivated.", len(done))
        if left:
            message += " " + ngettext(
                "%(num)s left as it was: yours, or already deactivated.",
                "%(num)s left as they were: yours, or already deactivated.",
                left,
            )
        flash(message, "success")
    elif request.form.get("action") == "move":
        centre_id = number(request.form.get("centre"))
        if centre_id and centre_id not in dict(queries.centre_choices()):
            flash(_("Choose the centre they move to."), "error")
            return back
        moved = services.move(myself(), picked, centre_id or None)
        flash(ngettext("%(num)s person moved.", "%(num)s people moved.", len(moved)), "success")
    else:
        flash(_("Choose what to do with the people picked."), "error")
    return back


@bp.get("/members/<key:member_id>")
def member(member_id: int) -> ResponseReturnValue:
    """Show an account and what can be done with it."""
    return _page(_managed(member_id))


def _page(member: Member, **given: Any) -> ResponseReturnValue:
    values = {
        "edit": MemberForm(formdata=None, obj=member),
        "move": MoveForm(formdata=None).offer(queries.centre_choices()),
        "link": None,
        **given,
    }
    if not given.get("move"):
        values["move"].centre.data = member.centre_id or 0
    if values["move"].centre.choices and member.centre and member.centre.left_at:
        values["move"].centre.choices.append(SelectChoice(member.centre.id, member.centre.name))
    coordinators = queries.count_coordinators()
    return render_template(
        "admin/member.html",
        member=member,
        spaces=queries.spaces_curated_by([member.id], actor()).get(member.id, []),
        may_deactivate=policies.may_deactivate(actor(), member),
        may_give=policies.may_give_coordination(actor(), member),
        may_take=policies.may_take_coordination(actor(), member, coordinators),
        **values,
    )


@bp.post("/members/<key:member_id>")
def edit_member(member_id: int) -> ResponseReturnValue:
    """Correct a member's name and function."""
    member = _managed(member_id)
    form = MemberForm()
    if not form.validate_on_submit():
        return _page(member, edit=form)
    try:
        services.edit(
            myself(),
            member.id,
            name=str(form.name.data),
            function=form.function.data or None,
            revision=int(form.revision.data or 0),
        )
    except Conflict as stale:
        raise _merge(stale, form, url_for(".edit_member", member_id=member_id)) from None
    flash(_("Saved."), "success")
    return _to(member_id)


def _merge(stale: Conflict, form: MemberForm, action: str) -> Conflict:
    """What the merge page shows of a profile that changed meanwhile."""
    theirs: Member = stale.context["member"]
    return merge(
        form,
        action,
        theirs.revision,
        [("name", theirs.name), ("function", theirs.function or "")],
    )


@bp.post("/members/<key:member_id>/move")
def move_member(member_id: int) -> ResponseReturnValue:
    """Let a member belong to another centre; their past acts keep theirs."""
    member = _managed(member_id)
    form = MoveForm().offer(queries.centre_choices())
    if not form.validate_on_submit():
        return _page(member, move=form)
    services.move(myself(), [member.id], form.centre.data or None)
    flash(_("Moved. What was written before keeps the name of the centre of then."), "success")
    return _to(member_id)


@bp.post("/members/<key:member_id>/deactivate")
def deactivate(member_id: int) -> ResponseReturnValue:
    """Close an account; its owner is signed out at once."""
    member = _managed(member_id)
    authorize(policies.may_deactivate(actor(), member))
    services.deactivate(myself(), [member.id])
    flash(_("Account deactivated: signed out everywhere, and nobody can sign in with it."), "success")
    return _to(member_id)


@bp.post("/members/<key:member_id>/reactivate")
def reactivate(member_id: int) -> ResponseReturnValue:
    """Open an account again."""
    member = _managed(member_id)
    authorize(policies.may_deactivate(actor(), member))
    services.reactivate(myself(), member.id)
    flash(_("Account reactivated: it can be signed in to again."), "success")
    return _to(member_id)


@bp.post("/members/<key:member_id>/coordinator")
def coordinator(member_id: int) -> ResponseReturnValue:
    """Give the role of coordinator, or take it back."""
    member = _managed(member_id)
    if request.form.get("give"):
        authorize(policies.may_give_coordination(actor(), member))
        services.give_coordination(myself(), member.id)
        flash(_("%(name)s is now a coordinator.", name=member.name), "success")
        return _to(member_id)
    services.take_coordination(myself(), member.id)
    flash(_("%(name)s is no longer a coordinator.", name=member.name), "success")
    return redirect("/") if member.id == actor().id else _to(member_id)


@bp.post("/members/<key:member_id>/password-link")
def password_link(member_id: int) -> ResponseReturnValue:
    """Make a link with which a member chooses a password, to be copied and handed over."""
    member = _managed(member_id)
    token = auth.make_password_link(myself(), member)
    return _page(member, link=post.absolute(f"/password/{token}"))
