"""What a person may send about debates."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask_babel import get_timezone
from wtforms import BooleanField, DateTimeLocalField, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional

from participa.attachments.forms import Chosen, FilesField
from participa.catalogues import lazy_gettext as _l
from participa.contributions.forms import DraftedForm, bound
from participa.contributions.models import ContributionKind
from participa.contributions.policies import may_read
from participa.contributions.queries import find_contribution
from participa.debates.closing import MOST_QUOTED, quotable, quoted_in
from participa.debates.models import Debate
from participa.forms import Between, BodyField, Form, LineField, RevisionField
from participa.spaces.models import Component
from participa.spaces.topics.tree import choices_of, with_own
from participa.web import actor, number_in

ARGUMENT_MAX = 280


class Draft(NamedTuple):
    """A debate as someone wrote it."""

    title: str
    body: str
    topic_id: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    proposal_id: int | None = None
    """The proposal of the same space that it is about."""
    official: bool = False
    """Whether the writer's centre signs it; only when it opens."""
    instructions: str = ""
    updates: str = ""
    columns: int = 2
    comments_open: bool = True
    files: list[Chosen] | None = None
    """The files that go with it, in their order; None leaves those it has."""


LONGEST = 5_000
"""Characters of instructions, and of what is new."""
LAYOUTS = [
    SelectChoice("2", _l("For and against side by side")),
    SelectChoice("1", _l("One list, each argument marked")),
]


def said(value: object) -> str:
    """A yes or no as the form says it."""
    return {"True": "yes", "False": "no"}.get(str(value), str(value))


MESSAGES = [
    SelectChoice("yes", _l("The debate has a thread of messages")),
    SelectChoice("no", _l("Arguments only, no new messages")),
]

YEARS = range(2000, 2200)
"""Years that a debate may happen in; far from the ends of what a calendar holds, in every time zone."""


class MomentField(DateTimeLocalField):
    """A moment written in the reader's time zone, held in UTC."""

    def __init__(self, label: Any, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)

    def process_data(self, value: datetime | None) -> None:
        """Take a moment of any zone."""
        self.data = value.astimezone(get_timezone()).replace(tzinfo=None) if value else None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was sent; raises ValueError for a year of no debate."""
        super().process_formdata(valuelist)
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(_l("Choose a year between 2000 and 2199."))

    @property
    def moment(self) -> datetime | None:
        """The moment, in UTC."""
        if self.data is None:
            return None
        zone: Any = get_timezone()
        return zone.localize(self.data).astimezone(UTC)  # type: ignore[no-any-return]


class DebateForm(DraftedForm):
    """The question of a debate and its time; the component's settings bound its lengths."""

    title = LineField(_l("Question"))
    body = BodyField(_l("Text"))
    topic = SelectField(_l("Topic"))
    proposal = LineField(_l("About a proposal"))
    starts_at = MomentField(_l("Starts"), [Optional()])
    ends_at = MomentField(_l("Ends"), [Optional()])
    official = BooleanField(_l("Open it in the name of my centre"))
    instructions = BodyField(_l("How to take part"), [Between(0, LONGEST)])
    updates = BodyField(_l("What is new"), [Between(0, LONGEST)])
    columns = RadioField(_l("Arguments"), choices=LAYOUTS, default="2")
    comments_open = SelectField(_l("Messages"), choices=MESSAGES, default="yes", coerce=said)
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
        if not may_sign or published is not None:
            del self.official
        if published is None:
            del self.updates
        settings = component.configuration
        self.space_id = component.space_id
        self.proposal_id: int | None = getattr(kwargs.get("obj"), "proposal_id", None)
        bound(self.title, self.body, settings)
        if not self.files.admit(settings, of=published):
            del self.files
        if offered := with_own(component.topics, kwargs.get("obj")):
            self.topic.choices = choices_of(offered, _l("No topic"))
        else:
            del self.topic

    def validate_ends_at(self, field: MomentField) -> None:
        """Refuse an end before the start."""
        start, end = self.starts_at.moment, field.moment
        if start and end and end <= start:
            raise ValidationError(_l("A debate ends after it starts. Choose a later moment."))

    def validate_proposal(self, field: LineField) -> None:
        """Find the proposal by its address or its number, in the same space and as far as the writer reads it."""
        held, self.proposal_id = self.proposal_id, None
        if not field.data:
            return
        number = number_in(field.data)
        if number is not None and number == held:  # whatever became of it since
            self.proposal_id = held
            return
        one = find_contribution(number) if number is not None else None
        if (
            one is None
            or one.kind != ContributionKind.PROPOSAL
            or one.component.space_id != self.space_id
            or not may_read(actor(), one)
        ):
            raise ValidationError(
                _l("No proposal of this space is there. Paste the address of its page, or leave this empty.")
            )
        self.proposal_id = one.id

    def draft(self) -> Draft:
        """The debate as a plain value."""
        topic = self.topic.data if "topic" in self else None
        return Draft(
            self.title.data or "",
            self.body.data or "",
            int(topic) if topic else None,
            self.starts_at.moment,
            self.ends_at.moment,
            self.proposal_id,
            bool("official" in self and self.official.data),
            self.instructions.data or "",
            (self.updates.data or "") if "updates" in self else "",
            int(self.columns.data or 2),
            self.comments_open.data != "no",
            self.files.chosen if "files" in self else None,
        )


class EditForm(DebateForm):
    """The question of an open debate, with why it changes."""

    reason = LineField(_l("Why this change"), [Between(0, 200)])
    revision = RevisionField()

    @property
    def held_revision(self) -> int:
        """The revision of the text the form was made from."""
        return int(self.revision.data or 0)


class ArgumentForm(DraftedForm):
    """A short reason for or against."""

    body = BodyField(_l("An argument"), [Between(1, ARGUMENT_MAX)])


class LiftForm(Form):
    """An argument made of someone's message."""

    side = RadioField(
        _l("Side"), choices=[SelectChoice("1", _l("For")), SelectChoice("-1", _l("Against"))], default="1"
    )
    body = BodyField(_l("The argument"), [Between(1, ARGUMENT_MAX)])


class CloseForm(DraftedForm):
    """What the debate concludes."""

    body = BodyField(_l("Conclusions"), [Between(10, 10_000)])
    reason = LineField(_l("Why this change"), [Between(0, 200)])
    revision = RevisionField()

    def __init__(self, *args: Any, debate: Debate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.debate = debate

    def validate_body(self, field: BodyField) -> None:
        """Refuse quotations of what is not in the debate, or may not be read any more."""
        numbers = quoted_in(field.data or "")
        if len(set(numbers)) > MOST_QUOTED:
            raise ValidationError(_l("Conclusions quote 50 texts at most. Take some away."))
        found = quotable(self.debate.id, set(numbers))
        missing = next((number for number in numbers if number not in found), None)
        if missing is not None:
            raise ValidationError(
                _l(
                    "The quotation [[%(number)s]] is of nothing that this debate shows. Take it away.",
                    number=missing,
                )
            )

    @property
    def held_revision(self) -> int:
        """The revision of the text the form was made from."""
        return int(self.revision.data or 0)


class ConfirmForm(Form):
    """A confirmation; nothing but the act itself."""
