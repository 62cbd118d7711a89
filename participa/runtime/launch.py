"""What `run` and `serve` do: database, tables, web server and worker, in that order, then keep them going."""

import http.client
import os
import shutil
import socket
import sys
from importlib import import_module

import click
import psycopg

from participa.config import ROOT, ConfigurationError, Settings, psycopg_url
from participa.health import head
from participa.runtime import database
from participa.runtime.supervisor import Child, GivenUp, Record, StopAsked, Supervisor
from participa.similarity import client

FIRST_PORT = 8000
LAST_PORT = 8099
START_TIMEOUT = 60
COMMAND = (sys.executable, "-m", "participa.cli")


def listen(settings: Settings) -> socket.socket:
    """Open the port to serve on: the one asked for, else the first that is free from 8000 up."""
    wanted = [settings.port] if settings.port else [*range(FIRST_PORT, LAST_PORT + 1), 0]
    for port in wanted:
        try:
            return socket.create_server((settings.host, port), backlog=2048)
        except OSError as error:
            reason = error
    raise ConfigurationError(
        f"Port {settings.port} of {settings.host} cannot be used ({reason.strerror or reason}): "
        "choose another by PORT."
    )


def serve(settings: Settings) -> None:
    """Run the instance until a signal asks to stop."""
    cluster = None if settings.database_url else database.cluster_of(settings)
    supervisor = Supervisor(Record(settings.instance / "run.json"), cluster)
    try:
        with supervisor, listen(settings) as door:
            port = door.getsockname()[1]
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            supervisor.address = f"http://{host}:{port}"
            url = psycopg_url(cluster.url()) if cluster else settings.database_url
            assert url is not None
            environment = _environment(settings, url, supervisor.address)
            _prepare(supervisor, settings, url, environment)
            web = {**environment, "PARTICIPA_BIND": f"fd://{door.fileno()}"}
            gunicorn = (sys.executable, "-m", "gunicorn", "-c", "python:participa.runtime.gunicorn_conf")
            supervisor.start(
                Child("web", gunicorn, web, pass_fds=(door.fileno(),)),
                Child("worker", (*COMMAND, "worker"), environment),
                *encoders(settings, environment),
            )
            if not supervisor.wait_until(lambda: _answers(settings.host, port), START_TIMEOUT):
                raise GivenUp(f"The web server does not answer after {START_TIMEOUT} s.")
            announce(settings, supervisor.address)
            supervisor.keep_running()
    except StopAsked:
        click.echo("Participa has stopped; nothing is lost.")


def encoders(settings: Settings, environment: dict[str, str]) -> list[Child]:
    """The process that turns texts into vectors, unless the deployment goes without."""
    if not settings.encoder:
        return []
    return [Child("encoder", client.command(settings.instance), environment, needed=False)]


def announce(settings: Settings, address: str) -> None:
    """Say where Participa is, and in development with which accounts to look around."""
    click.echo(f"\n  Participa is at {settings.public_url or address}")
    if settings.metrics_port:
        click.echo(f"  Metrics are at http://127.0.0.1:{settings.metrics_port}/metrics")
    if not settings.production:
        if _demonstration():
            click.echo("\n  Demonstration accounts:")
            for account in import_module("participa.demo.accounts").ACCOUNTS:
                click.echo(f"    {account}")
        click.echo("\n  Ctrl-C stops it.\n")


def _environment(settings: Settings, url: str, address: str) -> dict[str, str]:
    """What the children are told: the same settings, with the database and the address found."""
    measures = settings.instance / "metrics"
    shutil.rmtree(measures, ignore_errors=True)
    measures.mkdir(parents=True)
    return {
        **os.environ,
        "DATABASE_URL": url,
        "PARTICIPA_INSTANCE": str(settings.instance),
        "PARTICIPA_ENV": "production" if settings.production else "development",
        "PARTICIPA_PUBLIC_URL": settings.public_url or address,
        "PROMETHEUS_MULTIPROC_DIR": str(measures),
    }


def _prepare(supervisor: Supervisor, settings: Settings, url: str, environment: dict[str, str]) -> None:
    """Bring tables up to date and load the demonstration, by commands of their own, where there is need."""
    database.check(url)
    with database.connect(url) as connection:
        needs = needs_of(connection, demonstration=not settings.production and _demonstration())
    for need in needs:
        if supervisor.run_once((*COMMAND, *need), environment) != 0:
            raise GivenUp(f"`participa {need[0]}` did not succeed; the lines above say why.")


def needs_of(connection: psycopg.Connection, *, demonstration: bool) -> list[tuple[str, ...]]:
    """The commands that a database needs before it serves; one that holds a network keeps to it when it is upgraded."""
    stands = database.revision(connection)
    needs: list[tuple[str, ...]] = []
    if stands != head():
        needs.append(("migrate",))
    if demonstration and (stands is None or not database.in_use(connection)):
        needs.append(("demo", "--no-accounts"))  # they are told with the address
    return needs


def _answers(host: str, port: int) -> bool:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask, not where to listen
    connection = http.client.HTTPConnection(everywhere.get(host, host), port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _demonstration() -> bool:
    """Whether this copy has the demonstration network."""
    return (ROOT / "participa" / "demo" / "__init__.py").exists()
