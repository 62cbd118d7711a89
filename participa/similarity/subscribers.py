"""Has the vectors of texts made in the worker, when they are published, edited, hidden or shown again."""

from flask import current_app

from participa.config import Settings
from participa.contributions.events import TextChanged, VisibilityChanged
from participa.contributions.models import Contribution
from participa.events import AnySession, subscribe
from participa.jobs import defer
from participa.similarity import services, tasks


@subscribe(TextChanged)
def follow_text(session: AnySession, event: TextChanged) -> None:
    """Have the vector of a new text made; an import, which brings many, asks once for all at its end."""
    if not event.contribution.imported:
        _ask(session, event.contribution)


@subscribe(VisibilityChanged)
def follow_visibility(session: AnySession, event: VisibilityChanged) -> None:
    """Keep vectors of what ordinary readers see only."""
    if event.shown:
        _ask(session, event.contribution)
    elif event.contribution.kind in services.KINDS:
        services.forget(session, event.contribution.id)


def _ask(session: AnySession, contribution: Contribution) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.encoder and contribution.kind in services.KINDS:
        defer(session, tasks.embed, contribution_id=contribution.id)
