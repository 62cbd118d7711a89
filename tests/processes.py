"""A whole instance as an operator runs it: started by the command, watched and killed from outside."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from participa.config import ROOT
from participa.embedded import Cluster

WITHIN = 10
"""Seconds in which an instance recovers or ends."""


def eventually(condition: Callable[[], bool], seconds: float = WITHIN) -> bool:
    """Whether a condition comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


class Instance:
    """An instance folder, and the `participa run` (or `serve`) on it."""

    def __init__(self, folder: Path, *, command: str = "run", **environment: str) -> None:
        self.folder = folder
        self.command = command
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PARTICIPA_")}
        kept.pop("DATABASE_URL", None)
        kept.pop("PORT", None)
        self.environment: Mapping[str, str] = {
            **kept,
            "PARTICIPA_INSTANCE": str(folder),
            "PARTICIPA_PASSWORD_HASHING": "cheap",
            "PARTICIPA_ENCODER": "off",  # started where a test is about it
            **environment,
        }
        self.process: subprocess.Popen[str] | None = None
        self.output = folder.parent / f"{folder.name}.log"

    def participa(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the instance."""
        return subprocess.run(
            [sys.executable, "-m", "participa.cli", *arguments],
            check=False, capture_output=True, text=True, env=self.environment, cwd=ROOT,
        )  # fmt: skip

    def start(self) -> str:
        """Start everything and give the address once it is announced."""
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "participa.cli", self.command],
                stdout=output, stderr=output, stdin=subprocess.DEVNULL, text=True,
                env=self.environment, cwd=ROOT, start_new_session=True,
            )  # fmt: skip
        eventually(lambda: "Participa is at" in self.said() or self.ended(), 300)
        assert "Participa is at" in self.said(), self.said()
        return self.address

    @property
    def address(self) -> str:
        """Where the web server is."""
        return str(self.record()["address"])

    def said(self) -> str:
        """What it printed so far."""
        return self.output.read_text()

    def record(self) -> dict[str, object]:
        """What the instance folder remembers of its processes."""
        held = json.loads((self.folder / "run.json").read_text())
        assert isinstance(held, dict)
        return held

    def pid(self, name: str) -> int:
        """The number of one of its processes: supervisor, web, worker, web worker, postgresql, backend."""
        if name == "postgresql":
            return int(
                (Cluster(self.folder / "postgresql").data / "postmaster.pid").read_text().splitlines()[0]
            )
        if name == "web worker":
            return psutil.Process(self.pid("web")).children()[0].pid
        if name == "backend":
            backends = psutil.Process(self.pid("postgresql")).children()
            return next(
                process.pid for process in backends if "participa participa" in " ".join(process.cmdline())
            )
        entries = self.record()["processes"]
        assert isinstance(entries, list)
        return next(int(entry["pid"]) for entry in entries if entry["name"] == name)

    def everything(self) -> set[psutil.Process]:
        """Every process of the instance that runs now."""
        assert self.process is not None
        found = {psutil.Process(self.process.pid)}
        return found | set(psutil.Process(self.process.pid).children(recursive=True))

    def answers(self, path: str = "/healthz") -> bool:
        """Whether the web server answers a page with 200."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError, ValueError):
            return False

    def ended(self) -> bool:
        """Whether the command ended."""
        return self.process is not None and self.process.poll() is not None

    def interrupt(self) -> int:
        """Do what Ctrl-C does, and give the exit code."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)

    def stop(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self.process is not None and not self.ended():
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def all_gone(processes: set[psutil.Process]) -> bool:
    """Whether none of these processes runs any more."""
    return not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        for process in processes
        if _exists(process)
    )


def _exists(process: psutil.Process) -> bool:
    try:
        process.status()
    except psutil.NoSuchProcess:
        return False
    return True
