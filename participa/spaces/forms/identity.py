"""What people send about a space itself: what it says of itself, and who reads it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from flask_babel import gettext as _
from wtforms import BooleanField, Field, RadioField, SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional, Regexp

from participa import text
from participa.authorization import Actor
from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, BodyField, Compared, DayField, Form, LineField, RevisionField
from participa.spaces import relations
from participa.spaces.drafts import RESERVED_SLUGS, GroupDraft, SpaceDraft
from participa.spaces.kinds import KINDS
from participa.spaces.models import Space, SpaceGroup, SpaceKind, Visibility
from participa.spaces.plans import ComponentPlan, SpacePlan
from participa.spaces.templates import Template

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
    SpaceKind.ASSEMBLY: _l("Assembly"),
    SpaceKind.EVENT: _l("Event"),
}
SPACE_KIND_NOTES = {
    SpaceKind.THEMATIC: _l("A subject followed all year round, such as health or education. No end date."),
    SpaceKind.PROCESS: _l("A question worked on in phases, each with its dates and its rules."),
    SpaceKind.ASSEMBLY: _l("A standing group, such as peers of one trade; it may hold other assemblies."),
    SpaceKind.EVENT: _l("A day of the network or several, with a programme: before, during and after."),
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


def number_or_none(value: Any) -> int | None:
    """The number of what was chosen; None for nothing."""
    return int(value) if str(value or "").isdecimal() else None


def slug_field() -> LineField:
    """The end of an address."""
    letters = Regexp(
        r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_l("Use lower-case letters, digits and hyphens only.")
    )
    return LineField(
        _l("Address"),
        [Optional(), Between(2, 60), letters],
        description=_l("The end of its address. When it changes, the one it had leads to the new one."),
    )


class IdentityForm(Form):
    """What a space says of itself from the start, and who reads it."""

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
    group_id = SelectField(
        _l("Group"), coerce=number_or_none, description=_l("Spaces of one group have a page together.")
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
    slug = slug_field()
    revision = RevisionField()

    space: Space | None = None

    def offer(self, actor: Actor, space: Space | None = None) -> Self:  # noqa: ARG002 -- more is offered below
        """Offer the groups there are; without any, there is no field."""
        self.space = space
        self._choose("group_id", _("In no group"), relations.offered_groups())
        return self

    def _choose(self, name: str, none: Any, found: list[tuple[int, str]]) -> None:
        field: Any = self[name]
        current = getattr(self.space, name, None)
        if current is not None and current not in dict(found):
            found = [*found, (current, str(_("The one it is in now")))]
        if found:
            field.choices = choices_of([("", none), *((str(number), name) for number, name in found)])
        else:
            delattr(self, name)

    def validate_slug(self, field: Field) -> None:
        """Refuse the ends of addresses that are other pages, or another space's, present or past."""
        if not field.data:
            return
        if field.data in RESERVED_SLUGS:
            raise ValidationError(_("This address is already a page of Participa. Choose another one."))
        if not relations.slug_is_free(field.data, self.space.id if self.space else None):
            raise ValidationError(_("Another space has this address, or had it. Choose another one."))

    def draft(self) -> SpaceDraft:
        """What was decided, for the service; what the form does not offer stays as it is."""
        values: dict[str, Any] = {
            name: self[name].data if name in self else getattr(self.space, name, empty)
            for name, empty in SpaceDraft._field_defaults.items()
        }
        values |= {name: self[name].data or "" for name in ("name", "summary", "description")}
        values |= {"accent": self.accent.data, "visibility": Visibility(self.visibility.data)}
        for name in ("announcement", "promoter", "programme"):
            values[name] = values[name] or ""
        return SpaceDraft(**values | {"slug": self.slug.data or None})


class SpaceForm(IdentityForm):
    """All that a space says of itself, according to its kind."""

    announcement = BodyField(
        _l("Announcement"),
        [Between(0, 500)],
        description=_l("Above everything else on the front page. Empty it when it is over."),
    )
    promoter = LineField(
        _l("Who asked for it"),
        [Between(0, 120)],
        description=_l("A centre, a working group, an institution."),
    )
    starts_on = DayField(_l("From"), description=_l("The days of an event; for anything else, leave empty."))
    ends_on = DayField(_l("To (included)"))
    programme = BodyField(
        _l("Programme"), [Between(0, 20_000)], description=_l("Day by day, on the front page.")
    )
    parent_id = SelectField(_l("Within the assembly"), coerce=number_or_none)

    def offer(self, actor: Actor, space: Space | None = None) -> Self:
        """Offer the groups there are, to an assembly those it may be a part of, to an event its programme."""
        super().offer(actor, space)
        assert space is not None
        parents = []
        if space.kind == SpaceKind.ASSEMBLY:
            below = relations.family(space.id)[2]
            found = relations.spaces_to_choose(actor, beside=space.id, kind=SpaceKind.ASSEMBLY)
            parents = [(number, name) for number, name in found if number not in below]
        self._choose("parent_id", _("None: it stands on its own"), parents)
        if space.kind != SpaceKind.EVENT:
            del self.programme
        return self

    def validate_ends_on(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_("It cannot end before it starts."))

    def validate_parent_id(self, field: Field) -> None:
        """Refuse more levels of assemblies than people find their way in."""
        if not field.data:
            return
        above = relations.family(field.data)[0]
        below = relations.family(self.space.id)[1] if self.space else 0
        if above + 1 + below + 1 > relations.DEEPEST:
            raise ValidationError(
                _("Assemblies stand within one another on %(n)s levels at most.", n=relations.DEEPEST)
            )

    def against(self, space: Space) -> list[Compared]:
        """The fields beside what is in force, for the merge page."""
        options = {
            "accent": list(ACCENTS.items()),
            "visibility": [(value.value, label) for value, label in VISIBILITIES.items()],
        }
        compared = []
        for field in self:
            if field.name in ("csrf_token", "revision"):
                continue
            force = getattr(space, field.name)
            theirs = "" if force is None else str(getattr(force, "value", force))
            yours = "" if field.data is None else str(field.data)
            if field.name == "slug":
                yours = yours or space.slug
            choices = options.get(field.name, ())
            if isinstance(field, SelectField):
                offered: Any = field.choices
                choices = [(str(choice.value), choice.label) for choice in offered]
            compared.append(
                Compared(field.name, field.label.text, yours, theirs, isinstance(field, BodyField), choices)
            )
        return compared


class NewSpaceForm(IdentityForm):
    """A space to open; the rest is said in its settings. With a template, its kind and tools are the template's."""

    kind = RadioField(
        _l("Kind of space"),
        choices=choices_of((value.value, label) for value, label in SPACE_KINDS.items()),
        default=SpaceKind.THEMATIC.value,
    )
    components = SelectMultipleField(
        _l("Tools to start with"), description=_l("Each can be renamed, set up, added or taken away later.")
    )
    begin = DayField(
        _l("First day of the first phase"),
        description=_l("The others follow; every day can be changed later."),
    )

    template: Template | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.components.choices = choices_of((kind.name, kind.label) for kind in KINDS.values())

    def follow(self, template: Template | None) -> Self:
        """Ask only for what the template leaves open."""
        self.template = template
        if template is not None:
            del self.kind, self.components
        if template is None or not template.has_phases:
            del self.begin
        return self

    def validate_begin(self, field: Field) -> None:
        """Want the day that phases begin with."""
        if field.data is None and not field.errors:
            raise ValidationError(_("Choose a day."))

    def plan(self) -> SpacePlan:
        """What the space is opened with."""
        if self.template is not None:
            return self.template.make(self.begin.data if "begin" in self and self.begin.data else date.max)
        tools = [ComponentPlan(name) for name in self.components.data or ()]
        return SpacePlan(SpaceKind(self.kind.data), tools)


class DuplicateForm(IdentityForm):
    """A space to open like another one: what it says of itself, and what is taken from there."""

    tools = BooleanField(_l("Its tools, with their settings, rules and topics"), default=True)
    phases = BooleanField(_l("Its phases"), default=True)
    begin = DayField(
        _l("First day of the first phase"),
        description=_l("The others follow. Empty: the days they have there."),
    )
    front = BooleanField(_l("Its front page, images aside"), default=True)
    team = BooleanField(_l("Its team: administrators, moderators and members"), default=False)


class GroupForm(Form):
    """What a group of spaces says of itself."""

    name = LineField(_l("Name"), [Between(2, 80)])
    summary = LineField(_l("What brings them together"), [Between(0, 240)])
    description = BodyField(_l("Description"), [Between(0, 20_000)])
    accent = RadioField(_l("Colour"), choices=choices_of(ACCENTS.items()), default="reseau")
    slug = slug_field()
    revision = RevisionField()

    group: SpaceGroup | None = None

    def validate_name(self, field: Field) -> None:
        """Refuse the address of another group, or of a page: the one written, else the one made from the name."""
        slug = self.slug.data or (self.group.slug if self.group else text.slugify(field.data or ""))
        found = relations.find_group(slug)
        if slug in RESERVED_SLUGS or (found is not None and found is not self.group):
            raise ValidationError(_("Another group has this address. Choose another one."))

    def draft(self) -> GroupDraft:
        """What was decided, for the service."""
        return GroupDraft(
            self.name.data or "",
            self.summary.data or "",
            self.description.data or "",
            self.accent.data,
            self.slug.data or None,
        )

    def against(self, group: SpaceGroup) -> list[Compared]:
        """The fields beside what is in force, for the merge page."""
        return [
            Compared(
                name,
                self[name].label.text,
                self[name].data or "",
                getattr(group, name),
                name == "description",
                list(ACCENTS.items()) if name == "accent" else (),
            )
            for name in ("name", "summary", "description", "accent", "slug")
        ]
