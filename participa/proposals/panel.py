"""What the vote on one proposal looks like to one reader: how far the goal is, and what they may do."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from participa.authorization import RULES, Actor, Verdict
from participa.catalogues import ngettext, number
from participa.db import clock, day_of
from participa.display import day_words
from participa.proposals.models import Proposal
from participa.proposals.policies import may_vote, may_vote_on, voting_is_open
from participa.spaces.models import Component
from participa.spaces.policies import may_act_in

OVER = ("voting_closed", "votes_blocked", "answered_vote", "results_shown")
"""Rules that close the vote to everybody."""


@dataclass(frozen=True, slots=True)
class Vote:
    """How a component votes at this moment, for one reader; the same for all its proposals."""

    stance: bool
    """Whether members say for, mixed or against, instead of supporting."""
    is_open: Verdict
    """Whether the phase lets members vote."""
    hidden: bool
    """Whether nobody reads how many votes there are."""
    until: date | None
    """The last day of the phase in which the vote is open."""
    goal: int | None
    limit: int | None
    minimum: int | None
    used: int
    actor: Actor
    member_verdict: Verdict
    """Whether the reader may act in the space at all."""
    sign_in: str
    """Where a visitor goes to vote."""
    address: str
    """The component's own."""
    quorum_persons: int | None = None
    quorum_centres: int | None = None
    centre_total: int = 0
    """How many centres the network has."""

    @property
    def open(self) -> bool:
        """Whether the phase lets members vote."""
        return bool(self.is_open)

    @property
    def left(self) -> int | None:
        """How many votes the reader has left; None without a limit or for visitors."""
        if self.limit is None or not self.member_verdict:
            return None
        return max(0, self.limit - self.used)

    @property
    def missing(self) -> int:
        """How many votes the reader has to add for theirs to count."""
        if self.minimum is None or not self.member_verdict:
            return 0
        return max(0, self.minimum - self.used)

    @property
    def left_words(self) -> str:
        """What the reader may and must still do, in words; empty when there is nothing to say."""
        return " ".join(f"{words}." for words in (self._left_words(), self._missing_words()) if words)

    def _left_words(self) -> str:
        if self.left is None or self.limit is None or not self.open:
            return ""
        limit, left = number(self.limit), self.left
        if self.stance:
            words = ngettext(
                "%(num)s vote left of %(limit)s", "%(num)s votes left of %(limit)s", left, limit=limit
            )
        else:
            words = ngettext(
                "%(num)s support left of %(limit)s", "%(num)s supports left of %(limit)s", left, limit=limit
            )
        return str(words)

    def _missing_words(self) -> str:
        if not self.missing or not self.open:
            return ""
        if self.stance:
            words = ngettext(
                "%(num)s more vote for yours to count", "%(num)s more votes for yours to count", self.missing
            )
        else:
            words = ngettext(
                "%(num)s more support for yours to count",
                "%(num)s more supports for yours to count",
                self.missing,
            )
        return str(words)

    def standing(self, proposal: Any) -> str:
        """What is offered beside one proposal, or row of a list: `own`, `closed`, `sign_in`, `apart` or `open`."""
        verdict = may_vote_on(self.actor, proposal, self.is_open)
        if verdict.rule == "own_proposal":
            return "own"
        if proposal.withdrawn_at or not verdict:
            return "closed"
        if not self.actor.is_authenticated:
            return "sign_in"
        return "open" if self.member_verdict else "apart"

    @property
    def says(self) -> list[str]:
        """What the vote asks of members, in sentences."""
        sentences = []
        if self.open:
            sentences += self._terms()
        elif self.is_open.rule == "votes_blocked":
            sentences.append(str(RULES["votes_blocked"]))
        if self.hidden:
            sentences.append(_("How many votes there are is shown to nobody for now."))
        return sentences

    def _terms(self) -> list[str]:
        sentences, day = [], day_words(self.until) if self.until else None
        if self.limit is None and not self.stance:
            sentences.append(
                _("Support as many proposals as you wish until %(day)s.", day=day)
                if day
                else _("Support as many proposals as you wish.")
            )
        elif day:
            sentences.append(_("Vote until %(day)s.", day=day))
        if self.minimum:
            sentences.append(
                ngettext(
                    "Votes count from %(num)s per member on.",
                    "Votes count from %(num)s per member on.",
                    self.minimum,
                )
            )
        if self.goal and not self.stance:
            sentences.append(
                ngettext(
                    "At %(num)s support, the moderators answer.",
                    "At %(num)s supports, the moderators answer.",
                    self.goal,
                )
            )
        return sentences


def vote_of(
    component: Component, actor: Actor, used: int, sign_in: str, address: str, centre_total: int = 0
) -> Vote:
    """How `component` votes now for `actor`; needs its space and phases."""
    settings, moment = component.configuration, clock()
    phase = component.space.phase_at(moment)
    return Vote(
        stance=settings.ballot == "stance",
        is_open=voting_is_open(component),
        hidden=component.hides_counts_at(moment),
        until=phase.ends_on if phase else None,
        goal=settings.threshold_per_proposal,
        limit=settings.vote_limit,
        minimum=settings.minimum_votes_per_user,
        used=used,
        actor=actor,
        member_verdict=may_act_in(actor, component),
        sign_in=sign_in,
        address=address,
        quorum_persons=settings.quorum_persons,
        quorum_centres=settings.quorum_centres,
        centre_total=centre_total,
    )


def results_are_due(proposal: Proposal, vote: Vote) -> bool:
    """Whether the results of a for / mixed / against vote are to be shown for the first time: it is over.

    Over once and for all: not between two phases that let members vote.
    """
    if not vote.stance or vote.hidden or proposal.results_at is not None or not proposal.is_shown:
        return False
    if proposal.withdrawn_at is not None or proposal.is_decided:
        return True
    today, component = day_of(clock()), proposal.component
    return not vote.open and not any(
        component.rules_of(str(phase.id)).voting_open
        for phase in component.space.phases
        if phase.starts_on > today
    )


def notes_of(vote: Vote, proposal: Any, *, waiting: bool = False) -> list[str]:
    """The sentences under the counts of one proposal: what is missing, until when, or why it is closed."""
    verdict = may_vote(vote.actor, proposal)
    notes = [_("How many votes there are is shown to nobody for now.")] if vote.hidden else []
    if verdict.rule in OVER or verdict.rule in ("withdrawn", "hidden"):
        return [str(RULES[verdict.rule]), *notes, *_quorum_words(vote, proposal)]
    if vote.goal and not vote.stance and not vote.hidden and proposal.support_count < vote.goal:
        missing = vote.goal - proposal.support_count
        notes.append(
            ngettext(
                "%(num)s more support to reach the goal.", "%(num)s more supports to reach the goal.", missing
            )
        )
    if vote.open and vote.until:
        notes.append(_("Vote until %(day)s, and change your mind until then.", day=day_words(vote.until)))
    if vote.stance:
        notes.append(_("What people vote is shown once, when the vote is over."))
    if waiting:
        notes.append(_("Your vote on this waits, uncounted."))
    if vote.left_words:
        notes.append(vote.left_words)
    notes += _quorum_words(vote, proposal)
    if verdict.rule == "space_members_only":
        notes.append(str(RULES[verdict.rule]))
    return notes


def _quorum_words(vote: Vote, proposal: Any) -> list[str]:
    """The quorum, and how far it is unless counts are hidden."""
    persons = proposal.support_count + proposal.neutral_count + proposal.against_count
    words = []
    if vote.quorum_persons:
        needed = ngettext("Quorum: %(num)s person.", "Quorum: %(num)s persons.", vote.quorum_persons)
        words.append(needed if vote.hidden else f"{needed} {_reached(persons, vote.quorum_persons)}")
    if vote.quorum_centres:
        needed = ngettext(
            "Quorum: %(num)s centre of %(total)s.",
            "Quorum: %(num)s centres of %(total)s.",
            vote.quorum_centres,
            total=number(vote.centre_total),
        )
        words.append(
            needed if vote.hidden else f"{needed} {_reached(proposal.centre_count, vote.quorum_centres)}"
        )
    return words


def _reached(count: int, quorum: int) -> str:
    if count >= quorum:
        return str(_("It is reached."))
    return str(
        ngettext(
            "It lacks %(missing)s: %(num)s took part.",
            "It lacks %(missing)s: %(num)s took part.",
            count,
            missing=number(quorum - count),
        )
    )
