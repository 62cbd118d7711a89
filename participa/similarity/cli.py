"""`participa embed`."""

import array

import click
from sqlalchemy import text

from participa.db import db
from participa.similarity import encoder, services
from participa.similarity.queries import MAKE_INDEX

BATCH = 100


@click.command()
def embed() -> None:
    """Make the vectors that are missing now, and the index by meaning if the server can have one."""
    db.session.execute(text("SET statement_timeout = 0"))
    db.session.execute(text(MAKE_INDEX))
    db.session.commit()
    model = encoder.load()
    done = 0
    while made := services.embed_missing(BATCH, lambda words: array.array("f", model(words)).tolist()):
        done += made
        click.echo(f"{done} made")
    click.echo("Every text has its vector.")


commands = [embed]
