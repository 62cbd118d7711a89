"""The moderator's desk: what needs me, what moves, what sleeps, in one space or in all of mine."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from participa.authorization import Actor, authorize
from participa.catalogues import lazy_gettext as _l
from participa.db import clock
from participa.home import moves
from participa.moderation.policies import may_see_queue
from participa.spaces import queries
from participa.spaces.desk import DESK, Task
from participa.spaces.models import Space
from participa.web import actor, add_to_frame

bp = Blueprint("desk", __name__)

add_to_frame(
    _l("Moderation"),
    "desk.index",
    rank=80,
    when=lambda actor: actor.may_curate,
    covers=("desk", "moderation", "curation"),
)

FEW = 5
"""How much of what moves, and of what sleeps, is shown."""


def tasks_for(who: Actor, spaces: list[Space]) -> list[Task]:
    """What needs whoever curates these spaces: what is late first, then by deadline."""
    return sorted((task for finder in DESK for task in finder(who, spaces)), key=lambda task: task.order)


@bp.get("/desk")
def index() -> ResponseReturnValue:
    """What needs the reader, what moves and what sleeps, in the space asked for or in all they curate."""
    who = actor()
    authorize(may_see_queue(who))
    spaces = queries.curated_spaces(who, selectinload(Space.components), selectinload(Space.phases))
    asked = request.args.get("space", "")
    chosen = next((space for space in spaces if space.slug == asked), None)
    shown = [chosen] if chosen else spaces
    every = tasks_for(who, spaces)
    tasks = [task for task in every if chosen is None or (task.space and task.space.id == chosen.id)]
    counts: dict[int, int] = {}
    for task in every:
        if task.space is not None:
            counts[task.space.id] = counts.get(task.space.id, 0) + 1
    components = [
        component.id for space in shown for component in space.components if component.trashed_at is None
    ]
    return render_template(
        "home/desk.html",
        spaces=spaces,
        chosen=chosen,
        counts=counts,
        total=len(every),
        tasks=tasks,
        late=sum(task.late for task in tasks),
        moving=moves.latest(components, FEW),
        sleeping=moves.sleeping(components, clock(), FEW),
        today=clock(),
    )
