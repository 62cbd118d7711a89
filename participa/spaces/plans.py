"""What a space is opened with, beyond what it says of itself: its phases, its tools, its front page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from participa.spaces.drafts import PlannedPhase
from participa.spaces.kinds import KINDS, from_json
from participa.spaces.models import ALWAYS, Component, Space, SpaceKind, Topic
from participa.spaces.topics.tree import Branch, in_order
from participa.spaces.translations.words import copied, put


class ComponentPlan(NamedTuple):
    """A tool to place in a new space."""

    kind: str
    name: str = ""
    """Empty: the name of its kind."""
    introduction: str = ""
    settings: Mapping[str, Any] = {}
    """What differs from the kind's open preset."""
    rules: Sequence[Mapping[str, Any]] | None = None
    """What differs from closed rules, one for each phase or one for always; None is the kind's open preset."""
    topics: Sequence[int] = ()
    """Which of the plan's topics it offers, by their places."""
    shared: Sequence[int] = ()
    """The numbers of the network's topics it offers too."""
    published: bool = True
    translations: Mapping[str, Any] = {}


class PlannedTopic(NamedTuple):
    """A topic to keep in a new space, under another one of the plan, by its place, which comes before."""

    name: str
    parent: int | None = None
    translations: Mapping[str, Any] = {}


class SpacePlan(NamedTuple):
    """What a new space is made of."""

    kind: SpaceKind
    components: Sequence[ComponentPlan] = ()
    phases: Sequence[PlannedPhase] = ()
    blocks: list[dict[str, Any]] | None = None
    topics: Sequence[PlannedTopic] = ()
    origin: str = ""
    """The template or the space that it comes from, for the record."""
    translations: Mapping[str, Any] = {}
    """What the space that it comes from says in the network's other languages."""

    @property
    def unknown(self) -> list[str]:
        """The tools that this application does not have: they are left out."""
        return [component.kind for component in self.components if component.kind not in KINDS]


def plan_of(space: Space, *, tools: bool, phases: bool, front: bool, begin: date | None = None) -> SpacePlan:
    """The plan of a space like this one, its calendar moved to begin on that day; needs topics of its components.

    Without its phases, its tools keep the rules they have now.
    """
    held = list(space.phases) if phases else []
    delta = begin - held[0].starts_on if begin and held else timedelta()
    planned = [
        PlannedPhase(
            None,
            phase.name,
            phase.description,
            phase.starts_on + delta,
            phase.ends_on + delta,
            copied(phase),
        )
        for phase in held
    ]
    keys = [str(phase.id) for phase in held] or [str(space.phases[0].id) if space.phases else ALWAYS]
    branches = in_order(space.topics)
    places = {branch.topic.id: n for n, branch in enumerate(branches)}
    components = [
        ComponentPlan(
            component.kind,
            component.name,
            component.introduction,
            component.settings,
            [component.rules.get(key, {}) for key in keys],
            [places[topic.id] for topic in component.topics if topic.id in places],
            [topic.id for topic in component.topics if topic.space_id is None],
            component.published_at is not None,
            copied(component),
        )
        for component in space.components
        if component.trashed_at is None
    ]
    # images belong to the space that has them
    blocks = [block for block in space.blocks or () if block.get("kind") != "image"]
    return SpacePlan(
        space.kind,
        components if tools else (),
        planned,
        blocks if front and space.blocks is not None else None,
        planned_topics(branches) if tools else (),
        space.slug,
        copied(space),
    )


def planned_topics(branches: Sequence[Branch]) -> list[PlannedTopic]:
    """The plan of trees that are read in order."""
    places = {branch.topic.id: n for n, branch in enumerate(branches)}
    return [
        PlannedTopic(branch.topic.name, places.get(branch.topic.parent_id or 0), copied(branch.topic))
        for branch in branches
    ]


def component_of(
    plan: ComponentPlan, phase_keys: Sequence[str], topics: Sequence[Topic], position: int, now: datetime
) -> Component:
    """The row of a planned tool; `phase_keys` are the numbers of the phases, or `always`.

    `topics` are the rows made of the plan's topics, in their order.
    """
    kind = KINDS[plan.kind]
    opened = asdict(kind.open_rules)
    rules = {
        key: opened
        if plan.rules is None
        else asdict(from_json(kind.phase_rules, plan.rules[n] if n < len(plan.rules) else {}))
        for n, key in enumerate(phase_keys)
    }
    settings = asdict(kind.open_settings) | dict(plan.settings)
    made = Component(
        kind=plan.kind,
        name=plan.name or str(kind.label),
        introduction=plan.introduction,
        position=position,
        created_at=now,
        published_at=now if plan.published else None,
        settings=asdict(from_json(kind.settings, settings)),
        rules=rules,
        topics=[topics[n] for n in plan.topics if n < len(topics)],
    )
    put(made, plan.translations)
    return made
