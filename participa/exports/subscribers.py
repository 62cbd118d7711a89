"""A text that readers no longer see is not handed out in a file either."""

from participa.contributions.events import VisibilityChanged
from participa.events import AnySession, subscribe
from participa.exports.services import outdate


@subscribe(VisibilityChanged)
def stop_handing_out(session: AnySession, event: VisibilityChanged) -> None:
    """Outdate the files of the component of what was hidden; comments are in none."""
    if not event.shown and event.contribution.about_id is None:
        outdate(session, event.contribution.component_id)
