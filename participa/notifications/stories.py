"""What each kind of event says to people, in their language, and what it takes to be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

import flask_babel
from flask import url_for

from participa.catalogues import language, ngettext
from participa.contributions.models import Contribution
from participa.display import day_words, excerpt
from participa.moderation.forms import REASONS
from participa.moderation.models import Reason
from participa.notifications.models import Event
from participa.spaces.models import Space
from participa.web import address_of
from participa.wording import called

_: Callable[..., str] = flask_babel.gettext

MOST = 1500
"""Characters of a text that stand in a mail."""


class Needs(Enum):
    """What one must still be able to read to be told of an event."""

    TEXT = "text"
    """The text it happened to, shown whole."""
    OWN = "own"
    """One's own text, hidden though it is."""
    PLACE = "place"
    """Only the space: the text itself is neither named nor quoted."""


@dataclass(slots=True)
class Story:
    """One event, or several of the same kind about the same thing, as people read it."""

    event: Event
    count: int = 1

    @property
    def sentence(self) -> str:
        """What happened, without the title of what it happened to."""
        return KINDS[self.event.kind].say(self)

    @property
    def verb(self) -> str:
        """What the button of its mail says."""
        return _("Read and reply") if self.event.kind.startswith("comment.") else _("Read on Participa")

    @property
    def why(self) -> str:
        """Why one receives the mail."""
        if self.event.kind == "comment.answered":
            return _("You receive this mail because someone answers you.")
        if self.event.kind == "comment.mentioned":
            return _("You receive this mail because someone mentions you.")
        if self.event.kind == "report.closed":
            return _("You receive this mail because you reported something.")
        if self.event.kind == "authorship.offered":
            return _("You receive this mail because someone writes with you.")
        if self.event.kind in ("join.accepted", "join.declined"):
            return _("You receive this mail because you asked to join this space.")
        if self.event.kind in ("join.asked", "role.given", "space.entered", "proposal.answer_due"):
            return _("You receive this mail because you belong to this space.")
        if self.event.kind == "guest.invited":
            return _("You receive this mail because this debate has a question for you.")
        if self.event.kind == "question.answered":
            return _("You receive this mail because you follow this debate or raised this question.")
        if KINDS[self.event.kind].voters:
            return _("You receive this mail because you follow this proposal or voted on it.")
        if self.event.recipients is not None:
            return _("You receive this mail because it concerns your texts.")
        return _("You receive this mail because you follow this discussion or this space.")

    @property
    def reason(self) -> str:
        """Why the text was hidden, when it was."""
        return str(REASONS[Reason(self.details["reason"])]) if "reason" in self.details else ""

    @property
    def who(self) -> str:
        """The name of the person who did it, or of the centre for which they sign."""
        if "signed" in self.details:
            return str(self.details["signed"])
        actor = self.event.actor
        return actor.name if actor is not None and actor.erased_at is None else _("deleted account")

    @property
    def details(self) -> Mapping[str, Any]:
        """What the announcer added."""
        return self.event.details

    @property
    def needs(self) -> Needs:
        """What one must be able to read to be told."""
        return KINDS[self.event.kind].needs

    @property
    def thing(self) -> Contribution | None:
        """The proposal or debate it is about."""
        return self.event.about or self.event.contribution

    @property
    def space(self) -> Space | None:
        """Where it happened."""
        return self.event.space

    @property
    def title(self) -> str:
        """The title of what it is about, or of the space when the thing cannot be read any more."""
        thing = self.thing
        if thing is not None and thing.is_shown and thing.title:
            return thing.title
        if self.needs is Needs.OWN and self.event.contribution is not None:
            return self.event.contribution.title or _("Your text")
        return called(self.space) if self.space else _("The network")

    @property
    def words(self) -> str:
        """The text of its mail, in plain words: what was written, answered, concluded or hidden."""
        if self.needs is Needs.PLACE:
            return ""
        if "html" in self.details:
            return excerpt(self.details["html"], MOST)
        text = self.event.contribution
        return excerpt(text.html, MOST) if text is not None else ""

    @property
    def href(self) -> str:
        """The path of the page to open."""
        text, thing = self.event.contribution, self.thing
        if text is not None and self.event.kind == "moderation.hidden":
            return url_for("moderation.hidden", contribution_id=text.id)
        if text is not None and text.is_shown and (thing is None or thing.is_shown):
            return address_of(text)
        if thing is not None and thing.is_shown:
            return address_of(thing)
        return address_of(self.space) if self.space else url_for("notifications.index")


@dataclass(frozen=True, slots=True)
class Kind:
    """How events of one kind are told."""

    say: Callable[[Story], str]
    needs: Needs = Needs.TEXT
    voters: bool = False
    """Whether those who voted on it are told too; nobody learns who they are."""
    backers: bool = False
    """Whether those who voted on what belongs to it, such as arguments, are told too."""


def _proposal_answered(story: Story) -> str:
    names = story.details.get("names")
    if names:
        return _("The moderators answer: %(state)s", state=names["fr" if language() == "fr" else "en"])
    if story.details.get("answer"):  # told before states had names of their own
        return _("The moderators answer")
    return _("The moderators take their answer back")


def _day(story: Story) -> str:
    return day_words(date.fromisoformat(story.details["day"]))


def _commented(story: Story) -> str:
    if story.count == 1:
        return _("New comment by %(name)s", name=story.who)
    return ngettext("%(num)s new comment", "%(num)s new comments", story.count)


def _answered(story: Story) -> str:
    if story.count == 1:
        return _("%(name)s answers you", name=story.who)
    return ngettext("%(num)s answer to you", "%(num)s answers to you", story.count)


def _argued(story: Story) -> str:
    if story.count == 1:
        return _("New argument by %(name)s", name=story.who)
    return ngettext("%(num)s new argument", "%(num)s new arguments", story.count)


def _asked(story: Story) -> str:
    if story.count == 1:
        return _("New question by %(name)s", name=story.who)
    return ngettext("%(num)s new questions", "%(num)s new questions", story.count)


def _declined(story: Story) -> str:
    note = story.details.get("note")
    if note:
        return _("Your request to join is not accepted: %(note)s", note=note)
    return _("Your request to join is not accepted")


def _hidden_all(story: Story) -> str:
    count = int(story.details.get("count", 1))
    return ngettext(
        "The moderators have hidden %(num)s of your texts",
        "The moderators have hidden %(num)s of your texts",
        count,
    )


def _report_closed(story: Story) -> str:
    if story.count > 1:
        return ngettext("%(num)s report of yours handled", "%(num)s reports of yours handled", story.count)
    said = {
        "hidden": _("A text you reported has been hidden"),
        "kept": _("The moderators have looked at your report, and change nothing"),
        "deactivated": _("An account you reported is closed, its texts are hidden"),
        "removed": _("The author of a text you reported has removed it"),
    }
    return said.get(story.details.get("outcome", ""), _("Your report has been handled"))


KINDS: dict[str, Kind] = {
    "proposal.published": Kind(lambda story: _("New proposal by %(name)s", name=story.who)),
    "proposal.edited": Kind(lambda story: _("New version of a proposal you follow")),
    "proposal.withdrawn": Kind(lambda story: _("Proposal withdrawn by its author"), voters=True),
    "amendment.published": Kind(lambda story: _("New amendment by %(name)s", name=story.who)),
    "amendment.received": Kind(lambda story: _("%(name)s amends your proposal", name=story.who)),
    "amendment.accepted": Kind(lambda story: _("An amendment is accepted: the text has changed")),
    "amendment.yours_accepted": Kind(
        lambda story: _("Your amendment is accepted: you are an author of the proposal")
    ),
    "amendment.rejected": Kind(lambda story: _("An amendment is not retained")),
    "amendment.yours_rejected": Kind(lambda story: _("Your amendment is not retained")),
    "amendment.withdrawn": Kind(lambda story: _("Amendment withdrawn by its author")),
    "amendment.promoted": Kind(lambda story: _("An amendment to your proposal became a proposal of its own")),
    "proposal.answered": Kind(_proposal_answered),
    "proposal.promised": Kind(lambda story: _("Answer promised for %(day)s", day=_day(story))),
    "proposal.unpromised": Kind(lambda story: _("No date is promised for the answer any more")),
    "proposal.answer_due": Kind(
        lambda story: _("You promised an answer for %(day)s: it is not published yet", day=_day(story))
    ),
    "proposal.merged": Kind(lambda story: _("Proposals you follow became one")),
    "proposal.split": Kind(lambda story: _("A proposal you follow became several; this is one of them")),
    "proposal.unmerged": Kind(lambda story: _("A proposal you follow is back as it was")),
    "proposal.copied": Kind(lambda story: _("Proposal taken from another place")),
    "proposal.moved": Kind(lambda story: _("A proposal you follow has moved")),
    "debate.moved": Kind(lambda story: _("A debate you follow has moved")),
    "proposal.born": Kind(lambda story: _("%(name)s made a proposal of what you wrote", name=story.who)),
    "authorship.offered": Kind(
        lambda story: _("%(name)s invites you to be an author of this proposal", name=story.who)
    ),
    "authorship.accepted": Kind(
        lambda story: _("%(name)s is now an author of your proposal", name=story.who)
    ),
    "authorship.declined": Kind(
        lambda story: _("%(name)s does not wish to be an author of your proposal", name=story.who)
    ),
    "authorship.left": Kind(
        lambda story: _("%(name)s is no longer an author of your proposal", name=story.who)
    ),
    "debate.published": Kind(lambda story: _("New debate by %(name)s", name=story.who)),
    "debate.edited": Kind(lambda story: _("New version of a debate you follow")),
    "debate.updated": Kind(lambda story: _("What is new in a debate you follow")),
    "debate.closed": Kind(lambda story: _("Debate closed, with its conclusions"), backers=True),
    "debate.corrected": Kind(lambda story: _("The conclusions of a debate are corrected"), backers=True),
    "comment.posted": Kind(_commented),
    "comment.answered": Kind(_answered),
    "comment.mentioned": Kind(lambda story: _("%(name)s mentions you", name=story.who)),
    "argument.posted": Kind(_argued),
    "argument.lifted": Kind(lambda story: _("The moderators made an argument of your message, in your name")),
    "guest.invited": Kind(
        lambda story: _("%(name)s invites you to answer the questions of a debate", name=story.who)
    ),
    "question.asked": Kind(_asked),
    "question.answered": Kind(lambda story: _("%(name)s answers a question", name=story.who), voters=True),
    "moderation.hidden": Kind(lambda story: _("The moderators have hidden your text"), Needs.OWN),
    "moderation.hidden_all": Kind(_hidden_all, Needs.PLACE),
    "moderation.restored": Kind(lambda story: _("Your text is shown again")),
    "report.closed": Kind(_report_closed, Needs.PLACE),
    "phase.begun": Kind(
        lambda story: _("New phase: %(name)s, until %(day)s", name=story.details["name"], day=_day(story)),
        Needs.PLACE,
    ),
    "phase.ended": Kind(
        lambda story: _("The last phase, %(name)s, is over", name=story.details["name"]), Needs.PLACE
    ),
    "join.asked": Kind(lambda story: _("%(name)s asks to join this space", name=story.who), Needs.PLACE),
    "join.accepted": Kind(lambda story: _("You are now a member of this space"), Needs.PLACE),
    "join.declined": Kind(_declined, Needs.PLACE),
    "role.given": Kind(
        lambda story: _("%(name)s gives you a role in this space", name=story.who), Needs.PLACE
    ),
    "space.entered": Kind(
        lambda story: _("%(name)s, who coordinates the network, entered this private space", name=story.who),
        Needs.PLACE,
    ),
}
"""The kinds of events that people are told of; others are not written down."""


def kinds_that_need(needs: Needs) -> list[str]:
    """The names of the kinds that take this much to be told."""
    return [name for name, kind in KINDS.items() if kind.needs is needs]
