"""What a person may send about questions to a guest."""

from typing import Any

from wtforms import ValidationError
from wtforms.validators import Optional

from participa.catalogues import lazy_gettext as _l
from participa.contributions.forms import DraftedForm
from participa.debates.forms import MomentField
from participa.forms import Between, BodyField, Form

QUESTION_MAX = 500


class QuestionForm(DraftedForm):
    """A question to the guest of a debate."""

    body = BodyField(_l("Your question"), [Between(1, QUESTION_MAX)])


class GuestForm(Form):
    """When the guest of a debate answers."""

    guest_from = MomentField(_l("Answers from"), [Optional()])
    guest_until = MomentField(_l("Questions until"), [Optional()])

    def validate_guest_until(self, field: MomentField) -> None:
        """Refuse an end before the start."""
        start, end = self.guest_from.moment, field.moment
        if start and end and end <= start:
            raise ValidationError(_l("Questions end after the answers begin. Choose a later moment."))

    def window(self) -> dict[str, Any]:
        """When, in UTC."""
        return {"guest_from": self.guest_from.moment, "guest_until": self.guest_until.moment}
