"""Pages of debates."""

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, flash, get_template_attribute, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa import text
from participa.attachments.forms import is_still_writing
from participa.attachments.queries import Joined, joined_to
from participa.auth.session import member
from participa.authorization import RULES, Refused, authorize
from participa.catalogues import lazy_gettext as _l
from participa.comments.views import thread
from participa.contributions import drafts, versions
from participa.contributions.births import born_in
from participa.contributions.models import Contribution, ContributionKind, Part
from participa.contributions.policies import may_delete_own, may_read
from participa.contributions.successors import still_readable
from participa.db import abandon, clock
from participa.debates import closing, policies, queries, services, similar
from participa.debates.forms import ArgumentForm, ConfirmForm, DebateForm, EditForm
from participa.debates.models import Argument, Debate
from participa.debates.queries import Wish
from participa.debates.questions.panel import asked
from participa.debates.questions.policies import may_invite
from participa.errors import NOT_FOUND_RULES
from participa.spaces.models import Component
from participa.spaces.policies import may_read_component
from participa.spaces.queries import find_component
from participa.spaces.topics.tree import under
from participa.votes.ballots import answer_for
from participa.votes.queries import votes_of
from participa.web import TAKING_FILES, actor, address_of, addresses, found

bp = Blueprint("debates", __name__, url_prefix="/e/<slug>/<component('debates'):component_id>")
TAKING_FILES.update({"debates.new", "debates.edit"})

SIDES = {"for": 1, "against": -1}
ORDERS = [
    ("activity", _l("recent activity")),
    ("date", _l("date of opening")),
    ("comments", _l("number of messages")),
    ("follows", _l("number of followers")),
    ("random", _l("at random")),
]
ORIGINS = [("official", _l("A centre, officially")), ("members", _l("Members"))]
MINE = [
    ("opened", _l("I opened")),
    ("spoke", _l("I spoke in")),
    ("followed", _l("I follow")),
]
PARTS: dict[Part, Any] = {
    Part.TEXT: "",
    Part.INSTRUCTIONS: _l("How to take part"),
    Part.UPDATES: _l("What is new"),
    Part.CONCLUSIONS: _l("Conclusion"),
}
ARGUMENT_ORDERS = [("support", _l("the most backed")), ("together", _l("what brings together"))]
STATES = [("open", _l("Open")), ("upcoming", _l("To come")), ("closed", _l("Closed"))]


@addresses(Debate)
def address_of_debate(debate: Debate) -> str:
    """The page of a debate; needs its component and space loaded."""
    component = debate.component
    return f"/e/{component.space.slug}/{component.id}/{ending(debate.id, debate.title or '')}"


@addresses(Argument)
def address_of_argument(argument: Argument) -> str:
    """The page of an argument; needs its component and space loaded."""
    component = argument.component
    return f"/e/{component.space.slug}/{component.id}/{argument.about_id}/arguments/{argument.id}"


def ending(debate_id: int, title: str) -> str:
    """The end of a debate's address: the number decides, the words are for people."""
    slug = text.slugify(title)
    return f"{debate_id}-{slug}" if slug else str(debate_id)


def base_of(debate: Debate) -> str:
    """What the addresses of acts on a debate start with."""
    return f"/e/{debate.component.space.slug}/{debate.component_id}/{debate.id}"


# ── The list


@bp.get("")
def index(slug: str, component_id: int) -> ResponseReturnValue:
    """The debates of a component, as the address filters and orders them."""
    component = _component(slug, component_id)
    wish = _wish(component)
    address = f"/e/{component.space.slug}/{component.id}"
    return render_template(
        "debates/index.html",
        component=component,
        space=component.space,
        page=queries.listed(component, wish, request.args.get("page"), actor().id),
        total=queries.count_listed(component, wish, actor().id),
        origins=ORIGINS,
        mine=MINE if actor().is_authenticated else (),
        most=queries.MOST_COUNTED,
        wish=wish,
        orders=ORDERS,
        states=STATES,
        address=address,
        ending=ending,
        standing=policies.standing,
        now=clock(),
        may_open=policies.may_open(actor(), component),
        closed_to_members=not component.rules_at(clock()).debating_open,
    )


def _component(slug: str, component_id: int) -> Component:
    """The component of an address, which the reader may read; else the 404 page, or the sign-in page."""
    component = found(find_component(component_id, slug))
    authorize(may_read_component(actor(), component))
    return component


def _wish(component: Component) -> Wish:
    topics = {str(topic.id): topic.id for topic in component.topics}
    topic = topics.get(request.args.get("topic", ""))
    order = request.args.get("order", "")
    return Wish(
        words=" ".join(text.clean(request.args.get("q", "")).split())[:200],
        states=tuple(state for state in queries.STATES if state in request.args.getlist("state")),
        topic=topic,
        topics=under(component.topics, topic),
        origins=tuple(name for name in queries.ORIGINS if name in request.args.getlist("origin")),
        mine=tuple(name for name in queries.MINE if name in request.args.getlist("mine"))
        if actor().is_authenticated
        else (),
        order=order if order in queries.ORDERS else "activity",
    )


# ── One debate


@bp.get("/<key:debate_id>")
@bp.get("/<key:debate_id>-<path:title>")
def show(
    slug: str,  # noqa: ARG001
    component_id: int,
    debate_id: int,
    title: str = "",  # noqa: ARG001
) -> ResponseReturnValue:
    """The page of a debate; an older address leads to the right one."""
    held = readable(component_id, debate_id)
    debate = held.debate
    right = address_of(debate)
    if request.path != right:
        query = request.query_string.decode()
        return redirect(f"{right}?{query}" if query else right, 301)
    return _page(held)


def readable(component_id: int, debate_id: int, slug: str | None = None) -> queries.Found:
    """A debate that the reader may read, in the space of this slug when one is given."""
    held = found(queries.find(component_id, debate_id, actor()))
    authorize(may_read(actor(), held.debate))
    return found(held if slug in (None, held.debate.component.space.slug) else None)


def _page(
    held: queries.Found,
    failed: dict[int, ArgumentForm] | None = None,
    sentence: Any = None,
    close: dict[int, Any] | None = None,
) -> str:
    """The page of a debate; `failed` are the argument forms to show with what was typed, `close` what is near them."""
    who, debate = actor(), held.debate
    order = argument_order()
    some = debate.for_count + debate.contra_count > 0
    argued = queries.arguments(debate.id, order) if some else {1: [], -1: []}
    pinned = _pinned(debate, argued)
    may_argue = policies.may_argue(who, debate)
    forms = {side: (failed or {}).get(side) or _argument_form(side) for side in (1, -1)} if may_argue else {}
    shown_ids = [argument.id for side in argued.values() for argument in side]
    return render_template(
        "debates/show.html",
        held=held,
        debate=debate,
        space=debate.component.space,
        component=debate.component,
        state=policies.standing(debate, clock()),
        arguments=argued,
        argument_order=order,
        argument_orders=ARGUMENT_ORDERS,
        both=_in_one(argued, order) if debate.columns == 1 else (),
        pinned=pinned,
        proposal=_proposal_of(debate),
        counts={1: debate.for_count, -1: debate.contra_count},
        backed=votes_of(who.id, shown_ids),
        may_argue=may_argue,
        refusal=RULES[may_argue.rule] if may_argue.rule else None,
        forms=forms,
        close=close or {},
        failed_text=sentence,
        conclusions=closing.with_quotations(debate),
        born=born_in(debate.id, who) if held.gave_birth else (),
        questions=asked(debate),
        may_invite=may_invite(who, debate),
        thread=thread(debate) if debate.is_shown else None,
        joined=joined_to(debate.id) if held.has_files else Joined([], [], []),
        may_edit=policies.may_edit(who, debate),
        may_close=policies.may_close(who, debate),
        may_reopen=policies.may_reopen(who, debate),
        moderates=who.moderates(debate.component.space_id),
        address=address_of(debate),
        base=base_of(debate),
    )


def _in_one(argued: dict[int, list[Any]], order: str) -> list[Any]:
    """The arguments of both sides in one list, in the order of each."""
    by = "together" if order == "together" else "support_count"
    return sorted(
        (row for side in argued.values() for row in side), key=lambda row: (-getattr(row, by), row.id)
    )


def argument_order() -> str:
    """The order of the arguments that the address asks for."""
    order = request.args.get("arguments", "")
    return order if order in queries.ARGUMENT_ORDERS else "support"


def _proposal_of(debate: Debate) -> Contribution | None:
    """The proposal that a debate is about, or what replaced it, as far as the reader reads it."""
    return still_readable(debate.proposal_id, actor()) if debate.proposal_id is not None else None


def _pinned(debate: Debate, argued: dict[int, Any]) -> int | None:
    """The argument that the address names, added to its side when it is not among the first."""
    number = request.args.get("argument", "")
    if not number.isdecimal() or len(number) > 15:
        return None
    wanted = int(number)
    if not any(argument.id == wanted for side in argued.values() for argument in side):
        one = queries.argument(wanted, debate.id)
        if one is None:
            return None
        argued[one.side] = [*argued[one.side], one]
    return wanted


def _argument_form(side: int, **options: Any) -> ArgumentForm:
    """The form of one side."""
    name = next(name for name, value in SIDES.items() if value == side)
    return ArgumentForm(**(options or drafts.filled("debates.argue", side=name) or {"formdata": None}))


@bp.get("/<key:debate_id>/arguments/<any('for','against'):side>")
def arguments(slug: str, component_id: int, debate_id: int, side: str) -> ResponseReturnValue:
    """All the arguments of one side, a page at a time."""
    held = readable(component_id, debate_id, slug)
    debate = held.debate
    order = argument_order()
    page = queries.arguments_of(debate.id, SIDES[side], request.args.get("page"), order)
    return render_template(
        "debates/arguments.html",
        debate=debate,
        space=debate.component.space,
        component=debate.component,
        side=SIDES[side],
        page=page,
        argument_order=order,
        argument_orders=ARGUMENT_ORDERS,
        backed=votes_of(actor().id, [argument.id for argument in page.items]),
        may_argue=policies.may_argue(actor(), debate),
        moderates=actor().moderates(debate.component.space_id),
        count=debate.for_count if SIDES[side] == 1 else debate.contra_count,
        address=address_of(debate),
    )


@bp.post("/<key:debate_id>/argue")
def argue(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """Add an argument for or against."""
    held = readable(component_id, debate_id, slug)
    side = SIDES.get(request.form.get("side", ""), 0)
    found(side or None)
    form = ArgumentForm()
    try:
        authorize(policies.may_argue(actor(), held.debate))
        if not form.validate_on_submit():
            return _page(held, {side: form})
        if not request.form.get("anyway"):
            close = similar.near(debate_id, form.body.data or "", member().language)
            if close:
                return _page(held, {side: form}, close={side: close})
        argument = services.argue(member(), held.debate, side, form.body.data or "", draft_id=form.held_draft)
    except Refused as refusal:
        if not actor().is_authenticated or refusal.rule in NOT_FOUND_RULES:
            raise
        abandon()
        held = readable(component_id, debate_id, slug)
        return _page(held, sentence=SimpleNamespace(why=RULES[refusal.rule], text=form.body.data or "")), 403
    flash(_("Your argument is added."), "success")
    return redirect(f"{base_of(held.debate)}?argument={argument.id}#a{argument.id}", 303)


@bp.route("/arguments/<key:argument_id>/delete", methods=["GET", "POST"])
def delete_argument(slug: str, component_id: int, argument_id: int) -> ResponseReturnValue:
    """Delete one's argument, after a confirmation."""
    argument = found(queries.find_argument(argument_id))
    found(argument if argument.component_id == component_id else None)
    authorize(may_read(actor(), argument))
    authorize(may_delete_own(actor(), argument))
    debate = argument.about
    form = ConfirmForm()
    if form.validate_on_submit():
        services.delete_argument(member(), argument)
        flash(_("Your argument is deleted."), "success")
        return redirect(f"/e/{slug}/{component_id}/{argument.about_id}#arguments", 303)
    return render_template(
        "debates/delete_argument.html",
        argument=argument,
        debate=debate,
        space=argument.component.space,
        component=argument.component,
        form=form,
    )


@answer_for(ContributionKind.ARGUMENT, "a")
def backed(argument: Contribution, mine: int | None, failed: str | None) -> str:
    """The button that backs an argument."""
    button = get_template_attribute("debates/_argument.html", "back")
    return str(button(argument.id, argument.support_count, mine == 1, signature(argument), failed))


def signature(argument: Contribution) -> str:
    """The name under an argument or a question; none when there is none to tell."""
    return argument.author.name if argument.author and argument.author.erased_at is None else ""


# ── Writing


@bp.route("/new", methods=["GET", "POST"])
def new(slug: str, component_id: int) -> ResponseReturnValue:
    """Write a debate: kept as a draft while one writes, looked at, opened."""
    component = _component(slug, component_id)
    authorize(policies.may_open(actor(), component))
    may_sign = policies.may_sign_for_centre(actor(), component)
    form = DebateForm(component, may_sign=may_sign, **drafts.filled("debates.new"))
    if request.method == "GET" and not form.proposal.data:
        form.proposal.data = request.args.get("proposal", "")[:200]
    if not is_still_writing() and form.validate_on_submit():
        if request.form.get("act") == "preview":
            return _preview(component, form)
        debate = services.open_debate(member(), component, form.draft(), draft_id=form.held_draft)
        flash(_("Your debate is open."), "success")
        return redirect(address_of(debate), 303)
    return render_template(
        "debates/new.html",
        component=component,
        space=component.space,
        form=form,
        others=drafts.others("debates.new", request.path),
    )


def _preview(component: Component, form: DebateForm, debate: Debate | None = None) -> str:
    return render_template(
        "debates/preview.html",
        component=component,
        space=component.space,
        form=form,
        **({"debate": debate} if debate else {}),
        draft=form.draft(),
        html=text.to_html(form.body.data or ""),
        instructions=text.to_html(form.instructions.data or ""),
        updates=text.to_html(form.draft().updates),
        writer=member(),
    )


@bp.route("/<key:debate_id>/edit", methods=["GET", "POST"])
def edit(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """Change the question one put, or its time; the versions before are kept."""
    component = _component(slug, component_id)
    debate = readable(component_id, debate_id, slug).debate
    authorize(policies.may_edit(actor(), debate))
    form = EditForm(component, obj=debate, published=debate.id, **drafts.filled("debates.edit"))
    if request.method == "GET" and "topic" in form and form.topic.data is None:
        form.topic.data = str(debate.topic_id or "")
    if request.method == "GET" and form.proposal.data is None and debate.proposal_id is not None:
        about = _proposal_of(debate)
        form.proposal.data = address_of(about) if about is not None else str(debate.proposal_id)
    if not is_still_writing() and form.validate_on_submit():
        if request.form.get("act") == "preview":
            return _preview(component, form, debate)
        changed = services.edit(
            member(),
            debate,
            form.draft(),
            revision=form.held_revision,
            reason=form.reason.data or "",
            draft_id=form.held_draft,
            action=request.path,
            back=address_of(debate),
            also=_also(form, debate),
        )
        flash(_("Your debate is changed.") if changed else _("Nothing has changed."), "success")
        return redirect(address_of(debate), 303)
    return render_template(
        "debates/edit.html", component=component, space=component.space, form=form, debate=debate
    )


def _also(form: EditForm, debate: Debate) -> list[Any]:
    """The other texts of a debate, as typed and as in force, for the page that brings two together."""
    texts = {"instructions": debate.instructions, "updates": debate.updates}
    return [
        SimpleNamespace(
            name=name,
            label=form[name].label.text,
            yours=form[name].data or "",
            theirs=theirs,
            long=True,
            options=(),
        )
        for name, theirs in texts.items()
    ]


@bp.get("/<key:debate_id>/versions")
def compare(slug: str, component_id: int, debate_id: int) -> ResponseReturnValue:
    """What changed between two versions of a debate, word by word."""
    held = readable(component_id, debate_id, slug)
    debate = held.debate
    part = next((part for part in PARTS if part == request.args.get("part")), Part.TEXT)
    latest = held.version if part is Part.TEXT else None
    chosen = versions.choose(debate.id, request.args.get("from"), request.args.get("to"), latest, part)
    return render_template(
        "debates/versions.html",
        debate=debate,
        space=debate.component.space,
        component=debate.component,
        chosen=found(chosen),
        part=PARTS[part],
        fields={"part": part.value} if part is not Part.TEXT else {},
        here=f"{base_of(debate)}/versions",
        view="split" if request.args.get("view") == "split" else "text",
        back=address_of(debate),
    )
