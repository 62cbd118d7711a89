"""Reading: the list of spaces, and the front page of each."""

from flask import render_template
from flask.typing import ResponseReturnValue

from participa.authorization import authorize
from participa.spaces import policies, queries
from participa.spaces.overview import BESIDE_NAME, overview
from participa.spaces.views.frame import (
    bp,
    phase_sentence,
    rows_of,
    shown_components,
    steps,
    the_space,
)
from participa.web import actor

ACTIVITY = 8
"""How many contributions the front page of a space shows."""


@bp.get("/spaces")
def index() -> ResponseReturnValue:
    """The spaces that the reader may read, with how much there is in each and how fresh it is."""
    authorize(policies.may_browse(actor()))
    found = queries.spaces_with_components(actor())
    tallies = overview.tallies([component.id for _space, components in found for component in components])
    return render_template(
        "spaces/index.html",
        rows=rows_of(found, tallies),
        may_open=policies.may_open(actor()),
        may_order=policies.may_order(actor()),
    )


@bp.get("/e/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """The front page of a space."""
    space = the_space(slug)
    components = shown_components(space)
    ids = [component.id for component in components]
    return render_template(
        "spaces/show.html",
        space=space,
        components=components,
        beside=[made for maker in BESIDE_NAME if (made := maker(actor(), space))],
        steps=steps(space.phases),
        standing=phase_sentence(space),
        latest=overview.latest(ids, ACTIVITY),
        centres_there=overview.centres(ids),
        curators=queries.curators(space.id),
        shapes=policies.may_administer(actor(), space),
        belongs=policies.may_see_team(actor(), space),
    )
