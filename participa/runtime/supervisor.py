"""One process that starts the others, starts again whichever ends, and stops them all."""

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn, Self

import psutil
import structlog

from participa.config import ROOT
from participa.embedded import Cluster, die_with_parent

log = structlog.get_logger(__name__)

PATIENCE = 8
"""Seconds a process gets to end by itself."""
QUICK = 10
"""Seconds: what ends sooner after its start counts as not having worked."""
TRIES = 3
LONGEST_PAUSE = 5


class StopAsked(BaseException):
    """Raised by the first signal that asks to stop."""


class InstanceBusy(RuntimeError):
    """Raised when another supervisor already runs the instance."""


class GivenUp(RuntimeError):
    """Raised when a process keeps ending as soon as it is started."""


@dataclass
class Child:
    """A program that must always run."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()
    needed: bool = True
    """Whether the instance is of no use without it."""
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0
    failures: int = 0
    """How many times in a row it ended soon after its start."""
    resume_at: float | None = None
    """When to start it again, once it has been seen to have ended."""

    def start(self) -> None:
        """Start it in a session of its own, to end when this process does."""
        self.started = time.monotonic()
        self.resume_at = None
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=self.pass_fds,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - this process has one thread
        )

    def ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None


@dataclass
class Record:
    """What the instance folder remembers of a run's processes, so that the next can end what is left."""

    path: Path
    _lock: IO[str] | None = field(default=None, init=False)

    def take(self) -> None:
        """Become the one supervisor of the instance; raises InstanceBusy."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = self.path.with_suffix(".lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            held = self.read()
            where = f" at {held['address']}" if held.get("address") else ""
            raise InstanceBusy(
                f"Participa already runs from {self.path.parent}{where}. "
                "Stop it first, or give this one a folder of its own with PARTICIPA_INSTANCE."
            ) from None
        self._lock = lock

    def release(self) -> None:
        """Forget the run and let another supervisor take the instance."""
        self.path.unlink(missing_ok=True)
        if self._lock:
            self._lock.close()
            self._lock = None

    def read(self) -> dict[str, Any]:
        """What was written last, nothing when it cannot be read."""
        with contextlib.suppress(OSError, ValueError):
            held = json.loads(self.path.read_text())
            if isinstance(held, dict):
                return held
        return {}

    def write(self, address: str | None, processes: Mapping[str, int]) -> None:
        """Remember the processes and when each started, which tells them from later ones of that number."""
        entries = []
        for name, pid in processes.items():
            with contextlib.suppress(psutil.NoSuchProcess):
                entries.append({"name": name, "pid": pid, "started": psutil.Process(pid).create_time()})
        unfinished = self.path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps({"address": address, "processes": entries}))
        unfinished.replace(self.path)

    def end_leftovers(self) -> None:
        """End the processes of an earlier run of this instance, and their children, if any still run."""
        entries = self.read().get("processes", ())
        sessions = {entry["pid"]: entry["started"] for entry in entries if entry["name"] != "supervisor"}
        for number in (signal.SIGTERM, signal.SIGKILL):
            left = list(_members(sessions))
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(number)
                    process.resume()
            psutil.wait_procs(left, PATIENCE)


def _members(sessions: Mapping[int, float]) -> Iterator[psutil.Process]:
    """The living processes of these sessions, named by their leader's number and start.

    A number is not given again while a session of that number has members: those without a leader are ours.
    """
    reused = set()
    for leader, started in sessions.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            if abs(psutil.Process(leader).create_time() - started) > 1:
                reused.add(leader)
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            session = os.getsid(process.pid)
            if session in sessions and session not in reused and process.status() != psutil.STATUS_ZOMBIE:
                yield process


class Supervisor:
    """Keeps an embedded cluster, if any, and children running until asked to stop."""

    def __init__(self, record: Record, cluster: Cluster | None) -> None:
        self.record = record
        self.cluster = cluster
        self.children: list[Child] = []
        self.address: str | None = None
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)

    def __enter__(self) -> Self:
        self.record.take()
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # a handler, so that the end of a child wakes us
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            self.record.end_leftovers()
            if self.cluster:
                self.cluster.start()
            self._write()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._stop_children()
        if self.cluster:
            self.cluster.stop()
        self.record.release()

    def start(self, *children: Child) -> None:
        """Start children that must run from now on."""
        for child in children:
            self.children.append(child)
            child.start()
        self._write()

    def run_once(self, command: Sequence[str], environment: Mapping[str, str]) -> int:
        """Run a command to its end and give its exit code."""
        child = Child("once", command, environment)
        self.children.append(child)
        child.start()
        assert child.process is not None
        code = child.process.wait()
        self.children.remove(child)
        return code

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Whether `ready` came true in time, while keeping the children going; raises GivenUp."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if ready():
                return True
            self._sleep(0.03)
            self._mend()
            for child in self.children:
                if child.needed and child.failures >= TRIES:
                    raise GivenUp(
                        f"The {child.name} process ends as soon as it is started; the lines above say why."
                    )
        return False

    def keep_running(self) -> NoReturn:
        """Start again whatever ends, until a signal asks to stop."""
        while True:
            self._sleep(self._mend())

    def _stop(self, *_: object) -> NoReturn:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise StopAsked

    def _sleep(self, seconds: float | None) -> None:
        if select.select([self._woken], [], [], seconds)[0]:
            os.read(self._woken, 4096)

    def _mend(self) -> float | None:
        """Start again what ended, the database first; give the seconds to wait when one must pause."""
        changed = False
        if self.cluster and not self.cluster.alive():
            log.warning("restarting", process="postgresql")
            self.cluster.start()
            changed = True
        pauses = []
        for child in self.children:
            if not child.ended():
                continue
            assert child.process is not None
            now = time.monotonic()
            if child.resume_at is None:
                child.failures = child.failures + 1 if now - child.started < QUICK else 0
                pause = min(LONGEST_PAUSE, child.failures)
                child.resume_at = now + pause
                log.warning("restarting", process=child.name, exit_code=child.process.returncode, pause=pause)
            if now >= child.resume_at:
                child.start()
                changed = True
            else:
                pauses.append(child.resume_at - now)
        if changed:
            self._write()
        return min(pauses, default=None)

    def _write(self) -> None:
        running = {child.name: child.process.pid for child in self.children if child.process}
        self.record.write(self.address, {"supervisor": os.getpid(), **running})

    def _stop_children(self) -> None:
        """End the children, kindly first, then whatever is left in their sessions."""
        processes = [child.process for child in self.children if child.process]
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for process in processes:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
