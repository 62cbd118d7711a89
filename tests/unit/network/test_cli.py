"""A network is given to an empty instance once."""

from click.testing import CliRunner
from sqlalchemy import select

from participa.network.cli import network
from participa.network.models import Network


def test_init_sets_the_network_up_once(session):
    answer = CliRunner().invoke(
        network, ["init", "Réseau des centres", "--language", "fr", "--language", "en", "--visitors-may-read"]
    )
    assert answer.exit_code == 0, answer.output
    made = session.scalar(select(Network))
    assert (made.name, made.languages, made.visitors_may_read) == ("Réseau des centres", ["fr", "en"], True)
    again = CliRunner().invoke(network, ["init", "Un autre"])
    assert again.exit_code == 1
    assert "already serves a network" in again.output
