"""The blocks that spaces themselves know: presentation, phases, programme, team, texts, links between spaces."""

from collections.abc import Mapping
from typing import Any

from participa.catalogues import lazy_gettext as _l
from participa.spaces import queries, relations
from participa.spaces.blocks.kinds import Asked, BlockKind, Front, register
from participa.spaces.models import SpaceKind
from participa.spaces.overview import overview
from participa.spaces.views.frame import phase_sentence, rows_of, steps
from participa.web import number_in

Told = Mapping[str, Any]
Shown = Mapping[str, Any] | None


def _phases(front: Front, _told: Told) -> Shown:
    space = front.space
    if space is None or not space.phases:
        return None
    return {"steps": steps(space.phases), "standing": phase_sentence(space)}


register(
    BlockKind(
        "phases",
        _l("Phases"),
        _l("Where the work stands, and until when."),
        _phases,
        area="wide",
        only=frozenset({SpaceKind.PROCESS, SpaceKind.EVENT}),
        rank=10,
        at_first=True,
    )
)
register(
    BlockKind(
        "welcome",
        _l("Presentation"),
        _l("The description written in the settings."),
        lambda front, _told: {} if front.space and front.space.html else None,
        rank=20,
        at_first=True,
    )
)
register(
    BlockKind(
        "programme",
        _l("Programme"),
        _l("The days of the event, and what is planned."),
        lambda front, _told: (
            {} if front.space and (front.space.programme_html or front.space.starts_on) else None
        ),
        only=frozenset({SpaceKind.EVENT}),
        rank=25,
        at_first=True,
    )
)


def _moves(front: Front, told: Told) -> Shown:
    count = min(int(told["count"] or 0), 20)
    return {"latest": overview.latest(front.component_ids, count)}


register(
    BlockKind(
        "moves",
        _l("What moves"),
        _l("The latest proposals, debates and answers."),
        _moves,
        asked=(Asked("count", _l("How many"), "number", maximum=20, default=8, required=True),),
        rank=40,
        at_first=True,
    )
)


def _chosen(front: Front, told: Told) -> Shown:
    numbers = (number_in(line) for line in told["items"].splitlines())
    items = overview.chosen(front.actor, [number for number in numbers if number is not None])
    return {"title": told["title"], "items": items} if items else None


register(
    BlockKind(
        "chosen",
        _l("In the spotlight"),
        _l("Proposals or debates that you choose."),
        _chosen,
        network=True,
        repeats=True,
        asked=(
            Asked("title", _l("Title"), maximum=80),
            Asked(
                "items",
                _l("Their addresses"),
                "addresses",
                _l("One a line, as copied from the page of each. Readers see those they may read."),
                required=True,
            ),
        ),
        rank=30,
    )
)


FEATURED = 6
"""How many contributions that moderators feature are shown together."""


def _featured(front: Front, _told: Told) -> Shown:
    """What moderators feature, in a space or in all the spaces that the reader sees."""
    places = [front.space] if front.space else [space for space, _components in front.rows]
    numbers = [number for place in places for number in reversed(place.featured)][:FEATURED]
    held = overview.chosen(front.actor, numbers) if numbers else []
    items = [each for each in held if front.space is None or each.item.component.space_id == front.space.id]
    return {"title": _l("Featured"), "items": items} if items else None


register(
    BlockKind(
        "featured",
        _l("Featured"),
        _l("The proposals and debates that moderators feature from their pages."),
        _featured,
        network=True,
        rank=15,
        at_first=True,
    )
)


def _team(front: Front, _told: Told) -> Shown:
    return {"curators": queries.curators(front.space.id)} if front.space else None


register(
    BlockKind(
        "team",
        _l("Who moderates"),
        _l("The moderators and their centres."),
        _team,
        area="side",
        rank=60,
        at_first=True,
    )
)


def _centres(front: Front, _told: Told) -> Shown:
    return {"centres_there": overview.centres(front.component_ids)}


register(
    BlockKind(
        "centres",
        _l("Centres that took part"),
        _l("One stroke for each centre of the network."),
        _centres,
        area="side",
        rank=70,
        at_first=True,
    )
)


def _family(front: Front, _told: Told) -> Shown:
    space = front.space
    if space is None:
        return None
    children = relations.children_of(space, front.actor) if space.kind == SpaceKind.ASSEMBLY else ()
    related = relations.related_to(space, front.actor)
    return {"children": children, "related": related} if children or related else None


register(
    BlockKind(
        "related",
        _l("Related spaces"),
        _l("The spaces named in the settings, and the assemblies within this one."),
        _family,
        area="side",
        rank=80,
        at_first=True,
    )
)


def _spaces(front: Front, _told: Told) -> Shown:
    tallies = overview.tallies(front.component_ids)
    return {"rows": rows_of(front.rows, tallies)}


register(
    BlockKind(
        "spaces",
        _l("The spaces"),
        _l("All those that the reader may read."),
        _spaces,
        area="wide",
        spaces=False,
        network=True,
        rank=90,
        at_first=True,
    )
)


def _groups(front: Front, _told: Told) -> Shown:
    groups = relations.groups_shown(front.actor)
    return {"groups": groups} if groups else None


register(
    BlockKind(
        "groups",
        _l("Groups of spaces"),
        _l("Each leads to its page."),
        _groups,
        spaces=False,
        network=True,
        rank=85,
    )
)
register(
    BlockKind(
        "text",
        _l("Text"),
        _l("A title and a few paragraphs. Markdown: **bold**, lists, links."),
        lambda _front, told: told if told["title"] or told["body"] else None,
        network=True,
        repeats=True,
        asked=(
            Asked("title", _l("Title"), maximum=120),
            Asked("body", _l("Text"), "body", maximum=10_000),
        ),
        rank=32,
    )
)
register(
    BlockKind(
        "action",
        _l("Call to action"),
        _l("A sentence and one button."),
        lambda _front, told: told if told["label"] and told["href"] else None,
        area="wide",
        network=True,
        repeats=True,
        asked=(
            Asked("title", _l("Sentence"), maximum=160),
            Asked("label", _l("Words of the button"), maximum=40, required=True),
            Asked(
                "href",
                _l("Where it leads"),
                "href",
                _l("A path such as /spaces, or a web address."),
                maximum=500,
                required=True,
            ),
        ),
        rank=34,
    )
)
