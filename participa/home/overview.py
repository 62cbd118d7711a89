"""Fills what spaces ask of the packages above them: tallies, latest activity, the centres that took part."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Integer,
    Select,
    bindparam,
    func,
    lateral,
    select,
    true,
)
from sqlalchemy.orm import aliased

from participa.contributions.models import Contribution
from participa.contributions.queries import shown
from participa.db import at_most, db
from participa.home import moves
from participa.network.models import Centre
from participa.paging import folded
from participa.spaces.overview import COUNTED, Tally, overview
from participa.votes.models import Participation


def _components() -> BindParameter[Any]:
    return bindparam("components", type_=ARRAY(Integer))


@cache
def _tallies() -> Select[Any]:
    ids = func.unnest(_components()).table_valued("id").render_derived(name="wanted")
    first = (
        select(Contribution.id)
        .where(Contribution.component_id == ids.c.id, Contribution.about_id.is_(None), shown())
        .limit(at_most(COUNTED + 1))
        .correlate(ids)
        .subquery()
    )
    counted = lateral(select(func.count().label("n")).select_from(first).correlate(ids), "counted")
    moved = lateral(
        select(Contribution.last_activity_at)
        .where(Contribution.component_id == ids.c.id, Contribution.about_id.is_(None), shown())
        .order_by(Contribution.last_activity_at.desc(), Contribution.id.desc())
        .limit(at_most(1)),
        "moved",
    )
    return (
        select(ids.c.id, counted.c.n, moved.c.last_activity_at)
        .select_from(ids)
        .join(counted, true())
        .outerjoin(moved, true())
    )


def tallies(component_ids: Sequence[int]) -> Mapping[int, Tally]:
    """How much there is in each component and when it last moved; counting stops past `COUNTED`.

    For each component, a bounded walk of its index by date and one step of its index by activity, so that a
    large network costs what a small one does.
    """
    if not component_ids:
        return {}
    rows = db.session.execute(_tallies(), {"components": list(component_ids)})
    return {number: Tally(count, moment) for number, count, moment in rows}


@cache
def _centres(lately: bool) -> Select[Any]:
    about, ids = aliased(Contribution, flat=True), func.unnest(_components()).table_valued("id")
    wanted = ids.render_derived(name="wanted")
    acts = [
        Participation.centre_id == Centre.id,
        Participation.component_id == wanted.c.id,
        Participation.n > 0,
        shown(about),
    ]
    if lately:
        acts.append(Participation.last_at >= bindparam("since"))
    latest = (
        select(Participation.about_id)
        .join(about, about.id == Participation.about_id)
        .where(*acts)
        .order_by(Participation.last_at.desc())
        .limit(at_most(1))
        .correlate(Centre, wanted)
        .lateral("latest")
    )
    took_part = select(latest).select_from(wanted.join(latest, true())).limit(at_most(1))
    # Lateral with limits: EXISTS would be planned as a join of all that the components hold.
    query = select(Centre).join(took_part.correlate(Centre).lateral("took_part"), true())
    return query.where(Centre.left_at.is_(None)).order_by(folded(Centre.name), Centre.id)


def centres(component_ids: Sequence[int], since: datetime | None = None) -> list[Centre]:
    """The centres whose people took part in some components, by name: one look at an index for each of both."""
    if not component_ids:
        return []
    values: dict[str, Any] = {"components": list(component_ids)}
    if since is not None:
        values["since"] = since
    return list(db.session.scalars(_centres(since is not None), values))


def register() -> None:
    """Give the pages of spaces what only packages above them know."""
    overview.tallies = tallies
    overview.latest = moves.latest
    overview.chosen = moves.chosen
    overview.centres = centres
