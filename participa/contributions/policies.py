"""Who reads a contribution."""

from typing import Any

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Contribution
from participa.spaces.policies import may_act_in, may_read_component

define_rules(
    hidden=_l("Moderators have hidden this text."),
    deleted=_l("Its author has deleted this text."),
    withdrawn=_l("Its author has withdrawn this proposal; nothing more can be done with it."),
    not_author=_l("Only its author may do this."),
)


def is_author(actor: Actor, contribution: Any) -> bool:
    """Whether `actor` is one of its authors; a row with the columns that name them will do."""
    return actor.id is not None and (
        contribution.author_id == actor.id or actor.id in contribution.coauthor_ids
    )


def may_read_own_state(actor: Actor, contribution: Contribution) -> bool:
    """Whether the contribution's own state, leaving the chain above it aside, lets `actor` read its text."""
    space_id = contribution.component.space_id
    if contribution.trashed_at is not None:
        return actor.administers(space_id)
    if contribution.deleted_at is not None:
        return False
    if contribution.hidden_at is not None:
        return actor.moderates(space_id) or is_author(actor, contribution)
    if contribution.restricted:
        return (
            actor.moderates(space_id)
            or is_author(actor, contribution)
            or is_author(actor, contribution.about)
        )
    return True


def above(contribution: Contribution) -> list[Contribution]:
    """What a text belongs to, and is read only as far as that is; needs `about` and `within` loaded."""
    return [one for one in (contribution.about, contribution.within) if one is not None]


def may_read(actor: Actor, contribution: Contribution) -> Verdict:
    """Whether `actor` may read the text; needs `component.space` and, for dependent kinds, what they belong to."""
    return all_of(
        may_read_component(actor, contribution.component),
        (all(may_read_own_state(actor, one) for one in above(contribution)), "not_visible"),
        (may_read_own_state(actor, contribution), "not_visible"),
    )


def may_delete_own(actor: Actor, contribution: Contribution, *, asked: bool = False) -> Verdict:
    """Whether `actor` may delete what they wrote in a discussion: whenever they wish, unless it is hidden."""
    return all_of(
        may_act_in(actor, contribution.component, asked=asked),
        (contribution.author_id == actor.id, "not_author"),
        (contribution.hidden_at is None and contribution.trashed_at is None, "hidden"),
        (contribution.deleted_at is None, "deleted"),
    )


def may_take_part(actor: Actor, contribution: Contribution, *, asked: bool = False) -> Verdict:
    """Whether `actor` may do anything at all about the contribution: shown, not withdrawn, their space.

    Who is `asked`, a guest, need not be of those who take part in the space: to be signed in and read it is enough.
    """
    over = above(contribution)
    return all_of(
        may_act_in(actor, contribution.component, asked=asked),
        (all(one.is_shown for one in over), "hidden"),
        (contribution.hidden_at is None and contribution.trashed_at is None, "hidden"),
        (contribution.deleted_at is None, "deleted"),
        (all(one.withdrawn_at is None for one in [contribution, *over]), "withdrawn"),
    )
