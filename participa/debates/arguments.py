"""Pages about one argument: what is said of it, and how a message becomes one."""

from flask import flash, get_template_attribute, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import RULES, Actor, Refused, authorize
from participa.comments.policies import Action, register_action, root_of
from participa.comments.queries import find_comment
from participa.comments.views import thread
from participa.contributions.births import born_from, find_source
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import may_read
from participa.db import abandon
from participa.debates import policies, queries, services, similar
from participa.debates.forms import LiftForm
from participa.debates.models import Debate
from participa.debates.views import ARGUMENT_ORDERS, argument_order, base_of, bp, readable
from participa.display import excerpt
from participa.similarity import pace
from participa.spaces.kinds import KINDS
from participa.spaces.policies import may_act_in, may_moderate
from participa.spaces.queries import find_space
from participa.votes.queries import votes_of
from participa.web import actor, address_of, found


@bp.get("/<key:debate_id>/arguments/<key:argument_id>")
def argument(slug: str, component_id: int, debate_id: int, argument_id: int) -> ResponseReturnValue:
    """One argument and what is said of it: nuances, questions, sources."""
    one = found(queries.find_argument(argument_id))
    found(
        one
        if (one.component_id, one.about_id, one.component.space.slug) == (component_id, debate_id, slug)
        else None
    )
    authorize(may_read(actor(), one))
    debate = one.about
    row = queries.argument(argument_id, debate_id)
    return render_template(
        "debates/argument.html",
        argument=one,
        row=row,
        debate=debate,
        component=one.component,
        space=one.component.space,
        mine=bool(votes_of(actor().id, [argument_id])),
        may_argue=policies.may_argue(actor(), debate) if debate is not None else False,
        moderates=actor().moderates(one.component.space_id),
        born=born_from(one.id, actor()) if one.is_shown else (),
        thread=thread(one) if one.is_shown else None,
        back=address_of(debate),
    )


@bp.get("/<key:debate_id>/arguments/map")
def picture(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """The arguments of both sides as one picture: mirrored bars, and the same in a table."""
    held = readable(component_id, debate_id, slug)
    debate = held.debate
    order = argument_order()
    sides = queries.arguments(debate.id, order)
    return render_template(
        "debates/map.html",
        debate=debate,
        component=debate.component,
        space=debate.component.space,
        sides=sides,
        most=max((row.support_count for rows in sides.values() for row in rows), default=0),
        counts={1: debate.for_count, -1: debate.contra_count},
        argument_order=order,
        argument_orders=ARGUMENT_ORDERS,
        base=base_of(debate),
        back=address_of(debate),
    )


@bp.post("/<key:debate_id>/arguments/near")
def near(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """What says nearly the same as an argument being typed, for htmx."""
    held = readable(component_id, debate_id, slug)
    authorize(policies.may_argue(actor(), held.debate))
    if not pace.may_ask(member().id):
        return "", 204
    rows = similar.near(debate_id, request.form.get("body", ""), member().language)
    return str(get_template_attribute("debates/_near.html", "near")(rows, base_of(held.debate)))


def _of_debate(root: Contribution) -> tuple[Debate | None, str]:
    """The debate of a thread, its own or of what belongs to it, and what the addresses of its acts begin with."""
    debate = root if isinstance(root, Debate) else root.about
    base = f"/e/{root.component.space.slug}/{root.component_id}"
    return (debate, f"{base}/{debate.id}") if isinstance(debate, Debate) else (None, base)


def offer_to_lift(who: Actor, root: Contribution) -> Action | None:
    """Let those who moderate the space make an argument of a message."""
    debate, base = _of_debate(root)
    if debate is None or not who.moderates(root.component.space_id) or not policies.arguing_is_open(debate):
        return None
    return Action(_("Make it an argument"), f"{base}/lift/")


def offer_to_propose(who: Actor, root: Contribution) -> Action | None:
    """Let whoever takes part in the space make a proposal of a message."""
    debate, base = _of_debate(root)
    if debate is None or not may_act_in(who, root.component):
        return None
    return Action(_("Make a proposal of it"), f"{base}/propose/")


for _kind in (ContributionKind.DEBATE, ContributionKind.ARGUMENT, ContributionKind.QUESTION):
    register_action(_kind)(offer_to_lift)
    register_action(_kind)(offer_to_propose)


@bp.get("/<key:debate_id>/propose/<key:text_id>")
def propose(slug: str, component_id: int, debate_id: int, text_id: int) -> ResponseReturnValue:
    """Where to make a proposal of a message or an argument: at once when there is one place, else a choice."""
    debate = readable(component_id, debate_id, slug).debate
    source = found(find_source(text_id, debate.component.space_id, actor()))
    found(source if source.about_id == debate.id else None)
    authorize(may_act_in(actor(), debate.component))
    space = find_space(slug)
    places = [
        (component, href)
        for component in (space.components if space is not None else ())
        if (href := KINDS[component.kind].develop(actor(), component, text_id)) is not None
    ]
    if len(places) == 1:
        return redirect(places[0][1])
    return render_template(
        "debates/propose.html",
        debate=debate,
        component=debate.component,
        space=debate.component.space,
        source=source,
        places=places,
        back=address_of(source),
    )


@bp.route("/<key:debate_id>/lift/<key:comment_id>", methods=["GET", "POST"])
def lift(slug: str, component_id: int, debate_id: int, comment_id: int) -> ResponseReturnValue:
    """Make an argument of a message, in the name of whoever wrote it."""
    comment = found(find_comment(comment_id))
    here = (comment.component_id, comment.about_id, comment.component.space.slug)
    found(comment if here == (component_id, debate_id, slug) and isinstance(comment.about, Debate) else None)
    authorize(may_read(actor(), root_of(comment)))
    authorize(may_moderate(actor(), comment.component.space))
    form = LiftForm()
    sentence = None
    if (argument_id := queries.lifted_from(comment_id)) is not None:
        flash(str(RULES["lifted_already"]), "success")
        return redirect(f"/e/{slug}/{component_id}/{debate_id}/arguments/{argument_id}", 303)
    if request.method == "GET":
        authorize(policies.may_lift(actor(), comment))
        form.body.data = excerpt(comment.html, 280)
    elif form.validate_on_submit():
        try:
            authorize(policies.may_lift(actor(), comment))
            made = services.lift(member(), comment, int(form.side.data or 1), form.body.data or "")
        except Refused as refusal:
            abandon()
            comment = found(find_comment(comment_id))
            sentence = RULES[refusal.rule]
        else:
            flash(_("The message is now an argument; its author is told."), "success")
            return redirect(address_of(made), 303)
    page = render_template(
        "debates/lift.html",
        comment=comment,
        debate=comment.about,
        component=comment.component,
        space=comment.component.space,
        form=form,
        sentence=sentence,
        back=address_of(comment),
    )
    return (page, 403) if sentence else page
