"""Lists in pages of even cost: each starts after a key, not after a number of rows."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import ColumnElement, Select, Text, func, tuple_

from participa.db import at_most, db

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, with the keys that open the pages around them."""

    items: Sequence[T]
    previous: str | None = None
    next: str | None = None

    @property
    def previous_href(self) -> str | None:
        """The address one page back."""
        return here(self.previous)

    @property
    def next_href(self) -> str | None:
        """The address one page on."""
        return here(self.next)


def folded(column: Any) -> ColumnElement[str]:
    """The key that orders names whatever their case and accents."""
    return func.fold(column, type_=Text)


def here(key: str | None) -> str | None:
    """The address of this request at another page."""
    if key is None:
        return None
    arguments: dict[str, Any] = {**request.args.to_dict(flat=False), **(request.view_args or {}), "page": key}
    return url_for(request.endpoint or "", **arguments)


def page_of(
    query: Select[T],
    keys: Sequence[Any],
    key: str | None,
    *,
    size: int = 20,
    descending: bool = True,
    given: Mapping[str, Any] | None = None,
) -> Page[T]:
    """One page of the entities of `query`, in the order of `keys`: columns never null, the last one unique.

    `key` is what the address holds: `>` or `<`, then the keys of the row to start after or end before; one that
    cannot be read gives the first page. `given` are the values of the query's own parameters.
    """
    backward, values = _read(key, keys)
    down = descending != backward
    if values is not None:
        row, edge = tuple_(*keys), tuple_(*values)
        query = query.where(row < edge if down else row > edge)
    query = (
        query.order_by(None).order_by(*(k.desc() if down else k.asc() for k in keys)).limit(at_most(size + 1))
    )
    rows = db.session.execute(query.add_columns(*keys), given).unique().all()
    more, rows = len(rows) > size, rows[:size]
    if backward:
        rows = rows[::-1]
    before = more if backward else values is not None
    after = True if backward else more
    return Page(
        items=[row[0] for row in rows],
        previous=_written("<", rows[0][1:]) if rows and before else None,
        next=_written(">", rows[-1][1:]) if rows and after else None,
    )


def _written(direction: str, values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode((direction + json.dumps(plain)).encode()).decode().rstrip("=")


def _read(key: str | None, keys: Sequence[Any]) -> tuple[bool, list[Any] | None]:
    """Whether the page lies before the key, and the key's values, or None when there is none to be read."""
    if not key:
        return False, None
    try:
        written = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
        plain = json.loads(written[1:])
        values = [
            datetime.fromisoformat(value) if kind is datetime else kind(value)
            for kind, value in zip((column.type.python_type for column in keys), plain, strict=True)
        ]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        return False, None
    if written[0] not in "<>" or not all(map(_has_a_place, values)):
        return False, None
    return written[0] == "<", values


def _has_a_place(value: Any) -> bool:
    """Whether PostgreSQL has a place for a value: a number of a column, a text without NUL or half characters."""
    if isinstance(value, str):
        return not re.search("[\0\ud800-\udfff]", value)
    return not isinstance(value, int) or abs(value) <= 2**53
