"""Backups: one file that brings an instance back, whole or not at all."""

import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from participa import backup
from participa.backup import BackupError
from participa.config import Settings, psycopg_url
from participa.embedded import Cluster


@pytest.fixture
def settings(tmp_path: Path, clone: Callable[[str], str]) -> Settings:
    """An instance with a centre in its database, an upload and a mail."""
    url = clone("to_back_up")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n")
    folder = tmp_path / "instance"
    for name, text in (("uploads/ab/cd.bin", "photo"), ("mailbox/1.eml", "Bonjour")):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    return Settings(instance=folder, database_url=psycopg_url(url))


@pytest.fixture
def empty(tmp_path: Path, cluster: Cluster) -> Settings:
    """An instance with nothing in it."""
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS to_restore WITH (FORCE)")
        admin.execute("CREATE DATABASE to_restore TEMPLATE template0")
    return Settings(instance=tmp_path / "new", database_url=psycopg_url(cluster.url("to_restore")))


def url_of(settings: Settings) -> str:
    assert settings.database_url
    return settings.database_url


def rows(settings: Settings, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url_of(settings).replace("+psycopg", "")) as connection:
        return connection.execute(statement.encode()).fetchall()


def test_what_was_backed_up_comes_back_in_an_empty_instance(
    settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "kept.participa"

    backup.backup(settings, url_of(settings), file)
    backup.restore(empty, url_of(empty), file)

    assert file.stat().st_mode & 0o077 == 0
    assert rows(empty, "SELECT count(*), sum(n) FROM kept") == [(1000, 500500)]
    assert (empty.instance / "uploads/ab/cd.bin").read_text() == "photo"
    assert (empty.instance / "mailbox/1.eml").read_text() == "Bonjour"
    of_tables = "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    assert rows(empty, of_tables) == rows(settings, of_tables)


def test_an_instance_that_holds_something_is_not_overwritten(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "kept.participa"
    backup.backup(settings, url_of(settings), file)

    with pytest.raises(BackupError, match="is not empty"):
        backup.restore(settings, url_of(settings), file)

    assert rows(settings, "SELECT count(*) FROM kept") == [(1000,)]


def test_files_alone_are_not_overwritten_either(settings: Settings, empty: Settings, tmp_path: Path) -> None:
    file = tmp_path / "kept.participa"
    backup.backup(settings, url_of(settings), file)

    with pytest.raises(BackupError, match="is not empty"):
        backup.restore(replace(empty, instance=settings.instance), url_of(empty), file)


@pytest.mark.parametrize("content", [b"not an archive", b""])
def test_another_file_is_refused(empty: Settings, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "holiday.tar"
    file.write_bytes(content)

    with pytest.raises(BackupError, match="is not a backup"):
        backup.restore(empty, url_of(empty), file)


def test_an_archive_of_something_else_is_refused(empty: Settings, tmp_path: Path) -> None:
    (tmp_path / "photo").write_text("sea")
    with tarfile.open(tmp_path / "holiday.tar", "w") as archive:
        archive.add(tmp_path / "photo", "photo")

    with pytest.raises(BackupError, match="is not a backup"):
        backup.restore(empty, url_of(empty), tmp_path / "holiday.tar")


def test_nothing_lands_outside_the_instance(empty: Settings, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.add(tmp_path / "manifest.json", "manifest.json")
        archive.add(tmp_path / "manifest.json", "uploads/../../../escaped")

    with pytest.raises(BackupError, match="outside"):
        backup.restore(empty, url_of(empty), tmp_path / "evil.tar")

    assert not (tmp_path / "escaped").exists()


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ('{"format": 2}', "use a newer one"),
        ('{"format": 1, "revision": "9999", "pg_dump": 15}', "comes from a newer version"),
    ],
)
def test_a_backup_from_the_future_is_refused(
    empty: Settings, tmp_path: Path, manifest: str, reason: str
) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with tarfile.open(tmp_path / "future.participa", "w") as archive:
        archive.add(tmp_path / "manifest.json", "manifest.json")

    with pytest.raises(BackupError, match=reason):
        backup.restore(empty, url_of(empty), tmp_path / "future.participa")


def test_a_backup_that_fails_leaves_no_file(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="could not be written"):
        backup.backup(settings, url_of(settings), tmp_path / "absent" / "kept.participa")

    with psycopg.connect(url_of(settings).replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE ROLE narrow LOGIN")
        connection.execute("GRANT SELECT ON alembic_version TO narrow")
    with pytest.raises(BackupError, match=r"pg_dump failed: .*permission denied"):
        backup.backup(
            settings, url_of(settings).replace("//participa@", "//narrow@"), tmp_path / "kept.participa"
        )
    assert not list(tmp_path.glob("*kept.participa*"))
    assert not list(settings.instance.glob(".backup-*"))


def test_the_last_three_backups_before_a_migration_are_kept(settings: Settings) -> None:
    folder = settings.instance / "backups"
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"before-migrating-2020010{day}T000000-from-0001.participa").touch()

    made = backup.backup_before(settings, url_of(settings), "0001")

    kept = sorted(folder.glob("before-migrating-*"))
    assert len(kept) == 3
    assert kept[-1] == made
    assert kept[0].name.startswith("before-migrating-20200103")


def test_programs_as_new_as_the_server_are_chosen() -> None:
    folder, version = backup.programs_for(15)
    assert version >= 15
    assert (folder / "pg_restore").exists()

    with pytest.raises(BackupError, match="Install the programs of PostgreSQL 99"):
        backup.programs_for(99)
