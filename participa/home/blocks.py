"""The blocks of the network's front page that read across everything: what moves, what waits, who took part."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from participa.authorization import Actor
from participa.catalogues import lazy_gettext as _l
from participa.catalogues import ngettext
from participa.display import address_if_any, when_words
from participa.home import moves, queries
from participa.spaces.blocks.kinds import Asked, BlockKind, Front, register
from participa.spaces.kinds import WAITING, Waiting

Told = Mapping[str, Any]


def _waiting(front: Front, _told: Told) -> Mapping[str, Any]:
    return {"waiting": waiting_for(front.actor)}


def waiting_for(who: Actor) -> list[Waiting]:
    """What waits for someone, the most pressing first, their own drafts last."""
    if who.id is None:
        return []
    found = [waiting for finder in WAITING for waiting in finder(who) if waiting.count]
    drafts, saved_at = queries.drafts_of(who.id)
    href = address_if_any("contributions.drafts")
    if drafts and href:
        label = ngettext(
            "draft, saved %(when)s", "drafts, the last one saved %(when)s", drafts, when=when_words(saved_at)
        )
        found.append(Waiting("drafts", drafts, label, href, rank=90))
    return sorted(found, key=lambda waiting: waiting.rank)


register(
    BlockKind(
        "waiting",
        _l("What waits for the reader"),
        _l("Votes about to close, drafts, answers to give; the way in for visitors."),
        _waiting,
        area="panel",
        spaces=False,
        network=True,
        rank=10,
        at_first=True,
    )
)


def _feed(front: Front, told: Told) -> Mapping[str, Any]:
    count = min(int(told["count"] or 0), 20)
    feed = moves.latest(front.component_ids, count + 1)
    return {"feed": feed[:count], "more": more_after(feed, count), "spaces": bool(front.rows)}


def more_after(feed: list[moves.Moved], held: int) -> str | None:
    """The address of the page that follows `held` rows of a feed."""
    if len(feed) <= held:
        return None
    last = feed[held - 1].item
    return url_for("home.index", before=f"{last.last_activity_at.isoformat()}_{last.id}")


register(
    BlockKind(
        "feed",
        _l("What moves"),
        _l("The latest proposals, debates and answers of all the spaces."),
        _feed,
        spaces=False,
        network=True,
        asked=(Asked("count", _l("How many"), "number", maximum=20, default=6, required=True),),
        rank=20,
        at_first=True,
    )
)


def _week(front: Front, _told: Told) -> Mapping[str, Any] | None:
    there = queries.centres_this_week(front)
    return {"centres_there": there} if there else None


register(
    BlockKind(
        "week",
        _l("They took part this week"),
        _l("The centres whose people voted or wrote."),
        _week,
        area="side",
        spaces=False,
        network=True,
        rank=70,
        at_first=True,
    )
)
