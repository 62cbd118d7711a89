"""Announcements: how a lower package tells higher ones that something happened, in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]
E = TypeVar("E")
_subscribers: dict[type[Any], list[Callable[[AnySession, Any], None]]] = defaultdict(list)


def subscribe(kind: type[E]) -> Callable[[Callable[[AnySession, E], None]], Callable[[AnySession, E], None]]:
    """Call the decorated function with the session and the event each time one of `kind` is announced."""

    def register(subscriber: Callable[[AnySession, E], None]) -> Callable[[AnySession, E], None]:
        if subscriber not in _subscribers[kind]:
            _subscribers[kind].append(subscriber)
        return subscriber

    return register


def announce(session: AnySession, event: object) -> None:
    """Tell the subscribers of this event and of its base classes, before the transaction commits."""
    for kind in type(event).__mro__:
        for subscriber in _subscribers.get(kind, ()):
            subscriber(session, event)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something people may want to hear about; notifications write it down and tell its followers or `recipients`."""

    kind: str
    """A dotted name, such as `proposal.published`, `comment.posted`."""
    actor_id: int | None
    space_id: int | None
    contribution_id: int | None = None
    """What it happened to."""
    about_id: int | None = None
    """What it is grouped by: the proposal or debate."""
    recipients: tuple[int, ...] | None = None
    """The members told, when it is not the followers of `about_id` and of the space."""
    details: dict[str, Any] = field(default_factory=dict)
