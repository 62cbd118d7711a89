"""What readers and moderators send."""

from flask_babel import gettext as _
from wtforms import RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, BodyField, Form
from participa.moderation.models import Reason

REASONS = {
    Reason.SPAM: _l("Advertising or unwanted content"),
    Reason.OFFENSIVE: _l("Insulting, or attacks a person"),
    Reason.PERSONAL_DATA: _l("Someone’s personal data"),
    Reason.OFF_TOPIC: _l("Off topic"),
    Reason.OTHER: _l("Another reason"),
}
"""How each reason is called, for readers and moderators alike."""

MOST = 1000
"""Characters of a note."""


def _choices() -> list[SelectChoice]:
    return [SelectChoice(reason.value, label) for reason, label in REASONS.items()]


class ReportForm(Form):
    """Why something is reported."""

    reason = RadioField(_l("Reason"), choices=_choices, validators=[InputRequired(_l("Choose a reason."))])
    note = BodyField(_l("What the moderators should know"), validators=[Between(0, MOST)])

    def validate_note(self, field: BodyField) -> None:
        """Ask for words when the reason says nothing by itself."""
        if self.reason.data == Reason.OTHER and not field.data:
            raise ValidationError(_("Say in a few words what is wrong."))


class DecisionForm(Form):
    """Why something is hidden, and a word to its author."""

    reason = SelectField(_l("Reason"), choices=_choices)
    note = BodyField(_l("A word to the author"), validators=[Between(0, MOST)])
