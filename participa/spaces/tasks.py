"""What the worker does for spaces."""

from participa.jobs import periodic
from participa.network.zones import in_network_zone
from participa.spaces.services.phases import BATCH, turn_phases


@periodic("*/5 * * * *", "spaces.phases")
def move_phases() -> None:
    """Announce the phases that began or ended; rules follow the days by themselves, whether the worker lives or not."""
    with in_network_zone():
        while turn_phases() >= BATCH:
            pass
