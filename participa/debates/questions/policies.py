"""Who invites a guest, who asks and raises questions, and who answers them."""

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.comments.policies import register_asked, register_rule
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import may_take_part
from participa.db import clock
from participa.debates.models import Debate
from participa.debates.policies import arguing_is_open, window
from participa.spaces.policies import may_moderate
from participa.votes.ballots import BallotRules, ballot_for

define_rules(
    no_guest=_l("This debate has no guest to ask at the moment."),
    asking_over=_l("The time to ask the guest is over: the questions and their answers can be read."),
    guest_answers=_l("You are the guest of this debate: others ask, you answer."),
    own_question=_l("This question is yours: others say whether they want it answered."),
)


def may_invite(actor: Actor, debate: Debate) -> Verdict:
    """Whether `actor` may invite the guest of the debate, who then reads the space: its moderators, until it closes."""
    return all_of(
        may_moderate(actor, debate.component.space),
        (debate.is_shown, "hidden"),
        (debate.closed_at is None, "debate_closed"),
    )


def asking_is_open(debate: Contribution) -> Verdict:
    """Whether anybody may ask and raise questions now: before and during the guest's time, while arguing is open."""
    assert isinstance(debate, Debate)
    return all_of(
        (debate.guest_id is not None, "no_guest"),
        (debate.guest_until is None or clock() < debate.guest_until, "asking_over"),
        arguing_is_open(debate),
    )


def may_ask(actor: Actor, debate: Debate) -> Verdict:
    """Whether `actor` may ask the guest something right now."""
    return all_of(
        may_take_part(actor, debate),
        (actor.id != debate.guest_id, "guest_answers"),
        asking_is_open(debate),
    )


@ballot_for(ContributionKind.QUESTION)
def raising(actor: Actor, question: Contribution) -> BallotRules:
    """Raising a question is +1 or nothing, and gives centres no voice."""
    assert isinstance(question.about, Debate)
    return BallotRules(
        values=(1,),
        verdict=all_of(
            may_take_part(actor, question),
            (question.author_id != actor.id, "own_question"),
            (question.about.guest_id != actor.id, "guest_answers"),
            asking_is_open(question.about),
        ),
        counts_centres=False,
    )


@register_asked(ContributionKind.QUESTION)
def is_guest(actor: Actor, question: Contribution) -> bool:
    """Whether `actor` is who a question is put to: the debate's guest, as long as they belong to the space."""
    debate = question.about
    assert isinstance(debate, Debate)
    belongs = bool(actor.roles.get(debate.component.space_id))
    return actor.id is not None and debate.guest_id == actor.id and belongs


def _open(question: Contribution) -> Verdict:
    """A question's thread is open as long as its debate is, even where the debate itself takes no messages."""
    assert question.about is not None
    return window(question.about)


register_rule(ContributionKind.QUESTION, _open)
