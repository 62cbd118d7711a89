"""Votes that wait until their voter has cast as many as the component asks for: all of one's votes count, or none.

Steps of the acts in `services`, which hold the locks; each is a few statements, however many votes there are.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    column,
    func,
    select,
    true,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm.attributes import set_committed_value

from participa.authorization import Refused, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Contribution
from participa.db import clock
from participa.events import AnySession
from participa.votes.ballots import BallotRules
from participa.votes.models import Participation, Tally, Vote

define_rules(
    vote_cap_waiting=_l(
        "One of your votes that wait is on a text that has meanwhile all the votes it can take. "
        "Withdraw that one, then try again."
    ),
)

COUNTS = ("support_count", "neutral_count", "against_count", "centre_count")


def voted_on(voter_id: int, contribution: Contribution) -> ColumnElement[bool]:
    """Whether a contribution is one of this component that the member has voted on."""
    votes = select(Vote.contribution_id).where(Vote.voter_id == voter_id)
    return and_(
        Contribution.id.in_(votes),
        Contribution.component_id == contribution.component_id,
        Contribution.about_id.is_(None),
    )


def count_waiting(session: AnySession, voter_id: int, contribution: Contribution, rules: BallotRules) -> None:
    """Count all the votes of a member who has just cast the last one that was missing.

    Raises Refused when one of them is on a contribution that is full by now.
    """
    rows = _turn(session, voter_id, contribution, rules, counted=True)
    named = [row for row in rows if row.centre_id is not None]
    if named:
        insert = upsert(Tally).values(
            [
                {
                    "contribution_id": row.contribution_id,
                    "centre_id": row.centre_id,
                    "value": row.value,
                    "n": 1,
                }
                for row in named
            ]
        )
        session.execute(
            insert.on_conflict_do_update(
                index_elements=[Tally.contribution_id, Tally.centre_id, Tally.value],
                set_={"n": Tally.n + insert.excluded.n},
            )
        )
        part = upsert(Participation).values(
            [
                {
                    "about_id": row.contribution_id,
                    "centre_id": row.centre_id,
                    "component_id": contribution.component_id,
                    "n": 1,
                    "last_at": clock(),
                }
                for row in named
            ]
        )
        session.execute(
            part.on_conflict_do_update(
                index_elements=[Participation.about_id, Participation.centre_id],
                set_={"n": Participation.n + part.excluded.n, "last_at": part.excluded.last_at},
            )
        )
    _count(session, contribution, rows, 1, rules.cap)


def let_wait(session: AnySession, voter_id: int, contribution: Contribution, rules: BallotRules) -> None:
    """Let the votes of a member wait again, who has withdrawn one and has too few left."""
    rows = _turn(session, voter_id, contribution, rules, counted=False)
    named = _table([row for row in rows if row.centre_id is not None])
    if named is not None:
        for statement in (
            update(Tally)
            .where(Tally.contribution_id == named.c.id, Tally.centre_id == named.c.centre)
            .where(Tally.value == named.c.value)
            .values(n=Tally.n - 1),
            update(Participation)
            .where(Participation.about_id == named.c.id, Participation.centre_id == named.c.centre)
            .values(n=Participation.n - 1),
        ):
            session.execute(statement.execution_options(synchronize_session=False))
    _count(session, contribution, rows, -1, None)


def _turn(
    session: AnySession, voter_id: int, contribution: Contribution, rules: BallotRules, *, counted: bool
) -> Sequence[Any]:
    """Make the member's votes count, or not, where votes still change; gives those that did not before."""
    votes: Select[Any] = select(Contribution.id).where(voted_on(voter_id, contribution))
    if rules.over is not None:
        votes = votes.where(rules.over.is_(None))
    return session.execute(
        update(Vote)
        .where(Vote.voter_id == voter_id, Vote.counted.is_not(counted), Vote.contribution_id.in_(votes))
        .values(counted=counted)
        .returning(Vote.contribution_id, Vote.value, Vote.centre_id)
        .execution_options(synchronize_session=False)
    ).all()


def _table(rows: Sequence[Any]) -> Any:
    """Votes as a table to join: contribution, centre, value; None for none."""
    if not rows:
        return None
    columns = (column("id", BigInteger), column("centre", Integer), column("value", Integer))
    return values(*columns, name="turned").data(
        [(row.contribution_id, row.centre_id, row.value) for row in rows]
    )


def _count(
    session: AnySession, contribution: Contribution, rows: Sequence[Any], n: int, cap: int | None
) -> None:
    """Add `n` to the counter of each vote, within the cap, and count the centres again."""
    turned = _table(rows)
    if turned is None:
        return
    centres = (
        select(func.count(Tally.centre_id.distinct()))
        .where(Tally.contribution_id == Contribution.id, Tally.n > 0)
        .correlate(Contribution)
        .scalar_subquery()
    )
    total = Contribution.support_count + Contribution.neutral_count + Contribution.against_count
    one = {
        name: cast(turned.c.value == value, Integer) for name, value in zip(COUNTS, (1, 0, -1), strict=False)
    }
    counts = session.execute(
        update(Contribution)
        .where(Contribution.id == turned.c.id, true() if cap is None else total < cap)
        .values({name: getattr(Contribution, name) + n * step for name, step in one.items()})
        .values(centre_count=centres)
        .returning(Contribution.id, *(getattr(Contribution, name) for name in COUNTS))
        .execution_options(synchronize_session=False)
    ).all()
    if len(counts) != len(rows):
        raise Refused("vote_cap_waiting")
    for row in counts:
        if row.id == contribution.id:
            for name in COUNTS:
                set_committed_value(contribution, name, getattr(row, name))
