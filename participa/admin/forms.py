"""What coordinators may send."""

from itertools import permutations
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from participa.auth.forms import ZONES, AddressField, city_of
from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, BodyField, Form, LineField, RevisionField, WebAddressField
from participa.network import lists, services, texts
from participa.network.models import Centre, Network
from participa.network.services import CentreDraft, NetworkDraft
from participa.web import LANGUAGES


def zone_choices(current: str | None) -> list[SelectChoice]:
    """The time zones offered, the one in force among them."""
    zones = ZONES if not current or current in ZONES else (current, *ZONES)
    return [SelectChoice(zone, city_of(zone)) for zone in zones]


def centre_choices(centres: list[tuple[int, str]]) -> list[SelectChoice]:
    """The centres offered, after none at all."""
    return [SelectChoice(0, _l("No centre")), *(SelectChoice(*centre) for centre in centres)]


class InviteForm(Form):
    """One person to invite."""

    email = AddressField(_l("Work e-mail address"), [InputRequired(_l("Write an e-mail address."))])
    name = LineField(_l("Name shown"), [Between(1, lists.LONGEST)])
    function = LineField(_l("Function"), [Between(0, lists.LONGEST)])
    centre = SelectField(_l("Centre"), coerce=int)
    by_mail = RadioField(
        _l("How to invite"),
        choices=[
            SelectChoice("mail", _l("Send the invitation by mail")),
            SelectChoice("link", _l("Get a link to hand over myself")),
        ],
        default="mail",
    )

    def offer(self, centres: list[tuple[int, str]], *, mail: bool) -> "InviteForm":
        """Offer these centres, and mail only where it leaves."""
        self.centre.choices = centre_choices(centres)
        if not mail:
            del self.by_mail
        return self

    def validate_email(self, field: Any) -> None:
        """Raise ValidationError with what is wrong with the address."""
        if fault := lists.fault_of_address(field.data.lower()):
            raise ValidationError(fault)

    @property
    def sends_mail(self) -> bool:
        """Whether the invitation goes by mail."""
        return "by_mail" in self and self.by_mail.data == "mail"


class MemberForm(Form):
    """What a coordinator corrects about a member."""

    name = LineField(_l("Name shown"), [Between(1, lists.LONGEST)])
    function = LineField(_l("Function"), [Between(0, lists.LONGEST)])
    revision = RevisionField()


class MoveForm(Form):
    """The centre someone belongs to from now on."""

    centre = SelectField(_l("Centre"), coerce=int)

    def offer(self, centres: list[tuple[int, str]]) -> "MoveForm":
        """Offer these centres."""
        self.centre.choices = centre_choices(centres)
        return self


class CentreForm(Form):
    """What is said of a centre."""

    name = LineField(_l("Name"), [Between(2, 120)])
    territory = LineField(_l("Territory"), [Between(0, 120)])
    city = LineField(_l("City"), [Between(0, 120)])
    website = WebAddressField(_l("Website"), [Between(0, 300)])
    description = LineField(
        _l("Description"), [Between(0, 300)], description=_l("One sentence under its name.")
    )
    time_zone = SelectField(
        _l("Time zone"), description=_l("Dates are shown in it to its members, unless they choose another.")
    )
    revision = RevisionField()

    centre_id: int | None = None

    def offer(self, centre: Centre | None) -> "CentreForm":
        """Offer time zones; know whose form it is."""
        self.time_zone.choices = zone_choices(centre.time_zone if centre else None)
        self.centre_id = centre.id if centre else None
        return self

    def validate_name(self, field: Any) -> None:
        """Raise ValidationError when another centre bears the name."""
        if services.is_name_taken(field.data, other_than=self.centre_id):
            raise ValidationError(_l("Another centre bears this name."))

    def draft(self) -> CentreDraft:
        """What was typed."""
        return CentreDraft(
            name=str(self.name.data),
            territory=self.territory.data or "",
            city=self.city.data or "",
            website=self.website.data or "",
            description=self.description.data or "",
            time_zone=self.time_zone.data,
        )


def _codes(value: Any) -> str:
    """Languages as one value of a list."""
    return value if isinstance(value, str) else " ".join(value or ())


LANGUAGE_CHOICES = [
    SelectChoice(" ".join(codes), ", ".join(LANGUAGES[code] for code in codes))
    for n in range(len(LANGUAGES), 0, -1)
    for codes in permutations(LANGUAGES, n)
]


class NetworkForm(Form):
    """The network's settings."""

    name = LineField(_l("Name of the network"), [Between(2, 120)])
    description = LineField(
        _l("Description"),
        [Between(0, 300)],
        description=_l("Under its name on the front page, and beside the form to sign in."),
    )
    languages = SelectField(
        _l("Languages offered"),
        choices=LANGUAGE_CHOICES,
        coerce=_codes,
        description=_l("Visitors and new members start with the first."),
    )
    time_zone = SelectField(
        _l("Time zone"), description=_l("Phases begin and end at midnight in it; visitors read dates in it.")
    )
    visitors_may_read = BooleanField(
        _l("Visitors may read"),
        description=_l("Public spaces and what is written there can be read without an account."),
    )
    revision = RevisionField()

    def offer(self, network: Network | None) -> "NetworkForm":
        """Offer time zones."""
        self.time_zone.choices = zone_choices(network.time_zone if network else "Europe/Paris")
        return self

    def draft(self) -> NetworkDraft:
        """What was typed."""
        return NetworkDraft(
            name=str(self.name.data),
            description=self.description.data or "",
            languages=tuple(self.languages.data.split()),
            time_zone=self.time_zone.data,
            visitors_may_read=bool(self.visitors_may_read.data),
        )


class TextForm(Form):
    """One of the texts at the foot of the page, in one language."""

    source = BodyField(
        _l("Text"),
        [Between(0, texts.LONGEST)],
        description=_l("In Markdown: ## for a heading, - for a list, **bold**, [words](address)."),
    )
    revision = RevisionField()
