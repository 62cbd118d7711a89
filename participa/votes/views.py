"""Votes cast from any page: a form, or a fragment that htmx puts in its place."""

from flask import Blueprint, abort, get_template_attribute, redirect, request, url_for
from flask.typing import ResponseReturnValue

from participa.auth.session import member
from participa.authorization import RULES, Refused, authorize
from participa.contributions.models import Contribution, ContributionKind
from participa.db import abandon
from participa.errors import NOT_FOUND_RULES
from participa.votes import queries, services
from participa.votes.ballots import answer_for, answer_of, ballot_of
from participa.web import actor, address_of, came_from, found, is_htmx

bp = Blueprint("votes", __name__)

VALUES = {"1": 1, "0": 0, "-1": -1, "none": None}
"""What the form may send; `none` withdraws."""


@bp.post("/vote/<key:contribution_id>")
def cast(contribution_id: int) -> ResponseReturnValue:
    """Cast, change or withdraw one's vote."""
    value = request.form.get("value", "")
    if value not in VALUES:
        abort(400)
    contribution = found(queries.find_votable(contribution_id))
    try:
        vote(contribution, VALUES[value])
    except Refused as refusal:
        if not is_htmx() or not actor().is_authenticated or refusal.rule in NOT_FOUND_RULES:
            raise
        abandon()
        contribution = found(queries.find_votable(contribution_id))
        mine = queries.votes_of(actor().id, [contribution_id]).get(contribution_id)
        return answer_of(contribution)[1](contribution, mine, str(RULES[refusal.rule]))
    anchor, answer = answer_of(contribution)
    if is_htmx():
        return answer(contribution, VALUES[value], None)
    back = came_from().partition("#")[0]
    if back == "/" or back.startswith("/vote/"):
        back = address_of(contribution).partition("#")[0]
    return redirect(f"{back}#{anchor}", 303)


def vote(contribution: Contribution, value: int | None) -> None:
    """Cast a vote, or withdraw it (None), if the rules let whoever asks; raises Refused."""
    rules = ballot_of(actor(), contribution)
    if value is None:
        authorize(rules.withdrawing if rules.withdrawing is not None else rules.verdict)
        services.withdraw(member(), contribution)
    else:
        authorize(rules.verdict)
        services.cast(member(), contribution, value)


@answer_for(ContributionKind.COMMENT, "c")
def useful(comment: Contribution, mine: int | None, failed: str | None) -> str:
    """The buttons of the useful vote."""
    form = get_template_attribute("ui/actions.html", "useful")
    action = url_for("votes.cast", contribution_id=comment.id)
    who = comment.author.name if comment.author else ""
    down = comment.against_count if comment.component.configuration.comment_downvotes else None
    return str(form(action, comment.support_count, down, mine, who, f"u{comment.id}", failed))
