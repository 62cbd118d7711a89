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


def test_topics_of_one_name_in_one_space_become_one_and_keep_what_was_under_them(
    cluster: Cluster, tmp_path: Path
) -> None:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS migrated_topics")
        admin.execute("CREATE DATABASE migrated_topics")
    url = cluster.url("migrated_topics")
    app = create_app(Settings(instance=tmp_path, database_url=psycopg_url(url)), TESTING=True)
    with app.app_context():
        flask_migrate.upgrade(revision="0029")
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(
                "INSERT INTO spaces (id, kind, slug, name, created_at, visibility)"
                " VALUES (1, 'thematic', 's', 'S', now(), 'public')"
            )
            for number, kind in ((1, "proposals"), (2, "debates")):
                database.execute(
                    "INSERT INTO components (id, space_id, kind, name, created_at)"
                    " VALUES (%s, 1, %s, 'C', now())",
                    (number, kind),
                )
                database.execute(
                    "INSERT INTO contributions (id, kind, component_id, title, body, html, created_at, published_at,"
                    " last_activity_at)"
                    " VALUES (%s, %s, %s, 'T', 'B', 'H', now(), now(), now())",
                    (number, kind.removesuffix("s"), number),
                )
            rows = ((1, 1, "Vélo"), (2, 1, "Bus"), (3, 2, "Vélo"))
            for row in rows:
                database.execute("INSERT INTO topics (id, component_id, name) VALUES (%s, %s, %s)", row)
            database.execute("INSERT INTO proposals (id, topic_id) VALUES (1, 1)")
            database.execute("INSERT INTO debates (id, topic_id) VALUES (2, 3)")
        flask_migrate.upgrade()
        with psycopg.connect(url) as database:
            kept = database.execute("SELECT id, space_id, name FROM topics ORDER BY id").fetchall()
            offered = database.execute("SELECT * FROM offered_topics ORDER BY 1, 2").fetchall()
            under = database.execute(
                "SELECT (SELECT topic_id FROM proposals), (SELECT topic_id FROM debates)"
            ).fetchone()
        assert kept == [(1, 1, "Vélo"), (2, 1, "Bus")]
        assert offered == [(1, 1), (1, 2), (2, 1)]
        assert under == (1, 1)
        flask_migrate.downgrade(revision="0029")
        db.engine.dispose()


def test_the_settings_of_a_vote_keep_their_meaning_under_their_new_names(
    cluster: Cluster, tmp_path: Path
) -> None:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS migrated_votes")
        admin.execute("CREATE DATABASE migrated_votes")
    url = cluster.url("migrated_votes")
    app = create_app(Settings(instance=tmp_path, database_url=psycopg_url(url)), TESTING=True)
    held = {
        1: (
            '{"support_goal": 30, "goal_is_cap": true}',
            '{"always": {"voting_open": true, "editing_open": true}}',
        ),
        2: ('{"support_goal": null}', '{"7": {"voting_open": false}, "8": {}}'),
    }
    with app.app_context():
        flask_migrate.upgrade(revision="0010")
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(
                "INSERT INTO spaces (id, kind, slug, name, created_at, visibility)"
                " VALUES (1, 'thematic', 's', 'S', now(), 'public')"
            )
            for number, (settings, rules) in held.items():
                database.execute(
                    "INSERT INTO components (id, space_id, kind, name, created_at, settings, rules)"
                    " VALUES (%s, 1, 'proposals', 'P', now(), %s, %s)",
                    (number, settings, rules),
                )
        flask_migrate.upgrade()
        read = "SELECT settings, rules FROM components ORDER BY id"
        with psycopg.connect(url) as database:
            one, two = database.execute(read).fetchall()
        assert one == (
            {"threshold_per_proposal": 30, "can_accumulate_votes_beyond_threshold": False},
            {"always": {"votes_enabled": True, "editing_open": True}},
        )
        assert two == (
            {"threshold_per_proposal": None, "can_accumulate_votes_beyond_threshold": True},
            {"7": {"votes_enabled": False}, "8": {}},
        )
        flask_migrate.downgrade(revision="0010")
        with psycopg.connect(url) as database:
            back = database.execute(read).fetchall()
        assert back[0] == (
            {"support_goal": 30, "goal_is_cap": True},
            {"always": {"voting_open": True, "editing_open": True}},
        )
        db.engine.dispose()
