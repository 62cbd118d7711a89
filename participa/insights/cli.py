"""`participa stats` and `participa recount`."""

import json
from typing import Any

import click

from participa.insights import counters as counting
from participa.insights.stats import totals


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def stats(as_json: bool) -> None:
    """Print totals of the whole network; they include what is hidden, counted apart at the end."""
    figures = totals()
    if as_json:
        click.echo(json.dumps(figures, indent=2, ensure_ascii=False))
        return
    for name, figure in figures.items():
        click.echo(f"{name.replace('_', ' '):<20} {_line(figure)}")


def _line(figure: Any) -> str:
    return (
        ", ".join(f"{name} {value}" for name, value in figure.items())
        if isinstance(figure, dict)
        else str(figure)
    )


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when a counter is wrong.")
def recount(check: bool) -> None:
    """Compute every stored counter again, and put right or report those that differ."""
    if check:
        wrong = counting.wrong_counters()
        for one in wrong:
            click.echo(f"{one.counter}: {one.rows} wrong, for example {one.stored} instead of {one.true}.")
        if wrong:
            raise SystemExit(1)
        click.echo(f"All {len(counting.counters())} counters are right.")
        return
    changed = {name: rows for name, rows in counting.put_right().items() if rows}
    for name, rows in changed.items():
        click.echo(f"{name}: {rows} put right.")
    click.echo("Done." if changed else "Every counter was right.")


commands = [stats, recount]
