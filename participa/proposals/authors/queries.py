"""Reads of who writes a proposal together, and of whom its authors may ask."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, raiseload

from participa.auth.models import Member
from participa.authorization import Role
from participa.contributions.models import Authorship, Contribution
from participa.db import at_most, db
from participa.proposals.models import Proposal
from participa.spaces.models import Space, SpaceRole

FOUND = 10
"""How many members a search by name shows."""


def authorships(proposal: Proposal) -> Sequence[Authorship]:
    """The other authors and those invited, the first first, with member and centre; those who declined last."""
    return db.session.scalars(
        select(Authorship)
        .where(Authorship.contribution_id == proposal.id)
        .order_by(
            Authorship.declined_at.is_not(None),
            Authorship.accepted_at.nulls_last(),
            Authorship.invited_at,
            Authorship.member_id,
        )
        .limit(at_most(200))
        .options(joinedload(Authorship.member), joinedload(Authorship.centre))
    ).all()


def candidates(proposal: Proposal, words: str) -> Sequence[Member]:
    """Members whose name or function holds `words` and who may be asked to be authors, with their centre."""
    pattern = func.fold("%" + re.sub(r"([\\%_])", r"\\\1", words) + "%")
    return db.session.scalars(
        select(Member)
        .where(
            _may_be_asked(proposal),
            or_(
                func.fold(Member.name).like(pattern),
                func.fold(func.coalesce(Member.function, "")).like(pattern),
            ),
        )
        .order_by(Member.name, Member.id)
        .limit(at_most(FOUND))
        .options(joinedload(Member.centre), raiseload("*"))
    ).all()


def candidate(proposal: Proposal, member_id: int) -> Member | None:
    """A member whom the authors may ask, with their centre."""
    return db.session.scalar(
        select(Member)
        .where(Member.id == member_id, _may_be_asked(proposal))
        .options(joinedload(Member.centre), raiseload("*"))
    )


def participant(proposal: Proposal, member_id: int) -> Member | None:
    """An active member who takes part in the proposal's space."""
    return db.session.scalar(select(Member).where(Member.id == member_id, *_takes_part(proposal)))


def writer_of(proposal: Proposal, comment_id: int) -> int | None:
    """Who wrote a comment about the proposal that is still there."""
    return db.session.scalar(
        select(Contribution.author_id).where(
            Contribution.id == comment_id,
            Contribution.about_id == proposal.id,
            Contribution.deleted_at.is_(None),
            Contribution.hidden_at.is_(None),
        )
    )


def _may_be_asked(proposal: Proposal) -> ColumnElement[bool]:
    """Active members who take part in the proposal's space, and are neither authors nor asked already."""
    asked = (
        select(Authorship.member_id)
        .where(Authorship.contribution_id == proposal.id, Authorship.member_id == Member.id)
        .exists()
    )
    return and_(Member.id.is_distinct_from(proposal.author_id), ~asked, *_takes_part(proposal))


def _takes_part(proposal: Proposal) -> list[ColumnElement[bool]]:
    """The conditions on members that they are active, act in the space and read the component, as `may_act` says."""
    component, space = proposal.component, proposal.component.space
    conditions: list[ColumnElement[bool]] = [
        Member.deactivated_at.is_(None),
        Member.erased_at.is_(None),
        Member.imported.is_(False),
    ]
    curators = (Role.ADMINISTRATOR, Role.MODERATOR)
    if space.trashed_at is not None or component.trashed_at is not None:
        conditions.append(false())
    if space.is_restricted:
        conditions.append(_holds(space, *curators, Role.MEMBER))
    if space.published_at is None or component.published_at is None:
        conditions.append(or_(_holds(space, *curators), Member.is_coordinator))
    return conditions


def _holds(space: Space, *roles: Role) -> ColumnElement[bool]:
    return (
        select(SpaceRole.member_id)
        .where(SpaceRole.space_id == space.id, SpaceRole.member_id == Member.id, SpaceRole.role.in_(roles))
        .exists()
    )
