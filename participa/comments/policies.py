"""Who may comment, change and delete comments, and find them useful."""

from collections.abc import Callable
from typing import NamedTuple

from participa.authorization import ALLOWED, Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.comments.models import Comment
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import above, may_delete_own, may_take_part
from participa.db import clock
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


Asked = Callable[[Actor, Contribution], bool]
_ASKED: dict[ContributionKind, Asked] = {}


def register_asked(kind: ContributionKind) -> Callable[[Asked], Asked]:
    """Make the decorated function tell whether a contribution of this kind is put to someone.

    What they write in its thread answers it, and they may, even where they do not take part in the space.
    """

    def register(asked: Asked) -> Asked:
        _ASKED[kind] = asked
        return asked

    return register


def is_asked(actor: Actor, root: Contribution) -> bool:
    """Whether what `actor` writes in the thread about `root` is its answer."""
    asked = _ASKED.get(root.kind)
    return asked is not None and asked(actor, root)


class Action(NamedTuple):
    """A line that a feature adds to the menus of the comments about its contributions."""

    label: str
    before: str
    """What stands before the number of the comment in the address it leads to."""
    after: str = ""
    to_others: bool = False
    """Whether it is about people who are not authors of what the thread is about."""


Offer = Callable[[Actor, Contribution], Action | None]
_OFFERS: dict[ContributionKind, list[Offer]] = {}


def register_action(kind: ContributionKind) -> Callable[[Offer], Offer]:
    """Let a feature add its line, for whom it concerns, to the menus of the comments about one kind of root."""

    def register(offer: Offer) -> Offer:
        _OFFERS.setdefault(kind, []).append(offer)
        return offer

    return register


def actions_on(actor: Actor, root: Contribution) -> tuple[Action, ...]:
    """The lines that features add to the menus of a thread's comments for `actor`."""
    if not actor.is_authenticated:
        return ()
    offered = (offer(actor, root) for offer in _OFFERS.get(root.kind, ()))
    return tuple(action for action in offered if action is not None)


def own_rule(root: Contribution) -> Verdict:
    """What the kind of the contribution says about its thread, or else the kinds of what it belongs to."""
    chain = [root, *above(root)]
    rules = (_RULES[one.kind](one) for one in chain if one.kind in _RULES)
    return next(rules, ALLOWED)


def thread_is_open(root: Contribution, *, asked: bool = False) -> Verdict:
    """Whether anybody, or who is `asked`, may write about `root` now; needs its component, space and phases."""
    chain = [root, *above(root)]
    return all_of(
        (all(one.hidden_at is None and one.trashed_at is None for one in chain), "hidden"),
        (all(one.deleted_at is None for one in chain), "deleted"),
        (all(one.withdrawn_at is None for one in chain), "withdrawn"),
        own_rule(root),
        (asked or root.component.rules_at(clock()).commenting_open, "commenting_closed"),
    )


def may_comment(actor: Actor, root: Contribution) -> Verdict:
    """Whether `actor` may write in the thread about `root` now."""
    asked = is_asked(actor, root)
    return all_of(may_take_part(actor, root, asked=asked), thread_is_open(root, asked=asked))


def may_answer(actor: Actor, comment: Comment) -> Verdict:
    """Whether `actor` may answer a comment; its stub takes no reply."""
    return all_of(may_comment(actor, root_of(comment)), (comment.is_shown, "answered_is_gone"))


def may_edit(actor: Actor, comment: Comment) -> Verdict:
    """Whether `actor` may change the text: its author, while the thread is open; versions are kept."""
    root = root_of(comment)
    asked = is_asked(actor, root)
    return all_of(
        may_take_part(actor, comment, asked=asked),
        (comment.author_id == actor.id, "not_author"),
        thread_is_open(root, asked=asked),
    )


def may_delete(actor: Actor, comment: Comment) -> Verdict:
    """Whether `actor` may delete the comment: its author, whenever they wish, unless it is hidden."""
    return may_delete_own(actor, comment, asked=is_asked(actor, root_of(comment)))


def voting_is_open(root: Contribution) -> Verdict:
    """Whether comments about `root` may be found useful now."""
    return all_of(
        own_rule(root),
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


def has_natures(root: Contribution) -> bool:
    """Whether what is said of `root` is a nuance, a question or a source, instead of a position."""
    return root.kind is ContributionKind.ARGUMENT


def takes_positions(root: Contribution) -> bool:
    """Whether what is said of `root` is for it, neutral or against, where the component asks."""
    kinds = (ContributionKind.ARGUMENT, ContributionKind.QUESTION)
    return root.kind not in kinds and root.component.configuration.comment_positions


def root_of(comment: Contribution) -> Contribution:
    """The contribution whose thread a comment stands in, which its query loaded."""
    root = comment.within or comment.about
    assert root is not None
    return root
