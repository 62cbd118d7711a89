"""Writes of vectors: made from the text as it was read, kept unless a newer text has one already."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Row, Select, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from participa import text as texts
from participa.contributions.models import Contribution, ContributionKind
from participa.contributions.queries import shown
from participa.db import at_most, db, transaction
from participa.events import AnySession
from participa.similarity.models import MODEL, Embedding

KINDS = (ContributionKind.PROPOSAL, ContributionKind.ARGUMENT)
"""The kinds of contributions that have a vector."""
READ = 500
"""Characters of a text that are read after its title: more take longer, and find no better."""

Encode = Callable[[str], list[float]]
Text = tuple[int, ContributionKind, str | None, str, datetime]


def gist(title: str, html: str) -> str:
    """What of a text its vector is of."""
    return f"{' '.join(title.split())}. {texts.to_plain(html)[:READ]}"


def embed(contribution_id: int, encode: Encode) -> None:
    """Make the vector of one contribution's text as it stands; none of what is not shown."""
    _embed(db.session.execute(_shown_texts().where(Contribution.id == contribution_id)).all(), encode)


def embed_missing(most: int, encode: Encode) -> int:
    """Make vectors that are missing, of an older text or another model, the latest texts first; gives how many."""
    rows = db.session.execute(
        _shown_texts()
        .outerjoin(Embedding, Embedding.contribution_id == Contribution.id)
        .where(
            or_(
                Embedding.contribution_id.is_(None),
                Embedding.model != MODEL,
                Embedding.text_at < func.coalesce(Contribution.edited_at, Contribution.published_at),
            )
        )
        .order_by(Contribution.id.desc())
        .limit(at_most(most))
    ).all()
    _embed(rows, encode)
    return len(rows)


def _shown_texts() -> Select[Text]:
    """The id, kind, title, beginning and date of texts that are shown."""
    return select(
        Contribution.id,
        Contribution.kind,
        Contribution.title,
        func.left(Contribution.html, 10 * READ).label("html"),
        func.coalesce(Contribution.edited_at, Contribution.published_at).label("text_at"),
    ).where(Contribution.kind.in_(KINDS), shown())


def _embed(rows: Sequence[Row[Text]], encode: Encode) -> None:
    db.session.commit()  # encoding takes its time, in no transaction
    made = [
        {
            "contribution_id": row.id,
            "kind": row.kind,
            "model": MODEL,
            "text_at": row.text_at,
            "vector": encode(gist(row.title or "", row.html)),
        }
        for row in rows
    ]
    if not made:
        return
    insert = upsert(Embedding)
    with transaction() as session:
        session.execute(
            insert.on_conflict_do_update(
                index_elements=[Embedding.contribution_id],
                set_={name: insert.excluded[name] for name in ("model", "text_at", "vector")},
                where=Embedding.text_at <= insert.excluded.text_at,
            ),
            made,
        )


def forget(session: AnySession, contribution_id: int) -> None:
    """Drop the vector of a text that is no longer shown, so that it takes no place among the nearest.

    What is shown is asked of the text itself: a vector made at this very moment only takes that place.
    """
    session.execute(
        delete(Embedding)
        .where(Embedding.contribution_id == contribution_id)
        .execution_options(synchronize_session=False)
    )
