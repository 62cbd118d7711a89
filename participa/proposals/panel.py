"""What the vote on one proposal looks like to one reader: how far the goal is, and what they may do."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from participa.authorization import RULES, Actor, Verdict
from participa.db import clock
from participa.display import day_words, number
from participa.proposals.policies import may_vote, may_vote_on
from participa.spaces.models import Component
from participa.spaces.policies import may_act

OVER = ("voting_closed", "answered_vote")
"""Rules that close the vote to everybody."""


@dataclass(frozen=True, slots=True)
class Vote:
    """How a component votes at this moment, for one reader; the same for all its proposals."""

    stance: bool
    """Whether members say for, mixed or against, instead of supporting."""
    open: bool
    until: date | None
    """The last day of the phase in which the vote is open."""
    goal: int | None
    limit: int | None
    used: int
    actor: Actor
    member_verdict: Verdict
    """Whether the reader may act in the space at all."""
    sign_in: str
    """Where a visitor goes to vote."""
    address: str
    """The component's own."""

    @property
    def left(self) -> int | None:
        """How many votes the reader has left; None without a limit or for visitors."""
        if self.limit is None or not self.member_verdict:
            return None
        return max(0, self.limit - self.used)

    @property
    def left_words(self) -> str:
        """How many votes are left, in words; empty when there is nothing to say."""
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

    def standing(self, proposal: Any) -> str:
        """What a list offers beside one proposal: `own`, `closed`, `sign_in`, `apart` or `open`."""
        verdict = may_vote_on(self.actor, proposal, self.open)
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
            day = day_words(self.until) if self.until else None
            if self.limit is None and not self.stance:
                sentences.append(
                    _("Support as many proposals as you wish until %(day)s.", day=day)
                    if day
                    else _("Support as many proposals as you wish.")
                )
            elif day:
                sentences.append(_("Vote until %(day)s.", day=day))
            if self.goal:
                sentences.append(
                    ngettext(
                        "At %(num)s support, the moderators answer.",
                        "At %(num)s supports, the moderators answer.",
                        self.goal,
                    )
                )
        return sentences


def vote_of(component: Component, actor: Actor, used: int, sign_in: str, address: str) -> Vote:
    """How `component` votes now for `actor`; needs its space and phases."""
    settings, moment = component.configuration, clock()
    phase = component.space.phase_at(moment)
    return Vote(
        stance=settings.ballot == "stance",
        open=component.rules_at(moment).voting_open,
        until=phase.ends_on if phase else None,
        goal=settings.support_goal,
        limit=settings.vote_limit,
        used=used,
        actor=actor,
        member_verdict=may_act(actor, component.space),
        sign_in=sign_in,
        address=address,
    )


def notes_of(vote: Vote, proposal: Any) -> list[str]:
    """The sentences under the counts of one proposal: what is missing, until when, or why it is closed."""
    verdict = may_vote(vote.actor, proposal)
    if verdict.rule in OVER or verdict.rule in ("withdrawn", "hidden"):
        return [str(RULES[verdict.rule])]
    notes = []
    if vote.goal and not vote.stance and proposal.support_count < vote.goal:
        missing = vote.goal - proposal.support_count
        notes.append(
            ngettext(
                "%(num)s more support to reach the goal.", "%(num)s more supports to reach the goal.", missing
            )
        )
    if vote.open and vote.until:
        notes.append(_("Vote until %(day)s, and change your mind until then.", day=day_words(vote.until)))
    if vote.left_words:
        notes.append(vote.left_words + ".")
    if verdict.rule == "space_members_only":
        notes.append(str(RULES[verdict.rule]))
    return notes
