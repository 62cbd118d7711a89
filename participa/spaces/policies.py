"""Who reads a space, who acts in it, who shapes it."""

from participa.authorization import Actor, Role, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.spaces.models import Component, Space, SpaceKind, Visibility

define_rules(
    space_members_only=_l("Only the members of this space take part in it. Its moderators can add you."),
    space_administrators_only=_l("Only the administrators of this space may change it."),
    may_open_spaces=_l("Only those who curate a space, and coordinators, may open a new one."),
    not_open_yet=_l("This is not open yet: for now, it is there to read."),
    moderators_only=_l("Only the moderators of this space may do this."),
    coordinators_order_spaces=_l("Only coordinators may change the order of the spaces."),
    coordinators_enter=_l("Only coordinators may enter a private space that they do not belong to."),
    already_in_space=_l("You already belong to this space."),
    last_administrator=_l(
        "A space keeps at least one administrator. Make someone else administrator first, then try again."
    ),
    phases_of_processes=_l("Only processes and events have phases."),
)


def may_browse(actor: Actor) -> Verdict:
    """Whether `actor` may read anything of the network."""
    return all_of((actor.may_enter, "sign_in"))


def may_read_space(actor: Actor, space: Space) -> Verdict:
    """Whether `actor` may see that the space exists and read it."""
    belongs = bool(actor.roles.get(space.id))
    shapes = actor.has(space.id, Role.ADMINISTRATOR, Role.MODERATOR)
    if space.visibility == Visibility.PRIVATE:
        opened = belongs
    elif space.visibility == Visibility.MEMBERS:
        opened = actor.is_authenticated
    else:
        opened = actor.may_enter
    if is_previewed(actor, space):
        return all_of((space.trashed_at is None, "not_visible"))
    return all_of(
        (actor.may_enter, "sign_in"),
        (
            opened,
            "not_visible" if actor.is_authenticated or space.visibility == Visibility.PRIVATE else "sign_in",
        ),
        (space.published_at is not None or shapes or actor.is_coordinator, "not_visible"),
        (space.trashed_at is None, "not_visible"),
    )


def is_previewed(actor: Actor, space: Space) -> bool:
    """Whether a share link shows `actor` the space: not yet published; if private, to those in it only."""
    open_to = space.visibility != Visibility.PRIVATE or bool(actor.roles.get(space.id))
    return space.id in actor.previews and space.published_at is None and open_to


def may_read_component(actor: Actor, component: Component) -> Verdict:
    """Whether `actor` may see the component; needs its space loaded."""
    return all_of(
        may_read_space(actor, component.space),
        (
            component.published_at is not None
            or actor.moderates(component.space_id)
            or component.id in actor.previewed_components,
            "not_visible",
        ),
        (component.trashed_at is None, "not_visible"),
    )


def may_act(actor: Actor, space: Space) -> Verdict:
    """Whether `actor` may take part in the space at all; each act adds its own rules."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        may_read_space(actor, space),
        (
            not space.is_restricted or actor.has(space.id, Role.ADMINISTRATOR, Role.MODERATOR, Role.MEMBER),
            "space_members_only",
        ),
        (space.published_at is not None or actor.moderates(space.id), "not_open_yet"),
    )


def may_act_in(actor: Actor, component: Component, *, asked: bool = False) -> Verdict:
    """Whether `actor` may take part in the component at all: one shown early by a share link is only read.

    Who is `asked`, a guest, need not be of those who take part in the space: to be signed in and read it is enough.
    """
    published = component.published_at is not None and component.space.published_at is not None
    return all_of(
        (actor.is_authenticated, "sign_in") if asked else may_act(actor, component.space),
        may_read_component(actor, component),
        (published or actor.moderates(component.space_id), "not_open_yet"),
    )


def may_moderate(actor: Actor, space: Space) -> Verdict:
    """Whether `actor` curates the space."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        may_read_space(actor, space),
        (actor.moderates(space.id), "moderators_only"),
    )


def may_administer(actor: Actor, space: Space) -> Verdict:
    """Whether `actor` shapes the space."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        may_read_space(actor, space),
        (actor.administers(space.id), "space_administrators_only"),
    )


def may_see_team(actor: Actor, space: Space) -> Verdict:
    """Whether `actor` may see everyone who belongs to the space, and leave it."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        may_read_space(actor, space),
        (actor.administers(space.id) or actor.roles.get(space.id), "space_members_only"),
    )


def may_take_role(actor: Actor, space: Space, member_id: int) -> Verdict:
    """Whether `actor` may take a role back from a member; anyone may give up their own."""
    if actor.is_authenticated and actor.id == member_id:
        return may_see_team(actor, space)
    return may_administer(actor, space)


def may_join_private(actor: Actor, space: Space) -> Verdict:
    """Whether `actor`, a coordinator, may make themselves administrator of a private space."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        (actor.is_coordinator, "not_visible" if not may_read_space(actor, space) else "coordinators_enter"),
        (space.trashed_at is None, "not_visible"),
        (not actor.roles.get(space.id), "already_in_space"),
        (space.visibility == Visibility.PRIVATE, "coordinators_enter"),
    )


def may_order(actor: Actor) -> Verdict:
    """Whether `actor` may order the spaces of the network."""
    return all_of((actor.is_authenticated, "sign_in"), (actor.is_coordinator, "coordinators_order_spaces"))


def may_have_phases(space: Space) -> Verdict:
    """Whether the space is of a kind that has phases."""
    return all_of((space.kind in WITH_PHASES, "phases_of_processes"))


WITH_PHASES = (SpaceKind.PROCESS, SpaceKind.EVENT)


def may_restore_space(actor: Actor, space: Space) -> Verdict:
    """Whether `actor` may take the space out of the trash: its administrators and, unless private, coordinators."""
    own = actor.has(space.id, Role.ADMINISTRATOR)
    coordinates = actor.is_coordinator and space.visibility != Visibility.PRIVATE
    return all_of(
        (actor.is_authenticated, "sign_in"),
        (own or coordinates, "not_visible"),
        (space.trashed_at is not None, "not_visible"),
    )


def may_open(actor: Actor) -> Verdict:
    """Whether `actor` may open a new space."""
    return all_of((actor.is_authenticated, "sign_in"), (actor.may_curate, "may_open_spaces"))
