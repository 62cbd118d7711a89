"""Reading: the list of spaces, and the front page of each."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from participa.authorization import authorize
from participa.spaces import policies, queries, relations
from participa.spaces.blocks import standard
from participa.spaces.blocks.kinds import Front
from participa.spaces.blocks.showing import runs
from participa.spaces.overview import BESIDE_NAME, overview
from participa.spaces.topics import queries as topics
from participa.spaces.topics.tree import options_of, under
from participa.spaces.views.frame import (
    bp,
    rows_of,
    shown_components,
    the_space,
)
from participa.web import actor

__all__ = ["standard"]


@bp.get("/spaces")
def index() -> ResponseReturnValue:
    """The spaces that the reader may read, with how much there is in each and how fresh it is."""
    authorize(policies.may_browse(actor()))
    kept = topics.kept_by(None)
    chosen = next((topic.id for topic in kept if str(topic.id) == request.args.get("topic")), None)
    found = queries.spaces_with_components(actor(), topic_ids=under(kept, chosen) if chosen else None)
    tallies = overview.tallies([component.id for _space, components in found for component in components])
    return render_template(
        "spaces/index.html",
        rows=rows_of(found, tallies),
        topics=options_of(kept),
        chosen=chosen,
        groups=relations.groups_shown(actor()),
        may_open=policies.may_open(actor()),
        may_order=policies.may_order(actor()),
    )


@bp.get("/e/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """The front page of a space."""
    space = the_space(slug)
    components = shown_components(space)
    shapes = policies.may_administer(actor(), space)
    preview = bool(shapes) and "preview" in request.args
    return render_template(
        "spaces/show.html",
        space=space,
        components=components,
        beside=[made for maker in BESIDE_NAME if (made := maker(actor(), space))],
        runs=runs(Front(actor(), space, components), draft=preview),
        group=relations.group_of(space),
        subjects=topics.subjects_of(space),
        parent=relations.parent_of(space, actor()),
        cover=overview.cover(space),
        shapes=shapes,
        belongs=policies.may_see_team(actor(), space),
        preview=preview,
    )
