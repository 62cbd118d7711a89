"""Slowing down whoever guesses: tries counted in PostgreSQL, each wait longer than the last.

A try is counted before the password is looked at, in one statement that also checks the wait, so that a
hundred at once count as a hundred; a successful one gives its turn back. Tries from a browser on which the
account has signed in before are counted apart: whoever hammers it from elsewhere cannot keep its owner out.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    Float,
    Interval,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from participa.auth.models import SignInFailure
from participa.auth.session import fingerprint
from participa.db import clock, transaction
from participa.errors import TooManyTries

MEMORY = timedelta(days=1)
"""A counter without a try for so long starts again from nothing."""
LONGEST = 900
"""Seconds: the longest wait."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Something tries are counted by: so many are free, then waits double from the first one, in seconds."""

    key: str
    free: int
    first_wait: int

    @property
    def row(self) -> str:
        """The key of its counter; hashed, so that the table tells nobody's address."""
        return fingerprint(self.key)


def account(email: str) -> Gate:
    """Tries to enter one account from browsers it does not know."""
    return Gate(f"account:{email.lower()}", 5, 4)


def device(nonce: str) -> Gate:
    """Tries to enter one account from a browser that has been in before."""
    return Gate(f"device:{nonce}", 5, 4)


def address(ip: str) -> Gate:
    """Tries from one address, whatever the account: many people share an office's."""
    return Gate(f"address:{network_of(ip)}", 30, 4)


def letter(email: str) -> Gate:
    """Messages asked for one address."""
    return Gate(f"letter:{email.lower()}", 3, 60)


def gates(email: str, ip: str, nonce: str | None) -> tuple[Gate, ...]:
    """Where a try to enter an account is counted; `nonce` names a browser that the account knows."""
    return (device(nonce),) if nonce else (account(email), address(ip))


def network_of(ip: str) -> str:
    """The address, or for IPv6 its /64, which one subscriber holds whole."""
    try:
        parsed = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return ip


def _wait(gate: Gate) -> ColumnElement[timedelta]:
    beyond = cast(func.least(SignInFailure.count - gate.free, 12), Float)
    seconds = func.least(literal(LONGEST, Float), gate.first_wait * func.power(2, beyond))
    return seconds * cast(literal("1 second"), Interval)


def take_turns(*gates: Gate) -> None:
    """Count one try at each gate, or none and raise TooManyTries when one of them asks to wait."""
    now = clock()
    refused = False
    forgotten = SignInFailure.last_at < now - MEMORY
    with transaction() as session:
        savepoint = session.begin_nested()
        for gate in sorted(gates, key=lambda each: each.row):  # one order, so that two tries never deadlock
            statement = upsert(SignInFailure).values(key=gate.row, count=1, last_at=now)
            counted = session.scalar(
                statement.on_conflict_do_update(
                    index_elements=[SignInFailure.key],
                    set_={"count": case((forgotten, 1), else_=SignInFailure.count + 1), "last_at": now},
                    where=or_(
                        forgotten,
                        SignInFailure.count < gate.free,
                        SignInFailure.last_at + _wait(gate) <= now,
                    ),
                ).returning(SignInFailure.count)
            )
            refused |= counted is None
        if refused:
            savepoint.rollback()
        else:
            savepoint.commit()
        seconds = _seconds_left(gates) if refused else 0
    if refused:
        raise TooManyTries(seconds)


def _seconds_left(gates: tuple[Gate, ...]) -> int:
    now = clock()
    longest = 1
    with transaction() as session:
        for gate in gates:
            left = session.scalar(
                select(func.ceil(func.extract("epoch", SignInFailure.last_at + _wait(gate) - now))).where(
                    and_(SignInFailure.key == gate.row, SignInFailure.count >= gate.free)
                )
            )
            longest = max(longest, int(left or 0))
    return longest


def let_in(first: Gate, *others: Gate) -> None:
    """After a good try: forget the failures of the first gate, give the others their turn back."""
    with transaction() as session:
        session.execute(delete(SignInFailure).where(SignInFailure.key == first.row))
        if others:
            session.execute(
                update(SignInFailure)
                .where(SignInFailure.key.in_([gate.row for gate in others]), SignInFailure.count > 0)
                .values(count=SignInFailure.count - 1)
            )


def forget(*gates: Gate) -> None:
    """Start a counter again from nothing: its owner is in."""
    with transaction() as session:
        session.execute(delete(SignInFailure).where(SignInFailure.key.in_([gate.row for gate in gates])))


def purge() -> None:
    """Remove the counters that are forgotten anyway."""
    with transaction() as session:
        session.execute(delete(SignInFailure).where(SignInFailure.last_at < clock() - MEMORY))
