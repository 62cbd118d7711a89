"""What forms of contributions share."""

from participa.forms import Form, RevisionField


class DraftedForm(Form):
    """A form that may come from a draft; publishing removes the draft (`services.discard_draft`)."""

    draft_id = RevisionField()
    draft_revision = RevisionField()

    @property
    def held_draft(self) -> int | None:
        """The draft that the form was filled in from, which goes once its text is published."""
        return int(self.draft_id.data or 0) or None
