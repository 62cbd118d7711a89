"""What a load balancer or a monitor asks: whether the process is alive, and can do its work."""

import functools

from alembic.script import ScriptDirectory
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from participa.config import ROOT
from participa.db import db

WORKER_SILENCE = 30
"""Seconds without a sign of life after which the worker counts as away."""

bp = Blueprint("health", __name__)


@functools.cache
def head() -> str | None:
    """The latest migration in the code."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head()


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Say that this process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Say whether the database answers, has every migration, and a worker runs; 503 names what is missing."""
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        checks["database"] = db.session.scalar(text("SELECT 1")) == 1
        checks["migrations"] = db.session.scalar(text("SELECT version_num FROM alembic_version")) == head()
        beat = text(
            "SELECT max(last_heartbeat) > now() - make_interval(secs => :s) FROM procrastinate_workers"
        )
        checks["worker"] = bool(db.session.scalar(beat, {"s": WORKER_SILENCE}))
    except DBAPIError:
        db.session.rollback()
    ready = all(checks.values())
    return jsonify(status="ok" if ready else "unavailable", **checks), 200 if ready else 503
