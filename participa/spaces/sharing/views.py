"""Pages to make, follow and withdraw share links."""

from dataclasses import replace
from datetime import timedelta

from flask import flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import BooleanField, SelectField

from participa.auth.session import member
from participa.authorization import RULES, authorize
from participa.catalogues import lazy_gettext as _l
from participa.catalogues import ngettext
from participa.db import clock
from participa.forms import Between, Form, LineField
from participa.network.frame import WITHOUT_DATABASE
from participa.spaces.models import Space
from participa.spaces.sharing import policies, queries, services
from participa.spaces.views.frame import bp, shaped_space
from participa.web import actor, address_of, found
from participa.wording import called

LIFETIMES = (1, 7, 30, 90)
"""For how many days a link may be made."""
MOST_HELD = 20
"""How many links a browser remembers; the oldest leave first."""


class ShareForm(Form):
    """What a link opens, to whom, for how long."""

    what = SelectField(_l("What the link shows"), coerce=int)
    days = SelectField(_l("It works for"), coerce=int, default=7)
    members_only = BooleanField(
        _l("For signed-in members only"),
        description=_l("Otherwise, whoever has the link reads, without an account."),
    )
    label = LineField(
        _l("For whom"),
        [Between(0, 100)],
        description=_l("To find the link again: it is not shown to readers."),
    )

    def offer(self, space: Space) -> "ShareForm":
        """Offer what is not published yet."""
        self.what.choices = [(0, _("The whole space"))] if space.published_at is None else []
        self.what.choices += [
            (component.id, called(component))
            for component in space.components
            if component.published_at is None and component.trashed_at is None
        ]
        self.days.choices = [(n, ngettext("%(num)s day", "%(num)s days", n)) for n in LIFETIMES]
        return self


@bp.route("/e/<slug>/links", methods=["GET", "POST"])
def share_links(slug: str) -> ResponseReturnValue:
    """The links made for a space, and making one."""
    space = shaped_space(slug)
    form = ShareForm().offer(space)
    if form.what.choices and form.validate_on_submit():
        component = next((each for each in space.components if each.id == form.what.data), None)
        link = services.make_link(
            member(),
            space,
            component,
            lifetime=timedelta(days=form.days.data),
            members_only=form.members_only.data,
            label=form.label.data or "",
        )
        flash(_("The link is ready: copy it below."), "success")
        return redirect(url_for("spaces.share_links", slug=slug, _anchor=f"l{link.id}"), 303)
    page = queries.links_of(space, request.args.get("page"))
    links = [
        (link, url_for("spaces.follow_link", token=services.token_of(link), _external=True))
        for link in page.items
    ]
    return render_template(
        "spaces/sharing/links.html", space=space, form=form, page=page, links=links, now=clock()
    )


@bp.post("/e/<slug>/links/<key:link_id>/revoke")
def revoke_link(slug: str, link_id: int) -> ResponseReturnValue:
    """Make a link stop working."""
    space = shaped_space(slug)
    link = found(queries.find_link(link_id) if link_id < 2**31 else None)
    found(link.space_id == space.id or None)
    services.revoke_link(member(), link)
    flash(_("The link no longer works."), "success")
    return redirect(url_for("spaces.share_links", slug=slug), 303)


@bp.get("/share/<token>")
def follow_link(token: str) -> ResponseReturnValue:
    """Show what a link opens, and remember the link in this browser."""
    link_id = services.link_named(token)
    link = found(queries.find_link(link_id) if link_id is not None else None)
    verdict = policies.may_open_link(actor(), link, clock())
    if verdict.rule == "sign_in":
        authorize(verdict)
    if verdict.rule is not None:
        return render_template("spaces/sharing/over.html", sentence=RULES[verdict.rule]), 410
    services.count_use(link)
    held = [each for each in cookie.get("links", []) if each != link.id]
    cookie["links"] = [*held, link.id][-MOST_HELD:]
    return redirect(address_of(link.component or link.space), 303)


@bp.before_app_request
def hold_links() -> None:
    """Let the reader see what the links followed in this browser open; one statement, for those who followed any."""
    held = cookie.get("links")
    if not held or request.endpoint in WITHOUT_DATABASE:
        return
    opened = queries.opened_by(held, signed_in=actor().is_authenticated)
    g.actor = replace(
        actor(),
        previews=frozenset(space_id for space_id, component_id in opened),
        previewed_components=frozenset(component_id for _space, component_id in opened if component_id),
    )
