"""Encoders for tests: a real one, or one that answers as a test says."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from participa.similarity.client import socket_of
from participa.similarity.encoder import Encoder


@contextmanager
def answering(instance: Path, encode: Callable[[str], bytes]) -> Iterator[Encoder]:
    """An encoder of an instance that makes vectors by `encode`."""
    with Encoder(str(socket_of(instance)), encode) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
