"""What the figures kept by votes must equal."""

from participa.db import Counter, Missing

_VOTES = "SELECT count(*) FROM votes v WHERE v.contribution_id = t.id AND v.value = {} AND v.counted"

COUNTERS = [
    Counter("contributions", "support_count", _VOTES.format(1)),
    Counter("contributions", "neutral_count", _VOTES.format(0)),
    Counter("contributions", "against_count", _VOTES.format(-1)),
    Counter(
        "tallies",
        "n",
        "SELECT count(*) FROM votes v WHERE v.contribution_id = t.contribution_id"
        " AND v.centre_id = t.centre_id AND v.value = t.value AND v.counted",
    ),
    Counter(
        "contributions",
        "centre_count",
        "SELECT count(DISTINCT v.centre_id) FROM votes v WHERE v.contribution_id = t.id AND v.counted",
        where="t.kind = 'proposal'",
    ),
    Counter(
        "participations",
        "n",
        "(SELECT count(*) FROM votes v JOIN contributions c ON c.id = v.contribution_id"
        "  WHERE v.centre_id = t.centre_id AND v.counted AND (c.id = t.about_id OR c.about_id = t.about_id))"
        " + (SELECT count(*) FROM contributions c WHERE c.about_id = t.about_id AND c.centre_id = t.centre_id"
        "  AND NOT c.imported AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.trashed_at IS NULL"
        "  AND NOT c.restricted)",
    ),
    Counter(
        "ballots",
        "used",
        "SELECT count(*) FROM votes v JOIN contributions c ON c.id = v.contribution_id"
        " WHERE c.component_id = t.component_id AND v.voter_id = t.voter_id AND c.about_id IS NULL"
        " AND c.trashed_at IS NULL",
        where="EXISTS (SELECT FROM components k WHERE k.id = t.component_id"
        " AND 'number' IN (jsonb_typeof(k.settings->'vote_limit'),"
        " jsonb_typeof(k.settings->'minimum_votes_per_user')))",
    ),
]

MISSING = [
    Missing(
        "tallies",
        "n",
        """
    INSERT INTO tallies (contribution_id, centre_id, value, n)
    SELECT v.contribution_id, v.centre_id, v.value, count(*)
    FROM votes v JOIN contributions c ON c.id = v.contribution_id AND c.kind = 'proposal'
    WHERE v.counted AND v.centre_id IS NOT NULL GROUP BY 1, 2, 3 ON CONFLICT DO NOTHING
    """,
    ),
    Missing(
        "participations",
        "n",
        """
    INSERT INTO participations (about_id, centre_id, component_id, n, last_at)
    SELECT about_id, centre_id, component_id, count(*), max(at) FROM (
        SELECT coalesce(c.about_id, c.id) AS about_id, v.centre_id, c.component_id, v.cast_at AS at
        FROM votes v JOIN contributions c ON c.id = v.contribution_id AND v.counted
        UNION ALL
        SELECT c.about_id, c.centre_id, c.component_id, c.published_at FROM contributions c
        WHERE c.about_id IS NOT NULL AND NOT c.imported
        AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.trashed_at IS NULL AND NOT c.restricted
    ) acts WHERE centre_id IS NOT NULL GROUP BY 1, 2, 3 ON CONFLICT DO NOTHING
    """,
    ),
    Missing(
        "ballots",
        "used",
        """
    INSERT INTO ballots (component_id, voter_id, used)
    SELECT c.component_id, v.voter_id, count(*)
    FROM votes v JOIN contributions c ON c.id = v.contribution_id AND c.about_id IS NULL
    JOIN components k ON k.id = c.component_id AND 'number' IN
    (jsonb_typeof(k.settings->'vote_limit'), jsonb_typeof(k.settings->'minimum_votes_per_user'))
    GROUP BY 1, 2 ON CONFLICT DO NOTHING
    """,
    ),
]
"""The rows of figures that should exist."""
