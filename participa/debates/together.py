"""Which arguments bring people together: the figure of `comments.together`, for texts that are backed or not."""

from functools import cache
from typing import Any

from sqlalchemy import text

from participa.comments.together import SHARE, STALE, STANDS, WEIGHERS, stands
from participa.events import AnySession

STALE.append("SELECT debate_id FROM arguments WHERE stale")

STANDS.append(
    "SELECT v.voter_id, a.side FROM arguments a JOIN votes v ON v.contribution_id = a.id AND v.counted"
    " WHERE a.debate_id = :root"
)


@cache
def _weighing() -> Any:
    """Of an argument that someone backs, the camp is where they stand but for it: backing it must not make them so."""
    groups = {"for": "1", "against": "-1"}
    counted = ", ".join(
        f"count(*) FILTER (WHERE camp = {camp}) AS up_{name}" for name, camp in groups.items()
    )
    sizes = ", ".join(f"count(*) FILTER (WHERE camp = {camp}) AS n_{name}" for name, camp in groups.items())
    size = "greatest(coalesce(up_{0}, 0), (SELECT n_{0} FROM sizes))"
    product = " * ".join(
        [SHARE.format(up=f"coalesce(up_{name}, 0)", of=size.format(name)) for name in groups]
        + [SHARE.format(up="coalesce(centres, 0)", of="(SELECT n FROM parts)")]
    )
    return text(f"""
    WITH stands AS ({stands()}), sizes AS (SELECT {sizes} FROM stands), parts AS (
      SELECT count(*) AS n FROM participations WHERE about_id = :root AND n > 0
    ), backed AS (
      SELECT a.id, v.centre_id, sign(coalesce(s.lean, 0) - a.side) AS camp
      FROM arguments a JOIN votes v ON v.contribution_id = a.id AND v.counted AND v.value = 1
      LEFT JOIN stands s ON s.member_id = v.voter_id
      WHERE a.debate_id = :root
    ), figures AS (
      SELECT id, {counted}, count(*) AS up, count(DISTINCT centre_id) AS centres FROM backed GROUP BY 1
    )
    UPDATE arguments a SET together = made.together, shared = made.shared FROM (
      SELECT b.id, CASE WHEN coalesce(f.up, 0) = 0 THEN 0 ELSE {product} END AS together,
        coalesce(f.up_for > 0 AND f.up_against > 0, false) AS shared
      FROM arguments b LEFT JOIN figures f ON f.id = b.id WHERE b.debate_id = :root
    ) made WHERE a.id = made.id AND (a.together, a.shared) IS DISTINCT FROM (made.together, made.shared)
    """)  # noqa: S608


def weigh_arguments(session: AnySession, debate_id: int) -> None:
    """Make the figures of a debate's arguments again, where the thread is that of a debate."""
    session.execute(
        text("UPDATE arguments SET stale = false WHERE debate_id = :root AND stale"), {"root": debate_id}
    )
    session.execute(_weighing(), {"root": debate_id})


WEIGHERS.append(weigh_arguments)
