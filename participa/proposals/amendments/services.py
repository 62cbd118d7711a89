"""What people do with amendments; each function is one act and one transaction.

Every act locks the proposal, then the amendment; what it then reads is what the act before it wrote, so of two
people who answer at once the second is told that it is done.
"""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused
from participa.contributions import authors
from participa.contributions import services as contributions
from participa.contributions.models import Contribution, Part, Version
from participa.db import clock, transaction
from participa.events import AnySession, Happening, announce
from participa.follows.services import follow
from participa.proposals import services as proposals
from participa.proposals.amendments.forms import Draft
from participa.proposals.amendments.models import Amendment, Decision
from participa.proposals.forms import Draft as ProposalDraft
from participa.proposals.models import Proposal
from participa.votes import services as votes


def publish(
    author: Member, proposal: Proposal, draft: Draft, *, base_number: int, draft_id: int | None = None
) -> Amendment:
    """Suggest another text, tell the authors and followers; its author follows the proposal from now on.

    Raises Refused when the proposal was withdrawn or hidden since the form was shown.
    """
    with transaction() as session:
        _lock(session, proposal)
        amendment = Amendment(
            component=proposal.component,
            author=author,
            about=proposal,
            centre_id=author.centre_id,
            title=draft.title,
            body=draft.body,
            reason=draft.reason,
            base_number=base_number,
            language=proposal.language,
            restricted=proposal.component.rules_at(clock()).amendments_visibility_participants,
        )
        contributions.put(session, amendment)
        follow(session, author.id, contribution_id=proposal.id)
        if not amendment.restricted:
            votes.take_part(session, proposal.id, author.centre_id)
            contributions.touch(session, proposal.id)
        contributions.discard_draft(session, author, draft_id)
        _tell(session, author, proposal, amendment, "amendment.published")
        _tell_some(session, author, proposal, amendment, "amendment.received", _authors(proposal))
    return amendment


def accept(
    author: Member,
    proposal: Proposal,
    amendment: Amendment,
    title: str,
    body: str,
    *,
    revision: int,
    draft_id: int | None = None,
    **merge: Any,
) -> int:
    """Make the amendment, or what the author made of it, the text of the proposal; gives the version's number.

    Its author becomes an author of the proposal, and the version is credited to them; everybody reads it from now
    on. Raises Refused when it was answered or withdrawn in the meantime, Conflict when the proposal changed since
    `revision`.
    """
    amender = amendment.author
    with transaction() as session:
        if amender is not None:
            votes.withdraw(amender, proposal)  # locks the ballot, then the proposal, as every vote does
        _lock(session, proposal, amendment)
        contributions.revise(
            session,
            proposal,
            amender or author,
            revision=revision,
            title=title,
            body=body,
            reason=amendment.reason,
            **merge,
        )
        session.flush()
        number = session.scalar(
            select(func.max(Version.number)).where(
                Version.contribution_id == proposal.id, Version.part == Part.TEXT
            )
        )
        if amendment.restricted:
            votes.take_part(session, proposal.id, amendment.centre_id)
        _decide(session, author, amendment, Decision.ACCEPTED, version_number=number or 1, restricted=False)
        if amender is not None and amender.id != proposal.author_id:
            authors.add_authors(
                session, proposal, [(amender.id, amendment.centre_id)], invited_by_id=author.id
            )
            follow(session, amender.id, contribution_id=proposal.id)
        contributions.touch(session, proposal.id)
        contributions.discard_draft(session, author, draft_id)
        edited = (title, body) != (amendment.title, amendment.body)
        _tell(session, author, proposal, amendment, "amendment.accepted", edited=edited)
        if amender is not None:
            _tell_some(session, author, proposal, amendment, "amendment.yours_accepted", [amender.id])
    return number or 1


def reject(author: Member, proposal: Proposal, amendment: Amendment, reason: str) -> None:
    """Say why the amendment is not retained, and tell its author and the followers.

    Raises Refused when it was answered or withdrawn in the meantime.
    """
    with transaction() as session:
        _lock(session, proposal, amendment)
        _decide(session, author, amendment, Decision.REJECTED, decision_reason=reason)
        if not amendment.restricted:
            contributions.touch(session, proposal.id)
        _tell(session, author, proposal, amendment, "amendment.rejected")
        if amendment.author_id is not None:
            _tell_some(
                session, author, proposal, amendment, "amendment.yours_rejected", [amendment.author_id]
            )


def withdraw(author: Member, proposal: Proposal, amendment: Amendment) -> None:
    """Take one's amendment back; it stays readable. Raises Refused when it was answered in the meantime."""
    with transaction() as session:
        _lock(session, proposal, amendment)
        session.execute(
            update(Contribution)
            .where(Contribution.id == amendment.id)
            .values(withdrawn_at=clock())
            .execution_options(synchronize_session=False)
        )
        set_committed_value(amendment, "withdrawn_at", clock())
        _tell(session, author, proposal, amendment, "amendment.withdrawn")


def promote(author: Member, proposal: Proposal, amendment: Amendment) -> Proposal:
    """Make a proposal of a rejected amendment, linked to it, and tell the authors of the first.

    Raises Refused when that was done already.
    """
    with transaction() as session:
        authors.lock(session, proposal)
        state = _read(session, amendment)
        if state.decision != Decision.REJECTED or state.promoted_id is not None:
            raise Refused("amendment_not_rejected")
        made = proposals.publish(
            author,
            proposal.component,
            ProposalDraft(amendment.title or "", amendment.body, proposal.topic_id),
        )
        amendment.promoted_id = made.id
        session.flush()
        _tell_some(session, author, proposal, amendment, "amendment.promoted", _authors(proposal))
        record(
            session,
            author,
            "amendment.promoted",
            amendment,
            space_id=proposal.component.space_id,
            proposal=made.id,
        )
    return made


def close_of(session: AnySession, actor_id: int | None, proposal_id: int) -> None:
    """Leave the amendments that wait without hope when their proposal is withdrawn; their authors may promote them."""
    own, base = Amendment.__table__.c, Contribution.__table__.c
    waiting = select(base.id).where(base.about_id == proposal_id, base.withdrawn_at.is_(None))
    session.execute(
        update(Amendment.__table__)  # type: ignore[arg-type]
        .where(own.id.in_(waiting), own.decision.is_(None))
        .values(decision=Decision.REJECTED, decided_at=clock(), decided_by_id=actor_id)
    )


def _lock(session: AnySession, proposal: Proposal, amendment: Amendment | None = None) -> None:
    """Lock the proposal, then the amendment, and refuse what is no longer possible."""
    authors.lock(session, proposal)
    if proposal.withdrawn_at is not None:
        raise Refused("withdrawn")
    if not proposal.is_shown:
        raise Refused("hidden")
    if amendment is not None:
        state = _read(session, amendment)
        if state.decision is not None or state.withdrawn_at is not None:
            raise Refused("amendment_decided")
        if state.hidden_at is not None:
            raise Refused("hidden")


def _read(session: AnySession, amendment: Amendment) -> Any:
    """The state of an amendment as it is now, locked."""
    own = Amendment.__table__.c
    return session.execute(
        select(Contribution.withdrawn_at, Contribution.hidden_at, own.decision, own.promoted_id)
        .join(Amendment.__table__, own.id == Contribution.id)
        .where(Contribution.id == amendment.id)
        .with_for_update(of=Contribution, key_share=True)
    ).one()


def _decide(
    session: AnySession, author: Member, amendment: Amendment, decision: Decision, **values: Any
) -> None:
    amendment.decision, amendment.decided_at, amendment.decided_by_id = decision, clock(), author.id
    for name, value in values.items():
        setattr(amendment, name, value)
    session.flush()


def _authors(proposal: Proposal) -> list[int]:
    return [id for id in (proposal.author_id, *proposal.coauthor_ids) if id is not None]


def _tell(
    session: AnySession, actor: Member, proposal: Proposal, amendment: Amendment, kind: str, **details: Any
) -> None:
    """Record the act, and announce it to those who follow the proposal or the space."""
    space_id = proposal.component.space_id
    record(session, actor, kind, amendment, space_id=space_id, **details)
    announce(session, Happening(kind, actor.id, space_id, amendment.id, proposal.id, details=details))


def _tell_some(
    session: AnySession, actor: Member, proposal: Proposal, amendment: Amendment, kind: str, ids: list[int]
) -> None:
    """Announce an act to those it concerns most, who then hear of it only once."""
    if ids:
        space_id = proposal.component.space_id
        announce(
            session,
            Happening(kind, actor.id, space_id, amendment.id, proposal.id, recipients=tuple(ids)),
        )
