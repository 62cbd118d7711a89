"""Pages by which moderators merge, split, copy and move proposals, and undo it."""

from typing import Any

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa import text
from participa.auth.session import member
from participa.authorization import authorize
from participa.catalogues import ngettext
from participa.contributions import drafts
from participa.curation import services as curation
from participa.db import clock
from participa.proposals.lineage import policies, queries, services
from participa.proposals.lineage.forms import (
    MergeForm,
    SplitForm,
    TransferForm,
    UndoForm,
    part_count,
    part_form,
)
from participa.proposals.models import Proposal
from participa.proposals.timeline import tells
from participa.proposals.views import bp, readable, right_base
from participa.spaces.models import Component
from participa.spaces.queries import find_component
from participa.web import actor, address_of, found


def _place(proposal: Proposal) -> dict[str, Any]:
    """What every page here shows around itself."""
    return {
        "proposal": proposal,
        "component": proposal.component,
        "space": proposal.component.space,
        "back": address_of(proposal),
        "base": right_base(proposal),
    }


def _numbers(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 16]


tells(
    "proposal.merged",
    lambda entry: ngettext(
        "Made of %(num)s proposal by the moderators",
        "Made of %(num)s proposals by the moderators",
        entry.details["count"],
    ),
)
tells("proposal.split", lambda entry: _("Made of a proposal that the moderators split"))
tells("proposal.unmerged", lambda entry: _("Back as it was, the merge or split being undone"))
tells("proposal.copied", lambda entry: _("Copied from another place by the moderators"))
tells("proposal.moved", lambda entry: _("Moved here by the moderators"))


# ── Merging ──────────────────────────────────────────────────────────────────────────────────────


@bp.route("/<key:proposal_id>/merge", methods=["GET", "POST"])
def merge(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Choose other proposals, write the common text, and put it in their place."""
    component = found(find_component(component_id, slug))
    proposal = readable(component_id, proposal_id, slug).proposal
    authorize(policies.may_replace(actor(), proposal))
    wanted = _numbers(request.values.getlist("with"))
    ids = list(dict.fromkeys([proposal_id, *wanted]))[: policies.MOST_MERGED]
    held = queries.originals(component_id, ids)
    if len(held) < 2 or request.args.get("choose"):
        return _choosing(proposal, component, held)
    form = MergeForm(component, held, **drafts.filled("proposals.merge"))
    if form.validate_on_submit():
        made = _merged(component, held, form)
        if made is not None:
            flash(_("The proposals are merged. Their authors and followers are told."), "success")
            return redirect(address_of(made), 303)
        held = queries.originals(component_id, ids)
    numbers = [one.id for one in held]
    return render_template(
        "proposals/lineage/merge.html",
        **_place(proposal),
        form=form,
        originals=held,
        saved=g.get("draft"),
        page=_page(request.path, numbers),
        votes=sum(one.support_count + one.neutral_count + one.against_count for one in held),
        supporters=queries.supporters(numbers),
        centres=queries.centres(numbers),
        hidden=component.hides_counts_at(clock()),
        comments=sum(one.comment_count for one in held),
    )


def _merged(component: Component, held: list[Proposal], form: MergeForm) -> Proposal | None:
    """Merge; None, with the reason in the form, when an original was edited since it was read."""
    titles = {one.id: one.title for one in held}
    revisions = {one.id: _revision(one.id) for one in held}
    try:
        return services.merge(
            member(),
            component,
            revisions,
            form.draft(),
            first=int(form.first.data),
            note=form.note.data or "",
            draft_id=form.held_draft,
        )
    except services.ChangedMeanwhile as newer:
        form.body.errors = [*form.body.errors, *(_edited(titles.get(number)) for number in newer.ids)]
        return None


def _revision(proposal_id: int) -> int:
    sent = request.form.get(f"revision-{proposal_id}", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0


def _edited(title: str | None) -> str:
    sentence: str = _(
        "“%(title)s” was edited while you wrote. Its new text is on this page: read it, then send again.",
        title=title,
    )
    return sentence


def _choosing(proposal: Proposal, component: Component, held: list[Proposal]) -> ResponseReturnValue:
    words = " ".join(text.clean(request.args.get("q", "")).split())[:200]
    chosen = [one for one in held if one.id != proposal.id]
    return render_template(
        "proposals/lineage/choose.html",
        **_place(proposal),
        words=words,
        chosen=chosen,
        hidden=component.hides_counts_at(clock()),
        offered=queries.others(component, words, [proposal.id, *(one.id for one in chosen)]),
        full=len(held) >= policies.MOST_MERGED,
    )


def _page(path: str, ids: list[int]) -> str:
    return f"{path}?{'&'.join(f'with={number}' for number in ids[1:])}"


# ── Splitting ────────────────────────────────────────────────────────────────────────────────────


@bp.route("/<key:proposal_id>/split", methods=["GET", "POST"])
def split(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Write two proposals or more, and put them in the place of one."""
    component = found(find_component(component_id, slug))
    proposal = readable(component_id, proposal_id, slug).proposal
    authorize(policies.may_replace(actor(), proposal))
    filled = drafts.filled("proposals.split")
    sent = filled["formdata"] if filled else request.form
    act = request.form.get("act", "")
    count = part_count(sent.get("parts", ""))
    count = part_count(str(count + (act == "more") - (act == "fewer")))
    form = SplitForm(count, **filled)
    parts = [part_form(component, n, **filled) for n in range(count)]
    if request.method == "POST" and act not in ("more", "fewer"):
        valid = [part.validate() for part in parts]
        if form.validate_on_submit() and all(valid):
            made = _split(proposal, component, form, parts)
            if made:
                flash(_("The proposal is split. Its authors and followers are told."), "success")
                return redirect(address_of(made[0]), 303)
            proposal = readable(component_id, proposal_id, slug).proposal
    return render_template(
        "proposals/lineage/split.html",
        **_place(proposal),
        form=form,
        parts=parts,
        saved=g.get("draft"),
        most=policies.MOST_PARTS,
    )


def _split(proposal: Proposal, component: Component, form: SplitForm, parts: list[Any]) -> list[Proposal]:
    title = proposal.title
    try:
        return services.split(
            member(),
            component,
            proposal.id,
            _revision(proposal.id),
            [part.draft() for part in parts],
            comments_to=int(form.comments_to.data),
            note=form.note.data or "",
            draft_id=form.held_draft,
        )
    except services.ChangedMeanwhile:
        form.note.errors = [*form.note.errors, _edited(title)]
        return []


# ── Copying, moving ──────────────────────────────────────────────────────────────────────────────


@bp.route("/<key:proposal_id>/transfer", methods=["GET", "POST"])
def transfer(slug: str, component_id: int, proposal_id: int) -> ResponseReturnValue:
    """Copy or move a proposal to another component."""
    proposal = readable(component_id, proposal_id, slug).proposal
    authorize(policies.may_transfer(actor(), proposal))
    places = list(queries.receiving(actor(), component_id))
    form = TransferForm(places)
    if places and form.validate_on_submit():
        place = next(one for one in places if str(one.id) == form.component.data)
        authorize(policies.may_receive(actor(), place))
        if form.act.data == "copy":
            made = services.copy(member(), proposal, place)
            flash(_("The proposal is copied here. Votes and comments stay with the original."), "success")
            return redirect(address_of(made), 303)
        curation.move(member(), proposal, place)
        flash(_("The proposal now stands here, with its votes and comments."), "success")
        return redirect(address_of(proposal), 303)
    return render_template("proposals/lineage/transfer.html", **_place(proposal), form=form, places=places)


# ── Undoing ──────────────────────────────────────────────────────────────────────────────────────


@bp.route("/<key:proposal_id>/lineage/<key:lineage_id>/undo", methods=["GET", "POST"])
def undo(slug: str, component_id: int, proposal_id: int, lineage_id: int) -> ResponseReturnValue:
    """Bring back what was merged or split, after a confirmation."""
    proposal = readable(component_id, proposal_id, slug).proposal
    lineage = found(queries.find_lineage(proposal_id, lineage_id))
    authorize(may_undo(lineage, proposal))
    form = UndoForm()
    sources = [link.proposal for link in lineage.links if link.is_source and link.proposal]
    if form.validate_on_submit():
        services.undo(member(), lineage)
        flash(
            ngettext(
                "The original proposal is back, with what it had.",
                "The %(num)s original proposals are back, with what they had.",
                len(sources),
            ),
            "success",
        )
        return redirect(address_of(sources[0]), 303)
    return render_template(
        "proposals/lineage/undo.html", **_place(proposal), lineage=lineage, sources=sources, form=form
    )


def may_undo(lineage: Any, proposal: Proposal) -> Any:
    """Whether the reader may undo this act, from the page of one of its proposals."""
    authors = frozenset(
        number
        for link in lineage.links
        if link.is_source and link.proposal
        for number in (link.proposal.author_id, *link.proposal.coauthor_ids)
        if number is not None
    )
    return policies.may_undo(actor(), lineage, proposal.component.space_id, authors)


@bp.app_template_global("lineages_of")
def told(proposal: Proposal) -> list[Any]:
    """What was done to a proposal, each with whether the reader may undo it and has read it from an old address."""
    came_from = request.args.get("from", "")
    return [
        {
            "act": lineage,
            "sources": [link.proposal for link in lineage.links if link.is_source],
            "targets": [link.proposal for link in lineage.links if not link.is_source],
            "may_undo": may_undo(lineage, proposal),
            "led": any(str(link.proposal_id) == came_from for link in lineage.links if link.is_source),
        }
        for lineage in queries.lineages(proposal.id)
    ]
