"""What a reader sees of the results of one vote, in one of three ways; `?results=` in the address says which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from participa.catalogues import lazy_gettext as _l
from participa.db import clock, day_of
from participa.proposals.models import Proposal
from participa.proposals.panel import Vote
from participa.proposals.results import queries
from participa.proposals.results.protection import FOR, Split, Told, told_of, voices
from participa.proposals.results.series import Series, series_of

WAYS: Mapping[str, Any] = {
    "persons": _l("By persons"),
    "centres": _l("By centres"),
    "days": _l("Over time"),
}


@dataclass(frozen=True, slots=True)
class CentreResult:
    """A centre that took part; its voice when it has one that may be told."""

    name: str
    slug: str
    voice: int | None = None
    """1, 0 or −1."""


@dataclass(frozen=True, slots=True)
class Results:
    """One way of reading the results."""

    way: str
    sealed: bool
    """Whether what people say, for a for / mixed / against vote, is not shown yet."""
    persons: int
    """How many voted."""
    split: Split | None = None
    """How many say for, mixed and against, when all three may be told."""
    largest: int | None = None
    """Else the value that most chose, when it may be told: 1, 0 or −1."""
    centres: Sequence[CentreResult] = ()
    voices: Split | None = None
    """How many centres' voices are for, mixed and against."""
    series: Series | None = None


def split_of(proposal: Proposal) -> Split:
    """How many say for, mixed and against."""
    return proposal.support_count, proposal.neutral_count, proposal.against_count


def results_of(proposal: Proposal, vote: Vote, wanted: str) -> Results | None:
    """The results in the way wanted; None where counts are hidden. One statement, none for persons."""
    if vote.hidden:
        return None
    split, way = split_of(proposal), wanted if wanted in WAYS else "persons"
    persons, sealed = sum(split), vote.stance and proposal.results_at is None
    shown = vote.stance and not sealed
    if way == "days":
        return Results(way, sealed, persons, series=series_of(queries.days_of(proposal.id), day_of(clock())))
    if way == "centres":
        return _by_centres(proposal, split, sealed=sealed, shown=shown)
    told = told_of(split) if shown else Told.NOTHING
    return Results(
        way,
        sealed,
        persons,
        split=split if told == Told.EXACT else None,
        largest=1 - split.index(max(split)) if told == Told.LARGEST else None,
    )


def _by_centres(proposal: Proposal, split: Split, *, sealed: bool, shown: bool) -> Results:
    found = queries.centres_of(proposal.id)
    told: list[int | None] = [None] * len(found)
    if shown:
        told = voices(split, [centre.split for centre in found], start=proposal.id)
    centres = [
        CentreResult(centre.name, centre.slug, None if voice is None else 1 - (voice - FOR))
        for centre, voice in zip(found, told, strict=True)
    ]
    counted = tuple(sum(voice == value for voice in told) for value in (0, 1, 2)) if shown else None
    return Results(
        "centres",
        sealed,
        sum(split),
        centres=centres,
        voices=counted,  # type: ignore[arg-type]
    )
