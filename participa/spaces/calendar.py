"""The calendar of a space: days that follow one another without a hole, and what each turn opens and closes."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, NamedTuple

from participa.spaces.drafts import PlannedPhase
from participa.spaces.kinds import KINDS, ComponentKind
from participa.spaces.models import ALWAYS, Component, Space

DAY = timedelta(days=1)


class Fault(NamedTuple):
    """What is wrong with a planned calendar: phase number `at` of it, and the one before when both are."""

    what: str
    """`backwards`, `overlap` or `hole`."""
    at: int
    before: int | None = None


def faults(planned: Sequence[PlannedPhase]) -> list[Fault]:
    """What is wrong with these phases, in any order: they end after they begin, share no day, leave none out."""
    found = [Fault("backwards", n) for n, phase in enumerate(planned) if phase.ends_on < phase.starts_on]
    if found:
        return found
    order = sorted(range(len(planned)), key=lambda n: (planned[n].starts_on, planned[n].ends_on))
    for earlier, later in itertools.pairwise(order):
        expected = planned[earlier].ends_on + DAY
        if planned[later].starts_on < expected:
            found.append(Fault("overlap", later, earlier))
        elif planned[later].starts_on > expected:
            found.append(Fault("hole", later, earlier))
    return found


class Change(NamedTuple):
    """What members may begin or stop doing with one tool."""

    component: Component
    opens: list[str]
    closes: list[str]


@dataclass(frozen=True, slots=True)
class Turn:
    """A moment when what members may do changes: the first minute of `day`, or at once when there is none."""

    day: date | None
    begins: str | None
    """The name of the phase that begins."""
    ends: str | None
    changes: list[Change]


def allowed(kind: ComponentKind, rules: Any, *, not_yet: bool = False) -> list[str]:
    """What members may do under these rules, as verbs; with `not_yet`, what they may not."""
    taken = {verb for rule, verb in kind.restrictions.items() if getattr(rules, rule)}
    labels = {name: label for name, label in kind.rules_labels.items() if name not in kind.restrictions}
    verbs = [
        str(labels[rule.name][0])
        for rule in fields(rules)
        if rule.name in labels
        and rule.name not in kind.team_rules
        and (getattr(rules, rule.name) and rule.name not in taken) is not not_yet
    ]
    return [verb[:1].lower() + verb[1:] for verb in verbs]


def turns(space: Space, planned: Sequence[PlannedPhase], today: date) -> list[Turn]:
    """What a planned calendar opens and closes from `today` on; needs the space's phases and components."""
    held = [PlannedPhase(p.id, p.name, p.description, p.starts_on, p.ends_on) for p in space.phases]
    in_force = _on(held, today) or (None if held else _ALWAYS)
    then = _on(planned, today) or (None if planned else _ALWAYS)
    found = []
    changes = _changes(space, planned, in_force, then)
    if changes:
        found.append(Turn(None, then.name or None if then else None, None, changes))
    days = sorted({day for phase in planned for day in (phase.starts_on, phase.ends_on + DAY) if day > today})
    before = then
    for day in days:
        after = _on(planned, day)
        ends = before.name or None if before else None
        begins = after.name if after else None
        found.append(Turn(day, begins, ends, _changes(space, planned, before, after)))
        before = after
    return found


_ALWAYS = PlannedPhase(None, "", "", date.min, date.max)


def _on(planned: Iterable[PlannedPhase], day: date) -> PlannedPhase | None:
    return next((phase for phase in planned if phase.starts_on <= day <= phase.ends_on), None)


def _changes(
    space: Space, planned: Sequence[PlannedPhase], before: PlannedPhase | None, after: PlannedPhase | None
) -> list[Change]:
    found = []
    for component in space.components:
        if component.trashed_at is not None or component.published_at is None:
            continue
        kind = KINDS[component.kind]
        had = allowed(kind, _rules(space, component, planned, before))
        has = allowed(kind, _rules(space, component, planned, after))
        opens, closes = [verb for verb in has if verb not in had], [verb for verb in had if verb not in has]
        if opens or closes:
            found.append(Change(component, opens, closes))
    return found


def _rules(
    space: Space, component: Component, planned: Sequence[PlannedPhase], phase: PlannedPhase | None
) -> Any:
    """The rules of a phase; those in force until now for the first phase that a space is given."""
    if phase is None:
        return component.rules_of(None)
    if phase is _ALWAYS or (not space.phases and phase is first_of(planned)):
        return component.rules_of(ALWAYS)
    return component.rules_of(str(phase.key) if phase.key else None)


def first_of(planned: Sequence[PlannedPhase]) -> PlannedPhase | None:
    """The phase that begins first."""
    return min(planned, key=lambda phase: phase.starts_on, default=None)
