"""Casting and withdrawing votes, and counting centres.

Every act locks in one order: ballot, contributions by ascending number, votes, figures.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, func, literal, null, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm.attributes import set_committed_value

from participa.auth.models import Member
from participa.authorization import Actor, Refused, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Contribution
from participa.db import clock, transaction
from participa.events import AnySession, announce
from participa.votes.ballots import BallotRules, ballot_of
from participa.votes.events import VoteChanged
from participa.votes.models import Ballot, Participation, Tally, Vote
from participa.votes.waiting import count_waiting, let_wait, voted_on

define_rules(
    no_such_vote=_l("This vote does not offer that choice."),
    vote_limit=_l("You have used all your votes here. Withdraw one of them to vote on this."),
    vote_cap=_l("This has all the votes it can take."),
    own_text=_l("You are one of its authors: others decide whether they support it."),
)

_COUNTERS = {1: "support_count", 0: "neutral_count", -1: "against_count"}


class Held(NamedTuple):
    """What an act knows once it holds its locks."""

    used: int
    """How many votes the member has cast, in a component with a limit or a minimum."""
    over: str | None
    """The rule by which no vote on the contribution changes any more."""
    total: int
    """How many votes are counted on the contribution."""
    coauthor_ids: tuple[int, ...]


def cast(voter: Member, contribution: Contribution, value: int) -> bool:
    """Cast `voter`'s vote or change its value; false when it already had that value.

    Raises Refused when the member's limit or the contribution's cap is reached. Needs `find_votable`.
    """
    rules = _rules_for(voter, contribution)
    if value not in rules.values:
        raise Refused("no_such_vote")
    with transaction() as session:
        held = _lock(session, voter, contribution, rules, 1)
        if held.over is not None:
            raise Refused(held.over)
        if voter.id in contribution.coauthor_ids:  # who became an author since the page was shown
            raise Refused("own_text")
        counts = rules.minimum is None or held.used >= rules.minimum
        before = session.execute(_write(voter, contribution, value, counted=counts)).first()
        if before is None:
            return False
        if before.value is None:
            if rules.limit is not None and held.used >= rules.limit:
                raise Refused("vote_limit")
            if not counts and rules.cap is not None and held.total >= rules.cap:
                raise Refused("vote_cap")
            _use(session, voter, contribution, rules, 1)
        _count(
            session,
            contribution,
            rules,
            removed=(before.value, before.centre_id) if before.counted else None,
            added=(value, voter.centre_id) if counts else None,
        )
        if before.value is None and held.used + 1 == rules.minimum:
            count_waiting(session, voter.id, contribution, rules)
        announce(session, VoteChanged(contribution, voter.id, before.value, value))
    return True


def withdraw(voter: Member, contribution: Contribution) -> bool:
    """Take `voter`'s vote back; false when there was none. Needs what `find_votable` loads."""
    rules = _rules_for(voter, contribution)
    with transaction() as session:
        held = _lock(session, voter, contribution, rules, -1)
        before = session.execute(
            delete(Vote)
            .where(Vote.contribution_id == contribution.id, Vote.voter_id == voter.id)
            .returning(Vote.value, Vote.centre_id, Vote.counted)
            .execution_options(synchronize_session=False)
        ).first()
        if before is None:
            return False
        if held.over is not None:
            raise Refused(held.over)
        _use(session, voter, contribution, rules, -1)
        if before.counted:
            _count(session, contribution, rules, removed=(before.value, before.centre_id), added=None)
        if held.used == rules.minimum:
            let_wait(session, voter.id, contribution, rules)
        announce(session, VoteChanged(contribution, voter.id, before.value, None))
    return True


def _write(voter: Member, contribution: Contribution, value: int, *, counted: bool) -> Select[Any]:
    """Write the vote and give what it was before, in one statement; no row when nothing changed."""
    votes = Vote.__table__
    held = (
        select(votes.c.value, votes.c.centre_id, votes.c.counted)
        .where(votes.c.contribution_id == contribution.id, votes.c.voter_id == voter.id)
        .cte("held")
    )
    insert = upsert(Vote).values(
        contribution_id=contribution.id,
        voter_id=voter.id,
        value=value,
        centre_id=voter.centre_id,
        cast_at=clock(),
        counted=counted,
    )
    written = (
        insert.on_conflict_do_update(
            index_elements=[votes.c.contribution_id, votes.c.voter_id],
            set_={name: insert.excluded[name] for name in ("value", "centre_id", "cast_at", "counted")},
            where=or_(votes.c.value != insert.excluded.value, votes.c.counted != insert.excluded.counted),
        )
        .returning(votes.c.voter_id)
        .cte("written")
    )
    return select(held.c.value, held.c.centre_id, held.c.counted).select_from(written.outerjoin(held, true()))


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


def _lock(
    session: AnySession, voter: Member, contribution: Contribution, rules: BallotRules, step: int
) -> Held:
    """Lock the ballot, where there is one, then the contribution; tells what now stands still.

    When this act (a vote more or less, as `step` says) makes all the member's votes count or wait, what they
    voted on is locked too, in the order of every act.
    """
    used = 0
    if rules.ballots:
        insert = upsert(Ballot).values(component_id=contribution.component_id, voter_id=voter.id, used=0)
        used = session.execute(
            insert.on_conflict_do_update(
                index_elements=[Ballot.component_id, Ballot.voter_id], set_={"used": Ballot.used}
            ).returning(Ballot.used)
        ).scalar_one()
    over = null() if rules.over is None else rules.over
    total = Contribution.support_count + Contribution.neutral_count + Contribution.against_count
    locked = select(Contribution.id, literal(used), over, total, Contribution.coauthor_ids)
    locked = locked.with_for_update(key_share=True)
    if rules.minimum is not None and used + min(step, 0) == rules.minimum - 1:
        locked = locked.where(or_(Contribution.id == contribution.id, voted_on(voter.id, contribution)))
    else:
        locked = locked.where(Contribution.id == contribution.id)
    rows = {row[0]: Held(*row[1:]) for row in session.execute(locked.order_by(Contribution.id))}
    held = rows[contribution.id]
    set_committed_value(contribution, "coauthor_ids", held.coauthor_ids or ())
    return held


def _use(session: AnySession, voter: Member, contribution: Contribution, rules: BallotRules, n: int) -> None:
    if rules.ballots:
        session.execute(
            update(Ballot)
            .where(Ballot.component_id == contribution.component_id, Ballot.voter_id == voter.id)
            .values(
                used=func.greatest(Ballot.used + n, 0)
            )  # one cast while there was no limit counts for none
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
    if removed is None and added is None:
        return
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
