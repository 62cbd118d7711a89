"""Arguments of a debate that say nearly the same as one being written, on either side, by the words they share.

An argument has 280 characters at most: the share of words in common tells enough, and no text waits for the encoder.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, String, bindparam, text

from participa import text as words
from participa.db import db

NEAR = 0.45
"""The share of the words of both that two arguments have in common, at least, to be pointed out."""
FEWEST = 3
"""Words that an argument being written needs before anything is looked for."""
SHOWN = 3


@cache
def _statement() -> Any:
    """The closest by Jaccard's index of their words, stems and whole; made once."""
    return text(
        """
        WITH typed AS MATERIALIZED (
          SELECT tsvector_to_array(
            to_tsvector(CAST(:language AS regconfig), fold(:words)) || to_tsvector('simple', fold(:words))
          ) AS lexemes
        ), there AS (
          SELECT a.id, a.side, c.html, c.support_count, m.name AS author_name, m.erased_at,
            tsvector_to_array(d.vector) AS lexemes
          FROM arguments a
          JOIN contributions c ON c.id = a.id AND c.deleted_at IS NULL AND c.hidden_at IS NULL
            AND c.trashed_at IS NULL AND NOT c.restricted
          JOIN search_documents d ON d.contribution_id = a.id
          LEFT JOIN members m ON m.id = c.author_id
          WHERE a.debate_id = :debate
        ), compared AS (
          SELECT there.*, (SELECT count(*) FROM unnest(there.lexemes) AS w WHERE w = ANY(typed.lexemes)) AS shared,
            cardinality(typed.lexemes) AS n
          FROM there, typed WHERE there.lexemes && typed.lexemes
        )
        SELECT id, side, html, support_count, author_name, erased_at FROM compared
        WHERE shared >= :near * (cardinality(lexemes) + n - shared)
        ORDER BY shared::real / (cardinality(lexemes) + n - shared) DESC, id LIMIT :most
        """
    ).bindparams(
        bindparam("language", type_=String()),
        bindparam("words", type_=String()),
        bindparam("debate", type_=BigInteger()),
    )


def near(debate_id: int, body: str, language: str) -> Sequence[Any]:
    """The arguments of a debate that say nearly the same as `body`, the closest first; one statement."""
    plain = words.to_words(words.to_plain(words.to_html(body[:1000])))
    if len(plain.split()) < FEWEST:
        return []
    values = {
        "language": "french" if language == "fr" else "english",
        "words": plain,
        "debate": debate_id,
        "near": NEAR,
        "most": SHOWN,
    }
    return db.session.execute(_statement(), values).all()
