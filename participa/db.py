"""The database: declarative base, session, transaction and the one clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Enum,
    Integer,
    MetaData,
    Text,
    event,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, scoped_session

naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=naming_convention)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
        list[int]: JSONB,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=32,
            values_callable=lambda members: [member.value for member in members],
        ),
    }


BigId = BigInteger
"""Type of the identifiers that may pass two thousand million."""

db = SQLAlchemy(
    metadata=Base.metadata,
    # A session bound to a connection that is already in a transaction (as tests do) works in savepoints.
    session_options={"join_transaction_mode": "create_savepoint", "expire_on_commit": False},
)


@event.listens_for(Session, "do_orm_execute")
def refuse_late_columns(state: ORMExecuteState) -> None:
    """Make a column that a query did not load an error instead of one more statement per row."""
    if state.is_column_load:
        raise InvalidRequestError(
            "A column was read that its query did not load; say in the query what it loads."
        )


_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def clock() -> datetime:
    """The moment of this request or job: the database's time, read once, in UTC."""
    moment = _moment.get()
    if moment is None:
        moment = db.session.scalar(select(func.clock_timestamp()))
        set_clock(moment)
    assert moment is not None
    return moment


def set_clock(moment: datetime | None) -> None:
    """Set the moment that `clock` gives, or forget it so that the next call reads it again."""
    _moment.set(moment)


_zone: ContextVar[str] = ContextVar("zone", default="Europe/Paris")


def day_of(moment: datetime) -> date:
    """The day that a moment falls on in the network's time zone, in which phases are days."""
    return moment.astimezone(ZoneInfo(_zone.get())).date()


def zone_name() -> str:
    """The network's time zone, in which days begin."""
    return _zone.get()


def set_zone(zone: str | None) -> None:
    """Set the network's time zone that `day_of` reads, or go back to the one that networks begin with."""
    _zone.set(zone or "Europe/Paris")


@contextmanager
def transaction() -> Iterator[scoped_session[Any]]:
    """Run one act: commit at the end, roll back on any error; nested acts join the outer one."""
    session = db.session
    if session.info.get("in_act"):
        yield session
        return
    session.info["in_act"] = True
    try:
        yield session
        session.commit()
    except BaseException:
        abandon()
        raise
    finally:
        session.info.pop("in_act", None)


def abandon() -> None:
    """Roll back, leaving what was read as it was: the page that says why still shows it."""
    db.session.expunge_all()
    try:
        db.session.rollback()
    except DBAPIError:  # the database died: it has rolled back by itself
        db.session().invalidate()


def conclude() -> None:
    """End the transaction of a request that only read since its last act.

    It is committed, not rolled back: after a rollback psycopg forgets every statement the connection has prepared,
    and PostgreSQL parses and plans each of them anew (`psycopg/_preparing.py`).
    """
    db.session.expunge_all()
    try:
        db.session.commit()
    except (DBAPIError, InvalidRequestError):  # it failed, or the database died
        abandon()


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Run many acts of a command as one transaction, in which each commit is a savepoint; one thread only."""
    engines = cast(dict[str | None, Any], db.engines)
    engine = engines[None]
    db.session.remove()
    with engine.begin() as connection:
        engines[None] = connection
        try:
            yield
            db.session.commit()
        finally:
            db.session.remove()
            engines[None] = engine


@cache
def at_most(rows: int) -> ColumnElement[int]:
    """`LIMIT rows`, written into the statement: a plan made for any number is made for a tenth of the table."""
    return literal_column(str(int(rows)), Integer)


def is_worth_retrying(error: DBAPIError) -> bool:
    """Whether another transaction stood in the way: a deadlock, a serialization, a row it wrote first.

    Run again, the act sees what the other one wrote, and says so in words.
    """
    return getattr(error.orig, "sqlstate", None) in ("40001", "40P01", "23505")


def engine_options(statement_timeout_ms: int) -> dict[str, Any]:
    """How the pool connects: checks before use, bounds statements, speaks UTC, compiles nothing (short queries).

    Each statement is planned once per connection, for parameters of any value: planning takes several times as long
    as running what an index was made for.
    """
    return {
        "pool_pre_ping": True,
        "pool_use_lifo": True,  # few connections, each with its statements prepared
        "pool_size": 5,
        "max_overflow": 5,
        "pool_timeout": 10,
        "hide_parameters": True,  # what people write, and the hashes of secrets, stay out of logs of errors
        "connect_args": {
            "options": f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC -c lock_timeout=8000"
            " -c idle_in_transaction_session_timeout=60000 -c jit=off -c plan_cache_mode=force_generic_plan",
            "connect_timeout": 5,
            "application_name": "participa",
        },
    }


@dataclass(frozen=True, slots=True)
class Counter:
    """A stored figure and how to compute it again."""

    table: str
    column: str
    truth: str
    """SQL for the true value of row `t` of the table, a scalar expression."""
    where: str = "true"
    """SQL condition on row `t` telling which rows have the counter."""
    is_list: bool = False
    """Whether it is a list of keys instead of a figure."""

    @property
    def name(self) -> str:
        """How people call it: `table.column`."""
        return f"{self.table}.{self.column}"

    @property
    def differs(self) -> str:
        """SQL condition on row `t` that what is stored is not the truth."""
        if self.is_list:
            return f"t.{self.column} IS DISTINCT FROM ({self.truth})"
        return f"abs(t.{self.column} - ({self.truth})) > 1e-9"

    def figure(self, value: str) -> str:
        """SQL for a number that tells `value` in a report: itself, or how many keys it lists."""
        return f"cardinality({value})::float" if self.is_list else f"({value})::float"


@dataclass(frozen=True, slots=True)
class Missing:
    """Rows of a stored figure that should exist and do not: each counts as nothing until it is added."""

    table: str
    column: str
    insert: str
    """SQL that adds them and leaves alone those that are there."""

    @property
    def name(self) -> str:
        """How people call it: `table.column`."""
        return f"{self.table}.{self.column}"
