"""What all forms share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, Response, g, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError
from wtforms.fields import DateField, StringField, TextAreaField

from participa import text
from participa.catalogues import lazy_gettext as _l


class Form(FlaskForm):
    """A form in the reader's language; a failed one keeps what was typed."""

    class Meta(FlaskForm.Meta):
        """Messages of WTForms itself follow Flask-Babel's locale."""

        @property
        def locales(self) -> list[str]:
            """The reader's language."""
            from flask_babel import get_locale

            return [str(get_locale() or "fr")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        g.setdefault("forms", []).append(self)


def say_refused(response: Response) -> Response:
    """Answer 422 instead of 200 when the page shows a form again with what is wrong in it."""
    refused = request.method == "POST" and any(form.errors for form in g.get("forms", ()))
    if refused and response.status_code == 200:
        response.status_code = 422
    return response


def init_app(app: Flask) -> None:
    """One rule for the status of every refused form."""
    app.after_request(say_refused)


class LineField(StringField):
    """One line of clean text, spaces folded."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was sent."""
        super().process_formdata(valuelist)
        if self.data:
            line = " ".join(text.clean(self.data).split())
            self.data = line if text.seen(line).strip() else ""


class WebAddressField(LineField):
    """The address of a website, completed with https:// when it has no scheme."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was sent."""
        super().process_formdata(valuelist)
        if self.data and "://" not in self.data:
            self.data = f"https://{self.data}"

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 -- WTForms gives it
        """Raise ValidationError unless it is a web address."""
        if self.data and (not self.data.startswith(("https://", "http://")) or "." not in self.data):
            raise ValidationError(_l("Write a web address, such as https://example.org."))


class BodyField(TextAreaField):
    """A text in the project's format, cleaned."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was sent."""
        super().process_formdata(valuelist)
        if self.data:
            body = text.clean(self.data)
            self.data = body if text.seen(body).strip() else ""


class DayField(DateField):
    """A day that people live to see, or none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a day between 1970 and 2199."""
        if not any(valuelist):
            self.data = None if valuelist else self.data
            return
        super().process_formdata(valuelist)
        if self.data is not None and not date(1970, 1, 1) <= self.data <= date(2199, 12, 31):
            self.data = None
            raise ValueError(_("Choose a day between 1970 and 2199."))


class RevisionField(HiddenField):
    """The revision of the text the form was made from."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a whole number; a forged one counts as stale."""
        sent = valuelist[0] if valuelist else ""
        self.data = int(sent) if sent.isdecimal() and len(sent) < 10 else 0  # type: ignore[assignment]


class Between:
    """A text of so many characters; says how many there are."""

    def __init__(self, minimum: int, maximum: int) -> None:
        self.minimum, self.maximum = minimum, maximum
        self.field_flags = {"minlength": minimum, "maxlength": maximum}

    def __call__(self, _form: Any, field: Any) -> None:
        """Raise ValidationError with a sentence that says what to do."""
        length, seen = len(field.data or ""), len(text.seen(field.data or ""))
        if length == 0 and self.minimum > 0:
            raise ValidationError(_l("Write something here."))
        if seen < self.minimum:
            raise ValidationError(
                _l(
                    "Write at least %(minimum)s characters; there are %(length)s.",
                    minimum=self.minimum,
                    length=seen,
                )
            )
        if length > self.maximum:
            raise ValidationError(
                _l(
                    "Write at most %(maximum)s characters; there are %(length)s.",
                    maximum=self.maximum,
                    length=length,
                )
            )


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of the merge page: what was typed, and what is in force."""

    name: str
    label: Any
    yours: str
    theirs: str
    long: bool = False
    options: Sequence[tuple[str, Any]] = ()
    """Values and labels, when it is a choice."""
