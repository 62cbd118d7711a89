"""What a person may send to a thread."""

import re
from typing import Any

from wtforms import HiddenField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional

from participa.catalogues import lazy_gettext as _l
from participa.comments.mentions import MOST, mentioned_in
from participa.contributions.forms import DraftedForm
from participa.forms import Between, BodyField, Form, RevisionField

POSITIONS = [
    SelectChoice("1", _l("For")),
    SelectChoice("0", _l("Neutral")),
    SelectChoice("-1", _l("Against")),
]


NATURES = [
    SelectChoice("nuance", _l("Nuance")),
    SelectChoice("question", _l("Question")),
    SelectChoice("source", _l("Source")),
]


class CommentForm(DraftedForm):
    """A comment, with a position where the component asks for one."""

    body = BodyField(_l("Your comment"))
    position = RadioField(_l("Your position"), choices=POSITIONS, default="0", validators=[Optional()])
    nature = RadioField(_l("What your answer brings"), choices=NATURES, default="nuance")
    parent = HiddenField()

    def __init__(
        self,
        *args: Any,
        maximum: int,
        positions: bool,
        natures: bool = False,
        parent: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        limit(self.body, maximum)
        if not positions:
            del self.position
        elif self.position.data is None:
            self.position.data = "0"
        if not natures:
            del self.nature
        elif self.nature.data is None:
            self.nature.data = "nuance"
        if parent is not None:
            self.parent.data = str(parent)

    def validate_body(self, field: BodyField) -> None:
        """Refuse a source that names none."""
        refuse_crowds(field.data or "")
        if self.kind_of_answer == "source" and not re.search(r"https?://\S", field.data or ""):
            raise ValidationError(
                _l("Give the web address of the source, or choose what else your answer brings.")
            )

    @property
    def kind_of_answer(self) -> str | None:
        """What an answer to an argument brings, when one is asked for."""
        return self.nature.data if "nature" in self else None

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

    def validate_body(self, field: BodyField) -> None:
        """Refuse mentions of more people than one text may call."""
        refuse_crowds(field.data or "")

    @property
    def held_revision(self) -> int:
        """The revision of the text the form was made from."""
        return int(self.revision.data or 0)


class DeleteForm(Form):
    """The confirmation of a deletion."""


def refuse_crowds(body: str) -> None:
    """Raise ValidationError when a text mentions more people than one may."""
    if len(mentioned_in(body)) > MOST:
        raise ValidationError(
            _l(
                "A message mentions %(most)s people at most, and nobody is told yet. Take some away.",
                most=MOST,
            )
        )


def limit(body: BodyField, maximum: int) -> None:
    """Bound a text to what the component's settings allow."""
    body.validators = [Between(1, maximum)]
    body.flags.maxlength = maximum
