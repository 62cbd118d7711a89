"""What the worker does so that people hear about what happened."""

from datetime import timedelta

from flask import current_app

from participa import mail
from participa.config import Settings
from participa.db import clock, transaction
from participa.jobs import defer, periodic, task
from participa.notifications import queries, services

KEPT = timedelta(days=365)
"""How long notifications are kept."""


@task("notifications.tell")
def tell(event_id: int) -> None:
    """Tell an event to all it concerns, a batch at a time, and queue the mails of each batch with it."""
    event = queries.find_event(event_id)
    if event is None:
        return
    settings: Settings = current_app.config["SETTINGS"]
    after: int | None = 0
    while after is not None:
        with transaction() as session:
            last, by_mail = services.tell_batch(session, event, after)
            if last is not None and by_mail and mail.is_configured(settings):
                defer(session, write_mails, event_id=event_id, after=after, upto=last)
        after = last


@task("notifications.mail")
def write_mails(event_id: int, after: int, upto: int) -> None:
    """Write the mails about an event to some of those who were told, asking again who may still be."""
    event = queries.find_event(event_id)
    if event is None:
        return
    # Addresses in the mails start as the one where it happened, unless the deployment names its own.
    with current_app.test_request_context(base_url=event.details.get("root") or mail.absolute("")):
        last: int | None = after
        while last is not None:
            last = services.write_mails(event, last, upto)


@periodic("41 3 * * *", "notifications.forget")
def forget() -> None:
    """Forget the notifications of more than a year ago."""
    while services.forget_old(clock() - KEPT, 10_000):
        pass
