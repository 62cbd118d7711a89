"""Settings, footer texts and centres: each change is recorded and overwrites nobody's."""

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.auth.models import Member
from participa.errors import Conflict
from participa.network import services, texts
from participa.network.models import Centre, Network
from participa.network.services import CentreDraft, NetworkDraft


def the(session):
    session.expire_all()
    return session.scalar(select(Network).execution_options(populate_existing=True))


def count(session):
    return session.scalar(select(Network.centre_count))


def actions(session):
    return session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_setting_up_makes_the_network_once_with_visitors_kept_out(session):
    services.set_up(NetworkDraft("Réseau des centres"))
    services.set_up(NetworkDraft("Un autre"))

    network = the(session)
    assert (network.name, network.visitors_may_read) == ("Réseau des centres", False)
    assert actions(session) == ["network.set_up"]


def test_the_record_says_which_setting_changed_from_what_to_what(session, make):
    ada = make.coordinator()
    make.network(name="Avant", visitors_may_read=False)
    services.change_settings(ada, NetworkDraft("Avant", visitors_may_read=True), 1)

    entry = session.scalar(select(AuditEntry))
    assert entry.details == {"before": {"visitors_may_read": False}, "after": {"visitors_may_read": True}}
    assert the(session).revision == 2


def test_a_setting_changed_meanwhile_is_not_overwritten(session, make):
    ada = make.coordinator()
    make.network(name="Avant")
    services.change_settings(ada, NetworkDraft("Le sien"), 1)
    with pytest.raises(Conflict):
        services.change_settings(ada, NetworkDraft("Le mien"), 1)
    assert the(session).name == "Le sien"


def again(session, member_id):
    return session.scalar(select(Member).where(Member.id == member_id))


def test_the_number_of_centres_follows_those_who_join_leave_and_return(session, make):
    ada = make.coordinator()
    make.network()
    first = services.add_centre(ada, CentreDraft("Centre du Nord")).id
    services.add_centre(ada, CentreDraft("Centre du Sud"))
    assert count(session) == 2
    services.let_centre_leave(ada, first)
    services.let_centre_leave(ada, first)
    assert count(session) == 1
    services.let_centre_return(ada, first)
    assert count(session) == 2
    assert actions(session) == ["centre.joined", "centre.joined", "centre.left", "centre.returned"]


def test_centres_of_one_name_get_different_addresses(session, make):
    ada = make.coordinator()
    make.network()
    services.add_centre(ada, CentreDraft("Centre d’Été"))
    services.add_centre(ada, CentreDraft("Centre d été"))
    assert session.scalars(select(Centre.slug).order_by(Centre.id)).all() == [
        "centre-d-ete",
        "centre-d-ete-2",
    ]


def test_a_centre_changed_meanwhile_is_not_overwritten(session, make):
    ada, centre = make.coordinator(), make.centre("Nord")
    services.change_centre(ada, centre.id, CentreDraft("Nord", city="Lille"), 1)
    with pytest.raises(Conflict):
        services.change_centre(ada, centre.id, CentreDraft("Nord", city="Arras"), 1)


@pytest.mark.parametrize("page", list(texts.PAGES))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_text_has_a_default_in_each_language_with_headings_under_its_title(page, language):
    shown = texts.text_of(None, page, language)
    assert shown.is_default
    assert "<h2>" in shown.html
    assert "<h1" not in shown.html


def test_a_text_written_by_the_coordination_replaces_the_default_in_its_language_only(session, make):
    ada = make.coordinator()
    ada_id = ada.id
    make.network()
    services.change_text(ada, "charter", "fr", "Notre charte.", 1)

    network = the(session)
    assert texts.text_of(network, "charter", "fr").source == "Notre charte."
    assert texts.text_of(network, "charter", "en").is_default
    assert texts.text_of(network, "help", "fr").is_default

    services.change_text(again(session, ada_id), "charter", "fr", "", 2)
    assert texts.text_of(the(session), "charter", "fr").is_default
    assert actions(session) == ["network.text_changed", "network.text_reset"]


def test_a_text_changed_meanwhile_is_not_overwritten(session, make):
    ada = make.coordinator()
    make.network()
    services.change_text(ada, "charter", "fr", "La sienne.", 1)
    with pytest.raises(Conflict):
        services.change_text(ada, "charter", "fr", "La mienne.", 1)
