"""Pages of proposals, and the part of them that a vote changes."""

from types import SimpleNamespace
from typing import Any

from flask import (
    Blueprint,
    flash,
    g,
    get_template_attribute,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa import text
from participa.attachments.forms import is_still_writing
from participa.attachments.queries import joined_to
from participa.auth.session import member
from participa.authorization import RULES, authorize
from participa.comments.views import thread
from participa.contributions import drafts
from participa.contributions.births import find_source, told_in
from participa.contributions.models import Contribution, ContributionKind, Draft
from participa.contributions.policies import is_author, may_read
from participa.contributions.queries import drafts_of as drafts_in
from participa.db import clock, day_of, db
from participa.network.queries import offered_centres
from participa.paging import Page, page_of
from participa.proposals import lists, policies, queries, services, similar
from participa.proposals.amendments import queries as amendments
from participa.proposals.amendments.policies import may_amend
from participa.proposals.answering.policies import may_answer, may_promise
from participa.proposals.answering.states import states_of
from participa.proposals.authors.policies import may_invite
from participa.proposals.forms import EditForm, ProposalForm, WithdrawForm
from participa.proposals.life import state_of
from participa.proposals.lineage.queries import elsewhere
from participa.proposals.models import Proposal
from participa.proposals.panel import Vote, notes_of, results_are_due, vote_of
from participa.proposals.queries import Wish
from participa.proposals.results.reading import WAYS, results_of
from participa.similarity import pace
from participa.spaces.models import Component
from participa.spaces.policies import may_read_component
from participa.spaces.queries import find_component
from participa.votes.ballots import answer_for
from participa.votes.queries import find_votable, votes_used
from participa.votes.views import vote as vote_by_rules
from participa.web import TAKING_FILES, actor, address_of, addresses, found

bp = Blueprint("proposals", __name__, url_prefix="/e/<slug>/<component('proposals'):component_id>")
TAKING_FILES.update({"proposals.new", "proposals.edit"})


@addresses(Proposal)
def address_of_proposal(proposal: Proposal) -> str:
    """The page of a proposal; needs its component and space loaded."""
    component = proposal.component
    return f"/e/{component.space.slug}/{component.id}/{ending(proposal.id, proposal.title or '')}"


def ending(proposal_id: int, title: str) -> str:
    """The end of a proposal's address: the number decides, the words are for people."""
    slug = text.slugify(title)
    return f"{proposal_id}-{slug}" if slug else str(proposal_id)


# ── The list ─────────────────────────────────────────────────────────────────────────────────────


@bp.get("")
def index(slug: str, component_id: int) -> ResponseReturnValue:
    """The proposals of a component, as the address filters and orders them."""
    component = component_of(slug, component_id)
    who = actor()
    wish = wish_here(component)
    vote = _vote(component)
    view = lists.view_of(request.args, request.cookies)
    centres = list(db.session.scalars(offered_centres()))
    drafts_only = who.is_authenticated and "drafts" in request.args.getlist("mine")
    page = (
        drafts_of(component)
        if drafts_only
        else queries.listed(component, wish, who, request.args.get("page"))
    )
    answer = make_response(
        render_template(
            "proposals/index.html",
            component=component,
            space=component.space,
            page=page,
            drafts=drafts if drafts_only else None,
            total=0 if drafts_only else queries.count_listed(page, component, wish, who),
            most=queries.MOST_COUNTED,
            wish=wish,
            vote=vote,
            view=view,
            lists=lists,
            states=states_of(component),
            today=day_of(clock()),
            orders=lists.orders_of(component),
            centres=centres,
            chips=lists.chips_of(wish, component, stance=vote.stance, voting=vote.open, centres=centres),
            ending=ending,
            may_propose=policies.may_propose(who, component, _written(component)),
            may_edit=lambda row: bool(policies.may_change_text(row, component)),
            list_address=lambda **arguments: list_address(component, **arguments),
        )
    )
    if "view" in request.args:
        answer.set_cookie(lists.VIEW_COOKIE, view, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return answer


def wish_here(component: Component) -> Wish:
    """What the address of this request asks of the list."""
    who = actor()
    reader = who.id if who.is_authenticated else f"{request.remote_addr} {request.user_agent.string}"
    return lists.wish_of(request.args, component, who, reader)


def drafts_of(component: Component) -> Page[Draft]:
    """The proposals for this component that the reader is writing, the last saved first."""
    mine = drafts_in(actor(), "proposals.new", f"{address_of(component)}/new")
    return page_of(mine, (Draft.saved_at, Draft.id), request.args.get("page"))


def component_of(slug: str, component_id: int) -> Component:
    """The component of an address, which the reader may read; else the 404 page, or the sign-in page."""
    component = found(find_component(component_id, slug))
    authorize(may_read_component(actor(), component))
    return component


def _written(component: Component) -> int:
    """How many proposals the reader has in the component, where their number is limited."""
    who = actor()
    limited = who.is_authenticated and component.configuration.proposal_limit is not None
    return queries.count_written(who.id, component.id) if limited else 0


def list_address(component: Component, **arguments: Any) -> str:
    """The address of the list of a component, with these arguments."""
    return url_for("proposals.index", slug=component.space.slug, component_id=component.id, **arguments)


def _vote(component: Component, used: int | None = None, back: str | None = None) -> Vote:
    """How the component votes now for the reader."""
    who = actor()
    if used is None:
        used = _used(component)
    back = back or request.full_path.rstrip("?")
    sign_in = "" if who.is_authenticated else url_for("auth.sign_in", next=back)
    total = g.network.centre_count if g.get("network") else 0
    return vote_of(component, who, used, sign_in, f"/e/{component.space.slug}/{component.id}", total)


def _used(component: Component) -> int:
    """How many votes the reader has cast here; read only where it matters."""
    settings = component.configuration
    matters = settings.vote_limit is not None or settings.minimum_votes_per_user is not None
    return votes_used(actor().id, component.id) if matters else 0


# ── One proposal ─────────────────────────────────────────────────────────────────────────────────


@bp.get("/<key:proposal_id>")
@bp.get("/<key:proposal_id>-<path:title>")
def show(component_id: int, proposal_id: int, **_words: str) -> ResponseReturnValue:
    """The page of a proposal; the numbers decide, an address with other words leads to the right one."""
    held = queries.find(component_id, proposal_id, actor())
    if held is None or (held.proposal.trashed_at is not None and held.proposal.trashed_by_id is None):
        return _led_on(proposal_id)
    proposal = held.proposal
    authorize(may_read(actor(), proposal))
    right = address_of(proposal)
    if request.path != right:
        query = request.query_string.decode()
        return redirect(f"{right}?{query}" if query else right, 301)
    who, component = actor(), proposal.component
    vote = _vote(component, held.used, right)
    if results_are_due(proposal, vote):
        services.show_results(proposal)
    source = find_source(proposal.born_from_id, component.space_id, who)
    return render_template(
        "proposals/show.html",
        source=source,
        told_in=told_in(proposal, who) if source is None else None,
        held=held,
        proposal=proposal,
        space=component.space,
        component=component,
        life=state_of(proposal, voting=component.rules_at(clock()).voting_open),
        panel=panel_of(proposal, held.mine, vote=vote, counted=held.counted),
        results=results_of(proposal, vote, request.args.get("results", "")) if proposal.is_shown else None,
        ways=WAYS,
        joined=joined_to(proposal.id),
        thread=thread(proposal) if proposal.is_shown else None,
        own=is_author(who, proposal),
        may_invite=may_invite(who, proposal),
        near=similar.near(who, proposal, state_of),
        may_edit=(may_edit := policies.may_edit(who, proposal)),
        why_not_edit=RULES.get(may_edit.rule or ""),
        edit_until=policies.edit_until(proposal, component),
        amended=amendments.first_of(proposal, who) if component.configuration.amendments_enabled else None,
        may_amend=may_amend(who, proposal),
        may_withdraw=policies.may_withdraw(who, proposal),
        may_answer=may_answer(who, proposal),
        may_promise=may_promise(who, proposal),
        today=day_of(clock()),
        moderates=who.moderates(component.space_id),
        address=right,
    )


def _led_on(proposal_id: int) -> ResponseReturnValue:
    """From an address that no longer holds to what replaced the proposal, or to where it was moved."""
    successor = found(elsewhere(proposal_id, actor()))
    came_from = f"?from={proposal_id}" if successor.id != proposal_id else ""
    return redirect(f"{address_of(successor)}{came_from}", 302)


def readable(component_id: int, proposal_id: int, slug: str | None = None) -> queries.Found:
    """A proposal that the reader may read, in the space of this slug when one is given."""
    held = found(queries.find(component_id, proposal_id, actor()))
    authorize(may_read(actor(), held.proposal))
    return found(held if slug in (None, held.proposal.component.space.slug) else None)


def panel_of(
    proposal: Proposal, mine: int | None, *, vote: Vote, counted: bool, failed: str | None = None
) -> Any:
    """What the vote panel of a proposal's page shows."""
    waiting = mine is not None and not counted
    return SimpleNamespace(
        item=proposal,
        vote=vote,
        standing=vote.standing(proposal),
        notes=notes_of(vote, proposal, waiting=waiting),
        mine=mine,
        waiting=waiting,
        failed=failed,
        edit_href=f"{right_base(proposal)}/edit" if policies.may_edit(actor(), proposal) else None,
        may_take_back=mine is not None
        and proposal.withdrawn_at is not None
        and bool(policies.may_take_back(actor(), proposal)),
    )


def right_base(proposal: Proposal) -> str:
    """What the addresses of acts on a proposal start with."""
    return f"/e/{proposal.component.space.slug}/{proposal.component_id}/{proposal.id}"


@answer_for(ContributionKind.PROPOSAL, "p")
def voted(proposal: Contribution, mine: int | None, failed: str | None) -> str:
    """The part that a vote changed: the panel of the proposal's page, or the side of its row in a list."""
    assert isinstance(proposal, Proposal)
    vote = _vote(proposal.component, _used(proposal.component), address_of(proposal))
    region = "side" if request.headers.get("HX-Target", "").startswith("s") else "panel"
    macro = get_template_attribute("proposals/_vote.html", f"{region}_swap")
    panel = panel_of(proposal, mine, vote=vote, counted=not vote.missing, failed=failed)
    return str(macro(panel, vote.centre_total))


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────


@bp.route("/new", methods=["GET", "POST"])
def new(slug: str, component_id: int) -> ResponseReturnValue:
    """Write a proposal, look at it, publish it."""
    component = component_of(slug, component_id)
    written = _written(component)
    authorize(policies.may_propose(actor(), component, written))
    may_sign = policies.may_sign_for_centre(actor(), component)
    if request.form.get("instead"):
        return _support_instead(request.form["instead"])
    filled = drafts.filled("proposals.new")
    form = ProposalForm(component, may_sign=may_sign, **filled)
    if request.method == "GET" and not filled:
        form.body.data = component.configuration.new_proposal_body_template
        _begin_from(request.args.get("from", ""), form, component)
    if is_still_writing() or not form.validate_on_submit():
        return _writing(component, form, written)
    if request.form.get("act") == "preview":
        return _preview(component, form)
    source = find_source(form.source_id, component.space_id, actor())
    proposal = services.publish(member(), component, form.draft(), source=source, draft_id=form.held_draft)
    flash(_("Your proposal is published."), "success")
    return redirect(address_of(proposal), 303)


def _begin_from(number: str, form: ProposalForm, component: Component) -> None:
    """Begin a proposal with the words of the message or argument of that number, quoted and credited."""
    source = find_source(
        int(number) if number.isdecimal() and len(number) <= 15 else None, component.space_id, actor()
    )
    if source is None:
        return
    form.born_from.data = str(source.id)
    quoted = "\n".join(f"> {line}".rstrip() for line in source.body.splitlines())
    who = source.author.name if source.author and source.author.erased_at is None else _("Imported text")
    form.body.data = f"{quoted}\n>\n> [{who}]({address_of(source)})\n\n{form.body.data or ''}"


def _writing(component: Component, form: ProposalForm, written: int) -> str:
    settings = component.configuration
    limit = settings.proposal_limit
    return render_template(
        "proposals/new.html",
        component=component,
        space=component.space,
        form=form,
        saved=g.get("draft"),
        others=drafts.others("proposals.new", request.path),
        help=text.to_html(settings.new_proposal_help_text),
        left=None if limit is None else (limit - written, limit),
        vote=_vote(component, 0),
        list_address=list_address(component),
        looks_for_similar=component.configuration.similar_proposals,
        source=find_source(form.source_id, component.space_id, actor()),
    )


def _preview(component: Component, form: ProposalForm, proposal: Proposal | None = None) -> str:
    draft = form.draft()
    return render_template(
        "proposals/preview.html",
        component=component,
        space=component.space,
        form=form,
        proposal=proposal,
        html=text.to_html(draft.body),
        topic=queries.topic_of(component, draft.topic_id),
        writer=member(),
        similar=[] if proposal else _similar_to(component, draft.title, draft.body),
    )


@bp.post("/similar")
def find_similar(slug: str, component_id: int) -> ResponseReturnValue:
    """The published proposals close to what one is typing; nothing new (204) when they are shown already."""
    component = component_of(slug, component_id)
    authorize(policies.may_propose(actor(), component))
    if not pace.may_ask(member().id):
        return "", 204
    close = _similar_to(component, request.form.get("title", ""), request.form.get("body", ""))
    if ",".join(str(one.item.id) for one in close) == request.form.get("shown", ""):
        return "", 204
    swap = get_template_attribute("proposals/_similar.html", "swap")
    return str(swap(close, "proposal-form"))


def _similar_to(component: Component, title: str, body: str) -> list[similar.Found]:
    return similar.while_writing(actor(), component, title, body, member().language, state_of)


def _support_instead(number: str) -> ResponseReturnValue:
    """Vote for a similar proposal and go to it; the text that was being written stays among one's drafts."""
    chosen = found(find_votable(int(number)) if number.isdecimal() and len(number) < 16 else None)
    vote_by_rules(chosen, 1)
    drafts.keep()
    flash(_("Your vote is counted. What you were writing is kept among your drafts."), "success")
    return redirect(address_of(chosen), 303)


@bp.route("/<key:proposal_id>/edit", methods=["GET", "POST"])
def edit(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Change one's proposal; the versions before are kept."""
    component = component_of(slug, component_id)
    held = readable(component_id, proposal_id, slug)
    proposal = held.proposal
    authorize(policies.may_edit(actor(), proposal))
    filled = drafts.filled("proposals.edit")
    form = EditForm(component, obj=proposal, published=proposal.id, **filled)
    if request.method == "GET" and "topic" in form and not filled:
        form.topic.data = str(proposal.topic_id or "")
    if not is_still_writing() and form.validate_on_submit():
        if request.form.get("act") == "preview":
            return _preview(component, form, proposal)
        changed = services.edit(
            member(),
            proposal,
            form.draft(),
            revision=form.held_revision,
            reason=form.reason.data or "",
            draft_id=form.held_draft,
            action=request.path,
            back=address_of(proposal),
        )
        flash(_("Your proposal is changed.") if changed else _("Nothing has changed."), "success")
        return redirect(address_of(proposal), 303)
    return render_template(
        "proposals/edit.html",
        component=component,
        space=component.space,
        form=form,
        proposal=proposal,
        version=held.version,
        until=policies.edit_until(proposal, component),
        saved=g.get("draft"),
        back=address_of(proposal),
    )


@bp.route("/<key:proposal_id>/withdraw", methods=["GET", "POST"])
def withdraw(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Withdraw one's proposal, after a confirmation."""
    proposal = readable(component_id, proposal_id, slug).proposal
    authorize(policies.may_withdraw(actor(), proposal))
    form = WithdrawForm()
    if form.validate_on_submit():
        services.withdraw(member(), proposal)
        flash(_("Your proposal is withdrawn. It stays readable, marked as withdrawn."), "success")
        return redirect(address_of(proposal), 303)
    return render_template(
        "proposals/withdraw.html",
        proposal=proposal,
        space=proposal.component.space,
        component=proposal.component,
        form=form,
        back=address_of(proposal),
    )
