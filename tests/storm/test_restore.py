"""A backup made where there is pgvector comes back where there is none."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from participa import backup
from participa.config import Settings, psycopg_url
from participa.embedded import Cluster

OLDER = Path("/usr/lib/postgresql/15/bin")


@pytest.mark.skipif(not OLDER.exists(), reason="PostgreSQL 15 is not installed")
def test_the_embedded_database_comes_back_on_postgresql_15(
    clone: Callable[[str], str], tmp_path: Path
) -> None:
    url = clone("with_pgvector")
    here = Settings(instance=tmp_path / "here", database_url=psycopg_url(url))
    here.instance.mkdir()
    file = tmp_path / "kept.participa"
    backup.backup(here, psycopg_url(url), file)

    with (
        tempfile.TemporaryDirectory(prefix="pt-", ignore_cleanup_errors=True) as folder,
        Cluster(Path(folder), programs=OLDER, options={"fsync": "off"}) as older,
    ):
        there = Settings(instance=tmp_path / "there", database_url=psycopg_url(older.url()))
        backup.restore(there, psycopg_url(older.url()), file)
        with psycopg.connect(older.url()) as connection:
            found = connection.execute(
                "SELECT to_regclass('embeddings'), to_regclass('ix_embeddings_near'), to_regtype('halfvec')"
            ).fetchone()
    assert found == ("embeddings", None, None)
