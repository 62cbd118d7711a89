"""What binds spaces together: groups, assemblies within others, related spaces, the addresses they had."""

from collections.abc import Sequence

from sqlalchemy import and_, func, literal, select

from participa.authorization import Actor
from participa.db import at_most, db
from participa.paging import folded
from participa.spaces.models import FormerSlug, RelatedSpace, Space, SpaceGroup, SpaceKind
from participa.spaces.queries import spaces_visible_to


def slug_is_free(slug: str, space_id: int | None = None) -> bool:
    """Whether no other space has or had this address."""
    taken = select(Space.id).where(Space.slug == slug)
    had = select(FormerSlug.space_id).where(FormerSlug.slug == slug)
    return not {*db.session.scalars(taken.union_all(had))} - {space_id}


def find_moved(slug: str) -> Space | None:
    """The space that had this address."""
    return db.session.scalar(
        select(Space).join(FormerSlug, FormerSlug.space_id == Space.id).where(FormerSlug.slug == slug)
    )


def find_group(slug: str) -> SpaceGroup | None:
    """A group of spaces by its slug."""
    return db.session.scalar(select(SpaceGroup).where(SpaceGroup.slug == slug))


MOST_OFFERED = 200
"""Spaces or groups in a list to choose from."""


def offered_groups() -> list[tuple[int, str]]:
    """The groups a space may be put in: numbers and names, the first two hundred."""
    rows = db.session.execute(
        select(SpaceGroup.id, SpaceGroup.name)
        .order_by(SpaceGroup.position, SpaceGroup.id)
        .limit(at_most(MOST_OFFERED))
    )
    return [(number, name) for number, name in rows]


def groups_shown(actor: Actor) -> list[tuple[SpaceGroup, int]]:
    """The groups that hold a space `actor` may read, and how many; those who coordinate see empty ones too."""
    query = (
        select(SpaceGroup, func.count(Space.id))
        .outerjoin(Space, and_(Space.group_id == SpaceGroup.id, spaces_visible_to(actor)))
        .group_by(SpaceGroup.id)
        .order_by(SpaceGroup.position, SpaceGroup.id)
        .limit(at_most(MOST_OFFERED))
    )
    if not actor.is_coordinator:
        query = query.having(func.count(Space.id) > 0)
    return [(group, count) for group, count in db.session.execute(query)]


def group_of(space: Space) -> SpaceGroup | None:
    """The group that a space is in."""
    return db.session.get(SpaceGroup, space.group_id) if space.group_id else None


def parent_of(space: Space, actor: Actor) -> Space | None:
    """The assembly that a space is a part of, if `actor` may read it."""
    if space.parent_id is None:
        return None
    return db.session.scalar(select(Space).where(Space.id == space.parent_id, spaces_visible_to(actor)))


def children_of(space: Space, actor: Actor) -> Sequence[Space]:
    """The assemblies within a space that `actor` may read."""
    query = select(Space).where(Space.parent_id == space.id, spaces_visible_to(actor))
    return db.session.scalars(query.order_by(Space.position, Space.id).limit(at_most(MOST_OFFERED))).all()


def related_to(space: Space, actor: Actor) -> Sequence[Space]:
    """The spaces that a space points to and `actor` may read."""
    query = select(Space).join(RelatedSpace, RelatedSpace.related_id == Space.id)
    query = query.where(RelatedSpace.space_id == space.id, spaces_visible_to(actor))
    return db.session.scalars(query.order_by(RelatedSpace.added_at, Space.id).limit(at_most(50))).all()


def spaces_to_choose(actor: Actor, *, beside: int, kind: SpaceKind | None = None) -> list[tuple[int, str]]:
    """The spaces that `actor` may read, `beside` one, to choose from: numbers and names."""
    query = select(Space.id, Space.name).where(spaces_visible_to(actor), Space.id != beside)
    if kind is not None:
        query = query.where(Space.kind == kind)
    rows = db.session.execute(query.order_by(folded(Space.name), Space.id).limit(at_most(MOST_OFFERED)))
    return [(number, name) for number, name in rows]


DEEPEST = 3
"""Levels of assemblies, one within another."""


def family(space_id: int) -> tuple[int, int, set[int]]:
    """How many assemblies stand above a space, how many levels below it, and all those below."""
    above = select(Space.id, Space.parent_id, literal(0).label("depth")).where(Space.id == space_id)
    up = above.cte("up", recursive=True)
    up = up.union(
        select(Space.id, Space.parent_id, up.c.depth + 1).where(Space.id == up.c.parent_id, up.c.depth < 9)
    )
    down = select(Space.id, literal(0).label("depth")).where(Space.id == space_id).cte("down", recursive=True)
    down = down.union(
        select(Space.id, down.c.depth + 1).where(Space.parent_id == down.c.id, down.c.depth < 9)
    )
    higher = db.session.scalar(select(func.max(up.c.depth))) or 0
    lower = db.session.execute(select(down.c.id, down.c.depth)).all()
    return higher, max((row.depth for row in lower), default=0), {row.id for row in lower} - {space_id}
