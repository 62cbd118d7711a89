"""Takes the words of hidden and deleted texts out of the index, and puts them back when they are restored."""

from sqlalchemy import delete

from participa.contributions.events import VisibilityChanged
from participa.contributions.models import SearchDocument
from participa.contributions.services import index_words
from participa.events import AnySession, subscribe


@subscribe(VisibilityChanged)
def follow_visibility(session: AnySession, event: VisibilityChanged) -> None:
    """Keep in the index only what ordinary readers see."""
    if event.shown:
        index_words(session, event.contribution)
    else:
        session.execute(
            delete(SearchDocument)
            .where(SearchDocument.contribution_id == event.contribution.id)
            .execution_options(synchronize_session=False)
        )
