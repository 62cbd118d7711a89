"""Arguments of a debate that say nearly the same as one being written, on either side: by words or by meaning.

The share of words in common finds what is said again, the vectors of the encoder what is said in other words; while
the encoder is away, words alone decide. See docs/decisions/0016.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, REAL, BigInteger, BindParameter, String, bindparam, text

from participa import text as words
from participa.db import db
from participa.similarity.client import vector_of
from participa.similarity.queries import has_index
from participa.similarity.services import gist

NEAR = 0.45
"""The share of the words of both that two arguments have in common, at least, to be pointed out."""
MEANT = 0.45
"""How close in meaning they are, at least; two different arguments of the demonstration's debates reach 0.43."""
FEWEST = 3
"""Words that an argument being written needs before anything is looked for."""
COMPARED = 300
"""How many arguments of a debate are compared by meaning, the most backed."""
SHOWN = 3

_CLOSENESS = {
    True: "1 - (e.vector::halfvec(512) <=> CAST(CAST(:vector AS real[]) AS halfvec(512)))",
    False: "(SELECT sum(one * other) FROM unnest(e.vector, CAST(:vector AS real[])) AS pair (one, other))",
}
"""The cosine of two texts, where the server has pgvector and where it has not."""


@cache
def _statement(*, by_meaning: bool, indexed: bool) -> Any:
    """The closest by Jaccard's index of their words, stems and whole, or by the cosine of their vectors; made once."""
    meant = f"""
        , meant AS (
          SELECT a.id, ({_CLOSENESS[indexed]}) / {MEANT} AS closeness
          FROM (
            SELECT id FROM arguments WHERE debate_id = :debate ORDER BY backed DESC, id DESC LIMIT {COMPARED}
          ) a JOIN embeddings e ON e.contribution_id = a.id
        )
    """  # noqa: S608
    found = text(
        f"""
        WITH typed AS MATERIALIZED (
          SELECT tsvector_to_array(
            to_tsvector(CAST(:language AS regconfig), fold(:words)) || to_tsvector('simple', fold(:words))
          ) AS lexemes
        ), there AS (
          SELECT a.id, tsvector_to_array(d.vector) AS lexemes
          FROM arguments a JOIN search_documents d ON d.contribution_id = a.id WHERE a.debate_id = :debate
        ), compared AS (
          SELECT there.*, (SELECT count(*) FROM unnest(there.lexemes) AS w WHERE w = ANY(typed.lexemes)) AS shared,
            cardinality(typed.lexemes) AS n
          FROM there, typed WHERE there.lexemes && typed.lexemes
        ), said AS (
          SELECT id, shared::real / (cardinality(lexemes) + n - shared) / {NEAR} AS closeness FROM compared
        )
        {meant if by_meaning else ""}
        , close AS (
          SELECT id, max(closeness) AS closeness FROM (
            SELECT * FROM said {"UNION ALL SELECT * FROM meant" if by_meaning else ""}
          ) AS either WHERE closeness >= 1 GROUP BY 1
        )
        SELECT a.id, a.side, c.html, c.support_count, m.name AS author_name, m.erased_at
        FROM close JOIN arguments a USING (id)
        JOIN contributions c ON c.id = a.id AND c.deleted_at IS NULL AND c.hidden_at IS NULL
          AND c.trashed_at IS NULL AND NOT c.restricted
        LEFT JOIN members m ON m.id = c.author_id
        ORDER BY close.closeness DESC, a.id LIMIT {SHOWN}
        """  # noqa: S608
    )
    given: list[BindParameter[Any]] = [
        bindparam("language", type_=String()),
        bindparam("words", type_=String()),
        bindparam("debate", type_=BigInteger()),
    ]
    if by_meaning:
        given.append(bindparam("vector", type_=ARRAY(REAL)))
    return found.bindparams(*given)


def near(debate_id: int, body: str, language: str) -> Sequence[Any]:
    """The arguments of a debate that say nearly the same as `body`, the closest first; one statement."""
    html = words.to_html(body[:1000])
    plain = words.to_words(words.to_plain(html))
    if len(plain.split()) < FEWEST:
        return []
    values: dict[str, Any] = {
        "language": "french" if language == "fr" else "english",
        "words": plain,
        "debate": debate_id,
    }
    vector = vector_of(gist("", html))
    if vector is None:
        return db.session.execute(_statement(by_meaning=False, indexed=False), values).all()
    statement = _statement(by_meaning=True, indexed=has_index())
    return db.session.execute(statement, values | {"vector": vector}).all()
