"""Who merges, splits, copies and moves proposals, and who takes it back."""

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.curation.acts import UNDOABLE
from participa.db import clock
from participa.proposals.lineage.models import REPLACING, Lineage
from participa.proposals.models import Proposal
from participa.spaces.models import Component
from participa.spaces.policies import may_moderate

define_rules(
    too_few_to_merge=_l("Choose at least one other proposal to merge with this one."),
    answered_before=_l("The moderators have answered this proposal; what they answered to stays as it is."),
    replaced_already=_l("One of these proposals has been merged, split or removed in the meantime."),
    no_such_state=_l(
        "The moderators have answered this proposal, and the place you chose has no state of this name. "
        "Add the state there first."
    ),
    undo_over=_l("This can no longer be undone: more than 30 days have passed."),
    split_secret=_l(
        "People have voted for, mixed or against this: the results of two parts would tell who voted what. "
        "Copy it instead."
    ),
    other_vote=_l(
        "People have voted on this, and the place you chose asks for another sort of vote. Copy it instead."
    ),
    undone_already=_l("This has been undone already."),
    undo_erased=_l("This cannot be undone: one of the original proposals was erased."),
    undo_moved=_l(
        "This cannot be undone any more: one of these proposals was since merged, split or moved. Undo that first."
    ),
)

MOST_MERGED = 20
MOST_PARTS = 5


def may_replace(actor: Actor, proposal: Proposal) -> Verdict:
    """Whether `actor` may merge or split the proposal: its moderators, until the answer is final."""
    return all_of(
        may_moderate(actor, proposal.component.space),
        (proposal.is_shown, "hidden"),
        (proposal.withdrawn_at is None, "withdrawn"),
        (not proposal.is_decided, "answered_before"),
        (proposal.results_at is None, "results_shown"),
    )


def may_transfer(actor: Actor, proposal: Proposal) -> Verdict:
    """Whether `actor` may copy or move the proposal elsewhere."""
    return all_of(may_moderate(actor, proposal.component.space), (proposal.is_shown, "hidden"))


def may_receive(actor: Actor, component: Component) -> Verdict:
    """Whether `actor` may put proposals of elsewhere into the component."""
    return may_moderate(actor, component.space)


def may_undo(actor: Actor, lineage: Lineage, space_id: int, authors: frozenset[int]) -> Verdict:
    """Whether `actor` may undo a merge or a split: moderators, and each author of the original texts."""
    return all_of(
        (actor.moderates(space_id) or actor.id in authors, "not_author"),
        (lineage.kind in REPLACING, "undo_moved"),
        (lineage.undone_at is None, "undone_already"),
        (clock() - lineage.at <= UNDOABLE, "undo_over"),
    )
