"""What a person may send about proposals."""

from typing import Any, NamedTuple

from wtforms import BooleanField, HiddenField, SelectField

from participa.attachments.forms import Chosen, FilesField
from participa.catalogues import lazy_gettext as _l
from participa.contributions.forms import DraftedForm, NotTheTemplate, bound
from participa.forms import Between, BodyField, Form, LineField, RevisionField
from participa.spaces.models import Component
from participa.spaces.topics.tree import choices_of, with_own


class Draft(NamedTuple):
    """A proposal as someone wrote it."""

    title: str
    body: str
    topic_id: int | None = None
    official: bool = False
    """Whether the writer's centre signs it."""
    born_from_id: int | None = None
    """The message or argument that gave birth to it."""
    files: list[Chosen] | None = None
    """The files that go with it, in their order; None leaves those it has."""


class ProposalForm(DraftedForm):
    """The text of a proposal; the component's settings bound its lengths, its topics are the choices."""

    title = LineField(_l("Title"))
    body = BodyField(_l("Text"))
    topic = SelectField(_l("Topic"), validate_choice=True)
    official = BooleanField(_l("Publish in the name of my centre"))
    born_from = HiddenField()
    files = FilesField(_l("Files"))

    def __init__(
        self,
        component: Component,
        *args: Any,
        may_sign: object = False,
        published: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not may_sign:
            del self.official
        settings = component.configuration
        bound(self.title, self.body, settings)
        if published is None:
            self.body.validators = [
                NotTheTemplate(settings.new_proposal_body_template),
                *self.body.validators,
            ]
        if not self.files.admit(settings, of=published):
            del self.files
        if offered := with_own(component.topics, kwargs.get("obj")):
            self.topic.choices = choices_of(offered, _l("No topic"))
        else:
            del self.topic

    @property
    def source_id(self) -> int | None:
        """The number of the message or argument that it is born of."""
        sent = self.born_from.data or ""
        return int(sent) if sent.isdecimal() and len(sent) <= 15 else None

    def draft(self) -> Draft:
        """The proposal as a plain value."""
        topic = self.topic.data if "topic" in self else None
        official = bool("official" in self and self.official.data)
        return Draft(
            self.title.data or "",
            self.body.data or "",
            int(topic) if topic else None,
            official,
            self.source_id,
            self.files.chosen if "files" in self else None,
        )


class EditForm(ProposalForm):
    """The text of a published proposal, with why it changes."""

    reason = LineField(_l("Why this change"), [Between(0, 200)])
    revision = RevisionField()

    @property
    def held_revision(self) -> int:
        """The revision that the author edits."""
        return int(self.revision.data or 0)


class WithdrawForm(Form):
    """The confirmation that a proposal is withdrawn; nothing but the act itself."""
