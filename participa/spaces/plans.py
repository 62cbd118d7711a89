"""What a space is opened with, beyond what it says of itself: its phases, its tools, its front page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from participa.spaces.drafts import PlannedPhase
from participa.spaces.kinds import KINDS, from_json
from participa.spaces.models import ALWAYS, Component, Space, SpaceKind, Topic


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
    topics: Sequence[str] = ()
    published: bool = True


class SpacePlan(NamedTuple):
    """What a new space is made of."""

    kind: SpaceKind
    components: Sequence[ComponentPlan] = ()
    phases: Sequence[PlannedPhase] = ()
    blocks: list[dict[str, Any]] | None = None
    origin: str = ""
    """The template or the space that it comes from, for the record."""

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
        PlannedPhase(None, phase.name, phase.description, phase.starts_on + delta, phase.ends_on + delta)
        for phase in held
    ]
    keys = [str(phase.id) for phase in held] or [str(space.phases[0].id) if space.phases else ALWAYS]
    components = [
        ComponentPlan(
            component.kind,
            component.name,
            component.introduction,
            component.settings,
            [component.rules.get(key, {}) for key in keys],
            [topic.name for topic in component.topics],
            component.published_at is not None,
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
        space.slug,
    )


def component_of(plan: ComponentPlan, phase_keys: Sequence[str], position: int, now: datetime) -> Component:
    """The row of a planned tool; `phase_keys` are the numbers of the phases, or `always`."""
    kind = KINDS[plan.kind]
    opened = asdict(kind.open_rules)
    rules = {
        key: opened
        if plan.rules is None
        else asdict(from_json(kind.phase_rules, plan.rules[n] if n < len(plan.rules) else {}))
        for n, key in enumerate(phase_keys)
    }
    settings = asdict(kind.open_settings) | dict(plan.settings)
    return Component(
        kind=plan.kind,
        name=plan.name or str(kind.label),
        introduction=plan.introduction,
        position=position,
        created_at=now,
        published_at=now if plan.published else None,
        settings=asdict(from_json(kind.settings, settings)),
        rules=rules,
        topics=[Topic(name=name, position=n) for n, name in enumerate(plan.topics)],
    )
