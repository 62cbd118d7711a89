"""Pages to ask to join a space, to answer those who ask, and to leave."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from participa.auth.session import member
from participa.authorization import Actor, authorize
from participa.catalogues import lazy_gettext as _l
from participa.catalogues import ngettext
from participa.forms import Between, Form, LineField
from participa.spaces.desk import Task, on_desk
from participa.spaces.joining import policies, queries, services
from participa.spaces.kinds import Waiting, waiting
from participa.spaces.models import Space
from participa.spaces.overview import beside_name
from participa.spaces.views.frame import bp, the_space
from participa.web import actor, found
from participa.wording import called


class JoinForm(Form):
    """What one says to those who answer."""

    message = LineField(
        _l("A word to the moderators"),
        [Between(0, 300)],
        description=_l("Who you are, what brings you here."),
    )


class AnswerForm(Form):
    """What is said to whoever asked."""

    note = LineField(_l("Why not"), [Between(0, 300)])


@bp.route("/e/<slug>/join", methods=["GET", "POST"])
def join(slug: str) -> ResponseReturnValue:
    """Ask to join a space, or take one's request back."""
    space = the_space(slug)
    authorize(policies.may_ask_to_join(actor(), space))
    form = JoinForm()
    if request.form.get("act") == "back":
        if services.take_request_back(member(), space):
            flash(_("Your request is taken back."), "success")
        return redirect(url_for("spaces.show", slug=slug), 303)
    if form.validate_on_submit():
        services.ask_to_join(member(), space, form.message.data or "")
        flash(_("Your request is with the moderators of the space. They will answer you."), "success")
        return redirect(url_for("spaces.show", slug=slug), 303)
    return render_template(
        "spaces/joining/join.html", space=space, form=form, asked=queries.request_of(space, member().id)
    )


@bp.get("/e/<slug>/requests")
def requests(slug: str) -> ResponseReturnValue:
    """Those who ask to join a space, the first first."""
    space = the_space(slug)
    authorize(policies.may_answer_requests(actor(), space))
    page = queries.waiting_requests(space, request.args.get("page"))
    return render_template("spaces/joining/requests.html", space=space, page=page)


@bp.post("/e/<slug>/requests/<key:request_id>")
def answer_request(slug: str, request_id: int) -> ResponseReturnValue:
    """Accept or decline a request to join."""
    space = the_space(slug)
    authorize(policies.may_answer_requests(actor(), space))
    asked = found(queries.find_request(space, request_id) if request_id < 2**31 else None)
    accepted, form = request.form.get("act") == "accept", AnswerForm()
    if not form.validate():
        flash(str(form.note.errors[0]), "error")
        return redirect(url_for("spaces.requests", slug=slug), 303)
    services.answer_request(member(), space, asked, accepted=accepted, note=form.note.data or "")
    name = asked.member.name
    flash(
        _("%(name)s is now a member of the space.", name=name)
        if accepted
        else _("The request of %(name)s is declined.", name=name),
        "success",
    )
    return redirect(url_for("spaces.requests", slug=slug), 303)


@bp.post("/e/<slug>/leave")
def leave(slug: str) -> ResponseReturnValue:
    """Give up all one is in a space."""
    space = the_space(slug)
    authorize(policies.may_leave(actor(), space))
    services.leave(member(), space)
    flash(_("You have left the space “%(name)s”.", name=called(space)), "success")
    return redirect(url_for("spaces.index"), 303)


@beside_name()
def _button(who: Actor, space: Space) -> Markup | None:
    """The way to ask, for those who read the space without taking part in it."""
    if not policies.may_ask_to_join(who, space):
        return None
    href = url_for("spaces.join", slug=space.slug)
    return Markup('<a class="btn" href="{}">{}</a>').format(href, _("Ask to join"))


@waiting
def requests_waiting(who: Actor) -> list[Waiting]:
    """The people who ask to join the spaces that someone curates."""
    if not who.curated_spaces:
        return []
    return [
        Waiting(
            f"join-{space.id}",
            count,
            ngettext("request to join %(space)s", "requests to join %(space)s", count, space=called(space)),
            url_for("spaces.requests", slug=space.slug),
            rank=30,
        )
        for space, count in queries.waiting_spaces(who)
    ]


@on_desk
def requests_on_desk(who: Actor, spaces: Sequence[Space]) -> list[Task]:
    """The people who ask to join, space by space."""
    ids = {space.id for space in spaces}
    return [
        Task(
            ngettext("%(num)s person asks to join", "%(num)s people ask to join", count),
            url_for("spaces.requests", slug=space.slug),
            _("Answer them"),
            _("Requests to join"),
            space,
            rank=30,
        )
        for space, count in queries.waiting_spaces(who, everywhere=who.is_coordinator)
        if space.id in ids
    ]
