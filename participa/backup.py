"""One file that holds an instance: its database as pg_dump writes it, and its files."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from participa.config import Settings
from participa.embedded import ClusterError, wheel_programs
from participa.runtime import database
from participa.similarity.models import NEAR_INDEX
from participa.similarity.queries import MAKE_INDEX

FOLDERS = ("uploads", "mailbox")
"""What the instance keeps beside its database."""
FORMAT = 1
KEPT = 3
_OF_PGVECTOR = re.compile(rf" (EXTENSION - vector|COMMENT - EXTENSION vector|INDEX public {NEAR_INDEX})\s")
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
}


class BackupError(RuntimeError):
    """Raised when a backup cannot be made or restored; the message says why and what to do."""


def backup(settings: Settings, url: str, file: Path) -> None:
    """Write the instance to `file`, which appears whole or not at all, while people may go on writing.

    Files are linked aside before the database is read, and those added meanwhile after it: every file that a
    row of the dump names is there, whether it was added or removed while the dump ran.
    """
    file = file.absolute()
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    settings.instance.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.instance) as held:
            folder = Path(held)
            _link_files(settings.instance, folder)
            with database.connect(url) as connection:
                programs, version = programs_for(connection.info.server_version // 10_000)
                manifest = {
                    "format": FORMAT,
                    "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "revision": database.revision(connection),
                    "pg_dump": version,
                }
            _run(programs / "pg_dump", url, "--format=custom", "--no-owner", "--no-privileges",
                 f"--file={folder / 'database.dump'}")  # fmt: skip
            _link_files(settings.instance, folder)
            (folder / "manifest.json").write_text(json.dumps(manifest, indent=2))
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as raw:
                with tarfile.open(fileobj=raw, mode="w") as archive:
                    for name in ("manifest.json", "database.dump", *FOLDERS):
                        if (folder / name).exists():
                            archive.add(folder / name, name)
                raw.flush()
                os.fsync(raw.fileno())
            unfinished.replace(file)
    except OSError as error:
        raise BackupError(f"The backup could not be written to {file}: {error.strerror or error}.") from None
    finally:
        unfinished.unlink(missing_ok=True)


def backup_before(settings: Settings, url: str, revision: str) -> Path:
    """Back up before leaving `revision`, keeping the last three of these, and give the file."""
    folder = settings.instance / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    file = folder / f"before-migrating-{moment}-from-{revision}.participa"
    backup(settings, url, file)
    for old in sorted(folder.glob("before-migrating-*.participa"))[:-KEPT]:
        old.unlink()
    return file


def restore(settings: Settings, url: str, file: Path) -> None:
    """Fill an empty instance from `file`; one that holds anything is left as it is."""
    occupied = [name for name in FOLDERS if _has_files(settings.instance / name)]
    with database.connect(url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        version = connection.info.server_version // 10_000
    if occupied or (tables and tables[0]):
        raise BackupError(
            f"The instance {settings.instance} is not empty. Restore into another: set PARTICIPA_INSTANCE "
            "to a new folder, and DATABASE_URL, if you use it, to an empty database."
        )
    settings.instance.mkdir(parents=True, exist_ok=True)
    with (
        _opened(file) as archive,
        tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.instance) as held,
    ):
        folder = Path(held)
        _extract(archive, folder)
        manifest = json.loads((folder / "manifest.json").read_text())
        _check(manifest, file)
        programs, _ = programs_for(
            max(version, manifest["pg_dump"])
        )  # a dump is read by programs as new as its writer
        _load(programs, url, folder / "database.dump", version)
        for name in FOLDERS:
            if (folder / name).exists():
                shutil.rmtree(settings.instance / name, ignore_errors=True)
                (folder / name).rename(settings.instance / name)


def programs_for(version: int) -> tuple[Path, int]:
    """The folder and version of programs that read a server of this version: ours, else the system's."""
    folders = [Path(found).parent for found in [shutil.which("pg_dump")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    with contextlib.suppress(ClusterError):
        folders.insert(0, wheel_programs())
    for folder in folders:
        said = subprocess.run(
            [folder / "pg_dump", "--version"], check=False, capture_output=True, text=True
        ).stdout
        found = re.search(r" (\d+)", said)
        if found and int(found[1]) >= version:
            return folder, int(found[1])
    raise BackupError(
        f"Install the programs of PostgreSQL {version} (pg_dump, pg_restore) to make or read this backup."
    )


def _check(manifest: dict[str, object], file: Path) -> None:
    if manifest.get("format") != FORMAT:
        raise BackupError(
            f"{file} is in a format that this version of Participa does not read: use a newer one."
        )
    known = {
        found[1] for path in database.MIGRATIONS.glob("*.py") if (found := re.match(r"(\d+)_", path.name))
    }
    if manifest.get("revision") and manifest["revision"] not in known:
        raise BackupError(f"{file} comes from a newer version of Participa: restore it with that one.")


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file) as archive:
            if "manifest.json" not in archive.getnames():
                raise BackupError(f"{file} is not a backup of Participa.")
            yield archive
    except tarfile.TarError:
        raise BackupError(f"{file} is not a backup of Participa, or is damaged.") from None


def _extract(archive: tarfile.TarFile, folder: Path) -> None:
    """Take plain files out, and nothing that would land outside `folder`."""
    for member in archive:
        if not member.isfile():
            continue
        target = (folder / member.name).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise BackupError(
                f"The backup names a file outside its folder ({member.name}): it is not one of ours."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        content = archive.extractfile(member)
        assert content is not None
        with content, target.open("wb") as copy:
            shutil.copyfileobj(content, copy)


def _environment(url: str) -> dict[str, str]:
    """The connection as environment variables, since arguments can be read by everybody on the machine."""
    given = conninfo_to_dict(database.libpq(url))
    named = {_VARIABLES[key]: str(value) for key, value in given.items() if key in _VARIABLES}
    return {**os.environ, **named}


def _run(program: Path, url: str, *arguments: str | Path) -> None:
    done = subprocess.run(
        [program, *arguments], check=False, capture_output=True, text=True, env=_environment(url)
    )
    if done.returncode != 0:
        raise BackupError(f"{program.name} failed: {done.stderr.strip()}")


def _load(programs: Path, url: str, dump: Path, version: int) -> None:
    """Fill the database from a dump, all or nothing.

    The programs may be newer than the server: what they set that it does not know is left out. So are pgvector and
    its index, which it may not have: they are made afterwards, if it has.
    """
    script, contents = dump.with_suffix(".sql"), dump.with_suffix(".list")
    _run(programs / "pg_restore", url, "--list", f"--file={contents}", dump)
    lines = contents.read_text().splitlines(keepends=True)
    contents.write_text("".join(line for line in lines if not _OF_PGVECTOR.search(line)))
    options = ("--no-owner", "--no-privileges", f"--use-list={contents}", f"--file={script}")
    _run(programs / "pg_restore", url, *options, dump)
    if version < 17:
        script = _without(script, b"SET transaction_timeout = 0;\n")
    _run(programs / "psql", url, "--no-psqlrc", "--quiet", "--output=/dev/null", "--single-transaction",
         "--set=ON_ERROR_STOP=1", f"--file={script}")  # fmt: skip
    with database.connect(url) as connection:
        connection.execute(MAKE_INDEX)


def _without(script: Path, line: bytes) -> Path:
    """A copy of a script without the first line like this one, which stands above all data."""
    copy = script.with_suffix(".older.sql")
    with script.open("rb") as read, copy.open("wb") as write:
        for each in read:
            if each == line:
                break
            write.write(each)
        shutil.copyfileobj(read, write)
    return copy


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*"))


def _link_files(instance: Path, folder: Path) -> None:
    """Link the files that are not linked yet; one that goes away meanwhile is no longer needed."""
    for name in FOLDERS:
        for source in sorted((instance / name).rglob("*")):
            copy = folder / source.relative_to(instance)
            if source.is_file() and not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileNotFoundError):
                    os.link(source, copy)
