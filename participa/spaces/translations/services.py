"""Writing what a space or the network says again in another language."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update

from participa.audit.services import record
from participa.auth.models import Member
from participa.db import transaction
from participa.ordering import advance
from participa.spaces.models import Space
from participa.spaces.translations.words import Part, Place, written


def translate(
    editor: Member,
    place: Place,
    code: str,
    parts: Sequence[Part],
    said: Mapping[str, Mapping[str, str]],
    *,
    revision: int,
    merge: dict[str, Any],
) -> None:
    """Keep what the parts of a place say in a language, by the key of the part and the name of the word.

    Words left empty show in the network's first language. Raises Conflict, carrying `merge`, when `revision` is stale.
    """
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    texts: list[str] = []
    with transaction() as session:
        advance(session, place, revision, merge)
        for part in parts:
            model, held = type(part.row), part.row.translations
            kept, words = held.get(code, {}), said.get(part.key, {})
            for word in part.words:
                if kept.get(word.name, "") == words.get(word.name, ""):
                    continue
                if word.html:
                    texts.append(word.name)
                else:
                    original = getattr(part.row, word.name)
                    before[original], after[original] = kept.get(word.name, ""), words.get(word.name, "")
            session.execute(
                update(model)
                .where(model.id == part.row.id)
                .values(translations=held | {code: written(part.row, words)})
            )
        is_space = isinstance(place, Space)
        record(
            session,
            editor,
            "space.translated" if is_space else "network.translated",
            place,
            space_id=place.id if is_space else None,
            language=code,
            before=before,
            after=after,
            texts=texts,
        )
