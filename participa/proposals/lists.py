"""What the reader asks of a list, as its address says it and as words say it."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from participa import text
from participa.authorization import Actor
from participa.proposals.queries import CHANCE, ORDERS, PARTICIPATIONS, STATES, Wish
from participa.spaces.models import Component

STATE_LABELS = {
    "discussed": _l("Under discussion"),
    "evaluating": _l("Under evaluation"),
    "accepted": _l("Accepted"),
    "rejected": _l("Not retained"),
    "withdrawn": _l("Withdrawn"),
}
MINE_LABELS = {
    "not_yet": _l("Not yet supported"),
    "supported": _l("That I support"),
    "centre": _l("Of my centre"),
}
STANCE_LABELS = {
    "not_yet": _l("Not yet voted on"),
    "supported": _l("That I voted on"),
    "centre": _l("Of my centre"),
}
ORDER_LABELS = {
    "activity": _l("recent activity"),
    "supports": _l("supports"),
    "centres": _l("centres"),
    "date": _l("date of publication"),
    "comments": _l("comments"),
    CHANCE: _l("at random"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the arguments of the address without it."""

    label: Any
    without: dict[str, Any]


def wish_of(args: "MultiDict[str, str]", component: Component, actor: Actor) -> Wish:
    """Read the filters and order of an address, leaving out what it cannot mean."""
    topic, order, seed = args.get("topic", ""), args.get("order", ""), args.get("seed", "")
    return Wish(
        words=" ".join(text.clean(args.get("q", "")).split())[:200],
        states=tuple(state for state in STATES if state in args.getlist("state")),
        mine=tuple(m for m in PARTICIPATIONS if m in args.getlist("mine")) if actor.is_authenticated else (),
        topic=next((t.id for t in component.topics if str(t.id) == topic), None),
        order=order if order in ORDERS or order == CHANCE else "activity",
        seed=min(int(seed), 2**31 - 1) if seed.isdecimal() and len(seed) < 12 else 0,
    )


def arguments(wish: Wish, **changes: Any) -> dict[str, Any]:
    """The arguments of the address that shows `wish`, with `changes`; those that are empty are left out."""
    everything = {
        "q": wish.words,
        "state": list(wish.states),
        "mine": list(wish.mine),
        "topic": wish.topic,
        "order": wish.order if wish.order != "activity" else None,
        "seed": wish.seed if wish.order == CHANCE else None,
    }
    return {name: value for name, value in {**everything, **changes}.items() if value}


def chips_of(wish: Wish, component: Component, *, stance: bool) -> list[Chip]:
    """The filters in force, each with the way to remove it."""
    chips = []
    if wish.words:
        chips.append(Chip(wish.words, arguments(wish, q=None)))
    for state in wish.states:
        rest = [other for other in wish.states if other != state]
        chips.append(Chip(STATE_LABELS[state], arguments(wish, state=rest)))
    for mine in wish.mine:
        rest = [other for other in wish.mine if other != mine]
        chips.append(Chip((STANCE_LABELS if stance else MINE_LABELS)[mine], arguments(wish, mine=rest)))
    chips += [Chip(t.name, arguments(wish, topic=None)) for t in component.topics if t.id == wish.topic]
    return chips
