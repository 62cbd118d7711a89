"""What coordinators may do with an account."""

from participa.auth.models import Member
from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.network.policies import may_coordinate

define_rules(
    own_account=_l("This is your own account: ask another coordinator to do this."),
    no_account=_l("Nobody signs in with this account: it was imported or erased."),
    last_coordinator=_l(
        "The network needs a coordinator: give the role to someone else before leaving it yourself."
    ),
    account_deactivated=_l("This account is deactivated. Reactivate it first."),
)


def may_manage(actor: Actor, member: Member) -> Verdict:
    """Whether `actor` may change this account: name, function, centre."""
    return all_of(
        may_coordinate(actor),
        (not member.imported and member.erased_at is None, "no_account"),
    )


def may_deactivate(actor: Actor, member: Member) -> Verdict:
    """Whether `actor` may close this account, or open it again; nobody closes their own."""
    return all_of(may_manage(actor, member), (member.id != actor.id, "own_account"))


def may_give_coordination(actor: Actor, member: Member) -> Verdict:
    """Whether `actor` may make this member a coordinator."""
    return all_of(may_manage(actor, member), (member.deactivated_at is None, "account_deactivated"))


def may_take_coordination(actor: Actor, member: Member, coordinators: int) -> Verdict:
    """Whether `actor` may take the role back, given how many active coordinators there are."""
    return all_of(may_manage(actor, member), (coordinators > 1, "last_coordinator"))
