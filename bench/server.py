"""The processes that are measured: the production server with two workers, on a database of its own."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from participa.config import ROOT
from participa.similarity import client

SECRET = "bench-secret-of-a-throw-away-database-0123456789"  # noqa: S105
CSRF = hashlib.sha1(b"bench").hexdigest()  # noqa: S324 - the shape Flask-WTF gives its tokens


@dataclass(slots=True)
class Server:
    """A running gunicorn and the processes behind it: the database's, and the encoder when it is asked."""

    port: int
    process: psutil.Process
    postgres: psutil.Process | None
    encoder: psutil.Process | None = None

    def cpu(self) -> float:
        """Seconds of CPU used so far by the web processes, PostgreSQL's process tree and the encoder."""
        return sum(_cpu(root) for root in (self.process, self.postgres, self.encoder) if root)

    def worker_memory(self) -> list[int]:
        """Proportional set size of each web worker, in MB."""
        return [round(child.memory_full_info().pss / 1e6) for child in self.process.children()]


def _cpu(root: psutil.Process) -> float:
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    times = root.cpu_times()
    return total + times.children_user + times.children_system


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(url: str, instance: Path) -> dict[str, str]:
    """What the server is told."""
    return os.environ | {
        "DATABASE_URL": url,
        "PARTICIPA_ENV": "production",
        "PARTICIPA_SECRET_KEY": SECRET,
        "PARTICIPA_INSTANCE": str(instance),
        "PARTICIPA_METRICS_PORT": "0",
        "PARTICIPA_LOG_LEVEL": "warning",
        "PARTICIPA_PASSWORD_HASHING": "cheap",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def encoding(instance: Path) -> Iterator[psutil.Process]:
    """Run the encoder of an instance until the block ends."""
    process = subprocess.Popen(client.command(instance))
    try:
        client.Line(instance).ask_patiently("prêt", 60)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(15)


@contextmanager
def serving(app: str, env: dict[str, str], postgres: int | None) -> Iterator[Server]:
    """Serve a WSGI application with two workers until the block ends."""
    port = free_port()
    config = ROOT / "participa" / "runtime" / "gunicorn_conf.py"
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", str(config), "-w", "2", app],
        env=env | {"PARTICIPA_BIND": f"127.0.0.1:{port}"},
        cwd=ROOT,
    )
    try:
        _wait(port, process)
        yield Server(port, psutil.Process(process.pid), psutil.Process(postgres) if postgres else None)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not answer within 120 s")


def cookie_of(app: Flask, token: str) -> str:
    """The cookie of a session that the bench acts in."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    value = serializer.dumps({"_user_id": token, "_fresh": True, "csrf_token": CSRF})
    return f"{app.config['SESSION_COOKIE_NAME']}={value}"


def csrf_token() -> str:
    """The token that goes with the cookie."""
    return str(URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(CSRF))
