"""Who reads the directory, and who coordinates the network."""

from participa.auth.models import Member
from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l

define_rules(
    coordinators_only=_l("Only the coordinators of the network may do this. Ask one of them."),
)


def may_read_centres(actor: Actor) -> Verdict:
    """Whether `actor` may see the centres: whoever may enter the network."""
    return all_of((actor.may_enter, "sign_in"))


def may_read_directory(actor: Actor) -> Verdict:
    """Whether `actor` may see lists of people: members only, whoever may read the texts."""
    return all_of((actor.is_authenticated, "sign_in"))


def may_read_profile(actor: Actor, member: Member) -> Verdict:
    """Whether `actor` may see a member's page; imported people have none."""
    return all_of(may_read_directory(actor), (not member.imported, "not_visible"))


def may_coordinate(actor: Actor) -> Verdict:
    """Whether `actor` runs the network."""
    return all_of((actor.is_authenticated, "sign_in"), (actor.is_coordinator, "coordinators_only"))
