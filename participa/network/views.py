"""Centres, profiles and the texts at the foot of the page."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from participa.auth.models import Member
from participa.authorization import authorize
from participa.catalogues import language
from participa.catalogues import lazy_gettext as _l
from participa.db import clock
from participa.network import pages, policies, queries, texts
from participa.network.activity import Glance, activity
from participa.network.models import Centre
from participa.network.queries import the_network
from participa.web import actor, add_to_frame, addresses, found

bp = Blueprint("network", __name__)
WEEK = timedelta(days=7)
KINDS = ("proposals", "debates", "messages")

add_to_frame(
    _l("Centres"),
    "network.centres",
    rank=30,
    when=lambda actor: actor.may_enter,
    covers=("network.centre", "network.members", "network.member"),
)

add_to_frame(
    _l("My contributions"),
    "network.member",
    "account",
    rank=20,
    when=lambda actor: actor.is_authenticated,
    arguments=lambda actor: {"member_id": actor.id},
)


def _add_to_footer(page: str, title: Any, rank: int) -> None:
    add_to_frame(title, "network.text", "footer", rank=rank, arguments=lambda actor: {"page": page})


for _rank, (_page, _title) in enumerate(texts.PAGES.items()):
    _add_to_footer(_page, _title, _rank)


@addresses(Centre)
def _centre_address(centre: Centre) -> str:
    return url_for("network.centre", slug=centre.slug)


@addresses(Member)
def _member_address(member: Member) -> str:
    return url_for("network.member", member_id=member.id)


@bp.get("/centres")
def centres() -> ResponseReturnValue:
    """Show who is there, who speaks and who is answered."""
    authorize(policies.may_read_centres(actor()))
    page = queries.page_of_centres(request.args.get("page"))
    ids = [centre.id for centre in page.items]
    glances = activity().glances(actor(), ids)
    since = clock() - WEEK
    active = {
        centre_id for centre_id, glance in glances.items() if glance.last_at and glance.last_at >= since
    }
    return render_template(
        "network/centres.html",
        page=page,
        glances=glances,
        active=active,
        lit=[centre_id in active for centre_id in ids],
        show=request.args.get("show") if request.args.get("show") in ("active", "silent") else None,
        counts=queries.member_counts(ids) if actor().is_authenticated else {},
    )


@bp.get("/centres/<slug>")
def centre(slug: str) -> ResponseReturnValue:
    """Show a centre: what its people write, where, and who they are."""
    authorize(policies.may_read_centres(actor()))
    centre = found(queries.find_centre(slug))
    who = {"centre_id": centre.id}
    return render_template(
        "network/centre.html",
        centre=centre,
        glance=activity().glances(actor(), [centre.id]).get(centre.id, Glance()),
        kind=_kind(),
        writings=activity().writings(actor(), who, _kind(), request.args.get("page")),
        places=activity().places(actor(), who),
        members=queries.members_of(centre, None, size=12) if actor().is_authenticated else None,
        count=queries.member_counts([centre.id]).get(centre.id, 0) if actor().is_authenticated else 0,
    )


@bp.get("/centres/<slug>/members")
def centre_members(slug: str) -> ResponseReturnValue:
    """List the members of a centre."""
    authorize(policies.may_read_directory(actor()))
    centre = found(queries.find_centre(slug))
    page = queries.members_of(centre, request.args.get("page"))
    return render_template("network/members.html", centre=centre, page=page)


@bp.get("/members/<key:member_id>")
def member(member_id: int) -> ResponseReturnValue:
    """Show a member: name, function, centre, and what they wrote that the reader may read."""
    authorize(policies.may_read_directory(actor()))
    member = found(queries.find_member(member_id))
    authorize(policies.may_read_profile(actor(), member))
    who = {"author_id": member.id}
    return render_template(
        "network/member.html",
        member=member,
        kind=_kind(),
        writings=activity().writings(actor(), who, _kind(), request.args.get("page")),
        places=activity().places(actor(), who),
    )


@bp.get("/about/<any(charter, accessibility, privacy, help):page>")
def text(page: str) -> ResponseReturnValue:
    """Show one of the texts at the foot of the page; whoever may not enter reads them too."""
    shown = texts.text_of(the_network(), page, language())
    return render_template("network/text.html", shown=shown, title=texts.PAGES[page])


@bp.get("/about")
def pages_of_network() -> ResponseReturnValue:
    """The pages that the coordination writes, by topic, and the texts at the foot of the page."""
    network = found(the_network())
    return render_template(
        "network/pages.html",
        topics=pages.by_topic(pages.all_pages(published=True)),
        title_of=lambda page: pages.title_in(page.titles, language(), list(network.languages)),
        texts=texts.PAGES,
    )


@bp.get("/about/<slug>")
def page(slug: str) -> ResponseReturnValue:
    """A page that the coordination writes; whoever may not enter reads it too."""
    network, held = found(the_network()), found(pages.find_page(slug))
    found(held if held.published_at is not None or actor().is_coordinator else None)
    if held.href and held.href != request.path:
        return redirect(held.href)
    shown = pages.shown(held, language(), list(network.languages))
    return render_template("network/page.html", page=held, shown=shown, wanted=language())


def _kind() -> str | None:
    kind = request.args.get("kind")
    return kind if kind in KINDS else None
