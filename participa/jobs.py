"""Background jobs on the same PostgreSQL, deferred in the transaction that needs them."""

import functools
from collections.abc import Callable
from typing import Any

import procrastinate
import psycopg
from flask import Flask, current_app, has_app_context
from sqlalchemy.exc import DBAPIError

from participa import db as database
from participa.events import AnySession

runner = procrastinate.App(connector=procrastinate.PsycopgConnector())
"""The registry of jobs; web processes only defer through it, on their session's connection."""

HEARTBEAT = 5
STALLED_AFTER = 20
"""Seconds: how often a worker gives a sign of life, and without one for how long it counts as dead."""

_queue = procrastinate.manager.JobManager(procrastinate.SyncPsycopgConnector())
"""Writes jobs on the connections it is given; it has none of its own."""

Task = procrastinate.tasks.Task[..., Any, Any]
_flask: list[Flask] = []


def init_app(app: Flask) -> None:
    """Run the jobs of this process inside `app`, unless they are called where another one is at work."""
    _flask[:] = [app]


def task(name: str, **options: Any) -> Callable[[Callable[..., None]], Task]:
    """Make a function a job that runs inside the application, with its own moment and a fresh session."""
    options.setdefault("retry", procrastinate.RetryStrategy(max_attempts=8, exponential_wait=4))

    def decorate(function: Callable[..., None]) -> Task:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> None:
            app = current_app._get_current_object() if has_app_context() else _flask[0]  # type: ignore[attr-defined]
            with app.app_context():
                database.set_clock(None)
                try:
                    function(*args, **kwargs)
                finally:
                    database.set_clock(None)

        made: Task = runner.task(name=name, **options)(run)  # type: ignore[no-untyped-call]
        return made

    return decorate


def periodic(cron: str, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run a function at the times of a cron expression (UTC), once across all workers."""

    def decorate(function: Callable[[], None]) -> Callable[[], None]:
        def run(timestamp: int) -> None:  # noqa: ARG001 - given by the queue
            function()

        runner.periodic(cron=cron)(task(name, queueing_lock=name)(run))
        return function

    return decorate


def defer(session: AnySession, job: Task, *, lock: str | None = None, **arguments: Any) -> None:
    """Queue `job` on the session's own connection: it exists exactly when the transaction commits.

    Raises SQLAlchemy's errors like any other statement of the session.
    """
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    deferrer = job.configure(connection=connection, lock=lock)
    deferrer.job_manager = _queue  # a worker's own connector is asynchronous, and takes no such connection
    try:
        deferrer.defer(**arguments)
    except procrastinate.exceptions.ConnectorException as error:
        if isinstance(error.__cause__, psycopg.Error):
            raise DBAPIError.instance("defer", None, error.__cause__, psycopg.Error) from error
        raise


@runner.periodic(cron="* * * * *")
@runner.task(name="jobs.rescue", queueing_lock="jobs.rescue", pass_context=True)
async def rescue(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the queue
    """Queue again the jobs of workers that were killed in the middle: they give no sign of life any more."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await manager.retry_job(job)


def run_worker(app: Flask, *, wait: bool = True, name: str = "participa") -> None:
    """Run queued jobs until SIGTERM or, with `wait` false, until none is left."""
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("postgresql+psycopg://", "postgresql://")
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4)
    with runner.replace_connector(connector) as opened:
        opened.run_worker(
            wait=wait,
            name=name,
            delete_jobs="successful",
            listen_notify=wait,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED_AFTER,
        )
