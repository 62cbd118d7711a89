"""How the application asks the encoder, which may be away or slow: nothing waits for it longer than it says."""

import array
import hashlib
import json
import os
import socket
import stat
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from participa.config import ConfigurationError, Settings
from participa.embedded import SOCKET_PATH_LIMIT
from participa.similarity import encoder
from participa.similarity.encoder import DIMENSION

BUDGET = 0.1
"""Seconds for the vector of a text being typed."""
REST = 5
"""Seconds for which an encoder that did not answer in time is left alone."""


class EncoderAway(Exception):
    """Raised when the encoder does not answer, or not in time."""


class Line:
    """The line to the encoder of one instance."""

    def __init__(self, instance: Path) -> None:
        self.path = socket_of(instance)
        self._rests_until = 0.0

    def ask(self, text: str, within: float | None = None) -> list[float]:
        """The vector of a text, within so many seconds or the budget of a text being typed; raises EncoderAway."""
        within = BUDGET if within is None else within
        deadline = time.monotonic() + within
        if self._rests_until > time.monotonic():
            raise EncoderAway("it was too slow a moment ago")
        try:
            with self._connection(deadline) as connection:
                question = json.dumps({"text": text, "within": within}).encode()
                connection.sendall(struct.pack(">I", len(question)) + question)
                size = int.from_bytes(_read(connection, 4, deadline), "big")
                answer = _read(connection, size, deadline)
        except TimeoutError:
            self._rests_until = time.monotonic() + REST
            raise EncoderAway("it is too slow") from None
        except OSError as error:
            raise EncoderAway(str(error)) from None
        if len(answer) != 4 * DIMENSION:
            raise EncoderAway("it is busy")
        floats = array.array("f", answer)
        if sys.byteorder == "big":
            floats.byteswap()
        return floats.tolist()

    def ask_patiently(self, text: str, within: float) -> list[float]:
        """The vector of a text, from an encoder that may just be starting; raises EncoderAway."""
        deadline = time.monotonic() + within
        while True:
            try:
                self._rests_until = 0
                return self.ask(text, max(deadline - time.monotonic(), 0.1))
            except EncoderAway:
                if time.monotonic() > deadline - 0.2:
                    raise
                time.sleep(0.2)

    @contextmanager
    def _connection(self, deadline: float) -> Iterator[socket.socket]:
        if self.path.stat().st_uid != os.geteuid():
            raise EncoderAway(f"{self.path} belongs to another user")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            connection.connect(str(self.path))
            yield connection


def _read(connection: socket.socket, size: int, deadline: float) -> bytes:
    """Read exactly so many bytes before the deadline."""
    parts = bytearray()
    while len(parts) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        part = connection.recv(size - len(parts))
        if not part:
            raise ConnectionResetError("it hung up")
        parts += part
    return bytes(parts)


def line() -> Line:
    """The line of this application, which keeps what it knows of the encoder."""
    settings: Settings = current_app.config["SETTINGS"]
    held: Line = current_app.extensions.setdefault("encoder", Line(settings.instance))
    return held


def vector_of(text: str) -> list[float] | None:
    """The vector of a text being typed; None while the encoder is away, slow or switched off."""
    settings: Settings = current_app.config["SETTINGS"]
    try:
        return line().ask(text) if settings.encoder else None
    except EncoderAway:
        return None


def socket_of(instance: Path) -> Path:
    """Where the encoder of an instance listens: in its folder, or at a short address when that is too long for one."""
    path = instance / "encoder.sock"
    if len(str(path)) <= SOCKET_PATH_LIMIT:
        return path
    key = hashlib.sha256(str(instance).encode()).hexdigest()[:12]
    return Path("/tmp") / f"participa-{os.geteuid()}-{key}" / path.name  # noqa: S108 - owner and mode are checked


def command(instance: Path) -> tuple[str, ...]:
    """The program that is the encoder of an instance, whose folder is made ready; raises ConfigurationError."""
    path = socket_of(instance)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.parent != instance:
        folder = path.parent.lstat()
        if not stat.S_ISDIR(folder.st_mode) or folder.st_uid != os.geteuid():
            raise ConfigurationError(
                f"{path.parent} belongs to another user: remove it, or move the instance folder."
            )
        path.parent.chmod(0o700)
    return (sys.executable, "-P", str(Path(encoder.__file__).resolve()), str(path))
