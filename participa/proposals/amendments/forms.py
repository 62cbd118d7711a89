"""What a person may send about amendments."""

from typing import Any, NamedTuple

from participa.catalogues import lazy_gettext as _l
from participa.contributions.forms import DraftedForm, bound
from participa.forms import Between, BodyField, Form, LineField, RevisionField
from participa.spaces.models import Component


class Draft(NamedTuple):
    """Another text for a proposal, as someone wrote it."""

    title: str
    body: str
    reason: str


class TextForm(DraftedForm):
    """A title and a text, within the bounds of the component's proposals."""

    title = LineField(_l("Title"))
    body = BodyField(_l("Text"))

    def __init__(self, component: Component, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bound(self.title, self.body, component.configuration)

    @property
    def held_draft(self) -> int | None:
        """The draft that becomes this text."""
        return int(self.draft_id.data or 0) or None


class AmendmentForm(TextForm):
    """A copy of the proposal's text, changed, with why."""

    reason = LineField(_l("Why this change"), [Between(0, 200)])
    base = RevisionField()
    """The version that the copy was made from."""

    def draft(self) -> Draft:
        """The amendment as a plain value."""
        return Draft(self.title.data or "", self.body.data or "", self.reason.data or "")

    def changes(self, title: str, body: str) -> bool:
        """Whether anything differs from the text it was begun from; says so at the field when nothing does."""
        if (self.title.data, (self.body.data or "").split()) != (title, body.split()):
            return True
        self.body.errors = [
            *self.body.errors,
            _l("The text is still that of the proposal. Change what you would change."),
        ]
        return False


class AcceptForm(TextForm):
    """The text to publish: the amendment's, or what an author made of it."""

    revision = RevisionField()

    @property
    def held_revision(self) -> int:
        """The revision of the proposal that the author read."""
        return int(self.revision.data or 0)


class RejectForm(Form):
    """Why an amendment is not retained."""

    reason = BodyField(_l("Reason"), [Between(10, 2000)])
