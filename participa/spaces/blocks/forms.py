"""What people tell a block; its fields come from its kind."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from wtforms import Field, IntegerField, SelectField, ValidationError
from wtforms.validators import InputRequired, NumberRange, Optional

from participa import text
from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, BodyField, Compared, Form, LineField, RevisionField
from participa.spaces.blocks.kinds import BLOCKS, Asked, Place, settings_of
from participa.spaces.forms.identity import choices_of
from participa.web import LANGUAGES, number_in
from participa.wording import other_languages


class BlockForm(Form):
    """The settings of one block."""

    revision = RevisionField()

    @property
    def told(self) -> list[Field]:
        """The fields, in the order of the kind."""
        return [field for field in self if field.name not in ("revision", "csrf_token")]

    def settings(self) -> dict[str, Any]:
        """What was told."""
        return {field.name: field.data for field in self.told}

    def against(self, block: dict[str, Any]) -> list[Compared]:
        """The fields beside what was told meanwhile, for the merge page."""
        force = settings_of(block)
        return [
            Compared(
                field.name,
                field.label.text,
                _text(field.data),
                _text(force.get(field.name)),
                isinstance(field, BodyField),
                [(choice.value, choice.label) for choice in getattr(field, "choices", ())],
            )
            for field in self.told
        ]


class AddressesField(BodyField):
    """The addresses of proposals and debates, one a line."""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 -- WTForms gives it
        """Raise ValidationError for a line that leads to none, and for too many or none at all."""
        lines = [line.strip() for line in (self.data or "").splitlines() if line.strip()]
        wrong = next((line for line in lines if number_in(line) is None), None)
        if wrong is not None:
            raise ValidationError(
                _("“%(line)s” is not the address of a proposal or a debate.", line=wrong[:80])
            )
        if not 0 < len(lines) <= MOST_CHOSEN:
            raise ValidationError(_("Choose from one to %(n)s of them.", n=MOST_CHOSEN))
        self.data = "\n".join(lines)


MOST_CHOSEN = 12


def may_lead(href: str) -> bool:
    """Whether a link may lead there: a path of this site, or a web address."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    ours = href.startswith("/") and not href.startswith(("//", "/\\"))
    return ours or (parts.scheme in ("http", "https") and bool(parts.netloc))


class HrefField(LineField):
    """An address of this site, as a path, or of another one."""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 -- WTForms gives it
        """Raise ValidationError unless a link may lead there."""
        if self.data and not may_lead(self.data):
            raise ValidationError(
                _("Write a web address, such as https://example.org, or a path such as /spaces.")
            )


def brought(block: dict[str, Any]) -> dict[str, Any]:
    """A block that comes from a file, as its form would have let it be told; raises ValueError for one it refuses."""
    kind, told = BLOCKS[block["kind"]], block.get("settings") or {}
    settings: dict[str, Any] = {}
    for asked in kind.asked:
        value = told.get(asked.name, asked.default)
        longest = MOST_CHOSEN * 300 if asked.kind == "addresses" else asked.maximum
        if asked.kind == "number":
            if not (isinstance(value, int) and 1 <= value <= asked.maximum):
                raise ValueError(asked.name)
        elif (
            not isinstance(value, str)
            or len(value) > longest
            or (asked.kind == "href" and value and not may_lead(value))
        ):
            raise ValueError(asked.name)
        settings[asked.name] = value
        for code in LANGUAGES if asked.is_said else ():
            again = told.get(f"{asked.name}_{code}")
            if isinstance(again, str) and 0 < len(again) <= longest:
                settings[f"{asked.name}_{code}"] = again
    for source in [name for name in settings if name == "body" or name.startswith("body_")]:
        settings[source.replace("body", "html")] = text.to_html(settings[source])
    made: dict[str, Any] = {"id": str(block["id"])[:40], "kind": kind.name}
    if "settings" in block:
        made["settings"] = settings
    return made | ({"revision": int(block["revision"])} if "revision" in block else {})


def block_form(place: Place, block: dict[str, Any]) -> BlockForm:
    """The form of one block, filled with what it was told or with what was sent."""
    kind = BLOCKS[block["kind"]]
    made: dict[str, Any] = {}
    for asked in kind.asked:
        made[asked.name] = _field_for(asked, place)
        for code in other_languages() if asked.is_said else ():
            words = _l("%(label)s (%(language)s)", label=asked.label, language=LANGUAGES[code])
            made[f"{asked.name}_{code}"] = _field_for(replace(asked, label=words, required=False), place)
    shape = type("OneBlockForm", (BlockForm,), made)
    form: BlockForm = shape(data=settings_of(block) | {"revision": block.get("revision", 1)})
    return form


def _field_for(asked: Asked, place: Place) -> Any:
    checks: list[Any] = [InputRequired(_l("Write something here."))] if asked.required else []
    if asked.kind == "number":
        message = _l("Write a whole number from %(least)s to %(most)s.", least=1, most=asked.maximum)
        return IntegerField(
            asked.label, [*checks, NumberRange(1, asked.maximum, message)], description=asked.note
        )
    if asked.kind == "choice":
        return SelectField(
            asked.label, [Optional()], choices=choices_of(asked.choices(place)), description=asked.note
        )
    if asked.kind == "addresses":
        return AddressesField(asked.label, description=asked.note)
    shape = {"body": BodyField, "href": HrefField}.get(asked.kind, LineField)
    least = 1 if asked.required else 0
    return shape(asked.label, [Between(least, asked.maximum)], description=asked.note)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
