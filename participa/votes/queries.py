"""Reads of votes; who voted what is given to nobody but the voter."""

import functools
from collections.abc import Collection

from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, exists, select
from sqlalchemy.orm import defer, joinedload, with_polymorphic

from participa.contributions.models import Contribution
from participa.db import at_most, db
from participa.spaces.models import Component, Space
from participa.votes.models import Ballot, Vote


def votes_of(member_id: int | None, contribution_ids: Collection[int]) -> dict[int, int]:
    """What a member voted on each of these contributions; those without a vote are left out."""
    if member_id is None or not contribution_ids:
        return {}
    rows = db.session.execute(_cast(), {"voter": member_id, "on": list(contribution_ids)})
    return {row.contribution_id: row.value for row in rows}


@functools.cache
def _cast() -> Select[int, int]:
    return select(Vote.contribution_id, Vote.value).where(
        Vote.voter_id == bindparam("voter"),
        Vote.contribution_id == any_(bindparam("on", type_=ARRAY(BigInteger))),
    )


def votes_used(member_id: int | None, component_id: int) -> int:
    """How many votes a member has cast in a component with a limit or a minimum."""
    if member_id is None:
        return 0
    found = db.session.scalar(
        select(Ballot.used).where(Ballot.component_id == component_id, Ballot.voter_id == member_id)
    )
    return found or 0


def has_votes(component_id: int) -> bool:
    """Whether anybody has voted on a proposal or debate of this component."""
    voted = exists().where(Vote.contribution_id == Contribution.id)
    found = select(Contribution.id).where(
        Contribution.component_id == component_id, Contribution.about_id.is_(None), voted
    )
    return db.session.scalar(found.limit(at_most(1))) is not None


def find_votable(contribution_id: int) -> Contribution | None:
    """A contribution of any kind, texts aside, with its root, author, place and phases, in one statement."""
    found = db.session.execute(_votable(), {"contribution_id": contribution_id})
    return found.unique().scalar_one_or_none()


@functools.cache
def _votable() -> Select[Contribution]:
    """The statement of `find_votable`, made once: an alias of every kind costs more than the act."""
    whole, root, within = (with_polymorphic(Contribution, "*", aliased=True, flat=True) for _ in range(3))
    return (
        select(whole)
        .where(whole.id == bindparam("contribution_id"))
        .options(
            defer(whole.body),
            defer(whole.html),
            joinedload(whole.about.of_type(root)).options(defer(root.body), defer(root.html)),
            joinedload(whole.within.of_type(within)).options(defer(within.body), defer(within.html)),
            joinedload(whole.author),
            joinedload(whole.component).joinedload(Component.space).joinedload(Space.phases),
        )
    )
