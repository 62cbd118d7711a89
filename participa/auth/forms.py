"""What a person may send about their account."""

from typing import Any
from urllib.parse import urlsplit

from babel.dates import get_timezone_location
from flask_babel import get_locale
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from participa import text
from participa.auth import passwords
from participa.auth.models import Theme
from participa.auth.services import Profile
from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, Form, LineField, RevisionField
from participa.web import LANGUAGES

ZONES = (
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "America/St_Barthelemy",
    "America/Marigot",
    "America/Miquelon",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Marquesas",
    "Pacific/Gambier",
    "Pacific/Wallis",
    "Europe/Brussels",
    "Europe/Luxembourg",
    "Europe/Zurich",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Rome",
    "America/Toronto",
    "America/New_York",
    "Africa/Casablanca",
    "Africa/Tunis",
    "Africa/Dakar",
    "UTC",
)
"""Zones offered: those of French centres, then of neighbours."""


def city_of(zone: str) -> str:
    """The city that names a time zone, in the reader's language."""
    return "UTC" if zone == "UTC" else get_timezone_location(zone, locale=get_locale(), return_city=True)


def local_path(address: str | None) -> str | None:
    """The address, if it is a path of this site and nothing else."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    if any(ord(c) < 33 or c == "\\" for c in address):  # browsers drop or turn these
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address


def way_on(address: str | None) -> str | None:
    """The path to go to after signing in, if there is one to go to."""
    path = local_path(address)
    return None if path and path.partition("?")[0] in ("/sign-in", "/sign-out") else path


class NextField(HiddenField):
    """Where to go afterwards: a path of this site, or nothing."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep local paths only."""
        self.data = way_on(valuelist[0]) if valuelist else None


class AddressField(EmailField):
    """An e-mail address, cleaned of spaces."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was sent."""
        super().process_formdata(valuelist)
        if self.data:
            self.data = "".join(text.clean(self.data).split())


class SignInForm(Form):
    """An address and a password."""

    email = AddressField(
        _l("Work e-mail address"), [InputRequired(_l("Write your address.")), Length(max=254)]
    )
    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password.")), Length(max=800)])
    remember = BooleanField(_l("Stay signed in on this device"))
    next = NextField()


class NewPassword:
    """A good password; `names` are attributes of the form that hold what everybody knows of its owner."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError with a sentence that says what to do."""
        fault = passwords.fault_of(field.data or "", *form.known_names)
        if fault:
            raise ValidationError(fault)


def _new_password(label: Any) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(_l("Choose a password.")), NewPassword()],
        description=_l("At least 12 characters. A sentence does very well."),
        render_kw={"autocomplete": "new-password", "minlength": passwords.MINIMUM},
    )


class ForgottenForm(Form):
    """The address of an account whose password is lost."""

    email = AddressField(
        _l("Work e-mail address"), [InputRequired(_l("Write your address.")), Length(max=254)]
    )


class ChoosePasswordForm(Form):
    """A new password, for whoever follows a link."""

    password = _new_password(_l("Choose a password"))

    known_names: tuple[str | None, ...] = ()


class ChangePasswordForm(Form):
    """The current password and the one that takes its place."""

    current = PasswordField(
        _l("Current password"), [InputRequired(_l("Write your current password.")), Length(max=800)]
    )
    password = _new_password(_l("New password"))

    known_names: tuple[str | None, ...] = ()


class InvitationForm(Form):
    """What someone says of themselves as they join."""

    name = LineField(_l("Your name"), [Between(2, 80)], description=_l("The name that others see."))
    function = LineField(
        _l("Your function"),
        [Between(0, 120)],
        description=_l("This is how you will sign, followed by the name of your centre."),
    )
    language = SelectField(_l("Language of the tool"))
    password = _new_password(_l("Choose a password"))
    email: str = ""

    def offer(self, languages: list[str]) -> "InvitationForm":
        """Offer the languages of the network."""
        self.language.choices = [SelectChoice(code, LANGUAGES[code]) for code in languages]
        return self

    @property
    def known_names(self) -> tuple[str | None, ...]:
        """What everybody knows of whoever joins."""
        return (self.email, self.name.data)


class ProfileForm(Form):
    """What a member shows, and how pages look to them."""

    name = LineField(_l("Name shown"), [Between(2, 80)], description=_l("The name that others see."))
    function = LineField(
        _l("Function"),
        [Between(0, 120)],
        description=_l("It is your signature, followed by the name of your centre."),
    )
    language = SelectField(
        _l("Language of the tool"), description=_l("Contributions stay in their own language.")
    )
    time_zone = SelectField(_l("Time zone"), description=_l("Deadlines are shown at your own time."))
    theme = RadioField(
        _l("Display"),
        choices=[
            SelectChoice(Theme.SYSTEM.value, _l("System")),
            SelectChoice(Theme.LIGHT.value, _l("Light")),
            SelectChoice(Theme.DARK.value, _l("Dark")),
        ],
        description=_l("“System” follows the setting of your device."),
    )
    revision = RevisionField()

    def offer(self, languages: list[str], default_zone: str, current: str | None) -> "ProfileForm":
        """Offer the languages of the network, and the time zones, that of the centre first."""
        self.language.choices = [SelectChoice(code, LANGUAGES[code]) for code in languages]
        zones = ZONES if current is None or current in ZONES else (*ZONES, current)
        follow = _l("That of your centre (%(city)s)", city=city_of(default_zone))
        self.time_zone.choices = [
            SelectChoice("", follow),
            *(SelectChoice(zone, city_of(zone)) for zone in zones),
        ]
        return self

    def profile(self) -> Profile:
        """What the service saves."""
        return Profile(
            name=self.name.data or "",
            function=self.function.data or None,
            language=str(self.language.data),
            time_zone=self.time_zone.data or None,
            theme=Theme(self.theme.data),
        )
