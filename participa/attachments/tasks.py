"""What the worker does for files: erasing them from the storage, and sweeping those that no text names."""

from datetime import timedelta

from sqlalchemy import String, cast, delete, exists, select

from participa.attachments.content import ENDS
from participa.attachments.models import Attachment, StoredFile
from participa.attachments.storage import storage
from participa.contributions.models import Draft
from participa.db import at_most, clock, db, transaction
from participa.jobs import defer, periodic, task

PATIENCE = timedelta(days=2)
"""How long a file waits that neither a text nor a draft names: a form may be open, without JavaScript."""
BATCH = 500


@task("attachments.erase")
def erase(keys: list[str]) -> None:
    """Let the storage forget files whose rows are gone."""
    for key in keys:
        for end in ("", *ENDS):
            storage().delete(key + end)


@periodic("23 4 * * *", "attachments.sweep")
def sweep() -> None:
    """Forget the files that nothing names, and what the storage holds that no row names."""
    long_ago = clock() - PATIENCE
    named = exists().where(
        Draft.author_id == StoredFile.owner_id, Draft.fields["files"].has_key(cast(StoredFile.id, String))
    )
    while True:
        with transaction() as session:
            old = (
                select(StoredFile.id)
                .where(StoredFile.created_at < long_ago, ~named)
                .where(~exists().where(Attachment.file_id == StoredFile.id))
                .limit(at_most(BATCH))
                .with_for_update(skip_locked=True)
            )
            keys = session.scalars(
                delete(StoredFile).where(StoredFile.id.in_(old)).returning(StoredFile.key)
            ).all()
            if keys:
                defer(session, erase, keys=list(keys))
        if len(keys) < BATCH:
            break
    _sweep_storage(long_ago.timestamp())


def _sweep_storage(before: float) -> None:
    """Erase the objects, older than `before`, that a crash left without a row."""
    batch: list[str] = []
    for key, put_at in storage().listed():
        if put_at < before:
            batch.append(key)
        if len(batch) == BATCH:
            _erase_unknown(batch)
            batch = []
    _erase_unknown(batch)


def _erase_unknown(objects: list[str]) -> None:
    stems = {name: name.partition("-")[0] for name in objects}
    known = set(
        db.session.scalars(select(StoredFile.key).where(StoredFile.key.in_(set(stems.values()))))
        if stems
        else ()
    )
    for name, stem in stems.items():
        if stem not in known:
            storage().delete(name)
