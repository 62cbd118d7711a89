"""What the worker does for proposals, every hour."""

from participa.jobs import periodic
from participa.network.zones import in_network_zone
from participa.proposals.answering import promises


@periodic("7 * * * *", "proposals.promises")
def keep_promises() -> None:
    """Note the goals reached, and remind of the answers promised; days are those of the network's time zone."""
    with in_network_zone():
        while promises.note_goals() == promises.BATCH:
            pass
        while promises.remind() == promises.BATCH:
            pass
