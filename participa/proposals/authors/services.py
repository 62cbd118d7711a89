"""What people do about being authors together; each function is one act and one transaction."""

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused
from participa.contributions import authors
from participa.contributions.models import Authorship
from participa.db import clock, transaction
from participa.events import AnySession, Happening, announce
from participa.follows.services import follow
from participa.proposals.authors.policies import MOST_AUTHORS
from participa.proposals.models import Proposal
from participa.votes.services import withdraw


def invite(author: Member, proposal: Proposal, invited: Member) -> bool:
    """Ask a member to be an author too, and tell them; false when they are one or have been asked already."""
    with transaction() as session:
        authors.lock(session, proposal)
        if invited.id == proposal.author_id:
            return False
        asked = session.scalar(
            select(func.count()).where(
                Authorship.contribution_id == proposal.id, Authorship.declined_at.is_(None)
            )
        )
        if 1 + (asked or 0) >= MOST_AUTHORS:
            raise Refused("too_many_authors")
        new = session.scalar(
            upsert(Authorship)
            .values(
                contribution_id=proposal.id,
                member_id=invited.id,
                centre_id=invited.centre_id,
                invited_by_id=author.id,
                invited_at=clock(),
            )
            .on_conflict_do_nothing()
            .returning(Authorship.member_id)
        )
        if new is None:
            return False
        _tell(session, author, proposal, "authorship.offered", [invited.id], member=invited.id)
    return True


def cancel(author: Member, proposal: Proposal, member_id: int) -> bool:
    """Take an invitation back; false when it was answered in the meantime."""
    with transaction() as session:
        authors.lock(session, proposal)
        gone = session.scalar(
            delete(Authorship)
            .where(*_pending(proposal, member_id))
            .returning(Authorship.member_id)
            .execution_options(synchronize_session=False)
        )
        if gone is not None:
            _tell(session, author, proposal, "authorship.cancelled", member=member_id)
    return gone is not None


def accept(member: Member, proposal: Proposal) -> bool:
    """Become an author: follow the proposal, take one's own vote back, tell the others.

    False when already one. Raises Refused when the invitation was cancelled in the meantime. Needs the
    component with its space and phases.
    """
    with transaction() as session:
        withdraw(member, proposal)  # locks the ballot, then the proposal, as every vote does
        authors.lock(session, proposal)
        accepted = session.scalar(
            update(Authorship)
            .where(*_pending(proposal, member.id))
            .values(accepted_at=clock(), centre_id=member.centre_id)
            .returning(Authorship.invited_by_id)
            .execution_options(synchronize_session=False)
        )
        if accepted is None:
            if member.id == proposal.author_id or member.id in proposal.coauthor_ids:
                return False
            raise Refused("not_invited")
        others = [id for id in (proposal.author_id, *proposal.coauthor_ids) if id is not None]
        authors.list_authors(session, proposal)
        follow(session, member.id, contribution_id=proposal.id)
        _tell(session, member, proposal, "authorship.accepted", others)
    return True


def decline(member: Member, proposal: Proposal) -> bool:
    """Say no, once and for all, and tell who asked; false when there was nothing to answer any more."""
    with transaction() as session:
        authors.lock(session, proposal)
        row = session.execute(
            update(Authorship)
            .where(*_pending(proposal, member.id))
            .values(declined_at=clock())
            .returning(Authorship.invited_by_id)
            .execution_options(synchronize_session=False)
        ).first()
        if row is not None:
            told = [row.invited_by_id] if row.invited_by_id is not None else None
            _tell(session, member, proposal, "authorship.declined", told)
    return row is not None


def leave(member: Member, proposal: Proposal) -> bool:
    """Stop being an author, and tell the others; false when one was none any more.

    Raises Refused for the only author.
    """
    with transaction() as session:
        authors.lock(session, proposal)
        if member.id == proposal.author_id and not proposal.coauthor_ids:
            raise Refused("last_author")
        if not authors.drop_author(session, proposal, member.id):
            return False
        others = [id for id in (proposal.author_id, *proposal.coauthor_ids) if id is not None]
        _tell(session, member, proposal, "authorship.left", others)
    return True


def _pending(proposal: Proposal, member_id: int) -> tuple[Any, ...]:
    return (
        Authorship.contribution_id == proposal.id,
        Authorship.member_id == member_id,
        Authorship.accepted_at.is_(None),
        Authorship.declined_at.is_(None),
    )


def _tell(
    session: AnySession,
    actor: Member,
    proposal: Proposal,
    kind: str,
    recipients: list[int] | None = None,
    **details: Any,
) -> None:
    """Record the act, and announce it to `recipients`, when there are some."""
    space_id = proposal.component.space_id
    record(session, actor, kind, proposal, space_id=space_id, **details)
    if recipients:
        announce(
            session,
            Happening(kind, actor.id, space_id, proposal.id, proposal.id, recipients=tuple(recipients)),
        )
