"""What may be done with debates and arguments, by whom and when."""

from datetime import datetime

from participa.authorization import ALLOWED, Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.comments.models import Comment
from participa.comments.policies import register_rule
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import may_take_part
from participa.db import clock
from participa.debates.models import Debate
from participa.spaces.models import Component
from participa.spaces.policies import may_act_in, may_moderate
from participa.votes.ballots import BallotRules, ballot_for

define_rules(
    debating_closed=_l("Only moderators open debates here at the moment. Suggest yours to them."),
    debate_upcoming=_l("This debate has not started yet. Its page says when it opens."),
    debate_over=_l("The time of this debate is over: it can be read, and its conclusions are awaited."),
    debate_closed=_l("This debate is closed: it can be read, nothing more is added to it."),
    debate_without_messages=_l("This debate takes arguments, no messages: whoever opened it chose so."),
    debate_not_closed=_l("This debate is not closed."),
    arguing_closed=_l("Arguing is closed here at the moment. The phases of the space say when it opens."),
    lifted_already=_l("This message is already an argument: here it is."),
    not_of_a_debate=_l("Only messages of a debate become arguments."),
    message_gone=_l("This message was removed in the meantime: there is nothing left to lift."),
    own_argument=_l("This argument is yours: others say whether they back it."),
)


def standing(debate: Debate, moment: datetime) -> str:
    """Where a debate is in its life: `closed`, `upcoming`, `over` or `open`."""
    if debate.closed_at is not None:
        return "closed"
    if debate.starts_at is not None and moment < debate.starts_at:
        return "upcoming"
    if debate.ends_at is not None and moment >= debate.ends_at:
        return "over"
    return "open"


def window(debate: Contribution) -> Verdict:
    """Whether anybody may add to the debate now, as far as its own time and closing say."""
    assert isinstance(debate, Debate)
    state = standing(debate, clock())
    return all_of((state == "open", f"debate_{state}"))


def takes_messages(debate: Contribution) -> Verdict:
    """Whether anybody may write in its threads now, as far as the debate itself says."""
    assert isinstance(debate, Debate)
    return all_of(window(debate), (debate.comments_open, "debate_without_messages"))


register_rule(ContributionKind.DEBATE, takes_messages)


def may_open(actor: Actor, component: Component) -> Verdict:
    """Whether `actor` may open a debate: moderators always, members when the phase says so."""
    return all_of(
        may_act_in(actor, component),
        (
            actor.moderates(component.space_id) or component.rules_at(clock()).debating_open,
            "debating_closed",
        ),
    )


def may_sign_for_centre(actor: Actor, component: Component) -> Verdict:
    """Whether `actor` may open a debate in the name of their centre: moderators who have one."""
    return all_of(
        may_open(actor, component),
        may_moderate(actor, component.space),
        (actor.centre_id is not None, "no_centre"),
    )


def keeps(actor: Actor, debate: Debate) -> bool:
    """Whether the debate is `actor`'s to keep: they opened it, or it is official and they moderate the space."""
    own = actor.id is not None and debate.author_id == actor.id
    return own or (debate.official and actor.moderates(debate.component.space_id))


def may_edit(actor: Actor, debate: Debate) -> Verdict:
    """Whether `actor` may change the question and its time, until it is closed; of official ones, any moderator."""
    return all_of(
        may_take_part(actor, debate),
        (keeps(actor, debate), "not_author"),
        (debate.closed_at is None, "debate_closed"),
    )


def may_close(actor: Actor, debate: Debate) -> Verdict:
    """Whether `actor` may close the debate with conclusions: whoever opened it, and moderators."""
    return all_of(
        _may_conclude(actor, debate),
        (debate.is_shown, "hidden"),
        (debate.closed_at is None, "debate_closed"),
    )


def may_reopen(actor: Actor, debate: Debate) -> Verdict:
    """Whether `actor` may open a closed debate again, or correct its conclusions: whoever may close it."""
    return all_of(
        _may_conclude(actor, debate),
        (debate.is_shown, "hidden"),
        (debate.closed_at is not None, "debate_not_closed"),
    )


def _may_conclude(actor: Actor, debate: Debate) -> Verdict:
    if keeps(actor, debate):
        return may_take_part(actor, debate)
    return may_moderate(actor, debate.component.space)


def may_argue(actor: Actor, debate: Contribution) -> Verdict:
    """Whether `actor` may add an argument, or back those of others, right now."""
    return all_of(may_take_part(actor, debate), arguing_is_open(debate))


def arguing_is_open(debate: Contribution) -> Verdict:
    """Whether anybody may argue right now; needs the component, its space and phases."""
    return all_of(window(debate), (debate.component.rules_at(clock()).arguing_open, "arguing_closed"))


def may_lift(actor: Actor, comment: Comment) -> Verdict:
    """Whether `actor` may make an argument of a message: moderators, of any in a debate, in whichever thread."""
    debate = comment.about
    return all_of(
        may_moderate(actor, comment.component.space),
        (isinstance(debate, Debate), "not_of_a_debate"),
        (comment.is_shown, "message_gone"),
        arguing_is_open(debate) if isinstance(debate, Debate) else ALLOWED,
    )


@ballot_for(ContributionKind.ARGUMENT)
def backing(actor: Actor, argument: Contribution) -> BallotRules:
    """Backing an argument is +1 or nothing, and gives centres no voice."""
    assert argument.about is not None
    return BallotRules(
        values=(1,),
        verdict=all_of(
            may_take_part(actor, argument),
            (argument.author_id != actor.id, "own_argument"),
            arguing_is_open(argument.about),
        ),
        counts_centres=False,
    )
