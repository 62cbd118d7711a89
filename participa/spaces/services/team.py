"""Giving and taking roles in a space."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert

from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused, Role
from participa.db import clock, transaction
from participa.events import AnySession, Happening, announce
from participa.spaces.models import Space, SpaceRole


def give_role(giver: Member, space: Space, member: Member, role: Role) -> bool:
    """Give a member a role in a space; false when they already had it."""
    with transaction() as session:
        if not add_role(session, space, member.id, role):
            return False
        record(session, giver, "role.given", member, space_id=space.id, role=role)
        if member.id != giver.id:
            announce(
                session,
                Happening(
                    "role.given", giver.id, space.id, recipients=(member.id,), details={"role": role.value}
                ),
            )
    return True


def give_role_to_all(giver: Member, space: Space, member_ids: Sequence[int], role: Role) -> int:
    """Give many members a role in a space, in as many statements whatever their number; gives how many had not."""
    with transaction() as session:
        rows = [
            {"space_id": space.id, "member_id": member_id, "role": role, "given_at": clock()}
            for member_id in member_ids
        ]
        insert = upsert(SpaceRole).values(rows).on_conflict_do_nothing().returning(SpaceRole.member_id)
        given = session.scalars(insert).all()
        if given:
            record(session, giver, "team.listed", space, space_id=space.id, role=role, number=len(given))
            told = tuple(member_id for member_id in given if member_id != giver.id)
            announce(
                session,
                Happening("role.given", giver.id, space.id, recipients=told, details={"role": role.value}),
            )
    return len(given)


def take_role(taker: Member, space: Space, member_id: int, role: Role) -> bool:
    """Take a role back; false when the member did not have it. Raises Refused for the last administrator."""
    with transaction() as session:
        session.execute(select(Space.id).where(Space.id == space.id).with_for_update())
        if role is Role.ADMINISTRATOR:
            keep_an_administrator(session, space, member_id)
        taken = session.execute(
            delete(SpaceRole)
            .where(SpaceRole.space_id == space.id, SpaceRole.member_id == member_id, SpaceRole.role == role)
            .returning(SpaceRole.member_id)
        ).first()
        if taken is None:
            return False
        record(session, taker, "role.taken", session.get(Member, member_id), space_id=space.id, role=role)
    return True


def copy_team(copier: Member, source: Space, space: Space) -> None:
    """Give everyone of a space the roles they have there in another one; guests aside, who were asked for a debate."""
    with transaction() as session:
        held = select(
            literal(space.id), SpaceRole.member_id, SpaceRole.role, literal(clock(), SpaceRole.given_at.type)
        ).where(SpaceRole.space_id == source.id, SpaceRole.role != Role.GUEST)
        columns = ["space_id", "member_id", "role", "given_at"]
        session.execute(upsert(SpaceRole).from_select(columns, held).on_conflict_do_nothing())
        record(session, copier, "team.copied", space, space_id=space.id, source=source.slug)


def keep_an_administrator(session: AnySession, space: Space, leaver_id: int) -> None:
    """Raise Refused when a space would have no active administrator without this one; the caller holds its lock."""
    left = session.scalar(
        select(func.count())
        .select_from(SpaceRole)
        .join(Member, Member.id == SpaceRole.member_id)
        .where(
            SpaceRole.space_id == space.id,
            SpaceRole.role == Role.ADMINISTRATOR,
            SpaceRole.member_id != leaver_id,
            Member.deactivated_at.is_(None),
            Member.erased_at.is_(None),
        )
    )
    if not left:
        raise Refused("last_administrator")


def enter(coordinator: Member, space: Space) -> None:
    """Make a coordinator administrator of a private space, recorded and told to those who curate it."""
    with transaction() as session:
        team = session.scalars(
            select(SpaceRole.member_id)
            .where(
                SpaceRole.space_id == space.id,
                SpaceRole.role.in_([Role.ADMINISTRATOR, Role.MODERATOR]),
                SpaceRole.member_id != coordinator.id,
            )
            .distinct()
        ).all()
        if not add_role(session, space, coordinator.id, Role.ADMINISTRATOR):
            return
        record(session, coordinator, "space.entered", space, space_id=space.id)
        announce(session, Happening("space.entered", coordinator.id, space.id, recipients=tuple(team)))


def add_role(
    session: AnySession, space: Space, member_id: int, role: Role, *, unless_any: bool = False
) -> bool:
    """Give a role in the act of the caller; false when they had it or, with `unless_any`, any other there."""
    held = exists().where(SpaceRole.space_id == space.id, SpaceRole.member_id == member_id)
    if unless_any and session.scalar(select(held)):
        return False
    insert = upsert(SpaceRole).values(space_id=space.id, member_id=member_id, role=role, given_at=clock())
    return session.execute(insert.on_conflict_do_nothing().returning(SpaceRole.member_id)).first() is not None
