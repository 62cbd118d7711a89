"""The files of a form: those chosen so far, sent as their numbers; new ones are taken in before any form is read."""

from typing import Any

from flask import g, request
from flask_babel import gettext as _
from wtforms import Field
from wtforms.validators import StopValidation

from participa import text
from participa.attachments.models import StoredFile
from participa.attachments.queries import joined_to, usable_files
from participa.attachments.services import Chosen
from participa.catalogues import ngettext
from participa.web import actor

__all__ = ["Chosen", "FilesField", "is_still_writing"]


class FilesField(Field):
    """The files that go with a text; a form that shows none (`files-of` is not sent) changes none."""

    most = 0
    megabytes = 0
    component_id = 0

    def process(self, formdata: Any, *_rest: Any, **_more: Any) -> None:
        """Read the numbers of the files and what each shows."""
        self.errors = []
        self.process_errors = []
        self.items: list[tuple[StoredFile, str]] = []
        self.object_data = self.data = None
        self.gone = 0
        if formdata is not None and "files-of" in formdata:
            numbers = [value for value in formdata.getlist("files") if value.isdecimal() and len(value) < 16]
            self.data = [
                Chosen(
                    int(number), " ".join(text.clean(formdata.get(f"files-alt-{number}", "")).split())[:300]
                )
                for number in dict.fromkeys(numbers)
            ]

    def admit(self, settings: Any, *, of: int | None) -> bool:
        """Find the chosen files, or those of the published text `of`; false where the component takes none."""
        if not settings.attachments_allowed:
            return False
        self.most, self.megabytes = settings.attachments_max, settings.attachment_megabytes
        if self.data is None:
            self.items = [(each.file, each.alt) for each in joined_to(of).files if each.file] if of else []
        elif self.data:
            found = {
                file.id: file for file, _alt in usable_files([c.file_id for c in self.data], actor().id, of)
            }
            self.items = [(found[c.file_id], c.alt) for c in self.data if c.file_id in found]
            self.gone = len(self.data) - len(found)
        self.errors = self._faults()
        return True

    @property
    def chosen(self) -> list[Chosen] | None:
        """The files as a plain value; None when the form showed none."""
        return None if self.data is None else [Chosen(file.id, alt) for file, alt in self.items]

    @property
    def left(self) -> int:
        """How many may still be added."""
        return max(0, self.most - len(self.items))

    def _faults(self) -> list[str]:
        faults = list(g.get("refused_files", ()))
        if self.gone:
            faults.append(
                ngettext(
                    "A file is no longer kept: add it again.",
                    "%(num)s files are no longer kept: add them again.",
                    self.gone,
                )
            )
        if len(self.items) > self.most:
            faults.append(ngettext("Keep %(num)s file at most.", "Keep %(num)s files at most.", self.most))
        return faults

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms calls it so
        """Refuse what could not be taken in, what is gone and what is too much."""
        if faults := self._faults():
            raise StopValidation(" ".join(faults))


def is_still_writing() -> bool:
    """Whether the button pressed only changes the form: go on writing, add the files, remove one."""
    return request.form.get("act") in ("write", "attach") or "files-remove" in request.form


def sentence_of(megabytes: int, most: int) -> str:
    """What may be added, in words."""
    return str(
        _(
            "Images, PDF, text documents, spreadsheets or slides, %(megabytes)s MB at most each, %(most)s in all.",
            megabytes=megabytes,
            most=most,
        )
    )
