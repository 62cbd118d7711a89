"""What brings people together: support across centres, and across those who otherwise disagree.

The figure of a text is a product of three shares: of those who are for what the thread is about, of those who are
against, and of the centres. Each is smoothed, (1 + supporters) / (2 + members): the group-informed consensus of Polis
(Small and others, "Polis: Scaling deliberation by mapping high dimensional opinion spaces", Recerca, 2021), of the
family of bridging-based ranking (Ovadya and Thorburn, "Bridging Systems", 2023). See docs/decisions/0023.

Acts only mark what they change, and each minute a job makes the figures of those threads again.
"""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from sqlalchemy import text

from participa.db import db, transaction
from participa.events import AnySession
from participa.jobs import periodic

ROOTS = 200
"""How many threads one run makes again at most, chosen at random; the others wait for the next minute."""

STALE: list[str] = ["SELECT root_id FROM comments WHERE stale", "SELECT root_id FROM unweighed"]
"""Statements of the threads that acts marked; features add theirs."""

STANDS: list[str] = [
    "SELECT voter_id AS member_id, value AS lean FROM votes WHERE contribution_id = :root AND counted",
    """
    SELECT c.author_id, k.position FROM comments k JOIN contributions c ON c.id = k.id
    WHERE k.root_id = :root AND k.depth = 0 AND k.position IS NOT NULL
    AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.trashed_at IS NULL
    """,
]
"""Statements of where members stand about the contribution `:root`, as (member_id, lean); features add theirs."""


def stands() -> str:
    """The statement of the camp of each member who takes a side about `:root`: +1, −1, or 0 between the two."""
    return (
        "SELECT member_id, sum(lean) AS lean, sign(sum(lean)) AS camp"  # noqa: S608
        f" FROM ({' UNION ALL '.join(STANDS)}) AS taken WHERE member_id IS NOT NULL GROUP BY 1"
    )


SHARE = "(1.0 + {up}) / (2.0 + {of})"
"""The share of a group that supports a text, drawn towards one half while few have spoken."""


@cache
def _weighing() -> Any:
    groups = {"for": "= 1", "against": "= -1"}
    counted = ", ".join(
        f"count(*) FILTER (WHERE camp {is_} AND value = 1) AS up_{name},"
        f" count(*) FILTER (WHERE camp {is_}) AS of_{name}"
        for name, is_ in groups.items()
    )
    product = " * ".join(
        [SHARE.format(up=f"coalesce(up_{name}, 0)", of=f"coalesce(of_{name}, 0)") for name in groups]
        + [SHARE.format(up="coalesce(centres, 0)", of="(SELECT n FROM parts)")]
    )
    return text(f"""
    WITH stands AS ({stands()}), parts AS (
      SELECT count(*) AS n FROM participations
      WHERE about_id = (SELECT coalesce(about_id, id) FROM contributions WHERE id = :root) AND n > 0
    ), cast_votes AS (
      SELECT v.contribution_id, v.value, v.centre_id, coalesce(s.camp, 0) AS camp
      FROM comments k JOIN votes v ON v.contribution_id = k.id AND v.counted
      LEFT JOIN stands s ON s.member_id = v.voter_id
      WHERE k.root_id = :root AND k.depth = 0
    ), figures AS (
      SELECT contribution_id, {counted}, count(*) FILTER (WHERE value = 1) AS up,
        count(DISTINCT centre_id) FILTER (WHERE value = 1) AS centres
      FROM cast_votes GROUP BY 1
    )
    UPDATE comments k SET together = made.together, shared = made.shared FROM (
      SELECT c.id, CASE WHEN coalesce(f.up, 0) = 0 THEN 0 ELSE {product} END AS together,
        coalesce(f.up_for > 0 AND f.up_against > 0, false) AS shared
      FROM comments c LEFT JOIN figures f ON f.contribution_id = c.id
      WHERE c.root_id = :root AND c.depth = 0
    ) made WHERE k.id = made.id AND (k.together, k.shared) IS DISTINCT FROM (made.together, made.shared)
    """)  # noqa: S608


_MARK = text(
    "INSERT INTO unweighed (root_id) SELECT unnest(CAST(:roots AS bigint[])) ORDER BY 1"
    " ON CONFLICT (root_id) DO UPDATE SET root_id = excluded.root_id"
)
"""A mark that is there already is locked: whoever takes it off waits for the act that put it again."""


def mark(session: AnySession, roots: Collection[int]) -> None:
    """Have the figures of these threads made again soon: where people stand about them changed."""
    session.execute(_MARK, {"roots": list(roots)})


def weigh_comments(session: AnySession, root_id: int) -> None:
    """Make the figures of a thread again.

    The marks are taken off first, in statements of their own: a vote that comes meanwhile either is counted by the
    last one, or puts its mark back once this is committed.
    """
    session.execute(text("DELETE FROM unweighed WHERE root_id = :root"), {"root": root_id})
    session.execute(
        text("UPDATE comments SET stale = false WHERE root_id = :root AND stale"), {"root": root_id}
    )
    session.execute(_weighing(), {"root": root_id})


WEIGHERS: list[Callable[[AnySession, int], None]] = [weigh_comments]
"""What makes figures of a thread again; features add theirs."""

_HOLD = text("SELECT pg_try_advisory_xact_lock(hashtextextended('weigh', :root))")


def weigh(root_id: int) -> None:
    """Make every figure of a thread again, unless another worker is doing it."""
    with transaction() as session:
        if session.scalar(_HOLD, {"root": root_id}):
            for weigher in WEIGHERS:
                weigher(session, root_id)


@periodic("* * * * *", "comments.weigh")
def weigh_all() -> None:
    """Make again the figures of the threads that acts have marked."""
    stale = text(f"SELECT root_id FROM ({' UNION '.join(STALE)}) AS marked ORDER BY random() LIMIT :roots")  # noqa: S608
    for root_id in db.session.scalars(stale, {"roots": ROOTS}).all():
        weigh(root_id)
