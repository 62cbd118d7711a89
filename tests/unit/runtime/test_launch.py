"""`run` and `serve`: one command starts everything, and stops everything."""

import json
import socket
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from participa.config import ConfigurationError
from participa.embedded import ClusterError
from participa.runtime import database
from participa.runtime.launch import needs_of
from participa.runtime.supervisor import Record
from tests.processes import Instance, all_gone, eventually

SECRET = "a-secret-of-thirty-two-characters-at-least"


@pytest.fixture
def url(clone: Callable[[str], str]) -> str:
    """A database of its own, with the tables and nobody in it."""
    return clone("launched")


@pytest.fixture
def instance(tmp_path: Path, url: str) -> Iterator[Instance]:
    """An instance in production on that database."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        metrics = free.getsockname()[1]
    made = Instance(
        tmp_path / "instance",
        command="serve",
        DATABASE_URL=url,
        PARTICIPA_SECRET_KEY=SECRET,
        PARTICIPA_METRICS_PORT=str(metrics),
    )
    yield made
    made.stop()


def test_serving_answers_health_logs_and_metrics_and_ends_with_ctrl_c(instance: Instance) -> None:
    address = instance.start()
    processes = instance.everything()

    assert instance.answers("/healthz")
    assert eventually(lambda: instance.answers("/readyz"))
    with urllib.request.urlopen(f"{address}/healthz?token=do-not-log-me") as answer:
        request_id = answer.headers["X-Request-Id"]
    assert len(request_id) >= 8
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{address}/no-such-page?token=do-not-log-me")
    port = instance.environment["PARTICIPA_METRICS_PORT"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        measures = answer.read().decode()
    assert 'participa_requests_total{endpoint="health.healthz"' in measures
    assert "participa_jobs" in measures

    assert instance.interrupt() == 0
    assert all_gone(processes)
    said = instance.said()
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert any(line["event"] == "request" and line["status"] == 404 and line["request_id"] for line in lines)
    assert "do-not-log-me" not in said
    assert SECRET not in said


def test_an_instance_runs_once(instance: Instance) -> None:
    address = instance.start()

    second = instance.participa("serve")

    assert second.returncode == 1
    assert f"already runs from {instance.folder} at {address}" in second.stderr
    assert instance.answers()


@pytest.mark.long
def test_the_next_run_ends_what_a_killed_one_left(instance: Instance) -> None:
    instance.start()
    left = instance.everything()
    web = psutil.Process(instance.pid("web"))
    web.suspend()  # cannot notice that its parent is gone
    assert instance.process is not None
    instance.process.kill()
    instance.process.wait()
    assert web.is_running()

    instance.start()

    assert all_gone(left)
    assert instance.answers()


def test_a_number_given_to_another_program_since_is_left_alone(tmp_path: Path) -> None:
    me = psutil.Process()
    path = tmp_path / "run.json"
    entry = {"name": "web", "pid": me.pid, "started": me.create_time() - 100}
    path.write_text(json.dumps({"processes": [entry]}))

    Record(path).end_leftovers()  # this test goes on


@pytest.mark.parametrize("secret", [None, "development-only-secret", "short"])
def test_serving_with_a_weak_secret_is_refused(tmp_path: Path, secret: str | None) -> None:
    instance = Instance(tmp_path / "instance", **({"PARTICIPA_SECRET_KEY": secret} if secret else {}))

    said = instance.participa("serve")

    assert said.returncode == 1
    assert "PARTICIPA_SECRET_KEY must be set" in said.stderr
    assert not (instance.folder / "postgresql").exists()


def test_a_port_that_is_taken_is_named(tmp_path: Path, url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = Instance(tmp_path / "instance", DATABASE_URL=url, PORT=port).participa("run")

    assert said.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in said.stderr


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    said = Instance(tmp_path / "i", DATABASE_URL="postgresql://ada:hush@127.0.0.1:1/x").participa("run")

    assert said.returncode == 1
    assert "does not let us in at postgresql://ada:***@127.0.0.1:1/x" in said.stderr
    assert "hush" not in said.stderr + said.stdout


def test_an_old_postgresql_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST", 99)

    with pytest.raises(ConfigurationError, match="needs 99 or newer"):
        database.check(url)


def test_a_database_without_our_tables_has_no_revision(clone: Callable[[str], str]) -> None:
    url = clone("bare")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE alembic_version")
        assert database.revision(connection) is None
    with pytest.raises(ClusterError, match="does not let us in"):
        database.connect(url.replace("/bare", "/never_made"))


def test_an_upgrade_brings_the_demonstration_to_nobody_who_has_a_network(url: str) -> None:
    demonstration = ("demo", "--no-accounts")
    with psycopg.connect(url) as connection:
        assert needs_of(connection, demonstration=True) == [demonstration]
        assert needs_of(connection, demonstration=False) == []
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        assert needs_of(connection, demonstration=True) == [("migrate",), demonstration]
        connection.execute("INSERT INTO network (id, name, languages) VALUES (1, 'Réseau', '[\"fr\"]')")
        assert needs_of(connection, demonstration=True) == [("migrate",)]
