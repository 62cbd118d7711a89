"""What people send about a tool: its texts, settings and rules, whose fields come from its kind, and its topics."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, BodyField, Compared, Form, LineField, RevisionField
from participa.spaces.drafts import Configuration
from participa.spaces.forms.identity import choices_of
from participa.spaces.kinds import KINDS, Bounds, ComponentKind, from_json
from participa.spaces.models import ALWAYS, Component, Phase
from participa.wording import called


class NewComponentForm(Form):
    """A tool to place in a space."""

    kind = RadioField(_l("Tool"), [InputRequired(_l("Choose a tool."))])
    name = LineField(
        _l("Name"),
        [Between(0, 60)],
        description=_l("As it stands in the tabs of the space. Empty: the tool’s own name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of((kind.name, kind.label) for kind in KINDS.values())


class ConfigurationForm(Form):
    """The texts, settings and rules of one component; its fields come from its kind's dataclasses."""

    name = LineField(_l("Name"), [Between(2, 60)], description=_l("As it stands in the tabs of the space."))
    introduction = BodyField(
        _l("Introduction"),
        [Between(0, 500)],
        description=_l("One or two sentences, under the title of the list."),
    )
    revision = RevisionField()

    kind: ComponentKind
    phases: list[Phase]
    component: Component

    @property
    def setting_fields(self) -> list[Field]:
        """The fields of the settings, in the order of the dataclass."""
        return [self[f"s-{field.name}"] for field in fields(self.kind.settings)]

    @property
    def keys(self) -> list[str]:
        """The keys of the rules: one per phase, or `always`."""
        return [str(phase.id) for phase in self.phases] or [ALWAYS]

    def unit_of(self, field: Field) -> Any:
        """What the number of a setting counts."""
        return self.kind.bounds.get(field.name.removeprefix("s-"), Bounds()).unit

    def label_of(self, key: str) -> str:
        """The label of what a record of changes names `key`: a setting, a text, or `phase.rule`."""
        phase, _dot, rule = key.rpartition(".")
        name = f"r-{phase}-{rule}" if phase else key if key in ("name", "introduction") else f"s-{key}"
        return str(self[name].label.text) if name in self else key

    @staticmethod
    def word_of(value: Any) -> str:
        """A recorded value in words."""
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        return str(_("none")) if value in (None, "") else str(value)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each setting, then all of them together as their kind wants."""
        if not super().validate(extra_validators):
            return False
        wanted, held = from_json(self.kind.settings, self._settings()), self.component.configuration
        wrong = dict(self.kind.check(wanted))
        changed = {
            field.name for field in fields(held) if getattr(held, field.name) != getattr(wanted, field.name)
        }
        if changed:
            fixed = self.kind.fixed(self.component.id)
            wrong |= {name: sentence for name, sentence in fixed.items() if name in changed}
        for name, sentence in wrong.items():
            field = self[f"s-{name}"]
            field.errors = [*field.errors, sentence]
        return not wrong

    def _settings(self) -> dict[str, Any]:
        return {field.name.removeprefix("s-"): field.data for field in self.setting_fields}

    def configuration(self) -> Configuration:
        """What was decided, for the service."""
        return Configuration(
            name=self.name.data or "",
            introduction=self.introduction.data or "",
            settings=self._settings(),
            rules={
                key: {
                    rule.name: bool(self[f"r-{key}-{rule.name}"].data)
                    for rule in fields(self.kind.phase_rules)
                }
                for key in self.keys
            },
        )

    def against(self, component: Component) -> list[Compared]:
        """The fields that differ from what is in force, for the merge page."""
        force = values_of(component)
        options = [("y", _("yes")), ("", _("no"))]
        compared: list[Compared] = []
        for field in self:
            if field.name not in force:
                continue
            yours, theirs = _as_text(field.data), _as_text(force[field.name])
            if yours == theirs:
                continue
            choices = [(choice.value, choice.label) for choice in getattr(field, "choices", ()) or ()]
            compared.append(
                Compared(
                    field.name,
                    field.label.text,
                    yours,
                    theirs,
                    field.name == "introduction",
                    options if isinstance(field, BooleanField) else choices,
                )
            )
        return compared

    def sent_again(self, compared: Iterable[Compared]) -> dict[str, str]:
        """The other fields as the merge page sends them again."""
        names = {field.name for field in compared} | {"csrf_token", "revision"}
        return {
            field.name: _as_text(field.data)
            for field in self
            if field.name not in names and _as_text(field.data)
        }


def values_of(component: Component) -> dict[str, Any]:
    """What is in force, by the names of the form's fields; needs the space's phases loaded."""
    kind = KINDS[component.kind]
    values: dict[str, Any] = {"name": component.name, "introduction": component.introduction}
    values |= {f"s-{name}": value for name, value in asdict(component.configuration).items()}
    for key in [str(phase.id) for phase in component.space.phases] or [ALWAYS]:
        rules = from_json(kind.phase_rules, component.rules.get(key))
        values |= {f"r-{key}-{name}": value for name, value in asdict(rules).items()}
    return values


def configuration_form(component: Component) -> ConfigurationForm:
    """The form of one component, filled with what is in force or with what was sent."""
    kind = KINDS[component.kind]
    phases = list(component.space.phases)
    made: dict[str, Any] = {"kind": kind, "phases": phases, "component": component}
    closed = kind.settings()
    for setting in fields(kind.settings):
        label, note = kind.settings_labels.get(setting.name, (setting.name, ""))
        bounds = kind.bounds.get(setting.name, Bounds())
        made[f"s-{setting.name}"] = _field_for(getattr(closed, setting.name), bounds)(label, description=note)
    for rule in fields(kind.phase_rules):
        label, _note = kind.rules_labels.get(rule.name, (rule.name, ""))
        made[f"r-{ALWAYS}-{rule.name}"] = BooleanField(label)
        for phase in phases:
            where = _l("%(rule)s, phase %(phase)s", rule=label, phase=called(phase))
            made[f"r-{phase.id}-{rule.name}"] = BooleanField(where)
    shape = type("ComponentForm", (ConfigurationForm,), made)
    form: ConfigurationForm = shape(data=values_of(component) | {"revision": component.revision})
    return form


def _field_for(default: Any, bounds: Bounds) -> Callable[..., Any]:
    """The field of a setting, from the type of its closed value; a closed value of None allows none."""

    def make(label: Any, description: Any) -> Any:
        if isinstance(default, bool):
            return BooleanField(label, description=description)
        if bounds.choices:
            field = RadioField if len(bounds.choices) <= 3 else SelectField
            return field(label, choices=choices_of(bounds.choices), description=description)
        if isinstance(default, int) or default is None:
            least = bounds.minimum if bounds.minimum is not None else (1 if default is None else 0)
            most = bounds.maximum if bounds.maximum is not None else 1_000_000
            empty = Optional() if default is None else InputRequired(_l("Write a number."))
            message = _l("Write a whole number from %(least)s to %(most)s.", least=least, most=most)
            return IntegerField(label, [empty, NumberRange(least, most, message)], description=description)
        if bounds.long:
            return BodyField(label, [Between(0, bounds.maximum or 2000)], description=description)
        return LineField(label, [Between(0, 200)], description=description)

    return make


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "y" if value else ""
    return "" if value is None else str(value)
