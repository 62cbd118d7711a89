"""What the worker does for proposals, every hour."""

from sqlalchemy import select

from participa.db import db, set_zone
from participa.jobs import periodic
from participa.network.models import Network
from participa.proposals.answering import promises


@periodic("7 * * * *", "proposals.promises")
def keep_promises() -> None:
    """Note the goals reached, and remind of the answers promised; days are those of the network's time zone."""
    set_zone(db.session.scalar(select(Network.time_zone)))
    try:
        while promises.note_goals() == promises.BATCH:
            pass
        while promises.remind() == promises.BATCH:
            pass
    finally:
        set_zone(None)
