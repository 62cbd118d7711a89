"""What a moderator sends to merge, split, copy and move proposals."""

from typing import Any

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from participa.catalogues import lazy_gettext as _l
from participa.contributions.forms import DraftedForm
from participa.forms import Between, BodyField, Form
from participa.proposals.forms import ProposalForm
from participa.proposals.lineage.policies import MOST_PARTS
from participa.proposals.models import Proposal
from participa.spaces.models import Component
from participa.wording import called


class MergeForm(ProposalForm):
    """The common text of several proposals, whose author comes first, and a word for those who are told."""

    first = RadioField(
        _l("Whose author comes first"), [InputRequired(_l("Choose whose author comes first."))]
    )
    note = BodyField(_l("A word to go with it"), [Between(0, 1000)])

    def __init__(self, component: Component, proposals: list[Proposal], **kwargs: Any) -> None:
        super().__init__(component, **kwargs)
        self.first.choices = [SelectChoice(str(p.id), p.title) for p in proposals]
        if self.first.data is None and proposals:
            self.first.data = str(proposals[0].id)


class SplitForm(DraftedForm):
    """What goes with the parts of a split: where the comments go, and a word for those who are told."""

    comments_to = RadioField(_l("The comments go with"), [InputRequired(_l("Choose a part."))])
    note = BodyField(_l("A word to go with it"), [Between(0, 1000)])

    def __init__(self, parts: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.comments_to.choices = [
            SelectChoice(str(n), _l("Part %(number)s", number=n + 1)) for n in range(parts)
        ]
        if self.comments_to.data is None:
            self.comments_to.data = "0"

    @property
    def held_draft(self) -> int | None:
        """The draft that becomes these proposals."""
        return int(self.draft_id.data or 0) or None


def part_form(component: Component, n: int, **kwargs: Any) -> ProposalForm:
    """The text of one part, its fields named apart from those of the others."""
    return ProposalForm(component, prefix=f"part{n}", meta={"csrf": False}, **kwargs)


def part_count(sent: str) -> int:
    """How many parts a page says it has, between two and the most there may be."""
    return min(max(int(sent), 2), MOST_PARTS) if sent.isdecimal() and len(sent) < 3 else 2


class TransferForm(Form):
    """Where a proposal goes, itself or as a copy."""

    act = RadioField(
        _l("What to do"),
        [InputRequired(_l("Choose what to do."))],
        choices=[
            SelectChoice("copy", _l("Copy: the text and its authors appear there too")),
            SelectChoice("move", _l("Move: the proposal goes there with its votes and comments")),
        ],
    )
    component = SelectField(_l("Where"), [InputRequired(_l("Choose a place."))])

    def __init__(self, components: list[Component], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        places = (
            SelectChoice(str(place.id), f"{called(place.space)}, {called(place)}") for place in components
        )
        self.component.choices = [SelectChoice("", _l("Choose a place")), *places]


class UndoForm(Form):
    """The confirmation that a merge or a split is undone; nothing but the act itself."""
