"""The registry of the tools that can be placed in a space."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from participa.authorization import Actor

Settings = Any
"""A frozen dataclass of one kind's settings or phase rules; every default is *closed*."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things of one sort wait for someone, and where to see them."""

    key: str
    count: int
    label: Any
    """A sentence end, already plural, such as "votes before 6 July"."""
    href: str
    rank: int = 50


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one setting may be: the choices of a text, the least and the most of a number, and its unit."""

    choices: Sequence[tuple[str, Any]] = ()
    """Values and their lazily translated labels, for a setting that is one of a few words."""
    minimum: int | None = None
    maximum: int | None = None
    unit: Any = ""
    """What the number counts, written beside it."""
    long: bool = False
    """A text of several lines, of at most `maximum` characters."""


@dataclass(frozen=True, slots=True)
class ComponentKind:
    """How a feature plugs into a space: everything others need to know of it."""

    name: str
    label: Any
    """Its name in the plural, lazily translated; the default name of a new component."""
    blueprint: Blueprint
    contribution: type[Any]
    """The model of the contributions its lists show."""
    settings: type[Any]
    phase_rules: type[Any]
    open_settings: Settings
    """What a component added in the browser starts from."""
    open_rules: Settings
    settings_labels: Mapping[str, tuple[Any, Any]]
    """For each setting: its label and its explanation, lazily translated."""
    rules_labels: Mapping[str, tuple[Any, Any]]
    """For each rule: its label, which completes "members may", and its explanation, lazily translated."""
    team_rules: frozenset[str] = frozenset()
    """The rules that concern what those who curate do, not what members may do."""
    setting_pages: Sequence[tuple[Any, str]] = ()
    """More pages where a component is set up: their names, lazily translated, and endpoints."""
    count_label: Callable[[int], str] = str
    """A sentence such as "14 proposals"."""
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    """What some settings may be; the others are any number from 0 up, yes or no, or any text."""
    check: Callable[[Any], Mapping[str, Any]] = lambda settings: {}
    """What is wrong with settings taken together, by setting: a sentence each."""
    fixed: Callable[[int], Mapping[str, Any]] = lambda component_id: {}
    """The settings of a component that may not change any more, with why."""
    restrictions: Mapping[str, str] = field(default_factory=dict)
    """Rules that let members do nothing more, by the rule that each takes away; empty for none."""
    discuss: Callable[[Actor, Any, str], str | None] = lambda actor, component, address: None
    """The page where `actor` may begin, in a component, what is about the contribution of that address."""
    develop: Callable[[Actor, Any, int], str | None] = lambda actor, component, contribution_id: None
    """The page where `actor` may begin, in a component, what is born of the message or argument of that number."""


def in_order(*pairs: tuple[str, str]) -> Callable[[Any], Mapping[str, Any]]:
    """A `check` that wants the first setting of each pair to be no greater than the second."""

    def check(settings: Any) -> Mapping[str, Any]:
        return {
            least: _("The least cannot be greater than the most.")
            for least, most in pairs
            if getattr(settings, least) > getattr(settings, most)
        }

    return check


WAITING: list[Callable[[Actor], list[Waiting]]] = []
"""What features say waits for someone (to answer, moderate, vote); one statement each at most."""


def waiting(finder: Callable[[Actor], list[Waiting]]) -> Callable[[Actor], list[Waiting]]:
    """Add the decorated function's findings to the home page."""
    WAITING.append(finder)
    return finder


KINDS: dict[str, ComponentKind] = {}


def register(kind: ComponentKind) -> ComponentKind:
    """Make a kind of component available to spaces."""
    KINDS[kind.name] = kind
    return kind


def from_json(shape: type[Any], values: Mapping[str, Any] | None) -> Any:
    """Rebuild a dataclass of settings or rules from JSON, without unknown keys and values of another type."""
    known: dict[str, Any] = {}
    defaults = shape()
    for entry in fields(shape):
        if values is None or entry.name not in values:
            continue
        value, default = values[entry.name], getattr(defaults, entry.name)
        if isinstance(value, bool) == isinstance(default, bool) and (
            isinstance(value, type(default)) or (default is None and isinstance(value, int)) or value is None
        ):
            known[entry.name] = value
    return shape(**known)
