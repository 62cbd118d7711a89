"""What forms of contributions share."""

from participa.forms import Form, RevisionField


class DraftedForm(Form):
    """A form that may come from a draft; publishing removes the draft (`services.discard_draft`)."""

    draft_id = RevisionField()
    draft_revision = RevisionField()
