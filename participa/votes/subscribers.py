"""What votes do when a component is set up anew."""

from participa.events import AnySession, subscribe
from participa.spaces.events import ComponentConfigured
from participa.votes.services import count_used


@subscribe(ComponentConfigured)
def limit_what_was_cast_before(session: AnySession, event: ComponentConfigured) -> None:
    """Count the votes cast while there was no limit, which ballots keep no account of, once there is one."""
    before, after = event.changes.get("vote_limit", (None, None))
    if before is None and after is not None:
        count_used(session, event.component.id)
