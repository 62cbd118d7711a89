"""What the figures kept by threads must equal."""

from participa.comments.models import NEAR
from participa.db import Counter, Missing

_SHOWN = "{0}.deleted_at IS NULL AND {0}.hidden_at IS NULL AND {0}.trashed_at IS NULL"
_VISIBLE = _SHOWN.format("c")

COUNTERS = [
    Counter(
        "contributions",
        "comment_count",
        "SELECT count(*) FROM contributions c WHERE c.kind = 'comment' AND c.within_id IS NULL"  # noqa: S608
        f" AND c.about_id = t.id AND {_VISIBLE}",
        where="t.about_id IS NULL",
    ),
    Counter(
        "contributions",
        "comment_count",
        f"SELECT count(*) FROM contributions c WHERE c.within_id = t.id AND {_VISIBLE}",  # noqa: S608
        where="t.about_id IS NOT NULL AND t.kind <> 'comment'",
    ),
    Counter(
        "branches",
        "below",
        "SELECT count(*) FROM comments own JOIN comments b ON b.top_id = own.top_id AND b.path > own.path"  # noqa: S608
        f" AND b.path < own.path || '~' JOIN contributions c ON c.id = b.id AND {_VISIBLE}"
        " WHERE own.id = t.comment_id",
    ),
    Counter(
        "stances",
        "n",
        "SELECT count(*) FROM comments k JOIN contributions c ON c.id = k.id"  # noqa: S608
        f" WHERE k.root_id = t.root_id AND k.depth = 0 AND k.position = t.position AND {_VISIBLE}",
    ),
    Counter(
        "comments",
        "reply_count",
        "SELECT count(*) FROM comments b JOIN contributions c ON c.id = b.id"  # noqa: S608
        f" WHERE b.top_id = t.id AND b.depth > 0 AND {_VISIBLE}",
        where="t.depth = 0",
    ),
    Counter(
        "comments",
        "near_count",
        "SELECT count(*) FROM comments b JOIN contributions c ON c.id = b.id"  # noqa: S608
        f" WHERE b.top_id = t.id AND b.depth BETWEEN 1 AND {NEAR} AND {_VISIBLE}",
        where="t.depth = 0",
    ),
    *(
        Counter(
            "exchanges",
            column,
            "SELECT count(*) FROM comments k JOIN contributions c ON c.id = k.id"  # noqa: S608
            f" WHERE k.root_id = t.root_id AND {condition} AND {_VISIBLE}",
        )
        for column, condition in (("replies", "k.crossing IS NOT NULL"), ("crossing", "k.crossing"))
    ),
    Counter(
        "comments",
        "score",
        "SELECT CASE WHEN n = 0 THEN 0 ELSE"
        " (up + 1.9208 - 1.96 * sqrt(up * (n - up) / n + 0.9604)) / (n + 3.8416) END FROM (SELECT"
        " c.support_count::float AS up, (c.support_count + c.against_count)::float AS n"
        " FROM contributions c WHERE c.id = t.id) votes",
    ),
]

MISSING = [
    Missing(
        "branches",
        "below",
        "INSERT INTO branches (comment_id, below) SELECT own.id, count(*) FROM comments own JOIN comments b"  # noqa: S608
        " ON b.top_id = own.top_id AND b.path > own.path AND b.path < own.path || '~'"
        f" JOIN contributions c ON c.id = b.id AND {_VISIBLE} GROUP BY 1 ON CONFLICT DO NOTHING",
    ),
    Missing(
        "stances",
        "n",
        "INSERT INTO stances (root_id, position, n) SELECT k.root_id, k.position, count(*) FROM comments k"  # noqa: S608
        f" JOIN contributions c ON c.id = k.id AND {_VISIBLE} WHERE k.depth = 0 AND k.position IS NOT NULL"
        " GROUP BY 1, 2 ON CONFLICT DO NOTHING",
    ),
    Missing(
        "exchanges",
        "replies",
        "INSERT INTO exchanges (root_id, replies, crossing) SELECT k.root_id, count(*),"  # noqa: S608
        " count(*) FILTER (WHERE k.crossing) FROM comments k"
        f" JOIN contributions c ON c.id = k.id AND {_VISIBLE} WHERE k.crossing IS NOT NULL"
        " GROUP BY 1 ON CONFLICT DO NOTHING",
    ),
]
"""The rows of figures that should exist."""
