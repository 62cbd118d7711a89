"""The coordination in a browser without JavaScript: every act, and nobody else's hands on it."""

import io
import re

import pytest
from sqlalchemy import select

from participa.audit.models import AuditEntry
from participa.auth.models import Invitation, Member, UserSession
from participa.mail import OutgoingMail
from participa.network.models import Centre, Network
from tests.tools import counted_statements

PAGES = [
    "/coordination/members",
    "/coordination/members?q=élan&role=curator&state=active&centre=1",
    "/coordination/invitations",
    "/coordination/invitations?show=over",
    "/coordination/invitations/new",
    "/coordination/invitations/model.csv",
    "/coordination/centres",
    "/coordination/centres/new",
    "/coordination/network",
    "/coordination/network/texts/charter/fr",
    "/coordination/mail",
    "/coordination/log",
    "/coordination/log?group=members&who=a&since=2020-01-01&until=2030-01-01&space=1",
]
ACTS = [
    "/coordination/members",
    "/coordination/members/{id}",
    "/coordination/members/{id}/move",
    "/coordination/members/{id}/deactivate",
    "/coordination/members/{id}/reactivate",
    "/coordination/members/{id}/coordinator",
    "/coordination/members/{id}/password-link",
    "/coordination/invitations/new",
    "/coordination/invitations/list",
    "/coordination/invitations/list/confirm",
    "/coordination/centres/new",
    "/coordination/network",
    "/coordination/network/texts/charter/fr",
    "/coordination/network/texts/charter/fr/reset",
    "/coordination/mail/test",
    "/coordination/mail/retry",
]


@pytest.fixture
def ada(make):
    """The coordinator."""
    return make.coordinator("Ada", centre=make.centre("Nord"))


@pytest.fixture
def browser(ada, sign_in):
    """The coordinator's browser."""
    return sign_in(ada)


def one(session, query):
    session.expire_all()
    return session.scalar(query.execution_options(populate_existing=True))


def test_pages_open_for_coordinators_and_nobody_else(make, client, browser, sign_in):
    other = sign_in(make.member("Bob"))
    for path in PAGES:
        assert browser.get(path).status_code == 200, path
        assert other.get(path).status_code == 403, path
        assert "/sign-in" in client.get(path).location, path


def test_acts_are_refused_to_everybody_else(session, make, client, sign_in):
    make.network()
    bob, eve = make.member("Bob"), make.member("Eve")
    browser, eve_id = sign_in(bob), eve.id
    for path in ACTS:
        address = path.format(id=eve_id)
        assert browser.post(address, data={"give": "1", "name": "X"}).status_code == 403, path
        assert "/sign-in" in client.post(address).location, path
    assert session.scalar(select(AuditEntry.id)) is None


def test_pages_cost_the_same_whatever_they_show(make, browser):
    def costs():
        spent = {}
        for path in PAGES:
            with counted_statements() as statements:
                browser.get(path)
            spent[path] = len(statements)
        return spent

    few = costs()
    for space in [make.space() for _ in range(6)]:
        make.moderator(space)
    for n in range(6):
        make.centre(f"C{n}")
    many = costs()
    assert max(many.values()) <= 12
    assert all(many[path] <= few[path] + 1 for path in PAGES)  # one more once there are spaces to name


def test_members_are_found_by_name_without_accents_address_centre_role_and_state(make, browser):
    south = make.centre("Sud")
    make.member("Élodie Élan", south, email="elodie@sud.fr")
    make.member("Bob", deactivated_at=make.later())
    make.moderator(make.space("Santé"), "Chloé")

    def found(query):
        page = browser.get(f"/coordination/members?{query}").text
        return [name for name in ("Ada", "Élodie Élan", "Bob", "Chloé") if f">{name}</a>" in page]

    assert found("") == ["Ada", "Élodie Élan", "Bob", "Chloé"]
    assert found("q=elan") == ["Élodie Élan"]
    assert found("q=ELODIE@SUD") == ["Élodie Élan"]
    assert found(f"centre={south.id}") == ["Élodie Élan"]
    assert found("role=coordinator") == ["Ada"]
    assert found("role=curator") == ["Chloé"]
    assert found("role=member") == ["Élodie Élan", "Bob"]
    assert found("state=deactivated") == ["Bob"]
    assert found("q=%25") == []


def test_several_people_are_deactivated_or_moved_at_once(session, make, browser, ada):
    bob, eve = make.member("Bob"), make.member("Eve")
    south = make.centre("Sud")
    ids = [bob.id, eve.id, ada.id]
    browser.post("/coordination/members", data={"who": ids[:2], "action": "move", "centre": south.id})
    assert set(session.scalars(select(Member.centre_id).where(Member.id.in_(ids[:2])))) == {south.id}
    answer = browser.post(
        "/coordination/members", data={"who": ids, "action": "deactivate"}, follow_redirects=True
    )
    assert "2 comptes désactivés" in answer.text
    assert session.scalars(select(Member.id).where(Member.deactivated_at.is_(None))).all() == [ids[2]]


@pytest.mark.parametrize("data", [{}, {"action": "deactivate"}, {"who": "1"}, {"who": "x", "action": "move"}])
def test_a_bulk_act_without_people_or_verb_says_so(browser, data):
    assert 'role="alert"' in browser.post("/coordination/members", data=data, follow_redirects=True).text


def test_an_account_is_edited_moved_deactivated_and_reactivated(session, make, browser, sign_in):
    bob = make.member("Bob")
    bob_id = bob.id
    sign_in(bob)
    path = f"/coordination/members/{bob_id}"
    the_bob = select(Member).where(Member.id == bob_id)
    browser.post(path, data={"name": "Bob Élan", "function": "Directeur", "revision": "1"})
    assert one(session, the_bob).name == "Bob Élan"
    browser.post(f"{path}/move", data={"centre": make.centre("Sud").id})
    assert one(session, the_bob).centre_id
    browser.post(f"{path}/deactivate")
    assert not one(session, the_bob).is_active
    assert session.scalar(select(UserSession.id).where(UserSession.member_id == bob_id)) is None
    browser.post(f"{path}/reactivate")
    assert one(session, the_bob).is_active


def test_a_stale_profile_is_merged_and_not_lost(make, browser):
    bob = make.member("Bob")
    path = f"/coordination/members/{bob.id}"
    browser.post(path, data={"name": "La leur", "function": "", "revision": "1"})
    answer = browser.post(path, data={"name": "La mienne", "function": "", "revision": "1"})
    assert answer.status_code == 409
    assert "La leur" in answer.text
    assert "La mienne" in answer.text


def test_a_password_link_is_shown_once_and_works(make, browser, client):
    bob = make.member("Bob")
    page = browser.post(f"/coordination/members/{bob.id}/password-link").text
    link = re.search(r"http://[^<\" ]+(/password/[\w-]+)", page)
    assert link
    assert client.get(link[1]).status_code == 200
    assert link[1] not in browser.get(f"/coordination/members/{bob.id}").text


def test_the_last_coordinator_is_told_why_not(ada, browser):
    answer = browser.post(f"/coordination/members/{ada.id}/coordinator")
    assert answer.status_code == 403
    assert "coordination" in answer.text
    assert browser.post(f"/coordination/members/{ada.id}/deactivate").status_code == 403


def test_the_coordination_is_shared_then_left(session, make, ada, browser):
    bob = make.member("Bob")
    browser.post(f"/coordination/members/{bob.id}/coordinator", data={"give": "1"})
    browser.post(f"/coordination/members/{ada.id}/coordinator")
    assert session.scalars(select(Member.name).where(Member.is_coordinator)).all() == ["Bob"]
    assert browser.get("/coordination/members").status_code == 403


def test_one_person_is_invited_by_mail(session, browser, run_jobs):
    browser.post(
        "/coordination/invitations/new",
        data={"email": "Bob@Exemple.fr", "name": "Bob", "function": "", "centre": "0", "by_mail": "mail"},
    )
    run_jobs()
    assert session.scalars(select(OutgoingMail.address)).all() == ["bob@exemple.fr"]
    assert "Envoyée" in browser.get("/coordination/invitations").text


def test_one_person_is_invited_by_a_copied_link(session, browser, client):
    page = browser.post(
        "/coordination/invitations/new",
        data={"email": "bob@exemple.fr", "name": "Bob", "function": "", "centre": "0", "by_mail": "link"},
    ).text
    link = re.search(r"http://[^<\" ]+(/invitation/[\w-]+)", page)
    assert link
    assert client.get(link[1]).status_code == 200
    assert session.scalar(select(OutgoingMail.id)) is None
    assert "Ouverte" in browser.get("/coordination/invitations").text


@pytest.mark.parametrize("email", ["", "bob", "bob@", "ada@exemple.fr"])
def test_an_address_that_cannot_be_invited_says_why_and_keeps_what_was_typed(session, make, browser, email):
    make.member("Ada bis", email="ada@exemple.fr")
    answer = browser.post(
        "/coordination/invitations/new",
        data={"email": email, "name": "Bob l’Éponge", "function": "", "centre": "0", "by_mail": "mail"},
    )
    assert answer.status_code == 422
    assert "Bob l’Éponge" in answer.text
    assert session.scalar(select(Invitation.id)) is None


def test_a_list_is_checked_corrected_then_sent(session, browser, run_jobs):
    content = (
        "adresse;nom;fonction;centre\n"
        "b(at)exemple.fr;Bob;;Nord\nc@exemple.fr;Chloé;Élue;Nort\nd@exemple.fr;Dan;;\n"
    )
    checked = browser.post(
        "/coordination/invitations/list",
        data={"file": (io.BytesIO(content.encode("cp1252")), "liste.csv")},
        content_type="multipart/form-data",
    )
    assert checked.status_code == 422
    assert '<th role="columnheader" scope="col">Adresse</th>' in checked.text
    assert 'id="email-2"' in checked.text
    assert 'id="centre-3"' in checked.text
    assert session.scalar(select(Invitation.id)) is None
    fields = dict(re.findall(r'name="(carried|ready)" value="([^"]*)"', checked.text))
    fields["carried"] = fields["carried"].replace("&#34;", '"').replace("&quot;", '"')
    assert fields["ready"] == "1"

    fixed = browser.post(
        "/coordination/invitations/list/confirm",
        data=fields | {"email-2": "b@exemple.fr", "centre-3": "Nord", "check": "1"},
    )
    assert fixed.status_code == 200
    assert session.scalar(select(Invitation.id)) is None
    fields = dict(re.findall(r'name="(carried|ready)" value="([^"]*)"', fixed.text))
    fields["carried"] = fields["carried"].replace("&#34;", '"')
    assert fields["ready"] == "3"

    answer = browser.post("/coordination/invitations/list/confirm", data=fields, follow_redirects=True)
    run_jobs()
    assert "3 personnes invitées" in answer.text
    assert set(session.scalars(select(OutgoingMail.address))) == {
        "b@exemple.fr",
        "c@exemple.fr",
        "d@exemple.fr",
    }


def test_a_list_that_changed_since_it_was_shown_is_shown_again(session, make, browser):
    shown = browser.post(
        "/coordination/invitations/list", data={"pasted": "b@exemple.fr;Bob\nc@exemple.fr;Chloé"}
    )
    fields = dict(re.findall(r'name="(carried|ready)" value="([^"]*)"', shown.text))
    fields["carried"] = fields["carried"].replace("&#34;", '"')
    make.member("Bob", email="b@exemple.fr")
    answer = browser.post("/coordination/invitations/list/confirm", data=fields)
    assert answer.status_code == 200
    assert "déjà membre" in answer.text
    assert session.scalar(select(Invitation.id)) is None


@pytest.mark.parametrize("pasted", ["", "x;y\n" * 501])
def test_a_list_that_cannot_be_read_says_why(browser, pasted):
    answer = browser.post("/coordination/invitations/list", data={"pasted": pasted})
    assert answer.status_code == 422
    assert "error-summary" in answer.text


def test_an_invitation_is_sent_again_copied_and_withdrawn(session, make, browser, client, run_jobs):
    browser.post(
        "/coordination/invitations/list/confirm",
        data={"carried": '[[1,"b@exemple.fr","Bob","",""]]', "ready": "1"},
    )
    run_jobs()
    [invitation_id] = session.scalars(select(Invitation.id)).all()
    path = f"/coordination/invitations/{invitation_id}"
    browser.post(f"{path}/resend")
    run_jobs()
    assert len(session.scalars(select(OutgoingMail.id)).all()) == 2
    page = browser.post(f"{path}/link").text
    link = re.search(r"(/invitation/[\w-]{20,})", page)
    assert link
    browser.post(f"{path}/revoke")
    assert client.get(link[1]).status_code == 410
    assert "Retirée" in browser.get("/coordination/invitations?show=over").text


def test_an_invitation_shows_that_it_expired_or_that_its_address_was_refused(
    session, make, browser, run_jobs, at
):
    data = {"carried": '[[1,"b@exemple.fr","Bob","",""]]', "ready": "1"}
    browser.post("/coordination/invitations/list/confirm", data=data)
    run_jobs()
    message = session.scalar(select(OutgoingMail))
    message.failed_at, message.error = make.later(), "550 No such user"
    session.commit()
    assert "Adresse refusée" in browser.get("/coordination/invitations").text
    message = session.scalar(select(OutgoingMail))
    message.failed_at = None
    session.commit()
    at(make.later(days=15))
    assert "Expirée" in browser.get("/coordination/invitations").text


def test_a_centre_is_added_edited_leaves_and_returns(session, browser):
    data = {
        "name": "Sud",
        "website": "sud.example",
        "time_zone": "Indian/Reunion",
        "city": "",
        "territory": "",
    }
    browser.post("/coordination/centres/new", data=data)
    south = one(session, select(Centre).where(Centre.name == "Sud"))
    assert (south.website, south.time_zone) == ("https://sud.example", "Indian/Reunion")
    path = f"/coordination/centres/{south.id}"
    browser.post(path, data=data | {"city": "Saint-Denis", "revision": "1"})
    assert one(session, select(Centre).where(Centre.name == "Sud")).city == "Saint-Denis"
    assert browser.post(path, data=data | {"city": "Saint-Pierre", "revision": "1"}).status_code == 409
    browser.post(f"{path}/leave")
    assert session.scalar(select(Network.centre_count)) == 1
    browser.post(f"{path}/return")
    assert session.scalar(select(Network.centre_count)) == 2


@pytest.mark.parametrize("change", [{"name": "nord"}, {"name": ""}, {"website": "javascript:alert(1)"}])
def test_a_centre_that_cannot_be_says_why(browser, change):
    data = {"name": "Sud", "time_zone": "Europe/Paris"} | change
    assert browser.post("/coordination/centres/new", data=data).status_code == 422


def test_the_network_is_set_up_then_changed(session, make, sign_in):
    browser = sign_in(make.coordinator("Ada"))
    data = {"name": "Réseau", "languages": "en fr", "time_zone": "Europe/Paris", "visitors_may_read": "y"}
    browser.post("/coordination/network", data=data)
    network = one(session, select(Network))
    assert (network.name, network.languages, network.visitors_may_read) == ("Réseau", ["en", "fr"], True)
    browser.post(
        "/coordination/network",
        data={"name": "Réseau", "languages": "fr", "time_zone": "Europe/Paris", "revision": "1"},
    )
    network = one(session, select(Network))
    assert (network.languages, network.visitors_may_read) == (["fr"], False)
    assert (
        browser.post("/coordination/network", data=data | {"name": "Le mien", "revision": "1"}).status_code
        == 409
    )


def test_a_text_is_written_read_and_put_back(browser):
    path = "/coordination/network/texts/charter/fr"
    browser.post(path, data={"source": "## Notre charte\n\n<script>x</script>", "revision": "1"})
    page = browser.get("/about/charter").text
    assert "<h2>Notre charte</h2>" in page
    assert "<script>x" not in page
    answer = browser.post(path, data={"source": "La mienne", "revision": "1"})
    assert answer.status_code == 409
    assert "La mienne" in answer.text
    browser.post(f"{path}/reset")
    assert "Notre charte" not in browser.get("/about/charter").text
    assert browser.get("/coordination/network/texts/nothing/fr").status_code == 404
    assert browser.post("/coordination/network/texts/charter/xx/reset").status_code == 404


def test_a_test_message_goes_to_oneself(session, ada, browser, run_jobs):
    address = ada.email
    browser.post("/coordination/mail/test")
    assert session.scalars(select(OutgoingMail.address)).all() == [address]
    assert run_jobs() == 1


def test_failures_are_shown_and_tried_again(session, make, browser, run_jobs):
    browser.post("/coordination/mail/test")
    run_jobs()
    message = session.scalar(select(OutgoingMail))
    message.sent_at, message.failed_at, message.error = None, make.later(), "550 No such user"
    session.commit()
    assert "550 No such user" in browser.get("/coordination/mail").text
    browser.post("/coordination/mail/retry", data={"mail": "999"})
    assert session.scalar(select(OutgoingMail.failed_at))
    browser.post("/coordination/mail/retry")
    assert session.scalar(select(OutgoingMail.failed_at)) is None
    assert run_jobs() == 1


def test_the_log_tells_what_was_just_done(make, browser):
    bob = make.member("Bob")
    browser.post(f"/coordination/members/{bob.id}/deactivate")
    page = browser.get("/coordination/log").text
    assert "Compte désactivé" in page
    assert "member.deactivated" not in page


def test_the_log_is_searched_by_what_was_done_and_by_the_values_it_changed(session, make, browser):
    member, space = make.member("Bob"), make.space("Santé")
    component = make.component("proposals", space)
    browser.post(f"/coordination/members/{member.id}/deactivate")
    page = browser.get(f"/e/sante/components/{component.id}/settings").text
    held = dict(re.findall(r'name="([rs]-[^"]+)"[^>]*value="([^"]*)"[^>]*checked', page))
    sent = held | dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)) | {"name": "Idées"}
    browser.post(f"/e/sante/components/{component.id}/settings", data=sent)
    assert "Compte désactivé" in browser.get("/coordination/log?about=desactive").text
    page = browser.get("/coordination/log?about=Idées").text
    assert re.search(r"<del>[^<]*Nom : Propositions", page)
    assert re.search(r"<ins>[^<]*Nom : Idées", page)
    assert "Compte désactivé" not in page
    assert "Aucune entrée" in browser.get("/coordination/log?about=introuvable").text


def test_the_log_is_taken_away_as_filtered_with_old_and_new_values(session, make, browser):
    space = make.space("Santé")
    person = make.member("=SOMME(1)")
    browser.post("/e/sante/team/give", data={"member": person.id, "role": "moderator"})
    browser.post(f"/coordination/members/{person.id}/deactivate")
    answer = browser.get("/coordination/log.csv?about=moderator")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=journal-")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Quand;Qui;Quoi;Où;Avant;Après"
    assert len(lines) == 2
    assert lines[1].endswith(";moderator")
    assert "'=SOMME(1)" in lines[1]
    rows = browser.get("/coordination/log.json").json
    assert [row["what"] for row in rows][:2] == ["Compte désactivé", "Rôle confié"]
    assert space.name


def test_only_coordinators_take_the_log_away(make, sign_in):
    assert sign_in(make.member()).get("/coordination/log.csv").status_code == 403
