"""What moderators and administrators send about answers."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from flask_babel import gettext as _
from wtforms import BooleanField, DateField, Field, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from participa import text
from participa.catalogues import lazy_gettext as _l
from participa.db import clock, day_of
from participa.forms import Between, BodyField, Form, LineField, RevisionField
from participa.proposals.answering.filling import unknown_places
from participa.proposals.answering.services import Given, Seen
from participa.proposals.answering.states import State

NONE = "none"
"""The choice that takes an answer back."""
SHORTEST_REASON = 10
MOST_COST = Decimal("999999999999.99")


class MoneyField(StringField):
    """An amount, with a comma or a point, spaces between thousands allowed."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the amount; keeps what was typed when it is none."""
        typed = re.sub(r"[\s\u00a0\u202f€]", "", valuelist[0] if valuelist else "").replace(",", ".")
        self.data, self.raw_data = None, valuelist
        if not typed:
            return
        try:
            amount = Decimal(typed)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or not 0 <= amount <= MOST_COST:
            raise ValueError(_("Write an amount in euros, such as 1500 or 12,50."))
        self.data = amount.quantize(Decimal("0.01"))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:f}".removesuffix(".00")


class AnswerForm(Form):
    """The moderators' answer: what it says, why, and where the phase asks for them, costs and period."""

    state = SelectField(_l("Answer"), [InputRequired(_l("Choose an answer."))])
    body = BodyField(_l("Reason"), [Between(0, 10_000)])
    cost = MoneyField(_l("Cost, in euros"))
    cost_report = BodyField(_l("What the cost is made of"), [Between(0, 5_000)])
    execution_period = LineField(_l("Execution period"), [Between(0, 200)])
    revision = RevisionField()
    latest = RevisionField()

    def __init__(
        self, states: dict[int, State], *args: Any, costs: bool, answered: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.states = states
        self.offered = [
            ("", _("Choose an answer")),
            *((str(state.id), state.sign.label) for state in states.values()),
            *([(NONE, _("Under discussion: take the answer back"))] if answered else ()),
        ]
        self.state.choices = [SelectChoice(value, label) for value, label in self.offered]
        if not costs:
            del self.cost, self.cost_report, self.execution_period

    @property
    def chosen(self) -> State | None:
        """The state chosen; None for an answer that is taken back."""
        sent = self.state.data or ""
        return self.states.get(int(sent)) if sent.isdecimal() and len(sent) < 10 else None

    def validate_body(self, field: Field) -> None:
        """Require a reason where the state says so."""
        if self.chosen and self.chosen.needs_reason and len(field.data or "") < SHORTEST_REASON:
            raise ValidationError(
                _(
                    "Say why, in %(least)s characters at least: this answer needs a reason.",
                    least=SHORTEST_REASON,
                )
            )

    def _require_costs(self, field: Field) -> None:
        if self.chosen and self.chosen.needs_costs and field.data in (None, "") and not field.errors:
            raise ValidationError(
                _("This answer gives its cost, what it is made of, and when it is carried out.")
            )

    validate_cost = validate_cost_report = validate_execution_period = _require_costs

    def given(self) -> Given:
        """The answer as a plain value."""
        costs = (
            (self.cost.data, self.cost_report.data or "", self.execution_period.data or "")
            if "cost" in self
            else (None, "", "")
        )
        return Given(self.chosen.id if self.chosen else None, self.body.data or "", *costs)

    @property
    def seen(self) -> Seen:
        """What the moderator had read."""
        return Seen(int(self.revision.data or 0), int(self.latest.data or 0))


class SeenForm(Form):
    """An act on the internal answer as it was read."""

    revision = RevisionField()
    latest = RevisionField()

    @property
    def seen(self) -> Seen:
        """What the moderator had read."""
        return Seen(int(self.revision.data or 0), int(self.latest.data or 0))


class PromiseForm(Form):
    """The day for which an answer is promised."""

    day = DateField(_l("Answer promised for"), [InputRequired(_l("Choose a day."))])

    def validate_day(self, field: Field) -> None:
        """Refuse days that have passed, and those nobody means."""
        today = day_of(clock())
        if field.data and field.data < today:
            raise ValidationError(_("This day has passed. Promise a day to come."))
        if field.data and field.data > date(today.year + 5, 12, 31):
            raise ValidationError(_("This day is very far. Promise a day within five years."))


class TemplateForm(Form):
    """An answer to start from."""

    name = LineField(_l("Name of the template"), [Between(2, 80)], description=_l("Only moderators read it."))
    state = SelectField(_l("Answer"), [InputRequired(_l("Choose an answer."))])
    body = BodyField(_l("Reason"), [Between(0, 10_000)])
    revision = RevisionField()

    def __init__(self, states: dict[int, State], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.states = states
        self.state.choices = [
            SelectChoice("", _("Choose an answer")),
            *(SelectChoice(str(state.id), state.sign.label) for state in states.values()),
        ]

    def validate_body(self, field: Field) -> None:
        """Refuse places that nothing fills, and a missing reason."""
        unknown = unknown_places(field.data or "")
        if unknown:
            raise ValidationError(
                _(
                    "Nothing fills %(places)s in. What can be filled in: {title}, {author}, {space}.",
                    places=", ".join(unknown),
                )
            )
        state = self.states.get(int(self.state.data)) if (self.state.data or "").isdecimal() else None
        if state and state.needs_reason and len(field.data or "") < SHORTEST_REASON:
            raise ValidationError(
                _(
                    "Say why, in %(least)s characters at least: this answer needs a reason.",
                    least=SHORTEST_REASON,
                )
            )


class StateDraft(NamedTuple):
    """A state as an administrator wants it."""

    name_fr: str
    name_en: str
    glyph: str
    tone: str
    is_final: bool
    needs_reason: bool
    needs_costs: bool


TONES = (
    ("ok", _l("Favourable")),
    ("part", _l("In part, or being looked at")),
    ("wait", _l("Something is expected")),
    ("vote", _l("Under way")),
    ("no", _l("Unfavourable")),
    ("closed", _l("Over")),
)
GLYPHS = (
    ("check-circle-fill", _l("disc with a tick")),
    ("check-lg", _l("tick")),
    ("circle-half", _l("half disc")),
    ("circle", _l("circle")),
    ("exclamation-circle", _l("exclamation mark")),
    ("flag", _l("flag")),
    ("x-lg", _l("cross")),
    ("square-fill", _l("square")),
)
RESERVED = (
    "En discussion", "Under discussion", "Retirée", "Withdrawn", "Ouverte au soutien", "Open to support",
    "Masquée par la modération", "Hidden by moderation", "Brouillon", "Draft", "Toutes", "All",
)  # fmt: skip
"""What other states are called, in the languages of the interface."""


def folded(name: str) -> str:
    """A name as two of them are told apart: whatever their case, accents and spaces."""
    return text.slugify(name, 200)


class StateForm(Form):
    """A state that answers may give."""

    name_fr = LineField(_l("Name in French"), [Between(2, 40)])
    name_en = LineField(
        _l("Name in English"), [Between(0, 40)], description=_l("Empty: the French name is shown.")
    )
    tone = RadioField(
        _l("Meaning"), choices=[SelectChoice(key, label) for key, label in TONES], default="ok",
        description=_l("It gives the colour; the word and the glyph say the same without it."),
    )  # fmt: skip
    glyph = RadioField(
        _l("Glyph"), choices=[SelectChoice(key, label) for key, label in GLYPHS], default="check-circle-fill"
    )
    is_final = BooleanField(
        _l("Ends the vote"),
        description=_l("The answer is final: nobody votes any more, and the proposal waits for nothing."),
    )
    needs_reason = BooleanField(_l("Needs a reason"), description=_l("Whoever gives this answer writes why."))
    needs_costs = BooleanField(
        _l("Needs costs"),
        description=_l(
            "In phases whose answers carry costs: the cost, what it is made of, and the execution period."
        ),
    )
    revision = RevisionField()

    def __init__(self, taken: set[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken = taken

    def _check_name(self, field: Field) -> None:
        name = folded(field.data or "")
        if not field.data:
            return
        if not name:
            raise ValidationError(_("Write a name with letters."))
        if name in {folded(reserved) for reserved in RESERVED}:
            raise ValidationError(
                _(
                    "“%(name)s” is the name of another stage of proposals. Choose another one.",
                    name=field.data,
                )
            )
        if name in self.taken:
            raise ValidationError(_("There is already a state of that name."))

    validate_name_fr = validate_name_en = _check_name

    def draft(self) -> StateDraft:
        """The state as a plain value."""
        french = self.name_fr.data or ""
        return StateDraft(
            french, self.name_en.data or french, self.glyph.data, self.tone.data,
            bool(self.is_final.data), bool(self.needs_reason.data), bool(self.needs_costs.data),
        )  # fmt: skip


class ReplaceForm(Form):
    """What a deleted state is replaced by."""

    replacement = SelectField(_l("Replace it by"), [Optional()], validate_choice=False)

    def __init__(self, others: dict[int, State], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = others
        self.replacement.choices = [
            SelectChoice("", _("Choose a state")),
            *(SelectChoice(str(state.id), state.sign.label) for state in others.values()),
        ]

    @property
    def chosen(self) -> State | None:
        """The state chosen."""
        sent = self.replacement.data or ""
        return self.others.get(int(sent)) if sent.isdecimal() and len(sent) < 10 else None
