"""Making every stored figure of some proposals true again, after their votes or comments moved."""

from collections.abc import Collection

from sqlalchemy import text

from participa import feature_modules
from participa.events import AnySession

_MISSING = (
    """
    INSERT INTO tallies (contribution_id, centre_id, value, n)
    SELECT v.contribution_id, v.centre_id, v.value, 0 FROM votes v
    WHERE v.contribution_id = ANY(:ids) AND v.centre_id IS NOT NULL GROUP BY 1, 2, 3 ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO participations (about_id, centre_id, component_id, n, last_at)
    SELECT acts.about_id, acts.centre_id, c.component_id, 0, max(acts.at) FROM (
      SELECT v.contribution_id AS about_id, v.centre_id, v.cast_at AS at FROM votes v
      WHERE v.contribution_id = ANY(:ids)
      UNION ALL
      SELECT d.about_id, v.centre_id, v.cast_at FROM contributions d JOIN votes v ON v.contribution_id = d.id
      WHERE d.about_id = ANY(:ids)
      UNION ALL
      SELECT d.about_id, d.centre_id, d.published_at FROM contributions d
      WHERE d.about_id = ANY(:ids) AND NOT d.imported
    ) acts JOIN contributions c ON c.id = acts.about_id
    WHERE acts.centre_id IS NOT NULL GROUP BY 1, 2, 3 ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO stances (root_id, position, n)
    SELECT k.root_id, k.position, 0 FROM comments k
    WHERE k.root_id = ANY(:ids) AND k.depth = 0 AND k.position IS NOT NULL GROUP BY 1, 2 ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO exchanges (root_id, replies, crossing)
    SELECT DISTINCT k.root_id, 0, 0 FROM comments k
    WHERE k.root_id = ANY(:ids) AND k.crossing IS NOT NULL ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO ballots (component_id, voter_id, used)
    SELECT c.component_id, v.voter_id, 0 FROM votes v JOIN contributions c ON c.id = v.contribution_id
    JOIN components k ON k.id = c.component_id AND 'number' IN
      (jsonb_typeof(k.settings->'vote_limit'), jsonb_typeof(k.settings->'minimum_votes_per_user'))
    WHERE c.id = ANY(:ids) AND c.about_id IS NULL GROUP BY 1, 2 ON CONFLICT DO NOTHING
    """,
)
"""Rows of figures that should exist, all at nought."""

_ROWS = {
    "contributions": "t.id = ANY(:ids)",
    "comments": "t.id = ANY(:ids)",
    "tallies": "t.contribution_id = ANY(:ids)",
    "participations": "t.about_id = ANY(:ids)",
    "stances": "t.root_id = ANY(:ids)",
    "exchanges": "t.root_id = ANY(:ids)",
    "branches": "t.comment_id = ANY(:ids)",
    "ballots": "t.component_id IN (SELECT component_id FROM contributions WHERE id = ANY(:ids)"
    " UNION SELECT unnest(CAST(:places AS integer[])))"
    " AND t.voter_id IN (SELECT voter_id FROM votes WHERE contribution_id = ANY(:ids))",
}
"""Which rows of a table have figures of these proposals."""


def settle(session: AnySession, ids: Collection[int], places: Collection[int] = ()) -> None:
    """Write the true value of each figure of these contributions, which the caller has locked.

    `places` are the components, beside those they stand in, whose ballots changed.
    """
    values = {"ids": list(ids), "places": list(places)}
    for statement in _MISSING:
        session.execute(text(statement), values)
    for module in feature_modules("recount"):
        for counter in module.COUNTERS:
            if counter.table in _ROWS:
                session.execute(
                    text(
                        f"UPDATE {counter.table} t SET {counter.column} = ({counter.truth})"  # noqa: S608
                        f" WHERE ({counter.where}) AND {_ROWS[counter.table]} AND {counter.differs}"
                    ),
                    values,
                )
