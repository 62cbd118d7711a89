"""What each kind of component can export; its package registers it here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from participa.authorization import Actor
from participa.spaces.models import Component


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export."""

    name: str
    """Its name for machines, the same in every language."""
    label: Any
    """Its name for people, lazily translated."""
    value: Callable[[Any], Any]
    """Its value for a row: a text, a number, an aware moment or None."""


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of one list, as filtered for one reader, with the columns that may be told."""

    columns: Sequence[Column]
    batches: Callable[[], Iterator[Sequence[Any]]]
    """The rows, some at a time, each batch read by one statement when it is asked for."""
    count: Callable[[], int]


SOURCES: dict[str, Callable[[Component, Actor, "MultiDict[str, str]", str], Source]] = {}
"""By kind of component: the source for a component, a reader, the arguments of the list, and a root for links."""
