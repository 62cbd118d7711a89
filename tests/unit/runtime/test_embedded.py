"""The embedded PostgreSQL: whoever starts it owns it, and nothing acknowledged is lost."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from participa.config import ROOT
from participa.embedded import Cluster, ClusterBusy, ClusterError, Identity, wheel_programs
from tests.processes import eventually

LAUNCHER = """
import sys, time
from pathlib import Path
from participa.embedded import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
print(cluster.process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster that is running."""
    server = Cluster(tmp_path_factory.mktemp("pg"), options={"fsync": "off"})
    server.start()
    yield server
    server.stop()


def test_it_speaks_french_from_the_start(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute("SELECT lower('ÉCOLE'), to_tsvector('french', 'Écoles')::text").fetchone()

    assert row == ("école", "'écol':1")


def test_nobody_else_reaches_its_socket(cluster: Cluster) -> None:
    assert cluster.socket_folder.stat().st_mode & 0o077 == 0
    with psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_what_was_committed_is_there_after_a_kill(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    assert cluster.process is not None
    cluster.process.kill()
    cluster.process.wait()
    assert not cluster.alive()

    cluster.start()

    with psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)


def test_a_second_owner_is_refused(cluster: Cluster) -> None:
    with pytest.raises(ClusterBusy, match="already runs"):
        Cluster(cluster.folder).start()


def test_it_ends_with_the_process_that_started_it_and_another_goes_on(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LAUNCHER, str(tmp_path / "pg")]
    launcher = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert launcher.stdout is not None
    server = psutil.Process(int(launcher.stdout.readline()))

    launcher.kill()
    launcher.wait()
    launcher.stdout.close()

    assert eventually(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)
    with Cluster(tmp_path / "pg") as cluster:
        assert cluster.answers()


def test_a_server_left_over_is_ended_before_another_starts(tmp_path: Path) -> None:
    first = Cluster(tmp_path / "pg", options={"fsync": "off"})
    first.start()
    assert first.process is not None
    first.process.send_signal(signal.SIGSTOP)  # deaf to a polite request
    second = Cluster(tmp_path / "pg")

    second.end_leftovers(patience=0.2)

    assert first.process.wait(10) is not None
    first.stop()
    with second:
        assert second.answers()


def test_a_number_that_now_belongs_to_another_program_stops_nothing(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "pg", options={"fsync": "off"})
    cluster.start()
    pid_file = cluster.data / "postmaster.pid"
    remembered = pid_file.read_text()
    cluster.stop()
    pid_file.write_text(remembered.replace(remembered.splitlines()[0], str(os.getppid()), 1))

    with cluster:
        assert cluster.answers()


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 110)
    with Cluster(folder, options={"fsync": "off"}) as cluster:
        assert len(str(cluster.socket_folder)) < 100
        assert cluster.answers()


def test_a_half_made_data_folder_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    (folder / "data.unfinished").mkdir(parents=True)
    (folder / "data.unfinished" / "PG_VERSION").write_text("18\n")

    with Cluster(folder, options={"fsync": "off"}) as cluster:
        assert cluster.answers()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with Cluster(tmp_path / "pg", options={"fsync": "off"}):
        pass

    with pytest.raises(ClusterError, match="no_such_setting"):
        Cluster(tmp_path / "pg", options={"no_such_setting": "1"}).start()

    with Cluster(tmp_path / "pg") as cluster:  # and the folder is free again
        assert cluster.answers()


def test_the_log_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(tmp_path / "pg", options={"fsync": "off"})
    with cluster:
        pass
    monkeypatch.setattr("participa.embedded.LOG_LIMIT", 10)
    with cluster:
        assert cluster.log.with_suffix(".log.1").exists()


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that every user can enter, which also takes what would go to the system's."""
    with tempfile.TemporaryDirectory(prefix="participa-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        monkeypatch.setattr("participa.embedded.STATE", folder / "state")
        yield folder


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must pass for somebody else")
@pytest.mark.parametrize("reachable", [True, False])
def test_where_namespaces_are_refused_root_runs_it_as_nobody(open_folder: Path, reachable: bool) -> None:
    home = open_folder / "home"
    home.mkdir(mode=0o755 if reachable else 0o700)
    cluster = Cluster(home / "pg", options={"fsync": "off"}, identity="nobody")

    with cluster:
        assert cluster.process is not None
        assert psutil.Process(cluster.process.pid).username() == "nobody"
        assert cluster.home.is_relative_to(home) == reachable
    again = Cluster(home / "pg", options={"fsync": "off"})  # found again without being told
    with again:
        assert again.process is not None
        assert psutil.Process(again.process.pid).username() == "nobody"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must pass for somebody else")
def test_programs_out_of_nobodys_reach_are_copied(open_folder: Path) -> None:
    package = wheel_programs().parent.parent
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    for part in (Path(package.name, "pginstall18"), Path(f"{package.name}.libs")):
        shutil.copytree(package.parent / part, closed / part, symlinks=True)
    programs = closed / package.name / "pginstall18" / "bin"
    cluster = Cluster(open_folder / "pg", programs=programs, options={"fsync": "off"}, identity="nobody")

    with cluster:
        assert cluster.programs.is_relative_to(open_folder / "state")
        assert cluster.answers()


def test_an_identity_knows_what_it_can_reach(tmp_path: Path) -> None:
    assert Identity("self").can("-w", tmp_path)
    assert not Identity("self").can("-x", tmp_path / "absent")


def test_it_waits_no_longer_than_told(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "pg", options={"fsync": "off"})
    with cluster:
        pass

    with pytest.raises(ClusterError, match="does not answer"):
        cluster.start(timeout=-1)

    assert cluster.process is None
