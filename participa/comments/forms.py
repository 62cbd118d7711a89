"""What a person may send to a thread."""

from typing import Any

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional

from participa.catalogues import lazy_gettext as _l
from participa.contributions.forms import DraftedForm
from participa.forms import Between, BodyField, Form, RevisionField

POSITIONS = [
    SelectChoice("1", _l("For")),
    SelectChoice("0", _l("Neutral")),
    SelectChoice("-1", _l("Against")),
]


class CommentForm(DraftedForm):
    """A comment, with a position where the component asks for one."""

    body = BodyField(_l("Your comment"))
    position = RadioField(_l("Your position"), choices=POSITIONS, default="0", validators=[Optional()])
    parent = HiddenField()

    def __init__(
        self, *args: Any, maximum: int, positions: bool, parent: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        limit(self.body, maximum)
        if not positions:
            del self.position
        elif self.position.data is None:
            self.position.data = "0"
        if parent is not None:
            self.parent.data = str(parent)

    @property
    def stance(self) -> int | None:
        """The position taken, when one is asked for."""
        return int(self.position.data) if "position" in self and self.position.data else None

    @property
    def parent_id(self) -> int | None:
        """The comment answered, if any."""
        data = self.parent.data or ""
        return int(data) if data.isdecimal() and len(data) <= 15 else None


class EditForm(DraftedForm):
    """A comment's new text."""

    body = BodyField(_l("Your comment"))
    revision = RevisionField()

    def __init__(self, *args: Any, maximum: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit(self.body, maximum)

    @property
    def held_revision(self) -> int:
        """The revision of the text the form was made from."""
        return int(self.revision.data or 0)


class DeleteForm(Form):
    """The confirmation of a deletion."""


def limit(body: BodyField, maximum: int) -> None:
    """Bound a text to what the component's settings allow."""
    body.validators = [Between(1, maximum)]
    body.flags.maxlength = maximum
