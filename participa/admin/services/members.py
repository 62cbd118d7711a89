"""Accounts as coordinators keep them."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from participa.admin.policies import may_take_coordination
from participa.audit.services import record
from participa.auth.models import Member, PasswordLink, UserSession
from participa.authorization import Refused, authorize
from participa.db import clock, transaction
from participa.errors import Conflict
from participa.events import AnySession
from participa.network.models import Centre
from participa.web import actor


def deactivate(by: Member, member_ids: Sequence[int]) -> list[Member]:
    """Close accounts: their owners are signed out at once and what they wrote stays; gives those closed now.

    One's own account, imported and erased ones are left as they are, so that a coordinator always remains.
    """
    with transaction() as session:
        _lock_coordinators(session, by)
        members = [one for one in _locked(session, member_ids) if one.id != by.id and one.is_active]
        ids = [one.id for one in members]
        for one in members:
            one.deactivated_at = clock()
            one.is_coordinator = False
            record(session, by, "member.deactivated", one)
        session.execute(delete(UserSession).where(UserSession.member_id.in_(ids)))
        session.execute(delete(PasswordLink).where(PasswordLink.member_id.in_(ids)))
    return members


def reactivate(by: Member, member_id: int) -> Member:
    """Open a closed account again; its owner signs in with the same password."""
    with transaction() as session:
        [member] = _locked(session, [member_id])
        if member.deactivated_at is not None:
            member.deactivated_at = None
            record(session, by, "member.reactivated", member)
    return member


def move(by: Member, member_ids: Sequence[int], centre_id: int | None) -> list[Member]:
    """Let people belong to another centre from now on; their past acts keep theirs. Gives those who moved."""
    with transaction() as session:
        centre = session.get(Centre, centre_id) if centre_id else None
        members = [one for one in _locked(session, member_ids) if one.centre_id != centre_id]
        for one in members:
            before = one.centre.name if one.centre else None
            one.centre_id, one.centre = centre_id, centre
            one.revision += 1
            record(session, by, "member.moved", one, before=before, after=centre.name if centre else None)
    return members


def edit(by: Member, member_id: int, *, name: str, function: str | None, revision: int) -> Member:
    """Correct a member's name and function; raises Conflict when they changed meanwhile."""
    with transaction() as session:
        [member] = _locked(session, [member_id])
        if member.revision != revision:
            raise Conflict(member=member, name=name, function=function)
        before = {"name": member.name, "function": member.function}
        after = {"name": name, "function": function}
        if before != after:
            member.name, member.function = name, function
            member.revision += 1
            changed = [key for key in after if before[key] != after[key]]
            record(
                session,
                by,
                "member.edited",
                member,
                before={key: before[key] for key in changed},
                after={key: after[key] for key in changed},
            )
    return member


def give_coordination(by: Member, member_id: int) -> Member:
    """Make a member a coordinator of the network."""
    with transaction() as session:
        _lock_coordinators(session, by)
        [member] = _locked(session, [member_id])
        if not member.is_coordinator and member.is_active:
            member.is_coordinator = True
            record(session, by, "coordinator.made", member)
    return member


def take_coordination(by: Member, member_id: int) -> Member:
    """Take the role of coordinator back; raises Refused for the last one."""
    with transaction() as session:
        coordinators = _lock_coordinators(session, by)
        [member] = _locked(session, [member_id])
        if member.is_coordinator:
            authorize(may_take_coordination(actor(), member, len(coordinators)))
            member.is_coordinator = False
            record(session, by, "coordinator.removed", member)
    return member


def _lock_coordinators(session: AnySession, by: Member) -> Sequence[int]:
    """Take turns with whoever else changes who coordinates; `by` must still be one of them by then."""
    ids = session.scalars(
        select(Member.id)
        .where(Member.is_coordinator, Member.deactivated_at.is_(None), Member.erased_at.is_(None))
        .order_by(Member.id)
        .with_for_update()
    ).all()
    if by.id not in ids:
        raise Refused("coordinators_only")
    return ids


def _locked(session: AnySession, member_ids: Sequence[int]) -> Sequence[Member]:
    """The accounts that can be managed among these, in the order of their ids, each with its centre."""
    return session.scalars(
        select(Member)
        .where(Member.id.in_(member_ids), ~Member.imported, Member.erased_at.is_(None))
        .options(joinedload(Member.centre))
        .order_by(Member.id)
        .with_for_update(of=Member)
        .execution_options(populate_existing=True)
    ).all()
