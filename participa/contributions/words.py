"""Finding contributions by their words: the same folding and stems as the text index."""

import re

from sqlalchemy import ColumnElement, func, select

from participa import text
from participa.contributions.models import Contribution, SearchDocument

MOST_WORDS = 12
"""Words of a search beyond this many are left out."""


def query_of(words: str) -> ColumnElement[object] | None:
    """The text query that wants every word, as its French or English stem or as the start of a word."""
    found = re.findall(r"[^\W_]+", text.clean(words))[:MOST_WORDS]
    wanted: ColumnElement[object] | None = None
    for word in found:
        folded = func.fold(word)
        one = (
            func.plainto_tsquery("french", folded)
            .op("||")(func.plainto_tsquery("english", folded))
            .op("||")(func.to_tsquery("simple", folded.op("||")(":*")))
        )
        wanted = one if wanted is None else wanted.op("&&")(one)
    return wanted


def prefixes_of(words: str) -> str:
    """The text query that wants each word or one that begins so, in PostgreSQL's writing; empty without any."""
    return " & ".join(f"{word}:*" for word in re.findall(r"[^\W_]+", text.clean(words))[:MOST_WORDS])


def with_words(words: str, component_id: int) -> ColumnElement[bool] | None:
    """The condition that a contribution of the component has these words; None without any to look for."""
    query = query_of(words)
    if query is None:
        return None
    return Contribution.id.in_(
        select(SearchDocument.contribution_id).where(
            SearchDocument.component_id == component_id, SearchDocument.vector.op("@@")(query)
        )
    )
