"""What the worker does for contributions."""

from participa.contributions import services
from participa.jobs import periodic


@periodic("41 4 * * *", "drafts.purge")
def purge_drafts() -> None:
    """Remove the texts that nobody claimed in time."""
    services.purge_drafts()
