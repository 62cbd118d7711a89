"""`participa demo`."""

import click

from participa.db import all_or_nothing
from participa.demo.accounts import ACCOUNTS
from participa.demo.loader import load
from participa.network.queries import the_network


@click.command()
@click.option("--accounts/--no-accounts", default=True, help="Say with which accounts to look around.")
def demo(accounts: bool) -> None:
    """Load the demonstration network into an empty database."""
    if the_network() is not None:
        raise click.ClickException(
            "This database already holds a network; the demonstration needs an empty one."
        )
    with all_or_nothing():  # stopped in the middle, it is loaded anew at the next start
        for step in load():
            click.echo(f"{step} loaded")
    for account in ACCOUNTS if accounts else ():
        click.echo(str(account))


commands = [demo]
