"""What people send about spaces, their calendar and their components."""

from participa.spaces.forms.calendar import CalendarForm, calendar_form
from participa.spaces.forms.components import (
    ConfigurationForm,
    NewComponentForm,
    configuration_form,
    values_of,
)
from participa.spaces.forms.identity import (
    ACCENTS,
    SPACE_KIND_NOTES,
    SPACE_KINDS,
    VISIBILITIES,
    VISIBILITY_NOTES,
    DuplicateForm,
    GroupForm,
    NewSpaceForm,
    SpaceForm,
)

__all__ = [
    "ACCENTS",
    "SPACE_KINDS",
    "SPACE_KIND_NOTES",
    "VISIBILITIES",
    "VISIBILITY_NOTES",
    "CalendarForm",
    "ConfigurationForm",
    "DuplicateForm",
    "GroupForm",
    "NewComponentForm",
    "NewSpaceForm",
    "SpaceForm",
    "calendar_form",
    "configuration_form",
    "values_of",
]
