"""Topics as trees: their order, what stands under what, how they are called."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from participa.spaces.models import Topic
from participa.wording import called

DEEPEST = 3
"""The levels of a tree."""


class Branch(NamedTuple):
    """A topic where it stands."""

    topic: Topic
    depth: int
    """0 for those that stand under no other."""
    path: str
    """Its name after those above it."""
    is_first: bool = True
    is_last: bool = True
    """Whether none of those under the same one comes before it, or after."""


def in_order(topics: Iterable[Topic]) -> list[Branch]:
    """Topics from the roots to the leaves; one whose parent is not among them stands as a root."""
    held = {topic.id: topic for topic in topics}
    below: dict[int | None, list[Topic]] = {}
    for topic in sorted(held.values(), key=lambda each: (each.position, each.id)):
        below.setdefault(topic.parent_id if topic.parent_id in held else None, []).append(topic)
    found: list[Branch] = []

    def walk(parent_id: int | None, depth: int, above: str) -> None:
        siblings = below.get(parent_id, ())
        for n, topic in enumerate(siblings, 1):
            path = f"{above} › {called(topic)}" if above else called(topic)
            found.append(Branch(topic, depth, path, n == 1, n == len(siblings)))
            walk(topic.id, depth + 1, path)

    walk(None, 0, "")
    return found


def under(topics: Iterable[Topic], topic_id: int | None) -> tuple[int, ...]:
    """The id of a topic and those of all that stands under it; none for None."""
    branches, found = in_order(topics), set[int]()
    for branch in branches:
        if branch.topic.id == topic_id or branch.topic.parent_id in found:
            found.add(branch.topic.id)
    return tuple(sorted(found))


def height(topics: Iterable[Topic], topic_id: int) -> int:
    """How many levels a topic spans with what stands under it; at least 1."""
    branches = in_order(topics)
    depths = [branch.depth for branch in branches if branch.topic.id in under(topics, topic_id)]
    return max(depths) - min(depths) + 1 if depths else 1


def choices_of(topics: Iterable[Topic], none: object) -> list[SelectChoice]:
    """The choices of a field, each called by its path, after the one for `none`."""
    return [
        SelectChoice("", none),
        *(SelectChoice(str(branch.topic.id), branch.path) for branch in in_order(topics)),
    ]


def with_own(offered: list[Topic], thing: Any) -> list[Topic]:
    """The topics offered, and the one that a thing is sorted under though it is offered no longer."""
    own = getattr(thing, "topic", None)
    return offered if own is None or own in offered else [*offered, own]


def options_of(topics: Iterable[Topic]) -> list[tuple[int, str]]:
    """The options of a filter, each called by its path."""
    return [(branch.topic.id, branch.path) for branch in in_order(topics)]
