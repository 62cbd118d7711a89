"""Reads of what is close to a text: the nearest vectors, or the texts that share the rarest words of its title.

With pgvector, its index gives the nearest; without, the vectors re-rank what the words find; without a vector of the
text either, the words alone decide. Each way is bounded, whatever there is: what the reader may not read, and what is
hidden or withdrawn, is left out of the few that are found, so an answer may hold fewer than were asked for.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import current_app
from sqlalchemy import (
    REAL,
    BigInteger,
    BindParameter,
    Float,
    FromClause,
    String,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from participa import text as texts
from participa.db import db
from participa.similarity.models import NEAR_INDEX

TAKEN = 30
"""How many of the nearest are taken, before those that the reader may not read are left out."""
RANKED = 200
"""How many that the words find are ranked."""
RANKED_BESIDE = 50
"""The same for what stands beside a text on its page, which is read much more often than one is written."""
A_WORD = 150
"""How many titles are looked at for one word: of a common one some, of a rare one all."""
MOST_WORDS = 40

MAKE_INDEX = f"""
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS vector;
EXCEPTION WHEN OTHERS THEN NULL;
END $$;
DO $$ BEGIN
  IF to_regtype('halfvec') IS NOT NULL AND to_regclass('embeddings') IS NOT NULL THEN
    CREATE INDEX IF NOT EXISTS {NEAR_INDEX} ON embeddings USING hnsw ((vector::halfvec(512)) halfvec_cosine_ops)
      WHERE kind = 'proposal';
  END IF;
END $$
"""
"""Makes the index by meaning if the server lets us have it, and does nothing otherwise."""

# How each way reads: from the vector of a text being typed, or of one that stands beside.
_BY_INDEX = """
SELECT contribution_id, 1 - (vector::halfvec(512) <=> {it}) AS closeness
FROM embeddings WHERE kind = 'proposal' ORDER BY vector::halfvec(512) <=> {it} LIMIT {taken}
"""
_BY_WORDS = """
WITH typed AS MATERIALIZED (
  SELECT ('''' || lexeme || '''')::tsquery AS query
  FROM unnest(to_tsvector(CAST(:language AS regconfig), fold(:words))) AS found LIMIT {most_words}
), hits AS MATERIALIZED (
  SELECT one.contribution_id, count(*) AS shared, sum(1.0 / one.n) AS rarity
  FROM typed CROSS JOIN LATERAL (
    SELECT few.contribution_id, count(*) OVER () AS n FROM (
      SELECT contribution_id FROM search_documents
      WHERE ts_filter(search_documents.vector, '{{a}}') @@ typed.query LIMIT {a_word}
    ) AS few
  ) AS one
  GROUP BY one.contribution_id ORDER BY rarity DESC, one.contribution_id DESC LIMIT {ranked}
)
"""
_RANKED_BY_VECTORS = """
SELECT contribution_id, (SELECT sum(one * other) FROM unnest(vector, {it}) AS pair (one, other)) AS closeness
FROM hits JOIN embeddings USING (contribution_id) ORDER BY closeness DESC LIMIT {taken}
"""
_RANKED_BY_WORDS = """
SELECT contribution_id, rarity AS closeness FROM hits
WHERE shared >= least(2, (SELECT count(*) FROM typed)) ORDER BY rarity DESC LIMIT {taken}
"""
_TYPED = "CAST(:vector AS real[])"
_BESIDE = "(SELECT vector FROM embeddings WHERE contribution_id = :beside)"


@dataclass(frozen=True, slots=True)
class Close:
    """What is close to a text."""

    rows: FromClause
    """Of `contribution_id` and `closeness`: the cosine of two texts, or how rare the words are that they share."""
    given: dict[str, Any]
    by_meaning: bool


def close_to(gist: str, language: str, vector: list[float] | None) -> Close:
    """What is close to a text being typed, whose vector may be missing."""
    words = {"words": texts.to_words(gist), "language": _configuration(language)}
    if vector is None:
        return Close(_rows("words"), words, by_meaning=False)
    if has_index():
        return Close(_rows("index"), {"vector": vector}, by_meaning=True)
    return Close(_rows("ranked"), words | {"vector": vector}, by_meaning=True)


def close_beside(contribution_id: int, title: str, language: str) -> Close:
    """What is close to a text that has its vector; nothing when it has none yet."""
    if has_index():
        return Close(_rows("index beside"), {"beside": contribution_id}, by_meaning=True)
    words = {"words": texts.to_words(title), "language": _configuration(language)}
    return Close(_rows("ranked beside"), words | {"beside": contribution_id}, by_meaning=True)


def has_index() -> bool:
    """Whether the database has the index by meaning; asked once in the life of a process."""
    held: bool | None = current_app.extensions.get("near_index")
    if held is None:
        found = db.session.scalar(select(func.to_regclass(NEAR_INDEX).is_not(None)))
        held = current_app.extensions["near_index"] = bool(found)
    return held


def _configuration(language: str) -> str:
    return "french" if language == "fr" else "english"


@cache
def _rows(way: str) -> FromClause:
    """The statement of one way, made once."""
    by_words = _BY_WORDS.format(
        most_words=MOST_WORDS, a_word=A_WORD, ranked=RANKED_BESIDE if way == "ranked beside" else RANKED
    )
    statement = {
        "index": _BY_INDEX.format(it=f"CAST({_TYPED} AS halfvec(512))", taken=TAKEN),
        "index beside": _BY_INDEX.format(
            it=_BESIDE.replace("vector", "vector::halfvec(512)", 1), taken=TAKEN + 1
        ),
        "ranked": by_words + _RANKED_BY_VECTORS.format(it=_TYPED, taken=TAKEN),
        "ranked beside": by_words + _RANKED_BY_VECTORS.format(it=_BESIDE, taken=TAKEN + 1),
        "words": by_words + _RANKED_BY_WORDS.format(taken=TAKEN),
    }[way]
    types: dict[str, TypeEngine[Any]] = {
        "vector": ARRAY(REAL),
        "words": String(),
        "language": String(),
        "beside": BigInteger(),
    }
    given: list[BindParameter[Any]] = [
        bindparam(name, type_=kind) for name, kind in types.items() if f":{name}" in statement
    ]
    return (
        text(statement)
        .bindparams(*given)
        .columns(contribution_id=BigInteger, closeness=Float)
        .subquery("close")
    )
