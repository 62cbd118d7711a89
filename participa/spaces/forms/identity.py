"""What people send about a space itself: what it says of itself, and who reads it."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, RadioField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional, Regexp

from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, BodyField, Compared, Form, LineField, RevisionField
from participa.spaces.drafts import RESERVED_SLUGS, SpaceDraft
from participa.spaces.kinds import KINDS
from participa.spaces.models import Space, SpaceKind, Visibility

ACCENTS = {
    "reseau": _l("Blue"),
    "sante": _l("Sea green"),
    "education": _l("Ochre"),
    "economie": _l("Orange"),
    "urbain": _l("Red"),
    "droits": _l("Plum"),
    "outremer": _l("Teal"),
    "participation": _l("Green"),
}
SPACE_KINDS = {
    SpaceKind.THEMATIC: _l("Thematic space"),
    SpaceKind.PROCESS: _l("Process"),
}
SPACE_KIND_NOTES = {
    SpaceKind.THEMATIC: _l("A subject followed all year round, such as health or education. No end date."),
    SpaceKind.PROCESS: _l("A question worked on in phases, each with its dates and its rules."),
}
VISIBILITIES = {
    Visibility.PUBLIC: _l("Everyone who may enter the network"),
    Visibility.MEMBERS: _l("The members of the network"),
    Visibility.TRANSPARENT: _l("Everyone reads, its own members take part"),
    Visibility.PRIVATE: _l("Its own members only"),
}
VISIBILITY_NOTES = {
    Visibility.PUBLIC: _l("Visitors too, when the network lets them read. Every member takes part."),
    Visibility.MEMBERS: _l("After signing in. Every member takes part."),
    Visibility.TRANSPARENT: _l("You choose who may propose, comment and vote; what they write is open."),
    Visibility.PRIVATE: _l("For everyone else the space does not exist."),
}


def choices_of(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """The choices of a field, from values and labels."""
    return [SelectChoice(value, label) for value, label in pairs]


class SpaceForm(Form):
    """What a space says of itself, and who reads it."""

    name = LineField(_l("Name"), [Between(2, 80)], description=_l("Two or three words, as people say them."))
    summary = LineField(
        _l("What it is for"),
        [Between(0, 240)],
        description=_l("One sentence, on the cover and in the list of spaces."),
    )
    description = BodyField(
        _l("Description"),
        [Between(0, 20_000)],
        description=_l("On its front page. Markdown: **bold**, lists, links."),
    )
    accent = RadioField(
        _l("Colour"),
        choices=choices_of(ACCENTS.items()),
        default="reseau",
        description=_l("One per space. Its name always stands beside it."),
    )
    visibility = RadioField(
        _l("Who may read it"),
        choices=choices_of((value.value, label) for value, label in VISIBILITIES.items()),
        default=Visibility.MEMBERS.value,
    )
    slug = LineField(
        _l("Address"),
        [
            Optional(),
            Between(2, 60),
            Regexp(
                r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_l("Use lower-case letters, digits and hyphens only.")
            ),
        ],
        description=_l("The end of its address. Kept for good once the space is published."),
    )
    revision = RevisionField()

    def validate_slug(self, field: Field) -> None:
        """Refuse the ends of addresses that are other pages."""
        if field.data in RESERVED_SLUGS:
            raise ValidationError(_("This address is already a page of Participa. Choose another one."))

    def draft(self) -> SpaceDraft:
        """What was decided, for the service."""
        return SpaceDraft(
            name=self.name.data or "",
            summary=self.summary.data or "",
            description=self.description.data or "",
            accent=self.accent.data,
            visibility=Visibility(self.visibility.data),
            slug=self.slug.data or None,
        )

    def against(self, space: Space) -> list[Compared]:
        """The fields beside what is in force, for the merge page."""
        accents, visibilities = list(ACCENTS.items()), [(v.value, label) for v, label in VISIBILITIES.items()]
        compared = [
            Compared("name", self.name.label.text, self.name.data or "", space.name),
            Compared("summary", self.summary.label.text, self.summary.data or "", space.summary),
            Compared(
                "description",
                self.description.label.text,
                self.description.data or "",
                space.description,
                long=True,
            ),
            Compared("accent", self.accent.label.text, self.accent.data, space.accent, options=accents),
            Compared(
                "visibility",
                self.visibility.label.text,
                self.visibility.data,
                space.visibility.value,
                options=visibilities,
            ),
        ]
        if space.published_at is None:
            compared.append(Compared("slug", self.slug.label.text, self.slug.data or space.slug, space.slug))
        return compared


class NewSpaceForm(SpaceForm):
    """A space to open."""

    kind = RadioField(
        _l("Kind of space"),
        choices=choices_of((value.value, label) for value, label in SPACE_KINDS.items()),
        default=SpaceKind.THEMATIC.value,
    )
    components = SelectMultipleField(
        _l("Tools to start with"), description=_l("Each can be renamed, set up, added or taken away later.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.components.choices = choices_of((kind.name, kind.label) for kind in KINDS.values())
