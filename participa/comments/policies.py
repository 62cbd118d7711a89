"""Who may comment, change and delete comments, and find them useful."""

from collections.abc import Callable

from participa.authorization import ALLOWED, Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.comments.models import Comment
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import above, may_take_part
from participa.db import clock
from participa.spaces.policies import may_act, may_read_component
from participa.votes.ballots import BallotRules, ballot_for

define_rules(
    commenting_closed=_l(
        "Commenting is closed here at the moment. The phases of the space say when it opens."
    ),
    comment_voting_closed=_l("Finding comments useful is closed here at the moment."),
    answered_is_gone=_l(
        "The comment you answer was removed in the meantime. Your text can go into the thread instead."
    ),
    own_comment=_l("This comment is yours: others say whether it is useful."),
)

Rule = Callable[[Contribution], Verdict]
_RULES: dict[ContributionKind, Rule] = {}


def register_rule(kind: ContributionKind, rule: Rule) -> None:
    """Let the feature of a kind close the threads about its contributions for reasons of its own."""
    _RULES[kind] = rule


Offer = Callable[[Contribution], str | None]
OFFERS: dict[ContributionKind, Offer] = {}
"""Per kind of root, gives the address where the reader asks whoever wrote a comment to write with them."""


def register_offer(kind: ContributionKind) -> Callable[[Offer], Offer]:
    """Let the feature of a kind add its offer to the menus of the comments about its contributions."""

    def register(offer: Offer) -> Offer:
        OFFERS[kind] = offer
        return offer

    return register


def own_rule(root: Contribution) -> Verdict:
    """What the kind of the contribution itself says about its thread."""
    rule = _RULES.get(root.kind)
    return rule(root) if rule else ALLOWED


def thread_is_open(root: Contribution) -> Verdict:
    """Whether anybody may write in the thread about `root` now; needs its component, space and phases."""
    chain = [root, *above(root)]
    return all_of(
        (all(one.hidden_at is None and one.trashed_at is None for one in chain), "hidden"),
        (all(one.deleted_at is None for one in chain), "deleted"),
        (all(one.withdrawn_at is None for one in chain), "withdrawn"),
        *(own_rule(one) for one in chain),
        (root.component.rules_at(clock()).commenting_open, "commenting_closed"),
    )


def may_comment(actor: Actor, root: Contribution) -> Verdict:
    """Whether `actor` may write in the thread about `root` now."""
    return all_of(may_take_part(actor, root), thread_is_open(root))


def may_answer(actor: Actor, comment: Comment) -> Verdict:
    """Whether `actor` may answer a comment; its stub takes no reply."""
    return all_of(may_comment(actor, root_of(comment)), (comment.is_shown, "answered_is_gone"))


def may_edit(actor: Actor, comment: Comment) -> Verdict:
    """Whether `actor` may change the text: its author, while the thread is open; versions are kept."""
    return all_of(
        may_take_part(actor, comment),
        (comment.author_id == actor.id, "not_author"),
        thread_is_open(root_of(comment)),
    )


def may_delete(actor: Actor, comment: Comment) -> Verdict:
    """Whether `actor` may delete the comment: its author, whenever they wish, unless it is hidden."""
    return all_of(
        may_act(actor, comment.component.space),
        may_read_component(actor, comment.component),
        (comment.author_id == actor.id, "not_author"),
        (comment.hidden_at is None and comment.trashed_at is None, "hidden"),
        (comment.deleted_at is None, "deleted"),
    )


def voting_is_open(root: Contribution) -> Verdict:
    """Whether comments about `root` may be found useful now."""
    return all_of(
        *(own_rule(one) for one in [root, *above(root)]),
        (root.component.rules_at(clock()).comment_voting_open, "comment_voting_closed"),
    )


@ballot_for(ContributionKind.COMMENT)
def useful(actor: Actor, comment: Contribution) -> BallotRules:
    """A useful vote is +1, or −1 where the component lets readers say so, and gives centres no voice."""
    return BallotRules(
        values=(1, -1) if comment.component.configuration.comment_downvotes else (1,),
        verdict=all_of(
            may_take_part(actor, comment),
            (comment.author_id != actor.id, "own_comment"),
            voting_is_open(root_of(comment)),
        ),
        counts_centres=False,
    )


def root_of(comment: Contribution) -> Contribution:
    """The contribution whose thread a comment stands in, which its query loaded."""
    root = comment.within or comment.about
    assert root is not None
    return root
