"""The calendar of a space as one form: a row for each phase, and one more to fill."""

import itertools
from collections.abc import Iterator
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms import BooleanField, Field, HiddenField

from participa.catalogues import lazy_gettext as _l
from participa.display import day_words
from participa.forms import Between, Compared, DayField, Form, LineField, RevisionField
from participa.spaces.calendar import Fault, faults
from participa.spaces.drafts import PlannedPhase
from participa.spaces.models import Phase, Space
from participa.wording import called

MOST = 20
"""Phases of one space."""
PARTS = ("name", "description", "starts_on", "ends_on")
LABELS = {
    "name": _l("Name"),
    "description": _l("In one sentence"),
    "starts_on": _l("First day"),
    "ends_on": _l("Last day (included)"),
}


class Row:
    """The fields of one phase."""

    def __init__(self, form: "CalendarForm", n: int) -> None:
        self.n = n
        self.key: Field = form[f"key-{n}"]
        self.name: Field = form[f"name-{n}"]
        self.description: Field = form[f"description-{n}"]
        self.starts_on: Field = form[f"starts_on-{n}"]
        self.ends_on: Field = form[f"ends_on-{n}"]
        self.remove: Field = form[f"remove-{n}"]

    @property
    def is_new(self) -> bool:
        """Whether it is no phase yet."""
        return not self.key.data

    @property
    def is_empty(self) -> bool:
        """Whether nobody wrote anything in it."""
        return self.is_new and not any(getattr(self, part).data for part in PARTS)

    @property
    def counts(self) -> bool:
        """Whether the calendar will have it."""
        return not self.remove.data and not self.is_empty


class CalendarForm(Form):
    """Every phase of a space; its rows are fields made for each."""

    revision = RevisionField()
    shift = BooleanField(
        _l("Move the following phases along"),
        description=_l("When the end of a phase moves, those after it move by as many days."),
    )

    count: int
    held: dict[int, Phase]

    @property
    def rows(self) -> list[Row]:
        """The rows, those of phases that exist first."""
        return [Row(self, n) for n in range(self.count)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each row that counts, then that the days follow one another."""
        super().validate(extra_validators)
        for row in self.rows:
            if not row.counts:
                for part in PARTS:
                    getattr(row, part).errors = []
            else:
                for field in (row.starts_on, row.ends_on):
                    if field.data is None and not field.errors:
                        field.errors = [_("Choose a day.")]
        if any(field.errors for field in self):
            return False
        counted = self._counted()
        for fault in faults(self.plan()):
            self._say(fault, counted)
        return not any(field.errors for field in self)

    def plan(self) -> list[PlannedPhase]:
        """The calendar wanted, in the order of its days."""
        planned = [
            PlannedPhase(
                int(row.key.data) if row.key.data else None,
                row.name.data or "",
                row.description.data or "",
                row.starts_on.data,
                row.ends_on.data,
            )
            for row in self._counted()
        ]
        return self._shifted(planned) if self.shift.data else planned

    def _shifted(self, planned: list[PlannedPhase]) -> list[PlannedPhase]:
        """The same, the phases whose days were left alone moved along with the one before them."""
        order = sorted(
            range(len(planned)),
            key=lambda n: self._held(planned[n]).starts_on if planned[n].key else planned[n].starts_on,
        )
        for earlier, later in itertools.pairwise(order):
            phase, held = planned[later], self.held.get(planned[later].key or 0)
            before = self.held.get(planned[earlier].key or 0)
            if (
                held is None
                or before is None
                or (phase.starts_on, phase.ends_on) != (held.starts_on, held.ends_on)
            ):
                continue
            delta = planned[earlier].ends_on - before.ends_on
            planned[later] = phase._replace(starts_on=phase.starts_on + delta, ends_on=phase.ends_on + delta)
        return planned

    def _held(self, phase: PlannedPhase) -> Phase | PlannedPhase:
        return self.held.get(phase.key or 0, phase)

    def _say(self, fault: Fault, counted: list[Row]) -> None:
        """Write what is wrong with the calendar beside the day to change."""
        planned = self.plan()
        if fault.what == "backwards":
            counted[fault.at].ends_on.errors = [_("A phase cannot end before it starts.")]
            return
        assert fault.before is not None
        later, earlier = planned[fault.at], planned[fault.before]
        words = {
            "before": earlier.name,
            "end": day_words(earlier.ends_on),
            "start": day_words(later.starts_on),
        }
        counted[fault.at].starts_on.errors = [
            _("These days overlap with the phase “%(before)s”, which ends on %(end)s.", **words)
            if fault.what == "overlap"
            else _(
                "There are days without a phase after “%(before)s”, which ends on %(end)s, and before %(start)s. "
                "Make the first one longer, or begin this one earlier.",
                **words,
            )
        ]

    def moves_days(self) -> bool:
        """Whether days change, or a phase is added or removed: what is worth looking at before saving."""
        planned = self.plan()
        days = {(phase.key, phase.starts_on, phase.ends_on) for phase in planned}
        return days != {(phase.id, phase.starts_on, phase.ends_on) for phase in self.held.values()}

    def sent(self) -> Iterator[tuple[str, str]]:
        """What the page that shows the effects sends again."""
        days = {row.n: phase for row, phase in zip(self._counted(), self.plan(), strict=True)}
        for row in self.rows:
            yield row.key.name, str(row.key.data or "")
            if row.is_empty:
                continue
            if row.remove.data:
                yield row.remove.name, "y"
            phase = days.get(row.n)
            for part in PARTS:
                value = getattr(phase, part) if phase else getattr(row, part).data
                yield f"{part}-{row.n}", str(value or "")

    def _counted(self) -> list[Row]:
        return [row for row in self.rows if row.counts]

    def against(self, space: Space) -> list[Compared]:
        """The fields that differ from what is in force, for the merge page."""
        force = {str(phase.id): phase for phase in space.phases}
        found = []
        for row in self.rows:
            phase = force.get(str(row.key.data))
            if phase is None or not row.counts:
                continue
            for part in PARTS:
                yours, theirs = str(getattr(row, part).data or ""), str(getattr(phase, part) or "")
                if yours != theirs:
                    label = _("%(phase)s: %(part)s", phase=called(phase), part=LABELS[part])
                    found.append(Compared(f"{part}-{row.n}", label, yours, theirs))
        return found


def calendar_form(space: Space) -> CalendarForm:
    """The form of a space's calendar, filled with what is in force or with what was sent; needs its phases."""
    phases = list(space.phases)
    held = {phase.id: phase for phase in phases}
    sent = 0
    if request.method == "POST":
        while f"key-{sent}" in request.form and sent < MOST:
            sent += 1
        named = {request.form[f"key-{n}"] for n in range(sent)}
        # a phase that someone added since has its row too: what is not there is never removed
        phases = [phase for phase in phases if str(phase.id) not in named]
    count = sent + len(phases) or 1 if request.method == "POST" else len(phases) + (len(phases) < MOST)
    made: dict[str, Any] = {"count": count, "held": held}
    data: dict[str, Any] = {"revision": space.revision}
    for n in range(count):
        where = _l("Phase %(n)s", n=n + 1)
        made[f"key-{n}"] = KeyField(held)
        made[f"name-{n}"] = LineField(
            _l("%(phase)s: %(part)s", phase=where, part=LABELS["name"]), [Between(2, 80)]
        )
        made[f"description-{n}"] = LineField(
            _l("%(phase)s: %(part)s", phase=where, part=LABELS["description"]), [Between(0, 240)]
        )
        for part in ("starts_on", "ends_on"):
            made[f"{part}-{n}"] = DayField(_l("%(phase)s: %(part)s", phase=where, part=LABELS[part]))
        made[f"remove-{n}"] = BooleanField(_l("Remove this phase"))
        if 0 <= n - sent < len(phases):
            phase = phases[n - sent]
            data |= {f"key-{n}": phase.id} | {f"{part}-{n}": getattr(phase, part) for part in PARTS}
    shape = type("SpaceCalendarForm", (CalendarForm,), made)
    form: CalendarForm = shape(data=data)
    return form


class KeyField(HiddenField):
    """The number of a phase of this space; nothing for another one's, or one removed meanwhile."""

    def __init__(self, held: dict[int, Phase], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known = held

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep a number that is one of ours."""
        if not valuelist:
            return
        sent = valuelist[0]
        known = sent.isdecimal() and len(sent) < 10 and int(sent) in self.known
        self.data = sent if known else ""
