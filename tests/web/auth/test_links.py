import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from participa.auth import passwords, queries, services
from participa.auth.models import Invitation, Member, PasswordLink, SignInFailure, UserSession
from participa.auth.tasks import forget
from participa.authorization import Refused
from participa.db import clock
from participa.mail import OutgoingMail
from tests.factories import Factory
from tests.tools import Browserlike, found_in

PASSWORD = "un hérisson traverse la route"


@pytest.fixture
def ada(make: Factory) -> Any:
    make.network()
    return make.member(
        "Ada", make.centre("IREV"), email="ada@exemple.fr", password_hash=passwords.hashed(PASSWORD)
    )


def ask(client: Browserlike, email: str, ip: str = "192.0.2.1") -> Any:
    return client.post("/password/forgotten", data={"email": email}, environ_base={"REMOTE_ADDR": ip})


def link_in(text: str) -> str:
    return found_in(r"https?://[^/\s]+(/(?:password|invitation)/[\w-]+)", text)


@pytest.fixture
def mails(session: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The mails written by what was asked for so far, before they leave."""
    from participa.mail import services as sending

    kept: list[OutgoingMail] = []

    def deliver(settings: Any, mail: OutgoingMail) -> None:
        said = {name: getattr(mail, name) for name in ("address", "subject", "text", "html", "purpose")}
        kept.append(OutgoingMail(**said))

    monkeypatch.setattr(sending, "deliver", deliver)

    def read() -> list[OutgoingMail]:
        run_jobs()
        return kept

    return read


# ── Forgotten passwords


def test_a_link_by_mail_sets_the_password_once_and_signs_in(
    client: Browserlike, ada: Member, mails: Any, session: Any, sign_in: Any
) -> None:
    elsewhere = sign_in(ada)
    ask(client, "ADA@exemple.fr")
    path = link_in(mails()[0].text)

    assert "Ada" in client.get(path).text
    answer = client.post(path, data={"password": "deux hérissons traversent"})

    assert answer.location == "/"
    assert "Votre mot de passe est changé" in client.get("/account").text
    assert elsewhere.get("/account").location.startswith("/sign-in")
    assert passwords.matches(session.get(Member, ada.id).password_hash, "deux hérissons traversent")
    again = client.post(path, data={"password": "trois hérissons traversent"})
    assert again.status_code == 410
    assert "a déjà servi" in again.text
    assert passwords.matches(session.get(Member, ada.id).password_hash, "deux hérissons traversent")


def test_the_answer_is_the_same_whether_the_account_exists(
    client: Browserlike, ada: Member, mails: Any, make: Factory
) -> None:
    make.member("Gone", email="gone@exemple.fr", deactivated_at=clock())

    pages = {
        re.sub(r'"csrf_token" value="[^"]+"', "", ask(client, email).text).replace(email, "EMAIL")
        for email in ("ada@exemple.fr", "nobody@exemple.fr", "gone@exemple.fr")
    }

    assert len(pages) == 1
    assert [mail.address for mail in mails()] == ["ada@exemple.fr"]


def test_the_same_address_gets_three_messages_then_must_wait(client: Browserlike, ada: Member) -> None:
    answers = [ask(client, "ada@exemple.fr").status_code for _ in range(4)]
    unknown = [ask(client, "nobody@exemple.fr").status_code for _ in range(4)]

    assert answers == unknown == [200, 200, 200, 429]


def test_the_message_is_in_its_readers_language(client: Browserlike, make: Factory, mails: Any) -> None:
    make.network()
    make.member("Grace", email="grace@exemple.fr", language="en")
    ask(client, "grace@exemple.fr")

    assert "Choose another password" in mails()[0].subject


def test_links_expire_and_a_new_one_ends_those_before(
    client: Browserlike, ada: Member, mails: Any, at: Any, session: Any
) -> None:
    ask(client, "ada@exemple.fr")
    first = link_in(mails()[0].text)
    ask(client, "ada@exemple.fr")
    second = link_in(mails()[1].text)

    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200
    at(clock() + timedelta(hours=2, minutes=1))
    assert client.get(second).status_code == 410
    assert client.get("/password/made-up").status_code == 410


def test_only_the_hash_of_a_link_is_kept_and_its_page_tells_its_address_to_nobody(
    client: Browserlike, ada: Member, make: Factory, session: Any
) -> None:
    token = services.make_password_link(make.coordinator(), ada)

    assert token not in session.scalars(select(PasswordLink.token_hash)).one()
    assert client.get(f"/password/{token}").headers["Referrer-Policy"] == "no-referrer"


def test_a_link_that_a_coordinator_copies_works_for_three_days(
    client: Browserlike, ada: Member, make: Factory, at: Any
) -> None:
    token = services.make_password_link(make.coordinator(), ada)

    at(clock() + timedelta(days=2, hours=23))
    assert client.get(f"/password/{token}").status_code == 200
    at(clock() + timedelta(hours=2))
    assert client.get(f"/password/{token}").status_code == 410


def test_nobody_deactivated_comes_back_by_a_link(
    client: Browserlike, ada: Member, make: Factory, session: Any
) -> None:
    token = services.make_password_link(make.coordinator(), ada)
    session.get(Member, ada.id).deactivated_at = clock()
    session.commit()

    answer = client.post(f"/password/{token}", data={"password": "deux hérissons traversent"})

    assert answer.status_code == 410
    assert "désactivé" in answer.text
    with pytest.raises(Refused):
        services.make_password_link(None, session.get(Member, ada.id))


def test_a_link_opens_an_account_under_attack_again(
    client: Browserlike, ada: Member, make: Factory, session: Any
) -> None:
    for _ in range(6):
        client.post("/sign-in", data={"email": "ada@exemple.fr", "password": "non, vraiment pas"})
    token = services.make_password_link(make.coordinator(), ada)
    client.post(f"/password/{token}", data={"password": "deux hérissons traversent"})
    client.post("/sign-out")

    fields = {"email": "ada@exemple.fr", "password": "deux hérissons traversent"}
    assert client.post("/sign-in", data=fields).status_code == 302


def test_a_poor_password_leaves_the_link_working(client: Browserlike, ada: Member, make: Factory) -> None:
    token = services.make_password_link(make.coordinator(), ada)

    assert client.post(f"/password/{token}", data={"password": "court"}).status_code == 422
    assert (
        client.post(f"/password/{token}", data={"password": "deux hérissons traversent"}).status_code == 302
    )


def test_without_mail_the_page_says_whom_to_ask(
    client: Browserlike, ada: Member, app: Flask, monkeypatch: pytest.MonkeyPatch, session: Any
) -> None:
    import dataclasses

    settings = dataclasses.replace(app.config["SETTINGS"], production=True)
    monkeypatch.setitem(app.config, "SETTINGS", settings)

    page = client.get("/password/forgotten").text

    assert "Demandez à la coordination" in page
    assert 'type="email"' not in page
    ask(client, "ada@exemple.fr")
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_what_has_expired_is_forgotten(
    client: Browserlike, ada: Member, make: Factory, session: Any, at: Any
) -> None:
    services.make_password_link(make.coordinator(), ada)
    client.post("/sign-in", data={"email": "ada@exemple.fr", "password": PASSWORD})
    at(clock() + timedelta(days=40))

    forget()

    for table in (PasswordLink, UserSession, SignInFailure):
        assert session.scalar(select(func.count()).select_from(table)) == 0


# ── Invitations


@pytest.fixture
def invited(session: Any, make: Factory) -> Any:
    make.network(name="Réseau d’essai")
    coordinator, centre = make.coordinator(), make.centre("IREV")
    kept, token = services.invite(
        session, coordinator, " Grace@Exemple.fr", "Grace", "Chargée de mission", centre.id, "fr"
    )
    session.commit()
    return kept, token


JOIN = {
    "name": "Grace H.",
    "function": "Directrice",
    "language": "en",
    "password": "deux hérissons traversent",
}


def test_an_invitation_makes_an_account_and_signs_in(
    client: Browserlike, invited: tuple[Invitation, str], session: Any
) -> None:
    kept, token = invited
    page = client.get(f"/invitation/{token}").text
    assert 'value="Grace"' in page
    assert "IREV" in page
    assert session.get(Invitation, kept.id).opened_at == clock()

    answer = client.post(f"/invitation/{token}", data=JOIN)

    assert answer.location == "/"
    assert "Welcome!" in client.get("/account").text
    member = queries.find_member_by_email("grace@exemple.fr")
    assert member is not None
    assert (member.name, member.function, member.language) == ("Grace H.", "Directrice", "en")
    assert str(member.centre and member.centre.name) == "IREV"
    assert passwords.matches(member.password_hash, JOIN["password"])
    assert session.get(Invitation, kept.id).member_id == member.id


def test_an_invitation_serves_once(
    client: Browserlike, invited: tuple[Invitation, str], session: Any, app: Flask
) -> None:
    _kept, token = invited
    client.post(f"/invitation/{token}", data=JOIN)

    again = app.test_client().post(f"/invitation/{token}", data=JOIN | {"name": "Quelqu’un d’autre"})

    assert again.status_code == 410
    assert "votre compte existe" in again.text
    assert (
        session.scalar(select(func.count()).select_from(Member).where(Member.name == "Quelqu’un d’autre"))
        == 0
    )


def test_accepting_twice_at_once_makes_one_account(invited: tuple[Invitation, str], session: Any) -> None:
    kept, _token = invited
    services.accept(kept, name="Grace", function=None, language="fr", password=JOIN["password"])
    with pytest.raises(Refused):
        services.accept(kept, name="Grace", function=None, language="fr", password=JOIN["password"])


def test_what_is_missing_is_said_and_what_was_typed_stays(
    client: Browserlike, invited: tuple[Invitation, str]
) -> None:
    _kept, token = invited

    answer = client.post(f"/invitation/{token}", data=JOIN | {"password": "Grace H. 1234", "language": "fr"})

    assert answer.status_code == 422
    assert 'value="Directrice"' in answer.text
    assert "plus que votre nom" in answer.text
    assert "Grace H. 1234" not in answer.text


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("expired", "a expiré"), ("revoked", "a été retirée"), ("renewed", "Nous ne connaissons pas")],
)
def test_an_invitation_that_no_longer_works_says_what_to_do(
    client: Browserlike, invited: tuple[Invitation, str], session: Any, at: Any, state: str, sentence: str
) -> None:
    kept, token = invited
    kept = session.get(Invitation, kept.id)
    if state == "expired":
        at(clock() + timedelta(days=15))
    elif state == "revoked":
        services.revoke(session, None, kept)
    else:
        services.resend(session, None, kept)
    session.commit()

    page = client.get(f"/invitation/{token}")

    assert page.status_code in (404, 410)
    assert sentence in page.text
    assert client.post(f"/invitation/{token}", data=JOIN).status_code == page.status_code
    assert queries.find_member_by_email("grace@exemple.fr") is None


def test_sending_again_gives_two_more_weeks_to_an_expired_invitation(
    client: Browserlike, invited: tuple[Invitation, str], session: Any, at: Any
) -> None:
    kept, _token = invited
    at(clock() + timedelta(days=20))
    token = services.resend(session, None, session.get(Invitation, kept.id))
    session.commit()

    assert client.get(f"/invitation/{token}").status_code == 200


def test_declining_takes_the_invitation_back(
    client: Browserlike, invited: tuple[Invitation, str], session: Any
) -> None:
    kept, token = invited

    assert "Invitation déclinée" in client.post(f"/invitation/{token}/decline").text
    assert session.get(Invitation, kept.id).revoked_at == clock()
    assert client.post(f"/invitation/{token}/decline").location == f"/invitation/{token}"


def test_an_address_is_invited_once_and_never_twice_a_member(
    invited: tuple[Invitation, str], session: Any, make: Factory
) -> None:
    make.member(email="ada@exemple.fr")
    for email, rule in (("GRACE@exemple.fr", "already_invited"), ("Ada@exemple.fr", "already_member")):
        with pytest.raises(Refused) as refused:
            services.invite(session, None, email, "X", None, None, "fr")
        assert refused.value.rule == rule


def test_someone_whose_invitation_was_withdrawn_can_be_invited_again(
    invited: tuple[Invitation, str], session: Any
) -> None:
    kept, _token = invited
    services.revoke(session, None, kept)

    again, _token = services.invite(session, None, "grace@exemple.fr", "Grace", None, None, "fr")

    assert again.id != kept.id


def test_an_accepted_invitation_is_neither_sent_again_nor_withdrawn(
    invited: tuple[Invitation, str], session: Any
) -> None:
    kept, _token = invited
    services.accept(kept, name="Grace", function=None, language="fr", password=JOIN["password"])
    kept = session.get(Invitation, kept.id, populate_existing=True)

    with pytest.raises(Refused):
        services.resend(session, None, kept)
    with pytest.raises(Refused):
        services.revoke(session, None, kept)


def test_the_message_of_an_invitation_leads_to_it(
    client: Browserlike, invited: tuple[Invitation, str], session: Any, mails: Any
) -> None:
    _kept, token = invited
    invitation = queries.find_invitation(token)
    assert invitation is not None
    services.mail_invitation(session, invitation, token)
    session.commit()

    mail = mails()[0]
    assert mail.address == "grace@exemple.fr"
    assert client.get(link_in(mail.text)).status_code == 200
    assert link_in(mail.html) == link_in(mail.text)
