"""Casting and withdrawing votes, and counting centres.

Every act locks in one order: ballot, contribution, vote, figures.
"""

from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm.attributes import set_committed_value

from participa.auth.models import Member
from participa.authorization import Actor, Refused, define_rules
from participa.contributions.models import Contribution
from participa.db import clock, transaction
from participa.events import AnySession, announce
from participa.votes.ballots import BallotRules, ballot_of
from participa.votes.events import VoteChanged
from participa.votes.models import Ballot, Participation, Tally, Vote

define_rules(
    no_such_vote=_l("This vote does not offer that choice."),
    vote_limit=_l("You have used all your votes here. Withdraw one of them to vote on this."),
    vote_cap=_l("This has all the votes it can take."),
    own_text=_l("You are one of its authors: others decide whether they support it."),
)

_COUNTERS = {1: "support_count", 0: "neutral_count", -1: "against_count"}


def cast(voter: Member, contribution: Contribution, value: int) -> bool:
    """Cast `voter`'s vote or change its value; false when it already had that value.

    Raises Refused when the member's limit or the contribution's cap is reached. Needs `find_votable`.
    """
    rules = _rules_for(voter, contribution)
    if value not in rules.values:
        raise Refused("no_such_vote")
    with transaction() as session:
        used = _lock(session, voter, contribution, rules)
        if voter.id in contribution.coauthor_ids:  # who became an author since the page was shown
            raise Refused("own_text")
        written = session.execute(_write(voter, contribution, value)).first()
        if written is None:
            return False
        before = (written.value, written.centre_id) if written.value is not None else None
        if before is None and rules.limit is not None:
            if used >= rules.limit:
                raise Refused("vote_limit")
            _use(session, voter, contribution, 1)
        _count(
            session,
            contribution,
            rules,
            removed=before,
            added=(value, voter.centre_id),
        )
        announce(session, VoteChanged(contribution, voter.id, before[0] if before else None, value))
    return True


def withdraw(voter: Member, contribution: Contribution) -> bool:
    """Take `voter`'s vote back; false when there was none. Needs what `find_votable` loads."""
    rules = _rules_for(voter, contribution)
    with transaction() as session:
        _lock(session, voter, contribution, rules)
        before = session.execute(
            delete(Vote)
            .where(Vote.contribution_id == contribution.id, Vote.voter_id == voter.id)
            .returning(Vote.value, Vote.centre_id)
            .execution_options(synchronize_session=False)
        ).first()
        if before is None:
            return False
        if rules.limit is not None:
            _use(session, voter, contribution, -1)
        _count(session, contribution, rules, removed=(before.value, before.centre_id), added=None)
        announce(session, VoteChanged(contribution, voter.id, before.value, None))
    return True


def _write(voter: Member, contribution: Contribution, value: int) -> Select[Any]:
    """Write the vote and give what it was before, in one statement; no row when it already had that value."""
    votes = Vote.__table__
    held = (
        select(votes.c.value, votes.c.centre_id)
        .where(votes.c.contribution_id == contribution.id, votes.c.voter_id == voter.id)
        .cte("held")
    )
    insert = upsert(Vote).values(
        contribution_id=contribution.id,
        voter_id=voter.id,
        value=value,
        centre_id=voter.centre_id,
        cast_at=clock(),
    )
    written = (
        insert.on_conflict_do_update(
            index_elements=[votes.c.contribution_id, votes.c.voter_id],
            set_={name: insert.excluded[name] for name in ("value", "centre_id", "cast_at")},
            where=votes.c.value != insert.excluded.value,
        )
        .returning(votes.c.voter_id)
        .cte("written")
    )
    return select(held.c.value, held.c.centre_id).select_from(written.outerjoin(held, true()))


def count_used(session: AnySession, component_id: int) -> None:
    """Make the ballots of a component from the votes cast in it."""
    session.execute(delete(Ballot).where(Ballot.component_id == component_id))
    used = (
        select(Contribution.component_id, Vote.voter_id, func.count())
        .join(Contribution, Contribution.id == Vote.contribution_id)
        .where(Contribution.component_id == component_id, Contribution.about_id.is_(None))
        .group_by(Contribution.component_id, Vote.voter_id)
    )
    session.execute(
        upsert(Ballot).from_select(["component_id", "voter_id", "used"], used).on_conflict_do_nothing()
    )


def take_part(session: AnySession, about_id: int, centre_id: int | None, n: int = 1) -> None:
    """Count `n` more acts (fewer when negative) of a centre's people about a proposal or debate."""
    if centre_id is None:
        return
    if n > 0:
        session.execute(_taking_part(), {"about": about_id, "centre": centre_id, "more": n, "now": clock()})
    else:
        session.execute(
            update(Participation)
            .where(Participation.about_id == about_id, Participation.centre_id == centre_id)
            .values(n=Participation.n + n)
            .execution_options(synchronize_session=False)
        )


@cache
def _taking_part() -> Any:
    """The statement by which a centre takes part once more, made once."""
    table: Any = Participation.__table__
    base: Any = Contribution.__table__
    about = bindparam("about", type_=base.c.id.type)
    insert = upsert(table).values(
        about_id=about,
        centre_id=bindparam("centre", type_=table.c.centre_id.type),
        component_id=select(base.c.component_id).where(base.c.id == about).scalar_subquery(),
        n=bindparam("more", type_=table.c.n.type),
        last_at=bindparam("now", type_=table.c.last_at.type),
    )
    return insert.on_conflict_do_update(
        index_elements=[table.c.about_id, table.c.centre_id],
        set_={"n": table.c.n + insert.excluded.n, "last_at": insert.excluded.last_at},
    )


def _rules_for(voter: Member, contribution: Contribution) -> BallotRules:
    """The limit, cap and values of this vote; whether it may be cast at all is the policy's business."""
    return ballot_of(Actor(id=voter.id, centre_id=voter.centre_id), contribution)


def _lock(session: AnySession, voter: Member, contribution: Contribution, rules: BallotRules) -> int:
    """Lock the ballot, where votes are limited, then the contribution; give how many votes are used."""
    used = 0
    if rules.limit is not None:
        insert = upsert(Ballot).values(component_id=contribution.component_id, voter_id=voter.id, used=0)
        used = session.execute(
            insert.on_conflict_do_update(
                index_elements=[Ballot.component_id, Ballot.voter_id], set_={"used": Ballot.used}
            ).returning(Ballot.used)
        ).scalar_one()
    authors = session.scalar(
        select(Contribution.coauthor_ids)
        .where(Contribution.id == contribution.id)
        .with_for_update(key_share=True)
    )
    set_committed_value(contribution, "coauthor_ids", authors or ())
    return used


def _use(session: AnySession, voter: Member, contribution: Contribution, n: int) -> None:
    session.execute(
        update(Ballot)
        .where(Ballot.component_id == contribution.component_id, Ballot.voter_id == voter.id)
        .values(used=func.greatest(Ballot.used + n, 0))  # one cast while there was no limit counts for none
        .execution_options(synchronize_session=False)
    )


def _count(
    session: AnySession,
    contribution: Contribution,
    rules: BallotRules,
    *,
    removed: tuple[int, int | None] | None,
    added: tuple[int, int | None] | None,
) -> None:
    """Move the figures of a contribution from one (value, centre) to another, None being no vote."""
    changes: dict[str, Any] = {}
    if removed:
        changes[_COUNTERS[removed[0]]] = -1
    if added:
        changes[_COUNTERS[added[0]]] = 1
    values = {name: getattr(Contribution, name) + n for name, n in changes.items()}
    if rules.counts_centres and _tally(session, contribution.id, removed, added):
        values["centre_count"] = (
            select(func.count(Tally.centre_id.distinct()))
            .where(Tally.contribution_id == contribution.id, Tally.n > 0)
            .scalar_subquery()
        )
    statement = update(Contribution).where(Contribution.id == contribution.id).values(**values)
    if rules.cap is not None and added and not removed:
        total = Contribution.support_count + Contribution.neutral_count + Contribution.against_count
        statement = statement.where(total < rules.cap)
    counts = session.execute(
        statement.returning(
            Contribution.support_count,
            Contribution.neutral_count,
            Contribution.against_count,
            Contribution.centre_count,
        ).execution_options(synchronize_session=False)
    ).first()
    if counts is None:
        raise Refused("vote_cap")
    for name, count in counts._mapping.items():
        set_committed_value(contribution, name, count)
    about_id = contribution.about_id or contribution.id
    moves: dict[int | None, int] = {}
    if removed:
        moves[removed[1]] = moves.get(removed[1], 0) - 1
    if added:
        moves[added[1]] = moves.get(added[1], 0) + 1
    for centre_id, n in sorted((centre_id, n) for centre_id, n in moves.items() if centre_id and n):
        take_part(session, about_id, centre_id, n)


def _tally(
    session: AnySession,
    contribution_id: int,
    removed: tuple[int, int | None] | None,
    added: tuple[int, int | None] | None,
) -> bool:
    """Move one vote between the centres' tallies; false when no centre is concerned."""
    if removed and removed[1]:
        session.execute(
            update(Tally)
            .where(
                Tally.contribution_id == contribution_id,
                Tally.centre_id == removed[1],
                Tally.value == removed[0],
            )
            .values(n=Tally.n - 1)
            .execution_options(synchronize_session=False)
        )
    if added and added[1]:
        insert = upsert(Tally).values(
            contribution_id=contribution_id, centre_id=added[1], value=added[0], n=1
        )
        session.execute(
            insert.on_conflict_do_update(
                index_elements=[Tally.contribution_id, Tally.centre_id, Tally.value],
                set_={"n": Tally.n + insert.excluded.n},
            )
        )
    return bool((removed and removed[1]) or (added and added[1]))
