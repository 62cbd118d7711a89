"""What the worker does so that texts have their vectors; the encoder makes them, one text at a time."""

from flask import current_app

from participa.config import Settings
from participa.db import transaction
from participa.jobs import defer, periodic, task
from participa.similarity import services
from participa.similarity.client import line

BATCH = 200
"""How many vectors a job makes before it lets others run."""
PATIENCE = 5
"""Seconds a job waits for an encoder that may just be starting; then it is tried again later."""


def _encode(text: str) -> list[float]:
    return line().ask_patiently(text, PATIENCE)


def _is_wanted() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.encoder


@task("similarity.embed")
def embed(contribution_id: int) -> None:
    """Make the vector of a text that was published or edited."""
    if _is_wanted():
        services.embed(contribution_id, _encode)


@task("similarity.embed_missing")
def embed_missing() -> None:
    """Make the vectors that are missing, a batch at a time."""
    if _is_wanted() and services.embed_missing(BATCH, _encode) == BATCH:
        with transaction() as session:
            defer(session, embed_missing)


@periodic("*/10 * * * *", "similarity.look")
def look() -> None:
    """Look for texts without a vector: imported ones, or from when the encoder was away or switched off."""
    embed_missing.func()
