"""Who is told, and what one was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    ScalarSelect,
    Select,
    and_,
    any_,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased, joinedload

from participa.auth.models import Member
from participa.authorization import Actor, Role
from participa.contributions.models import Contribution
from participa.contributions.queries import listed_to, written_by
from participa.db import at_most, db
from participa.follows.models import Follow
from participa.network.frame import alongside
from participa.notifications.models import Channel, Event, Notification
from participa.notifications.stories import KINDS, Needs, Story, kinds_that_need
from participa.spaces.models import Component, Space, SpaceRole, Visibility
from participa.spaces.queries import readable_components, spaces_visible_to
from participa.votes.models import Vote

PAGE = 20
MOST_UNREAD = 100
"""Beyond this many, unread notifications are not counted: "99+" says enough."""

# ── Who is told ──────────────────────────────────────────────────────────────────────────────────


def find_event(event_id: int) -> Event | None:
    """An event with all that telling it reads."""
    return next(iter(events([event_id])), None)


def events(ids: Sequence[int]) -> Sequence[Event]:
    """Events with their actor and space, and their text and its root with their place."""
    text, about = joinedload(Event.contribution), joinedload(Event.about)
    place = joinedload(Contribution.component).joinedload(Component.space)
    return db.session.scalars(
        select(Event)
        .where(Event.id.in_(ids))
        .options(joinedload(Event.actor), joinedload(Event.space), text.options(place), about.options(place))
        .options(text.joinedload(Contribution.within))
        .execution_options(populate_existing=True)
    ).all()


def audience(event: Event) -> ColumnElement[bool]:
    """The condition on members that the event concerns them: named, or following its thing or its space.

    Someone whom another event of the same act names (an answer to their comment) hears only of that one.
    """
    if event.recipients is not None:
        return Member.id == any_(literal(event.recipients, ARRAY(Integer)))
    things = {event.contribution_id, event.about_id} - {None}
    followers = select(Follow.member_id).where(
        or_(Follow.contribution_id.in_(things), Follow.space_id == event.space_id)
    )
    other = aliased(Event)
    named = (
        select(other.id)
        .where(
            other.contribution_id == event.contribution_id,
            other.at == event.at,
            other.id != event.id,
            other.recipients.op("@>")(func.to_jsonb(Member.id)),
        )
        .exists()
    )
    concerned: ColumnElement[bool] = Member.id.in_(followers)
    if KINDS[event.kind].voters:
        voters = select(Vote.voter_id).where(Vote.contribution_id == event.contribution_id)
        concerned = or_(concerned, Member.id.in_(voters))
    if KINDS[event.kind].backers:
        within = aliased(Contribution, flat=True)
        backers = (
            select(Vote.voter_id)
            .join(within, within.id == Vote.contribution_id)
            .where(within.about_id == event.contribution_id)
        )
        concerned = or_(concerned, Member.id.in_(backers))
    return and_(concerned, ~named)


def may_be_told(event: Event) -> ColumnElement[bool]:
    """The condition on members that they may be told right now.

    Active, not the one who did it, and able to read: it says for a set of members what
    `contributions.may_read` says for one actor. What is hidden, deleted or in the trash is told to nobody,
    except to its author that it is hidden.
    """
    return and_(
        Member.deactivated_at.is_(None),
        Member.erased_at.is_(None),
        Member.imported.is_(False),
        Member.id.is_distinct_from(event.actor_id),
        _readable(event),
    )


def _readable(event: Event) -> ColumnElement[bool]:
    text, space = event.contribution, event.space
    if text is None:
        return _readers_of_space(space) if space is not None else true()
    if text.component.trashed_at is not None:
        return false()
    conditions = [_readers_of_space(text.component.space)]
    if text.component.published_at is None:
        conditions.append(
            _holds(text.component.space_id, Role.ADMINISTRATOR, Role.MODERATOR, coordinators=True)
        )
    root_shown = text.about_id is None or (event.about is not None and event.about.is_shown)
    if text.within is not None:
        root_shown = root_shown and text.within.is_shown
    needs = KINDS[event.kind].needs
    if needs is Needs.TEXT and not (text.is_shown and root_shown):
        return false()
    if text.restricted or (text.within is not None and text.within.restricted):
        concerned = [one for one in (text, text.within, event.about) if one is not None]
        authors = [id for one in concerned for id in (one.author_id, *one.coauthor_ids)]
        curates = _holds(text.component.space_id, Role.ADMINISTRATOR, Role.MODERATOR, coordinators=True)
        conditions.append(or_(Member.id.in_(authors), curates))
    if needs is Needs.OWN:
        if (
            text.hidden_at is None
            or text.deleted_at is not None
            or text.trashed_at is not None
            or not root_shown
        ):
            return false()
        conditions.append(Member.id.in_([text.author_id, *text.coauthor_ids]))
    return and_(*conditions)


def _readers_of_space(space: Space) -> ColumnElement[bool]:
    """The condition on members that they may read the space; says the same as `may_read_space`."""
    if space.trashed_at is not None:
        return false()
    conditions: list[ColumnElement[bool]] = [true()]
    if space.visibility == Visibility.PRIVATE:
        conditions.append(_holds(space.id))
    if space.published_at is None:
        conditions.append(_holds(space.id, Role.ADMINISTRATOR, Role.MODERATOR, coordinators=True))
    return and_(*conditions)


def _holds(space_id: int, *roles: Role, coordinators: bool = False) -> ColumnElement[bool]:
    held = select(SpaceRole.member_id).where(SpaceRole.space_id == space_id, SpaceRole.member_id == Member.id)
    if roles:
        held = held.where(SpaceRole.role.in_(roles))
    return or_(held.exists(), Member.is_coordinator) if coordinators else held.exists()


def wants_mail(space_id: int | None) -> ColumnElement[bool]:
    """The condition on members that they chose mail for this space and have an address."""
    chosen = (
        select(Channel.by_mail)
        .where(Channel.member_id == Member.id, Channel.space_id == space_id)
        .scalar_subquery()
    )
    return and_(Member.email.is_not(None), func.coalesce(chosen, Member.mail_by_default))


def to_mail(event: Event, after: int, upto: int, limit: int) -> Sequence[Row[Notification, Member]]:
    """The notifications of an event to send by mail, locked: not mailed yet, and still to be told now."""
    return db.session.execute(
        select(Notification, Member)
        .join(Member, Member.id == Notification.recipient_id)
        .where(
            Notification.event_id == event.id,
            Notification.recipient_id > after,
            Notification.recipient_id <= upto,
            Notification.mailed_at.is_(None),
            may_be_told(event),
            wants_mail(event.space_id),
        )
        .order_by(Notification.recipient_id)
        .limit(at_most(limit))
        .with_for_update(of=Notification)
    ).all()


def is_still_wanted(mail_id: int) -> bool:
    """Whether the member to whom this mail was written may still be told, and still wants mail."""
    row = db.session.execute(
        select(Notification.event_id, Notification.recipient_id).where(Notification.mail_id == mail_id)
    ).first()
    event = find_event(row.event_id) if row else None
    if row is None or event is None:
        return False
    someone = select(Member.id).where(
        Member.id == row.recipient_id, may_be_told(event), wants_mail(event.space_id)
    )
    return db.session.scalar(someone) is not None


# ── What one was told ────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Group:
    """What one was told about one thing: a proposal, a debate, or a space."""

    stories: list[Story]
    """One for each kind of event, the latest first."""
    last: int
    """The latest notification's id."""
    unread: int
    thing_id: int | None
    space_id: int | None

    @property
    def latest(self) -> Story:
        """The latest story, which says where the group leads."""
        return self.stories[0]

    @property
    def href(self) -> str:
        """Where it leads: what happened when one thing did, else the thing itself."""
        thing = self.latest.thing
        if len(self.stories) == 1 and self.latest.count == 1:
            return self.latest.href
        if thing is not None and thing.is_shown and self.latest.needs is not Needs.OWN:
            return Story(Event(kind="proposal.edited", contribution=thing, about=thing, details={})).href
        return self.latest.href


@dataclass(slots=True)
class Inbox:
    """One page of what one was told."""

    groups: list[Group]
    more: int | None = None
    """Where the next page starts."""


def visible_events(actor: Actor) -> ColumnElement[bool]:
    """The condition on events that `actor` may still be told of them; says the same as `may_be_told`."""
    text = select(Contribution.id).where(Contribution.id == Event.contribution_id)
    shown = text.where(listed_to(actor)).exists()
    own = text.where(
        written_by(actor.id),
        Contribution.hidden_at.is_not(None),
        Contribution.deleted_at.is_(None),
        Contribution.trashed_at.is_(None),
        Contribution.component_id.in_(readable_components(actor)),
    ).exists()
    space = select(Space.id).where(Space.id == Event.space_id, spaces_visible_to(actor)).exists()
    return or_(
        and_(Event.kind.in_(kinds_that_need(Needs.TEXT)), shown),
        and_(Event.kind.in_(kinds_that_need(Needs.OWN)), own),
        and_(Event.kind.in_(kinds_that_need(Needs.PLACE)), or_(Event.space_id.is_(None), space)),
    )


def inbox(actor: Actor, *, before: int | None = None, unread: bool = False) -> Inbox:
    """What `actor` was told and may still read, grouped by thing, the latest first; two statements."""
    thing = Event.about_id
    is_unread = Notification.read_at.is_(None)
    by_kind = (
        select(
            thing.label("thing_id"),
            Event.space_id,
            Event.kind,
            func.count().label("told"),
            func.count().filter(is_unread).label("unread"),
            func.max(Event.id).label("event_id"),
            func.max(Notification.id).label("last"),
        )
        .join(Event, Event.id == Notification.event_id)
        .where(Notification.recipient_id == actor.id, visible_events(actor))
        .group_by(thing, Event.space_id, Event.kind)
    )
    if unread:
        by_kind = by_kind.where(is_unread)
    kinds = by_kind.subquery()
    latest = (
        func.max(kinds.c.last).over(partition_by=(kinds.c.thing_id, kinds.c.space_id)).label("group_last")
    )
    grouped = select(kinds, latest).subquery()
    ranked: Select[tuple[object, ...]] = select(
        grouped, func.dense_rank().over(order_by=grouped.c.group_last.desc()).label("rank")
    )
    if before is not None:
        ranked = ranked.where(grouped.c.group_last < before)
    page = ranked.subquery()
    rows = db.session.execute(
        select(page).where(page.c.rank <= PAGE + 1).order_by(page.c.group_last.desc(), page.c.last.desc())
    ).all()
    shown = [row for row in rows if row.rank <= PAGE]
    found = {event.id: event for event in events([row.event_id for row in shown])} if shown else {}
    groups: dict[int, Group] = {}
    for row in shown:
        group = groups.setdefault(row.group_last, Group([], row.group_last, 0, row.thing_id, row.space_id))
        group.stories.append(Story(found[row.event_id], row.unread or row.told))
        group.unread += row.unread
    return Inbox(list(groups.values()), shown[-1].group_last if len(shown) < len(rows) else None)


def unread_now(actor: Actor) -> list[int] | None:
    """The same as what was read along, after something changed it."""
    return db.session.scalar(select(unread_read_along()).select_from(Member).where(Member.id == actor.id))


@alongside("unread")
def unread_read_along() -> ScalarSelect[Any]:
    """What the unread notifications of the member who asks are about, up to `MOST_UNREAD` of them."""
    latest = (
        select(Event.about_id)
        .join(Notification, Notification.event_id == Event.id)
        .where(Notification.recipient_id == Member.id, Notification.read_at.is_(None))
        .limit(at_most(MOST_UNREAD))
        .correlate(Member)
        .subquery()
    )
    return select(func.array_agg(latest.c.about_id)).scalar_subquery()


def followed_spaces(actor: Actor) -> Sequence[Space]:
    """The spaces that `actor` follows and may read."""
    return db.session.scalars(
        select(Space)
        .join(Follow, and_(Follow.space_id == Space.id, Follow.member_id == actor.id))
        .where(spaces_visible_to(actor))
        .order_by(Space.position, Space.id)
    ).all()


def channels(actor: Actor) -> Sequence[Row[Space, bool | None]]:
    """The spaces that `actor` may read, with the channel chosen for each, None where the default holds."""
    chosen = and_(Channel.space_id == Space.id, Channel.member_id == actor.id)
    return db.session.execute(
        select(Space, Channel.by_mail)
        .outerjoin(Channel, chosen)
        .where(spaces_visible_to(actor))
        .order_by(Space.position, Space.id)
    ).all()
