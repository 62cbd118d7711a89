"""Where the bytes of files are: a folder of the instance; another place implements the same few verbs."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from flask import current_app


class Storage(Protocol):
    """Keeps objects by key; a key is made once, and what it names never changes."""

    def put(self, key: str, content: bytes) -> None:
        """Keep `content`; when this returns it survives a crash."""

    def open(self, key: str) -> BinaryIO:
        """Read what is kept; raises FileNotFoundError."""

    def delete(self, key: str) -> None:
        """Forget it; what is not there is forgotten already."""

    def listed(self) -> Iterator[tuple[str, float]]:
        """Every key with when it was put, in seconds since 1970."""


class Folder:
    """A folder, in which each key is a file."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, key: str) -> Path:
        return self.root / key[:2] / key

    def put(self, key: str, content: bytes) -> None:
        """Write aside, then put in place: a reader sees the whole or nothing."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with aside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)

    def open(self, key: str) -> BinaryIO:
        """Read what is kept; raises FileNotFoundError."""
        return self._path(key).open("rb")

    def delete(self, key: str) -> None:
        """Remove the file, and its folder with the last one."""
        path = self._path(key)
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()

    def listed(self) -> Iterator[tuple[str, float]]:
        """The files, whole ones and those that a crash left aside."""
        for path in self.root.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):
                yield path.name, path.stat().st_mtime


def storage() -> Storage:
    """Where this deployment keeps its files; backups hold this folder (`backup.FOLDERS`)."""
    return Folder(current_app.config["SETTINGS"].instance / "uploads")
