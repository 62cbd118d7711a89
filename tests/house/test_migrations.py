"""The migrations make exactly the tables the code describes, from nothing and back."""

from pathlib import Path

import flask_migrate
import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from migrations.env_options import options
from participa import create_app
from participa.config import Settings, psycopg_url
from participa.db import Base, db
from participa.embedded import Cluster


def test_migrations_from_empty_equal_the_models_and_go_down(cluster: Cluster, tmp_path: Path) -> None:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS migrated")
        admin.execute("CREATE DATABASE migrated")
    app = create_app(
        Settings(instance=tmp_path, database_url=psycopg_url(cluster.url("migrated"))), TESTING=True
    )
    with app.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, Base.metadata) == []
        flask_migrate.downgrade(revision="base")
        with db.engine.connect() as connection:
            left = connection.scalars(
                text(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
                )
            ).all()
            functions = connection.scalars(
                text(
                    "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prolang <> 13"
                    " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
                )
            ).all()
            assert (left, functions) == ([], [])
        flask_migrate.upgrade()
        db.engine.dispose()
