"""`participa import`."""

import csv
import zlib
from collections.abc import Iterator
from pathlib import Path

import click

from participa.imports import decide_madrid, republique_numerique
from participa.imports.machinery import Outcome


@click.group("import")
def imports() -> None:
    """Bring in what was written on another platform; running it twice changes nothing."""


@imports.command("republique-numerique")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def republique(file: Path) -> None:
    """Import the opinions of the consultation for a République numérique from FILE (JSON lines, gzipped or not)."""
    try:
        total = sum(1 for _ in republique_numerique.read_lines(file))
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as problem:
        raise click.ClickException(
            f"{file} cannot be read ({problem}). It must be JSON lines in UTF-8, and be called .gz when it is gzipped."
        ) from None
    go_through(*republique_numerique.run(file), total)


@imports.command("decide-madrid")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def madrid(folder: Path) -> None:
    """Import proposals and comments of Decide Madrid from FOLDER (proposals.csv and comments.csv, in UTF-8)."""
    try:
        files = decide_madrid.read(folder)
    except (OSError, ValueError, csv.Error) as problem:
        raise click.ClickException(
            f"{folder} cannot be read ({problem}). It must hold proposals.csv and comments.csv, in UTF-8, with"
            " the columns of the published data."
        ) from None
    go_through(*decide_madrid.run(files), len(files.proposals) + len(files.comments))


def go_through(outcome: Outcome, steps: Iterator[int], total: int) -> None:
    """Import step by step, showing how far it is, and say what came in."""
    with click.progressbar(steps, length=total, label="Importing") as bar:
        for _ in bar:
            pass
    report(outcome)


def report(outcome: Outcome) -> None:
    """Say what came in and which lines did not."""
    added = ", ".join(f"{count} {what}" for what, count in sorted(outcome.added.items()))
    click.echo(f"Added: {added or 'nothing new'}.")
    for number, reason in outcome.broken:
        click.echo(f"Line {number} was left out: {reason}.", err=True)
    if outcome.broken:
        raise SystemExit(1)


commands = [imports]
