"""What a member chooses to receive."""

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from participa.catalogues import lazy_gettext as _l
from participa.forms import Form


class ChannelsForm(Form):
    """Where notifications come by default; spaces are read from the request, field by field."""

    by_default = RadioField(
        _l("In general"),
        choices=[
            SelectChoice("mail", _l("In the application and by mail")),
            SelectChoice("app", _l("In the application only")),
        ],
    )


def channel(value: str | None) -> bool | None:
    """What the list of one space says: by mail, in the application only, or as in general."""
    return {"mail": True, "app": False}.get(value or "")
