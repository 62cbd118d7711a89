"""Asking to join, taking it back, answering, leaving: one function for each thing a person does."""

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused, Role
from participa.db import clock, transaction
from participa.events import AnySession, Happening, announce
from participa.spaces.models import JoinRequest, Space, SpaceRole
from participa.spaces.services.team import add_role, keep_an_administrator


def ask_to_join(member: Member, space: Space, message: str) -> None:
    """Ask to be a member of a space and tell those who answer; raises Refused when one has asked already."""
    with transaction() as session:
        asked = session.execute(
            upsert(JoinRequest)
            .values(space_id=space.id, member_id=member.id, message=message, asked_at=clock())
            .on_conflict_do_nothing()
            .returning(JoinRequest.id)
        ).first()
        if asked is None:
            raise Refused("already_asked")
        record(session, member, "join.asked", space, space_id=space.id)
        curating = select(SpaceRole.member_id).where(
            SpaceRole.space_id == space.id, SpaceRole.role.in_([Role.ADMINISTRATOR, Role.MODERATOR])
        )
        team = session.scalars(curating.distinct()).all()
        announce(session, Happening("join.asked", member.id, space.id, recipients=tuple(team)))


def take_request_back(member: Member, space: Space) -> bool:
    """Take one's request back; false when it was answered meanwhile."""
    with transaction() as session:
        gone = session.execute(
            delete(JoinRequest)
            .where(
                JoinRequest.space_id == space.id,
                JoinRequest.member_id == member.id,
                JoinRequest.decided_at.is_(None),
            )
            .returning(JoinRequest.id)
        ).first()
        if gone is not None:
            record(session, member, "join.taken_back", space, space_id=space.id)
    return gone is not None


def answer_request(
    moderator: Member, space: Space, request: JoinRequest, *, accepted: bool, note: str = ""
) -> None:
    """Make whoever asks a member of the space, or decline, and tell them; raises Refused when it is over."""
    with transaction() as session:
        decided = session.execute(
            update(JoinRequest)
            .where(JoinRequest.id == request.id, JoinRequest.decided_at.is_(None))
            .values(decided_at=clock(), decided_by_id=moderator.id, accepted=accepted)
            .returning(JoinRequest.id)
            .execution_options(synchronize_session=False)
        ).first()
        if decided is None:
            raise Refused("request_over")
        if accepted:
            add_role(session, space, request.member_id, Role.MEMBER, unless_any=True)
        action = "join.accepted" if accepted else "join.declined"
        record(session, moderator, action, session.get(Member, request.member_id), space_id=space.id)
        announce(
            session,
            Happening(
                action, moderator.id, space.id, recipients=(request.member_id,), details={"note": note}
            ),
        )


def leave(member: Member, space: Space) -> None:
    """Give up all one is in a space; raises Refused for its last administrator."""
    with transaction() as session:
        session.execute(select(Space.id).where(Space.id == space.id).with_for_update())
        held = _roles(session, member, space)
        if Role.ADMINISTRATOR in held:
            keep_an_administrator(session, space, member.id)
        session.execute(
            delete(SpaceRole).where(SpaceRole.space_id == space.id, SpaceRole.member_id == member.id)
        )
        if held:
            record(session, member, "space.left", space, space_id=space.id, before=sorted(held))


def _roles(session: AnySession, member: Member, space: Space) -> set[Role]:
    rows = select(SpaceRole.role).where(SpaceRole.space_id == space.id, SpaceRole.member_id == member.id)
    return set(session.scalars(rows))
