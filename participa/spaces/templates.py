"""The templates that a space is opened from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from participa.catalogues import gettext as _
from participa.catalogues import lazy_gettext as _l
from participa.spaces.drafts import PlannedPhase
from participa.spaces.models import SpaceKind, Visibility
from participa.spaces.plans import ComponentPlan, SpacePlan


@dataclass(frozen=True, slots=True)
class Template:
    """A sort of space that networks open again and again."""

    name: str
    label: Any
    note: Any
    facts: Any
    """What it comes with, in a sentence."""
    kind: SpaceKind
    visibility: Visibility
    make: Callable[[date], SpacePlan]
    """Its plan, its phases beginning on that day."""
    has_phases: bool = False


def _phases(begin: date, *stretches: tuple[str, str, int]) -> list[PlannedPhase]:
    """Phases that follow one another: names, descriptions and days."""
    planned = []
    for name, description, days in stretches:
        planned.append(PlannedPhase(None, name, description, begin, begin + timedelta(days=days - 1)))
        begin += timedelta(days=days)
    return planned


def _thematic(_begin: date) -> SpacePlan:
    return SpacePlan(
        SpaceKind.THEMATIC, (ComponentPlan("proposals"), ComponentPlan("debates")), origin="thematic"
    )


TALK = {"commenting_open": True, "comment_voting_open": True}


def _consultation(begin: date) -> SpacePlan:
    collect = TALK | {"proposing_open": True, "editing_open": True}
    support = TALK | {
        "votes_enabled": True,
        "amendment_creation_enabled": True,
        "amendment_reaction_enabled": True,
        "amendment_promotion_enabled": True,
    }
    debate = TALK | {"debating_open": True, "arguing_open": True}
    return SpacePlan(
        SpaceKind.PROCESS,
        (
            ComponentPlan(
                "proposals",
                settings={"threshold_per_proposal": 30, "amendments_enabled": True},
                rules=(collect, support, TALK),
            ),
            ComponentPlan("debates", rules=(debate, debate, TALK)),
        ),
        _phases(
            begin,
            (_("Collecting"), _("Everyone proposes, and comments what others propose."), 30),
            (_("Supporting and amending"), _("Proposals gather supports and improve."), 21),
            (_("Answers"), _("The moderators answer each proposal."), 14),
        ),
        origin="consultation",
    )


def _peers(_begin: date) -> SpacePlan:
    return SpacePlan(SpaceKind.ASSEMBLY, (ComponentPlan("debates"),), origin="peers")


def _day(begin: date) -> SpacePlan:
    propose = TALK | {"proposing_open": True, "editing_open": True, "votes_enabled": True}
    debate = TALK | {"debating_open": True, "arguing_open": True}
    return SpacePlan(
        SpaceKind.EVENT,
        (
            ComponentPlan("proposals", _("Subjects to work on"), rules=(propose, TALK, TALK)),
            ComponentPlan("debates", _("What follows"), rules=(TALK, debate, debate)),
        ),
        _phases(
            begin,
            (_("Before"), _("Members propose subjects, and say which matter to them."), 30),
            (_("The day"), _("People meet."), 1),
            (_("After"), _("What was said goes on, and is followed up."), 60),
        ),
        origin="day",
    )


TEMPLATES = {
    template.name: template
    for template in (
        Template(
            "thematic",
            _l("Thematic group"),
            _l("A subject followed all year round, such as health or education."),
            _l("Proposals and debates, open all the time; no phases."),
            SpaceKind.THEMATIC,
            Visibility.MEMBERS,
            _thematic,
        ),
        Template(
            "consultation",
            _l("Consultation in three stages"),
            _l("A question, proposals, then an answer to each."),
            _l(
                "Collecting for 30 days, supporting and amending for 21, answers for 14; 30 supports to reach."
            ),
            SpaceKind.PROCESS,
            Visibility.MEMBERS,
            _consultation,
            has_phases=True,
        ),
        Template(
            "peers",
            _l("Group of peers"),
            _l("One trade, among themselves: administrative officers, directors."),
            _l("Debates; private, without votes or phases."),
            SpaceKind.ASSEMBLY,
            Visibility.PRIVATE,
            _peers,
        ),
        Template(
            "day",
            _l("Day of the network"),
            _l("A meeting, before, during and after."),
            _l("Subjects to work on for 30 days, the day, what follows for 60 days."),
            SpaceKind.EVENT,
            Visibility.MEMBERS,
            _day,
            has_phases=True,
        ),
    )
}
