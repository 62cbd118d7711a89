"""The plan that a connection keeps for a thread walks the index made for its order, whatever the thread."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import asyncpg

from participa.comments.queries import _TOPS, Order

INDEXES = {
    Order.OLDEST: "ix_comments_oldest",
    Order.NEWEST: "ix_comments_oldest",
    Order.USEFUL: "ix_comments_useful",
    Order.DISCUSSED: "ix_comments_discussed",
    Order.TOGETHER: "ix_comments_together",
}


@pytest.mark.parametrize(("order", "first"), _TOPS)
def test_the_top_comments_of_a_thread_are_read_by_the_index_of_their_order(
    session, order: Order, first: bool
) -> None:
    compiled = _TOPS[order, first].compile(dialect=asyncpg.dialect())
    for kind in ("seqscan", "bitmapscan", "sort"):
        session.execute(text(f"SET LOCAL enable_{kind} = off"))
    name = f"{order}_{first}"  # a prepared statement outlives the transaction
    session.connection().exec_driver_sql(f"PREPARE {name} AS {compiled}")

    given = ", ".join(["NULL"] * len(compiled.positiontup or ()))
    plan = "\n".join(session.scalars(text(f"EXPLAIN EXECUTE {name}({given})")))

    if not first:
        assert re.search(r"Index Cond: .*ROW\(", plan), (
            "a later page begins where it begins, not at the first"
        )
    assert f"using {INDEXES[order]} on comments" in plan or f"Backward using {INDEXES[order]}" in plan
