"""How Alembic reaches the database: the application's engine and every feature's tables."""

from typing import Any

from alembic import context
from flask import current_app

from participa.db import Base, db


def is_ours(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave procrastinate's own tables out of comparisons."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


options = {
    "target_metadata": Base.metadata,
    "include_object": is_ours,
    "compare_type": True,
    "compare_server_default": False,
}

if context.is_offline_mode():
    context.configure(url=current_app.config["SQLALCHEMY_DATABASE_URI"], literal_binds=True, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.commit()
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
