"""What moderators send about documents and images."""

from typing import Any

from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import ValidationError

from participa.attachments.documents.services import DocumentDraft
from participa.catalogues import lazy_gettext as _l
from participa.forms import Between, Compared, Form, LineField, RevisionField, WebAddressField


class DocumentForm(Form):
    """A document: a file or a link, what it is and where it is filed."""

    title = LineField(_l("Title"), [Between(0, 160)], description=_l("Empty: the name of the file."))
    folder = LineField(
        _l("Folder"),
        [Between(0, 80)],
        description=_l("Such as “Comptes rendus”. A new name makes a folder; empty files it in none."),
    )
    note = LineField(_l("What is in it"), [Between(0, 240)])
    url = WebAddressField(_l("Web address"), [Between(0, 500)])
    revision = RevisionField()

    def draft(self) -> DocumentDraft:
        """What was said, for the service."""
        return DocumentDraft(
            self.title.data or "",
            self.folder.data or "",
            self.note.data or "",
            self.url.data or None if "url" in self else None,
        )

    def against(self, document: Any) -> list[Compared]:
        """The fields beside what is in force, for the merge page."""
        return [
            Compared(field.name, field.label.text, field.data or "", getattr(document, field.name) or "")
            for field in self
            if field.name not in ("csrf_token", "revision")
        ]


class NewDocumentForm(DocumentForm):
    """A document to add: its file, or its web address."""

    file = FileField(_l("File"))

    def validate_file(self, field: Any) -> None:
        """Want a file or an address, and not both."""
        sent = bool(field.data and field.data.filename)
        if sent == bool(self.url.data):
            raise ValidationError(
                _("Choose a file, or write a web address: one of both.")
                if sent
                else _("Choose a file, or write a web address.")
            )


class ImageForm(Form):
    """The image of a space, and what it shows."""

    file = FileField(_l("Image"), description=_l("PNG, JPEG, WebP or GIF, 10 MB at most."))
    alt = LineField(
        _l("What it shows"),
        [Between(0, 300)],
        description=_l("For whoever does not see it. Empty when it only decorates."),
    )
