"""The PostgreSQL of an instance: found or started, checked, and brought up to date."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.engine import make_url

from participa.config import ROOT, ConfigurationError, Settings, psycopg_url
from participa.embedded import Cluster, ClusterBusy, ClusterError

OLDEST = 15
MIGRATIONS = ROOT / "migrations" / "versions"
_UPGRADING = 7_012_001
"""The advisory lock under which one process at a time changes the tables."""


def cluster_of(settings: Settings) -> Cluster:
    """The embedded cluster of an instance."""
    return Cluster(settings.instance / "postgresql")


def libpq(url: str) -> str:
    """An address as PostgreSQL's own library reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def shown(url: str) -> str:
    """An address without its password."""
    return libpq(make_url(url).render_as_string(hide_password=True))


@contextmanager
def at_hand(settings: Settings, patience: float = 30) -> Iterator[str]:
    """Give the address of the instance's database, starting the embedded one if nobody runs it."""
    if settings.database_url:
        check(settings.database_url)
        yield settings.database_url
        return
    cluster = cluster_of(settings)
    deadline = time.monotonic() + patience
    while True:
        try:
            cluster.start()
            break
        except ClusterBusy:
            if cluster.answers():
                break
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    try:
        yield psycopg_url(cluster.url())
    finally:
        cluster.stop()


def connect(url: str) -> psycopg.Connection:
    """Connect, or raise ClusterError with a sentence that says what to look at."""
    try:
        return psycopg.connect(libpq(url), autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise ClusterError(
            f"PostgreSQL does not let us in at {shown(url)} ({reason}). Start it, or correct DATABASE_URL."
        ) from None


def check(url: str) -> None:
    """Refuse a PostgreSQL that is too old."""
    with connect(url) as connection:
        version = connection.info.server_version // 10_000
    if version < OLDEST:
        raise ConfigurationError(
            f"The PostgreSQL at {shown(url)} is version {version}; Participa needs {OLDEST} or newer."
        )


def revision(connection: psycopg.Connection) -> str | None:
    """The migration the database stands at, None when it has no table of ours."""
    found = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if not (found and found[0]):
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None


def in_use(connection: psycopg.Connection) -> bool:
    """Whether there is a network or an account yet."""
    row = connection.execute("SELECT EXISTS (SELECT FROM network) OR EXISTS (SELECT FROM members)").fetchone()
    return bool(row and row[0])


@contextmanager
def upgrading(url: str) -> Iterator[psycopg.Connection]:
    """Hold the right to change the tables; another process that wants it waits here."""
    with connect(url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_UPGRADING,))
        yield connection
