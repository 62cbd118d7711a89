"""How something that happens becomes an event to tell: in the act's own transaction, told by the worker."""

from participa import mail
from participa.db import clock
from participa.events import AnySession, Happening, subscribe
from participa.jobs import defer
from participa.notifications.models import Event
from participa.notifications.queries import is_still_wanted
from participa.notifications.stories import KINDS
from participa.notifications.tasks import tell


@subscribe(Happening)
def write_down(session: AnySession, happening: Happening) -> None:
    """Write the event and queue the job that tells it: two statements, whoever and however many follow."""
    if happening.kind not in KINDS or happening.recipients == ():
        return
    event = Event(
        kind=happening.kind,
        at=clock(),
        actor_id=happening.actor_id,
        space_id=happening.space_id,
        contribution_id=happening.contribution_id,
        about_id=happening.about_id or happening.contribution_id,
        details={**happening.details, "root": mail.absolute("")},
    )
    if happening.recipients is not None:
        event.recipients = list(happening.recipients)
    session.add(event)
    session.flush()
    defer(session, tell, event_id=event.id)


mail.readers.still_wanted["notification"] = is_still_wanted
