"""What coordinators do to accounts, and what they can never do."""

import pytest
from sqlalchemy import select

from participa.admin import policies, services
from participa.audit.models import AuditEntry
from participa.auth.models import Member, UserSession
from participa.authorization import Refused
from participa.contributions.models import Contribution
from participa.errors import Conflict
from tests.tools import counted_statements


@pytest.fixture
def acting(app, session, make):
    """Services as a request of this coordinator would call them."""
    from flask import g

    ada = make.coordinator("Ada")
    g.actor = make.actor(ada)
    yield ada
    g.pop("actor", None)


def again(session, member_id):
    session.expire_all()
    return session.scalar(select(Member).where(Member.id == member_id))


def actions(session):
    return session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_a_deactivated_member_is_signed_out_at_once(session, make, acting, sign_in):
    bob = make.member("Bob")
    browser = sign_in(bob)
    bob_id = bob.id
    services.deactivate(acting, [bob.id])

    assert session.scalar(select(UserSession.id).where(UserSession.member_id == bob_id)) is None
    assert "/sign-in" in browser.get(f"/members/{bob_id}").location
    assert actions(session) == ["member.deactivated"]


def test_a_reactivated_member_may_sign_in_again_but_coordinates_no_more(session, make, acting):
    bob = make.coordinator("Bob")
    services.deactivate(acting, [bob.id])
    services.reactivate(acting, bob.id)
    bob = again(session, bob.id)
    assert bob.is_active
    assert not bob.is_coordinator


def test_nobody_deactivates_themselves_the_imported_or_the_erased(session, make, acting):
    imported = make.member("Ivan", imported=True, email=None)
    erased = make.member("", erased_at=make.later(), email=None)
    assert services.deactivate(acting, [acting.id, imported.id, erased.id]) == []


def test_two_coordinators_cannot_deactivate_each_other(session, make, acting):
    bob = make.coordinator("Bob")
    services.deactivate(acting, [bob.id])
    with pytest.raises(Refused, match="coordinators_only"):
        services.deactivate(bob, [acting.id])


def test_the_last_coordinator_keeps_the_role(session, make, acting):
    with pytest.raises(Refused, match="last_coordinator"):
        services.take_coordination(acting, acting.id)
    bob = make.member("Bob")
    services.give_coordination(acting, bob.id)
    services.take_coordination(acting, acting.id)
    assert again(session, bob.id).is_coordinator
    assert not again(session, acting.id).is_coordinator
    assert actions(session) == ["coordinator.made", "coordinator.removed"]


def test_a_deactivated_coordinator_does_not_count(session, make, acting):
    make.coordinator("Bob", deactivated_at=make.later())
    with pytest.raises(Refused, match="last_coordinator"):
        services.take_coordination(acting, acting.id)


def test_past_acts_keep_the_centre_of_then(session, make, acting):
    north, south = make.centre("Nord"), make.centre("Sud")
    bob = make.member("Bob", north)
    proposal = make.proposal(author=bob)
    services.move(acting, [bob.id], south.id)
    assert session.scalar(select(Member.centre_id).where(Member.id == bob.id)) == south.id
    kept = select(Contribution.centre_id).where(Contribution.id == proposal.id)
    assert session.scalar(kept) == north.id
    entry = session.scalar(select(AuditEntry))
    assert entry.details == {"before": "Nord", "after": "Sud"}


def test_moving_many_costs_as_much_as_moving_two(session, make, acting):
    north, south = make.centre("Nord"), make.centre("Sud")
    people = [make.member(None, north).id for _ in range(12)]
    with counted_statements() as few:
        services.move(acting, people[:2], south.id)
    with counted_statements() as many:
        services.move(acting, people[2:], south.id)
    assert len(many) == len(few) <= 20


def test_a_profile_changed_meanwhile_is_not_overwritten(session, make, acting):
    bob = make.member("Bob")
    services.edit(acting, bob.id, name="Bob B.", function=None, revision=1)
    with pytest.raises(Conflict):
        services.edit(acting, bob.id, name="Robert", function=None, revision=1)
    assert again(session, bob.id).name == "Bob B."


def test_who_may_manage_accounts(make):
    ada, bob = make.coordinator("Ada"), make.member("Bob")
    erased = make.member("", erased_at=make.later(), email=None)
    imported = make.member("Ivan", imported=True, email=None)
    assert policies.may_manage(make.actor(ada), bob)
    assert policies.may_manage(make.actor(bob), ada).rule == "coordinators_only"
    assert policies.may_manage(make.actor(), bob).rule == "sign_in"
    assert policies.may_manage(make.actor(ada), erased).rule == "no_account"
    assert policies.may_manage(make.actor(ada), imported).rule == "no_account"


def test_who_may_deactivate(make):
    ada, bob = make.coordinator("Ada"), make.member("Bob")
    assert policies.may_deactivate(make.actor(ada), bob)
    assert policies.may_deactivate(make.actor(ada), ada).rule == "own_account"
    assert policies.may_deactivate(make.actor(bob), ada).rule == "coordinators_only"


def test_who_may_give_and_take_the_coordination(make):
    ada, bob = make.coordinator("Ada"), make.member("Bob")
    gone = make.member("Gone", deactivated_at=make.later())
    assert policies.may_give_coordination(make.actor(ada), bob)
    assert policies.may_give_coordination(make.actor(bob), bob).rule == "coordinators_only"
    assert policies.may_give_coordination(make.actor(ada), gone).rule == "account_deactivated"
    assert policies.may_take_coordination(make.actor(ada), ada, 2)
    assert policies.may_take_coordination(make.actor(ada), ada, 1).rule == "last_coordinator"
    assert policies.may_take_coordination(make.actor(bob), ada, 2).rule == "coordinators_only"
