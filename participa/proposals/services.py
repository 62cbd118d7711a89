"""What people do with proposals; each function is one act and one transaction."""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from participa.attachments.services import join
from participa.auth.models import Member
from participa.authorization import Refused
from participa.contributions import services as contributions
from participa.contributions.models import Contribution
from participa.db import clock, transaction
from participa.events import Happening, announce
from participa.follows.services import follow
from participa.proposals.forms import Draft
from participa.proposals.models import Proposal
from participa.proposals.queries import count_written
from participa.spaces.models import Component

_own = Proposal.__table__.c


def publish(
    author: Member,
    component: Component,
    draft: Draft,
    *,
    source: Contribution | None = None,
    draft_id: int | None = None,
) -> Proposal:
    """Publish a proposal, which its author follows from now on, and tell the space's followers.

    Raises Refused when the author has reached the component's limit, in another tab for example.
    """
    limit = component.configuration.proposal_limit
    with transaction() as session:
        if limit is not None:
            session.execute(select(func.pg_advisory_xact_lock(component.id, author.id)))  # counted one by one
            if count_written(author.id, component.id) >= limit:
                raise Refused("proposal_limit")
        proposal = Proposal(
            component=component,
            author=author,
            centre_id=author.centre_id,
            title=draft.title,
            body=draft.body,
            topic_id=draft.topic_id,
            official=draft.official,
            born_from_id=source.id if source is not None else None,
            born_in_id=source.about_id if source is not None else None,
            language=author.language,
        )
        contributions.put(session, proposal)
        join(session, author, proposal, draft.files)
        follow(session, author.id, contribution_id=proposal.id)
        contributions.discard_draft(session, author, draft_id)
        signed = {"signed": author.centre.name} if draft.official and author.centre else {}
        contributions.tell(session, author, proposal, "proposal.published", **signed)
        if source is not None and source.author_id not in (None, author.id):
            told = Happening(
                "proposal.born",
                author.id,
                component.space_id,
                proposal.id,
                proposal.id,
                recipients=(source.author_id,),
                details=signed,
            )
            announce(session, told)
    return proposal


def edit(
    editor: Member,
    proposal: Proposal,
    draft: Draft,
    *,
    revision: int,
    reason: str = "",
    draft_id: int | None = None,
    **merge: Any,
) -> bool:
    """Change the text and keep the version; false when nothing changed. Raises Conflict when it is stale."""
    with transaction() as session:
        changed = contributions.revise(
            session,
            proposal,
            editor,
            revision=revision,
            title=draft.title,
            body=draft.body,
            reason=reason,
            **merge,
        )
        moved = proposal.topic_id != draft.topic_id
        if moved:
            proposal.topic_id = draft.topic_id
            proposal.revision = revision + 1
        if join(session, editor, proposal, draft.files):
            moved, proposal.revision = True, revision + 1
        contributions.discard_draft(session, editor, draft_id)
        if changed:
            contributions.touch(session, proposal.id)
            contributions.tell(session, editor, proposal, "proposal.edited")
    return changed or moved


def withdraw(author: Member, proposal: Proposal) -> bool:
    """Take the proposal back: it stays readable, marked, and takes no more votes or comments."""
    with transaction() as session:
        first = session.execute(
            update(Contribution)
            .where(Contribution.id == proposal.id, Contribution.withdrawn_at.is_(None))
            .values(withdrawn_at=clock(), last_activity_at=clock())
            .returning(Contribution.id)
            .execution_options(synchronize_session=False)
        ).first()
        if first is not None:
            contributions.tell(session, author, proposal, "proposal.withdrawn")
    return first is not None


def show_results(proposal: Proposal) -> None:
    """Note that the results of a for / mixed / against vote are shown from now on: no vote on it changes any more.

    Votes that held the proposal's lock first are in the counts that it has afterwards.
    """
    names = ("support_count", "neutral_count", "against_count", "centre_count")
    with transaction() as session:
        counts = session.execute(
            select(*(getattr(Contribution, name) for name in names))
            .where(Contribution.id == proposal.id)
            .with_for_update(key_share=True)
        ).one()
        session.execute(
            update(Proposal.__table__)  # type: ignore[arg-type]
            .where(_own.id == proposal.id, _own.results_at.is_(None))
            .values(results_at=clock())
        )
    for name, value in [*zip(names, counts, strict=True), ("results_at", clock())]:
        set_committed_value(proposal, name, value)
