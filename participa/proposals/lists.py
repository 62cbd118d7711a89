"""What the reader asks of a list, as its address says it and as words say it."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from participa import text
from participa.authorization import Actor
from participa.catalogues import lazy_gettext as _l
from participa.contributions.words import prefixes_of
from participa.db import clock, day_of
from participa.network.models import Centre
from participa.proposals.answering.states import states_of
from participa.proposals.queries import ANSWERS_WANTED, CHANCE, PARTICIPATIONS, STATES, Wish
from participa.spaces.models import Component
from participa.spaces.topics.tree import options_of, under

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
    "follows": _l("followers"),
    CHANCE: _l("at random"),
}
ANSWER_LABELS = {
    "waiting": _l("Waiting for an answer"),
    "late": _l("Promised and late"),
}
VIEW_LABELS = {"list": _l("List"), "compact": _l("Compact")}
VIEW_COOKIE = "proposals_view"
"""Keeps the view a reader chose last, on this device."""
AUTOMATIC = "automatic"
"""The default order that depends on the phase: by supports once the vote is over and shown, else at random."""


def state_labels(component: Component, *, voting: bool) -> dict[str, Any]:
    """The states to filter by, in the words of the rows: while the vote is open, those discussed are voted on."""
    given = {state.token: state.sign.label for state in states_of(component).values()}
    discussed = _("Open to support") if voting else _("Under discussion")
    return {"discussed": discussed, **given, "withdrawn": _("Withdrawn")}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the arguments of the address without it."""

    label: Any
    without: dict[str, Any]


def view_of(args: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """How rows are shown: as the address says, else as the reader chose last."""
    view = args.get("view") or cookies.get(VIEW_COOKIE, "")
    return view if view in VIEW_LABELS else "list"


def default_order(component: Component) -> str:
    """The order of the list of a component when its address names none; needs its space and phases."""
    wanted = str(component.configuration.default_sort_order)
    if wanted == AUTOMATIC:
        rules = component.rules_at(clock())
        wanted = "supports" if rules.votes_enabled and rules.votes_blocked else CHANCE
    return wanted if wanted in orders_of(component) else CHANCE


def seed_of(reader: object, component: Component) -> int:
    """Where a reader enters the circle of the random order: another place each day, the same all day."""
    return zlib.crc32(f"{reader} {component.id} {day_of(clock())}".encode()) % (2**31 - 2) + 1


def wish_of(args: "MultiDict[str, str]", component: Component, actor: Actor, reader: object = None) -> Wish:
    """Read the filters and order of an address, leaving out what it cannot mean.

    `reader` tells those who look at the random order apart.
    """
    topic, centre, order = args.get("topic", ""), args.get("centre", ""), args.get("order", "")
    author, default = _words(args.get("author", "")), default_order(component)
    asked, given = args.getlist("state"), states_of(component).values()
    order = order if order in orders_of(component) else default
    return Wish(
        words=_words(args.get("q", "")),
        states=tuple(name for name in (*STATES, *(state.token for state in given)) if name in asked),
        state_ids=tuple(state.id for state in given if state.token in asked),
        mine=tuple(m for m in PARTICIPATIONS if m in args.getlist("mine")) if actor.is_authenticated else (),
        topic=next((t.id for t in component.topics if str(t.id) == topic), None),
        topics=under(component.topics, int(topic)) if topic.isdecimal() and len(topic) < 10 else (),
        centre=int(centre) if centre.isdecimal() and len(centre) < 9 and int(centre) else None,
        author=author if prefixes_of(author) else "",
        answer=tuple(answer for answer in ANSWERS_WANTED if answer in args.getlist("answer")),
        order=order,
        default=default,
        seed=seed_of(reader, component) if order == CHANCE else 0,
    )


def _words(written: str) -> str:
    return " ".join(text.clean(written).split())[:200]


def orders_of(component: Component) -> dict[str, Any]:
    """The orders a list offers: none by counts that are hidden, or by what people say for, mixed or against."""
    hidden = component.hides_counts_at(clock())
    stance = component.configuration.ballot == "stance"
    left_out = {"supports": hidden or stance, "centres": hidden}
    return {order: label for order, label in ORDER_LABELS.items() if not left_out.get(order)}


def arguments(wish: Wish, **changes: Any) -> dict[str, Any]:
    """The arguments of the address that shows `wish`, with `changes`; those that are empty are left out."""
    everything = {
        "q": wish.words,
        "state": list(wish.states),
        "mine": list(wish.mine),
        "topic": wish.topic,
        "centre": wish.centre,
        "author": wish.author,
        "answer": list(wish.answer),
        "order": wish.order if wish.order != wish.default else None,
    }
    return {name: value for name, value in {**everything, **changes}.items() if value}


def fields(wish: Wish, *but: str) -> list[tuple[str, str]]:
    """The same as the hidden fields of a form, without those named."""
    return [
        (name, str(value))
        for name, held in arguments(wish).items()
        if name not in but
        for value in (held if isinstance(held, list) else [held])
    ]


def chips_of(
    wish: Wish, component: Component, *, stance: bool, voting: bool, centres: Iterable[Centre] = ()
) -> list[Chip]:
    """The filters in force, each with the way to remove it."""
    chips = []
    if wish.words:
        chips.append(Chip(wish.words, arguments(wish, q=None)))
    labels = state_labels(component, voting=voting) if wish.states else {}
    for state in wish.states:
        rest = [other for other in wish.states if other != state]
        chips.append(Chip(labels[state], arguments(wish, state=rest)))
    for mine in wish.mine:
        rest = [other for other in wish.mine if other != mine]
        chips.append(Chip((STANCE_LABELS if stance else MINE_LABELS)[mine], arguments(wish, mine=rest)))
    for answer in wish.answer:
        rest = [other for other in wish.answer if other != answer]
        chips.append(Chip(ANSWER_LABELS[answer], arguments(wish, answer=rest)))
    named = (path for number, path in options_of(component.topics) if number == wish.topic)
    chips += [Chip(path, arguments(wish, topic=None)) for path in named]
    chips += [Chip(c.name, arguments(wish, centre=None)) for c in centres if c.id == wish.centre]
    if wish.author:
        chips.append(Chip(_l("By %(name)s", name=wish.author), arguments(wish, author=None)))
    return chips
