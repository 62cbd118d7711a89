"""What moderation does when others change a text."""

from participa.contributions.events import VisibilityChanged
from participa.events import AnySession, subscribe
from participa.moderation.services import close_reports_of_removed


@subscribe(VisibilityChanged)
def close_reports(session: AnySession, event: VisibilityChanged) -> None:
    """Close the reports of a text that its author has removed: nothing is left to decide."""
    if not event.shown and event.contribution.deleted_at is not None:
        close_reports_of_removed(session, event.contribution)
