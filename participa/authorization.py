"""Who acts, what they may do, and why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a member may do in one space."""

    ADMINISTRATOR = "administrator"
    MODERATOR = "moderator"
    MEMBER = "member"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever makes a request, reduced to what rules depend on."""

    id: int | None = None
    centre_id: int | None = None
    is_coordinator: bool = False
    visitors_may_read: bool = False
    roles: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    """Roles by space id."""
    previews: frozenset[int] = frozenset()
    """The spaces that share links show this reader, as long as they are not published."""
    previewed_components: frozenset[int] = frozenset()
    """The same of components."""

    @property
    def is_authenticated(self) -> bool:
        """Whether this is a signed-in member."""
        return self.id is not None

    @property
    def may_enter(self) -> bool:
        """Whether the network lets this person read anything at all."""
        return self.is_authenticated or self.visitors_may_read

    def has(self, space_id: int, *roles: Role) -> bool:
        """Whether the actor holds one of `roles` in the space."""
        return not self.roles.get(space_id, frozenset()).isdisjoint(roles)

    def administers(self, space_id: int) -> bool:
        """Whether the actor shapes the space; coordinators administer every space they can see."""
        return self.is_coordinator or self.has(space_id, Role.ADMINISTRATOR)

    def moderates(self, space_id: int) -> bool:
        """Whether the actor curates the space."""
        return self.administers(space_id) or self.has(space_id, Role.MODERATOR)

    @property
    def curated_spaces(self) -> list[int]:
        """Ids of the spaces where the actor holds a curating role of their own."""
        return [id for id in self.roles if self.has(id, Role.ADMINISTRATOR, Role.MODERATOR)]

    @property
    def may_curate(self) -> bool:
        """Whether the actor curates anything."""
        return self.is_coordinator or bool(self.curated_spaces)


VISITOR = Actor()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of a policy: truthy when allowed, else it names the rule that refused."""

    rule: str | None = None

    def __bool__(self) -> bool:
        return self.rule is None


ALLOWED = Verdict()

RULES: dict[str, Any] = {}
"""Each rule's sentence for people: why it refuses and what to do, in lazily translated text."""


def define_rules(**sentences: Any) -> None:
    """Give each rule the sentence people read when it refuses them."""
    RULES.update(sentences)


def all_of(*conditions: "tuple[object, str] | Verdict") -> Verdict:
    """Allow when every condition holds, else refuse with the first broken rule."""
    for condition in conditions:
        if isinstance(condition, Verdict):
            if not condition:
                return condition
        elif not condition[0]:
            return Verdict(condition[1])
    return ALLOWED


class Refused(Exception):
    """Raised when a policy refuses an act; becomes the 403 page, the sign-in page or a 404."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def authorize(verdict: Verdict) -> None:
    """Raise Refused unless the verdict allows."""
    if verdict.rule is not None:
        raise Refused(verdict.rule)


def grouped_roles(rows: Iterable[tuple[int, Role]]) -> dict[int, frozenset[Role]]:
    """Group (space id, role) rows by space."""
    roles: dict[int, set[Role]] = {}
    for space_id, role in rows:
        roles.setdefault(space_id, set()).add(role)
    return {space_id: frozenset(held) for space_id, held in roles.items()}
