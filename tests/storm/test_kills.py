"""Whatever is killed, nothing acknowledged is lost: the instance goes on, or ends and starts again."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from participa.config import ROOT
from participa.embedded import Cluster
from participa.similarity.client import Line
from participa.similarity.encoder import DIMENSION
from tests.processes import WITHIN, Instance, all_gone, eventually

VICTIMS = ["supervisor", "web", "web worker", "worker", "postgresql", "backend"]


class Writer(threading.Thread):
    """Somebody who goes on writing one row after another, and notes each that was acknowledged."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.acknowledged = 0
        self.enough = threading.Event()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS written; CREATE TABLE written (n int)")

    def run(self) -> None:
        """Write until told that it is enough or the database goes away."""
        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                while not self.enough.is_set():
                    connection.execute("INSERT INTO written VALUES (%s)", (self.acknowledged + 1,))
                    self.acknowledged += 1
        except psycopg.OperationalError:
            pass


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance on its embedded database."""
    made = Instance(tmp_path_factory.mktemp("storm") / "instance")
    yield made
    made.stop()


@pytest.mark.parametrize("victim", VICTIMS)
def test_kill_9_of_any_process_loses_nothing(instance: Instance, victim: str) -> None:
    instance.start()
    assert eventually(lambda: instance.answers("/readyz"))
    processes = instance.everything()
    url = Cluster(instance.folder / "postgresql").url()
    writer = Writer(url)
    writer.start()
    assert eventually(lambda: writer.acknowledged > 100)

    killed = psutil.Process(instance.pid(victim))
    killed.kill()

    assert eventually(lambda: not killed.is_running() or killed.status() == psutil.STATUS_ZOMBIE)
    if victim == "supervisor":
        assert eventually(lambda: all_gone(processes), WITHIN)
        assert instance.process is not None
        instance.process.wait()
        writer.join()
        instance.start()
    assert eventually(lambda: instance.answers("/healthz") and instance.answers("/readyz"), 30)
    writer.enough.set()
    writer.join()
    with psycopg.connect(url) as connection:
        kept = connection.execute(
            "SELECT count(DISTINCT n) FROM written WHERE n <= %s", (writer.acknowledged,)
        )
        assert kept.fetchone() == (writer.acknowledged,)

    everything = instance.everything()
    assert instance.interrupt() == 0
    assert all_gone(everything)
    assert all_gone(processes)


def test_killing_everything_at_once_loses_nothing_either(instance: Instance) -> None:
    instance.start()
    url = Cluster(instance.folder / "postgresql").url()
    writer = Writer(url)
    writer.start()
    assert eventually(lambda: writer.acknowledged > 100)

    for process in instance.everything():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    writer.join()
    assert instance.process is not None
    instance.process.wait()
    instance.start()

    with psycopg.connect(url) as connection:
        kept = connection.execute(
            "SELECT count(*) FROM written WHERE n <= %s", (writer.acknowledged,)
        ).fetchone()
    assert kept == (writer.acknowledged,)
    assert instance.interrupt() == 0


def test_an_encoder_that_is_killed_is_started_again_and_nothing_else_ends(tmp_path: Path) -> None:
    secret = "a-secret-of-thirty-two-characters-at-least"
    made = Instance(
        tmp_path / "instance", command="serve", PARTICIPA_ENCODER="on", PARTICIPA_SECRET_KEY=secret
    )
    try:
        made.start()
        line = Line(made.folder)
        assert len(line.ask_patiently("Planter des arbres", 60)) == DIMENSION
        others = {name: made.pid(name) for name in ("supervisor", "web", "worker", "postgresql")}
        killed = psutil.Process(made.pid("encoder"))
        assert killed.memory_info().rss < 250e6

        killed.kill()

        assert eventually(lambda: made.pid("encoder") != killed.pid)
        assert made.answers()
        assert len(line.ask_patiently("Planter des arbres", 60)) == DIMENSION
        assert {name: made.pid(name) for name in others} == others
        processes = made.everything()
        assert made.interrupt() == 0
        assert all_gone(processes)
    finally:
        made.stop()


def test_two_instances_run_side_by_side(instance: Instance, tmp_path: Path) -> None:
    other = Instance(tmp_path / "other")
    try:
        assert instance.start() != other.start()
        assert instance.answers()
        assert other.answers()
        assert other.interrupt() == 0
        assert instance.answers()
    finally:
        other.stop()
        instance.stop()


def test_a_clean_clone_runs_with_only_the_systems_programs(tmp_path_factory: pytest.TempPathFactory) -> None:
    """By an ordinary user where the tests run as root, with a home that is new."""
    home = Path("/var/tmp") / f"participa-clean-{os.getpid()}"  # a place that every user can enter
    home.mkdir(mode=0o755)
    try:
        clone = home / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        options: dict[str, Any] = {}
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody:", str(home)], check=True)
            options = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        for _time in ("first", "second"):
            _run_and_interrupt(clone, home / "said", {"HOME": str(home), "PATH": path}, options)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _run_and_interrupt(
    clone: Path, output: Path, environment: dict[str, str], options: dict[str, Any]
) -> None:
    """Run `make run` until it serves, then do what Ctrl-C does, and see that nothing is left."""
    with output.open("w") as said:
        make = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            start_new_session=True, **options,
        )  # fmt: skip
    assert eventually(lambda: "Participa is at" in output.read_text() or make.poll() is not None, 300)
    assert make.poll() is None, output.read_text()
    processes = {psutil.Process(make.pid), *psutil.Process(make.pid).children(recursive=True)}
    os.killpg(make.pid, signal.SIGINT)
    make.wait(30)
    assert "nothing is lost" in output.read_text()
    assert eventually(lambda: all_gone(processes))
