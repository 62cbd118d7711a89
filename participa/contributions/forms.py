"""What forms of contributions share."""

from typing import Any

from wtforms import ValidationError

from participa.catalogues import lazy_gettext as _l
from participa.contributions.etiquette import SENTENCES, Etiquette
from participa.forms import Between, BodyField, Form, LineField, RevisionField


class DraftedForm(Form):
    """A form that may come from a draft; publishing removes the draft (`services.discard_draft`)."""

    draft_id = RevisionField()
    draft_revision = RevisionField()

    @property
    def held_draft(self) -> int | None:
        """The draft that the form was filled in from, which goes once its text is published."""
        return int(self.draft_id.data or 0) or None


def bound(title: LineField, body: BodyField, settings: Any) -> None:
    """Make a form ask of its texts what the component's settings ask: lengths and, if wanted, manners."""
    for field, low, high in (
        (title, settings.title_min, settings.title_max),
        (body, settings.body_min, settings.body_max),
    ):
        field.validators = [Between(low, high), *([Etiquette()] if settings.etiquette_checks else ())]
        field.flags.required = low > 0
        field.flags.minlength, field.flags.maxlength = low, high
        field.flags.etiquette = SENTENCES if settings.etiquette_checks else None


class NotTheTemplate:
    """Refuses the text that the form began with, sent as it was."""

    def __init__(self, template: str) -> None:
        self.template = template

    def __call__(self, _form: Any, field: Any) -> None:
        """Raise ValidationError when only spaces differ."""
        if self.template.split() and (field.data or "").split() == self.template.split():
            raise ValidationError(
                _l("This is still the text that the form began with: replace it with yours.")
            )
