"""What an administrator sends to bring a file in."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, Form, LineField
from participa.imports.columns import FIELDS, REQUIRED
from participa.imports.files import MOST_BYTES, MOST_LINES
from participa.imports.models import Import


class FileForm(Form):
    """A file and where its texts come from."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l(
            "CSV, XLSX or JSON, one proposal a line: %(lines)s lines and %(mb)s MB at most.",
            lines=MOST_LINES,
            mb=MOST_BYTES // 1024**2,
        ),
    )
    source = LineField(
        _l("Where these texts come from"),
        [Between(2, 80)],
        description=_l("Stands in place of the author, such as “Workshop of 14 June”."),
    )


class MatchForm(Form):
    """Which column is what."""

    named = BooleanField(_l("The first line names the columns"))

    def answers(self) -> list[int]:
        """The column of each field, -1 for none."""
        return [int(self[name].data) for name in FIELDS]

    def validate(self, extra_validators: Any = None) -> bool:
        """Want a column for the title and the text, and none twice."""
        if not super().validate(extra_validators):
            return False
        chosen = [at for at in self.answers() if at >= 0]
        for name in FIELDS:
            at = int(self[name].data)
            if at < 0 and name in REQUIRED:
                self[name].errors = [_("Choose the column that holds it.")]
            elif at >= 0 and chosen.count(at) > 1:
                self[name].errors = [_("This column is chosen twice.")]
        return not self.errors


def match_form(run: Import, headings: Sequence[str]) -> MatchForm:
    """The form of one file, whose columns are the choices."""
    choices = [SelectChoice("-1", _l("none"))]
    choices += [SelectChoice(str(at), heading) for at, heading in enumerate(headings)]
    made = {name: SelectField(label, choices=choices) for name, label in FIELDS.items()}
    shape = type("FileMatchForm", (MatchForm,), made)
    held = dict(zip(FIELDS, map(str, run.matching), strict=True))
    form: MatchForm = shape(data={**held, "named": run.named})
    return form


_CORRECTED = re.compile(rf"({'|'.join(FIELDS)})-(\d{{1,9}})$")


def corrections_of(fields: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """The corrected values of a page of lines, by number and field."""
    found: dict[int, dict[str, str]] = {}
    for name, value in fields.items():
        if match := _CORRECTED.match(name):
            found.setdefault(int(match[2]), {})[match[1]] = value
    return found
