"""What amendments do when one is hidden or shown again, and when their proposal is withdrawn."""

from participa.contributions.events import VisibilityChanged
from participa.contributions.models import ContributionKind
from participa.events import AnySession, Happening, subscribe
from participa.proposals.amendments.services import close_of
from participa.votes.services import take_part


@subscribe(VisibilityChanged)
def count_who_takes_part(session: AnySession, event: VisibilityChanged) -> None:
    """Keep a centre's part in a proposal to what ordinary readers see."""
    amendment = event.contribution
    if (
        amendment.kind == ContributionKind.AMENDMENT
        and amendment.about_id is not None
        and not amendment.restricted
    ):
        take_part(session, amendment.about_id, amendment.centre_id, 1 if event.shown else -1)


@subscribe(Happening)
def close_what_waits(session: AnySession, event: Happening) -> None:
    """Answer the amendments to a proposal that is withdrawn."""
    if event.kind == "proposal.withdrawn" and event.contribution_id is not None:
        close_of(session, event.actor_id, event.contribution_id)
