"""Proves every stored counter, or puts it right."""

from dataclasses import dataclass

from sqlalchemy import text

from participa import feature_modules
from participa.db import Counter, Missing, db


@dataclass(frozen=True, slots=True)
class Wrong:
    """How many rows of one counter differ from the truth, with one example."""

    counter: str
    rows: int
    example_key: str
    stored: float
    true: float


def counters() -> list[Counter]:
    """Every stored counter, lower layers first."""
    return [counter for module in feature_modules("recount") for counter in module.COUNTERS]


def missing() -> list[Missing]:
    """What adds the rows that counters lack, lower layers first."""
    return [each for module in feature_modules("recount") for each in getattr(module, "MISSING", ())]


def wrong_counters() -> list[Wrong]:
    """The counters whose stored value is not the true one, and those that are not there.

    What is stored is read in one statement, so in one snapshot; what is not is added and taken back.
    """
    db.session.execute(text("SET LOCAL statement_timeout = 0"))
    compared = (
        f"SELECT '{counter.name}', count(*), min(key), (array_agg(stored))[1], (array_agg(true_value))[1] FROM ("  # noqa: S608
        f"  SELECT t.ctid::text AS key, {counter.figure(f't.{counter.column}')} AS stored,"
        f"  {counter.figure(counter.truth)} AS true_value"
        f"  FROM {counter.table} t WHERE ({counter.where}) AND {counter.differs}"
        f") counted"
        for counter in counters()
    )
    rows = db.session.execute(text(" UNION ALL ".join(compared)))
    wrong = [Wrong(*row) for row in rows if row[1]]
    for each in missing():
        tried = db.session.begin_nested()
        added = db.session.scalars(text(f"{each.insert} RETURNING {each.column}")).all()
        tried.rollback()
        if added:
            wrong.append(Wrong(each.name, len(added), "", 0.0, float(added[0])))
    return wrong


def put_right() -> dict[str, int]:
    """Write the true value of every counter in one transaction; gives how many rows changed by counter."""
    changed: dict[str, int] = {}
    db.session.execute(text("SET LOCAL statement_timeout = 0"))
    for each in missing():
        added = db.session.execute(text(each.insert)).rowcount  # type: ignore[attr-defined]
        changed[each.name] = changed.get(each.name, 0) + added
    for counter in counters():
        result = db.session.execute(
            text(
                f"UPDATE {counter.table} t SET {counter.column} = ({counter.truth})"  # noqa: S608
                f" WHERE ({counter.where}) AND {counter.differs}"
            )
        )
        rows = result.rowcount  # type: ignore[attr-defined]
        changed[counter.name] = changed.get(counter.name, 0) + rows  # two kinds of rows may share a column
    db.session.commit()
    return changed
