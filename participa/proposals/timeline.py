"""What became of a proposal: one line of time, to which each feature adds the acts that it records.

Its entries are those of the append-only record whose subject is the proposal, so that they need neither tables
nor statements of their own. A feature names the acts that tell something with `tells`; all others stay out of it.
No vote is recorded, so none can be told.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

import flask_babel
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Bundle

from participa.audit.models import AuditEntry
from participa.auth.models import Member
from participa.authorization import Actor
from participa.catalogues import language
from participa.contributions.models import Contribution
from participa.contributions.policies import is_author
from participa.contributions.queries import shown
from participa.db import at_most, db
from participa.display import day_words
from participa.paging import Page, page_of
from participa.proposals.models import Proposal
from participa.web import number_in

_: Callable[..., str] = flask_babel.gettext
PAGE = 30


class Audience(Enum):
    """Who reads an entry."""

    READERS = "readers"
    CONCERNED = "concerned"
    """Its authors, and those who curate the space."""
    CURATORS = "curators"


@dataclass(frozen=True, slots=True)
class Entry:
    """An act as the line of time tells it."""

    at: datetime
    action: str
    details: Mapping[str, Any]
    name: str | None
    """Who did it, where the entry names them."""
    debate: str | None = None
    """The address of the debate it is about, while that is there to read."""

    @property
    def words(self) -> str:
        """What happened, in one sentence."""
        return TELLERS[self.action].say(self)

    @property
    def dated(self) -> bool:
        """Whether only its day is told, not its hour."""
        return TELLERS[self.action].by_day

    @property
    def private(self) -> bool:
        """Whether not everybody reads it."""
        return TELLERS[self.action].audience is not Audience.READERS

    @property
    def page(self) -> str | None:
        """The end of the address of the page that says more."""
        return TELLERS[self.action].page


@dataclass(frozen=True, slots=True)
class Teller:
    """How one kind of act is told."""

    say: Callable[[Entry], str]
    audience: Audience = Audience.READERS
    page: str | None = None
    by_day: bool = False
    named: bool = False
    """Whether it says who did it; what moderators do is told of the moderators."""


TELLERS: dict[str, Teller] = {}


def tells(action: str, say: Callable[[Entry], str], **how: Any) -> None:
    """Let the line of time tell an act that is recorded with the proposal as its subject."""
    TELLERS[action] = Teller(say, **how)


def timeline(proposal: Proposal, actor: Actor, key: str | None) -> Page[Entry]:
    """A page of what became of the proposal, the last first, as far as `actor` may know it.

    One statement, and a second when debates are told of.
    """
    curates = actor.moderates(proposal.component.space_id)
    concerned = curates or is_author(actor, proposal)
    audiences = {Audience.READERS, *([Audience.CONCERNED] if concerned else ())}
    audiences |= {Audience.CURATORS} if curates else set()
    told = [action for action, teller in TELLERS.items() if teller.audience in audiences]
    row: Bundle[Any] = Bundle(
        "entry",
        AuditEntry.at,
        AuditEntry.action,
        cast(AuditEntry.details, Text),
        Member.name,
        Member.erased_at,
    )
    query = (
        select(row)
        .select_from(AuditEntry)
        .outerjoin(Member, Member.id == AuditEntry.actor_id)
        .where(
            AuditEntry.subject_kind == Proposal.__tablename__,
            AuditEntry.subject_id == proposal.id,
            AuditEntry.action.in_(sorted(told)),
        )
    )
    page = page_of(query, (AuditEntry.at, AuditEntry.id), key, size=PAGE)
    entries = [_entry(at, action, details, name, erased) for at, action, details, name, erased in page.items]
    return Page(_with_debates(entries), previous=page.previous, next=page.next)


def _entry(at: datetime, action: str, details: str, name: str | None, erased: datetime | None) -> Entry:
    named = name if erased is None else _("deleted account")
    return Entry(at, action, json.loads(details), named if TELLERS[action].named else None)


def _with_debates(entries: list[Entry]) -> list[Entry]:
    """Let entries about a debate lead to it, unless it was hidden since."""
    told = {address: number_in(address) for entry in entries if (address := entry.details.get("debate"))}
    if not told:
        return entries
    there = set(
        db.session.scalars(
            select(Contribution.id).where(Contribution.id.in_(told.values()), shown()).limit(at_most(PAGE))
        )
    )
    leading = [entry.details.get("debate") for entry in entries]
    return [
        replace(entry, debate=address) if address and told[address] in there else entry
        for entry, address in zip(entries, leading, strict=True)
    ]


def _answered(entry: Entry) -> str:
    names = entry.details.get("names")
    if names:
        return _("The moderators answered: %(state)s", state=names["fr" if language() == "fr" else "en"])
    if entry.details.get("answer"):
        return _("The moderators answered")
    return _("The moderators took their answer back")


def _promised(entry: Entry) -> str:
    return _("Answer promised for %(day)s", day=day_words(date.fromisoformat(entry.details["day"])))


tells("proposal.edited", lambda entry: _("New version by %(name)s", name=entry.name or _("someone")),
      page="versions", named=True)  # fmt: skip
tells(
    "authorship.accepted",
    lambda entry: _("%(name)s became an author", name=entry.name or _("someone")),
    named=True,
)
tells(
    "authorship.left",
    lambda entry: _("%(name)s is no longer an author", name=entry.name or _("someone")),
    named=True,
)
tells("proposal.withdrawn", lambda entry: _("Withdrawn by its author"))
tells("proposal.goal_reached", lambda entry: _("Goal of supports reached"), by_day=True)
tells("proposal.promised", _promised)
tells("proposal.unpromised", lambda entry: _("The promised date was taken back"))
tells("proposal.answered", _answered, page="answers")
tells(
    "proposal.answer_kept",
    lambda entry: _("Internal answer written"),
    audience=Audience.CURATORS,
    page="answers",
)
tells(
    "proposal.answer_dropped",
    lambda entry: _("Internal answer dropped"),
    audience=Audience.CURATORS,
    page="answers",
)
tells("proposal.debated", lambda entry: _("A debate about it is open"))
tells("proposal.debate_reopened", lambda entry: _("The debate about it is open again"))
tells("proposal.debate_closed", lambda entry: _("The debate about it is closed, with conclusions"))
tells("moderation.hidden", lambda entry: _("Hidden by the moderators"), audience=Audience.CONCERNED)
tells("moderation.restored", lambda entry: _("Shown again by the moderators"), audience=Audience.CONCERNED)
tells("moderation.kept", lambda entry: _("Reports examined, text kept"), audience=Audience.CURATORS)
tells(
    "moderation.undone",
    lambda entry: _("A decision of the moderators was undone"),
    audience=Audience.CURATORS,
)
