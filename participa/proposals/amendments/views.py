"""Pages of amendments, below the proposal that they are about."""

from types import SimpleNamespace
from typing import Any

from flask import flash, g, get_template_attribute, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import authorize
from participa.comments.views import thread
from participa.contributions import drafts, versions
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.policies import may_read
from participa.db import clock
from participa.proposals.amendments import policies, queries, services
from participa.proposals.amendments.forms import AcceptForm, AmendmentForm, RejectForm
from participa.proposals.amendments.models import Amendment
from participa.proposals.amendments.passages import Together, together
from participa.proposals.models import Proposal
from participa.proposals.queries import Found
from participa.proposals.views import bp, readable, right_base
from participa.votes.ballots import answer_for, ballot_of
from participa.web import actor, address_of, addresses, found


@addresses(Amendment)
def address_of_amendment(amendment: Amendment) -> str:
    """The page of an amendment; needs its component and space loaded."""
    component = amendment.component
    return f"/e/{component.space.slug}/{component.id}/{amendment.about_id}/amendments/{amendment.id}"


@bp.get("/<key:proposal_id>/amendments")
def amendments(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """The amendments to a proposal, the latest first."""
    proposal = readable(component_id, proposal_id, slug).proposal
    page = queries.listed(proposal, actor(), request.args.get("page"))
    return _page("index", proposal, page=page, may_amend=policies.may_amend(actor(), proposal))


@bp.route("/<key:proposal_id>/amend", methods=["GET", "POST"])
def amend(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Write another text for a proposal, look at what it changes, publish it."""
    held = readable(component_id, proposal_id, slug)
    proposal = held.proposal
    authorize(policies.may_amend(actor(), proposal))
    form = AmendmentForm(proposal.component, obj=proposal, **drafts.filled("proposals.amend"))
    base = min(int(form.base.data or held.version), held.version) or held.version
    act = request.form.get("act", "")
    if request.method == "POST" and act != "write" and form.validate_on_submit():
        title, body = _text_of(proposal, held.version, base)
        if form.changes(title, body):
            if act == "preview":
                return _preview(held, form, base, title, body)
            made = services.publish(
                member(), proposal, form.draft(), base_number=base, draft_id=form.held_draft
            )
            flash(_("Your amendment is published; the authors are told."), "success")
            return redirect(address_of(made), 303)
    return _page("amend", proposal, form=form, number=base, saved=g.get("draft"), moved=held.version - base)


def _preview(held: Found, form: AmendmentForm, base: int, title: str, body: str) -> str:
    draft = form.draft()
    return _page(
        "preview",
        held.proposal,
        form=form,
        number=base,
        title=versions.compare(title, draft.title),
        body=versions.compare(body, draft.body),
    )


@bp.get("/<key:proposal_id>/amendments/<key:amendment_id>")
def amendment(slug: str, component_id: int, proposal_id: int, amendment_id: int) -> ResponseReturnValue:
    """What an amendment changes, why, what changed underneath, and what the authors answered."""
    held, one = _readable(slug, component_id, proposal_id, amendment_id)
    proposal, text, who = held.proposal, one.amendment, actor()
    title, body = _text_of(proposal, held.version, text.base_number)
    waits = text.state == "evaluating"
    return _page(
        "show",
        proposal,
        one=one,
        amendment=text,
        title=versions.compare(title, text.title or ""),
        body=versions.compare(body, text.body),
        view="split" if request.args.get("view") == "split" else "text",
        version=held.version,
        both=_both(proposal, text, title, body) if waits and text.base_number != held.version else None,
        ballot=ballot_of(who, text),
        may_decide=policies.may_decide(who, proposal, text),
        may_withdraw=policies.may_withdraw(who, proposal, text),
        may_promote=policies.may_promote(who, proposal, text),
        thread=thread(text) if text.is_shown else None,
    )


@bp.route("/<key:proposal_id>/amendments/<key:amendment_id>/accept", methods=["GET", "POST"])
def accept_amendment(
    slug: str, component_id: int, proposal_id: int, amendment_id: int
) -> ResponseReturnValue:
    """Make an amendment the text of the proposal, as it is or edited."""
    held, one = _readable(slug, component_id, proposal_id, amendment_id)
    proposal, text = held.proposal, one.amendment
    authorize(policies.may_decide(actor(), proposal, text))
    both = _both(proposal, text, *_text_of(proposal, held.version, text.base_number))
    offered = SimpleNamespace(title=both.title, body=both.body.text, revision=proposal.revision)
    as_it_is = request.method == "POST" and "as_it_is" in request.form
    if as_it_is and (both.clashes or str(proposal.revision) != request.form.get("revision")):
        flash(_("The proposal has changed: read the text before you publish it."), "warning")
        return redirect(request.path, 303)
    filled = {"formdata": None} if as_it_is else drafts.filled("proposals.accept_amendment")
    form = AcceptForm(proposal.component, obj=offered, **filled)
    if as_it_is or form.validate_on_submit():
        number = services.accept(
            member(),
            proposal,
            text,
            form.title.data or "",
            form.body.data or "",
            revision=form.held_revision,
            draft_id=form.held_draft,
            action=request.path,
            back=address_of(text),
        )
        flash(
            _(
                "The amendment is accepted: version %(number)s is in force, and its author is told.",
                number=number,
            ),
            "success",
        )
        return redirect(address_of(proposal), 303)
    return _page(
        "accept", proposal, amendment=text, form=form, both=both, saved=g.get("draft"), next=held.version + 1
    )


@bp.route("/<key:proposal_id>/amendments/<key:amendment_id>/reject", methods=["GET", "POST"])
def reject_amendment(
    slug: str, component_id: int, proposal_id: int, amendment_id: int
) -> ResponseReturnValue:
    """Say why an amendment is not retained."""
    held, one = _readable(slug, component_id, proposal_id, amendment_id)
    authorize(policies.may_decide(actor(), held.proposal, one.amendment))
    form = RejectForm()
    if form.validate_on_submit():
        services.reject(member(), held.proposal, one.amendment, form.reason.data or "")
        flash(_("Your answer is published, and the author of the amendment is told."), "success")
        return redirect(address_of(one.amendment), 303)
    return _page("reject", held.proposal, amendment=one.amendment, form=form)


@bp.post("/<key:proposal_id>/amendments/<key:amendment_id>/withdraw")
def withdraw_amendment(
    slug: str, component_id: int, proposal_id: int, amendment_id: int
) -> ResponseReturnValue:
    """Take one's amendment back."""
    held, one = _readable(slug, component_id, proposal_id, amendment_id)
    authorize(policies.may_withdraw(actor(), held.proposal, one.amendment))
    services.withdraw(member(), held.proposal, one.amendment)
    flash(_("Your amendment is withdrawn. It stays readable, marked as withdrawn."), "success")
    return redirect(address_of(one.amendment), 303)


@bp.post("/<key:proposal_id>/amendments/<key:amendment_id>/promote")
def promote_amendment(
    slug: str, component_id: int, proposal_id: int, amendment_id: int
) -> ResponseReturnValue:
    """Make a proposal of one's rejected amendment."""
    held, one = _readable(slug, component_id, proposal_id, amendment_id)
    authorize(policies.may_promote(actor(), held.proposal, one.amendment))
    made = services.promote(member(), held.proposal, one.amendment)
    flash(_("Your amendment is now a proposal of its own."), "success")
    return redirect(address_of(made), 303)


@answer_for(ContributionKind.AMENDMENT, "a")
def supported(amendment: Contribution, mine: int | None, failed: str | None) -> str:
    """The part of an amendment's page that a support changes."""
    verdict = ballot_of(actor(), amendment).verdict
    macro = get_template_attribute("proposals/amendments/_support.html", "support_of")
    return str(macro(amendment, mine == 1, may=bool(verdict), failed=failed))


def _readable(
    slug: str, component_id: int, proposal_id: int, amendment_id: int
) -> tuple[Found, queries.Found]:
    """A proposal and an amendment to it, both of which the reader may read."""
    held = readable(component_id, proposal_id, slug)
    one = found(queries.find(held.proposal, amendment_id, actor()))
    authorize(may_read(actor(), one.amendment))
    return held, one


def _text_of(proposal: Proposal, current: int, number: int) -> tuple[str, str]:
    """The title and source text of one version of a proposal; the one in force is at hand."""
    if number == current:
        return proposal.title or "", proposal.body
    return versions.texts_of(proposal.id, [number])[number]


def _both(proposal: Proposal, amendment: Amendment, title: str, body: str) -> Any:
    """The amendment put into the text in force; `title` and `body` are what it was begun from."""
    heads = together(title, proposal.title or "", amendment.title or "")
    texts: Together = together(body, proposal.body, amendment.body)
    return SimpleNamespace(title=heads.text, body=texts, clashes=[*heads.clashes, *texts.clashes])


def _page(name: str, proposal: Proposal, **context: Any) -> str:
    """A page of amendments: `proposals/amendments/<name>.html` under the way back to the proposal."""
    component = proposal.component
    return render_template(
        f"proposals/amendments/{name}.html",
        proposal=proposal,
        component=component,
        space=component.space,
        back=address_of(proposal),
        base=right_base(proposal),
        restricted=component.rules_at(clock()).amendments_visibility_participants,
        **context,
    )
