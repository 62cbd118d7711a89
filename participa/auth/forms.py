"""What a person may send about their account."""

from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from participa import text
from participa.forms import Form


def local_path(address: str | None) -> str | None:
    """The address, if it is a path of this site and nothing else."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    if any(ord(c) < 33 or c == "\\" for c in address):  # browsers drop or turn these
        return None
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or parts.path in ("/sign-in", "/sign-out"):
        return None
    return address


class NextField(HiddenField):
    """Where to go afterwards: a path of this site, or nothing."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep local paths only."""
        self.data = local_path(valuelist[0]) if valuelist else None


class AddressField(EmailField):
    """An e-mail address, cleaned of spaces."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was sent."""
        super().process_formdata(valuelist)
        if self.data:
            self.data = "".join(text.clean(self.data).split())


class SignInForm(Form):
    """An address and a password."""

    email = AddressField(_l("Work e-mail address"), [InputRequired(_l("Write your address.")), Length(max=254)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password.")), Length(max=800)])
    remember = BooleanField(_l("Stay signed in on this device"))
    next = NextField()
