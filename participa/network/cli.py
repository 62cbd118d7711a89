"""The network from the command line."""

import click

from participa.auth.forms import ZONES
from participa.network.queries import the_network
from participa.network.services import NetworkDraft, set_up
from participa.web import LANGUAGES


@click.group("network")
def network() -> None:
    """The network that this instance serves."""


@network.command("init")
@click.argument("name")
@click.option("--description", default="", help="A sentence shown at the foot of every page.")
@click.option(
    "--language",
    "languages",
    type=click.Choice(list(LANGUAGES)),
    multiple=True,
    help="A language offered, the default first; may be repeated. All of them when left out.",
)
@click.option("--time-zone", type=click.Choice(ZONES), default=ZONES[0], show_default=True)
@click.option("--visitors-may-read", is_flag=True, help="Let people without an account read public spaces.")
def init(
    name: str, description: str, languages: tuple[str, ...], time_zone: str, visitors_may_read: bool
) -> None:
    """Give an empty instance its network, called NAME; coordinators change it in their browser afterwards."""
    if the_network() is not None:
        raise click.ClickException(
            "This instance already serves a network: change it in the browser, Coordination, Network."
        )
    set_up(
        NetworkDraft(
            name=" ".join(name.split()),
            description=description,
            languages=tuple(dict.fromkeys(languages)) or tuple(LANGUAGES),
            time_zone=time_zone,
            visitors_may_read=visitors_may_read,
        )
    )
    click.echo(f"The network {name} is set up. Next: participa members create --coordinator")


commands = (network,)
