from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from participa.auth import passwords, queries
from participa.auth.cli import members
from participa.auth.models import Invitation
from tests.factories import Factory
from tests.tools import found_in

PASSWORD = "un hérisson traverse la route"


@pytest.fixture
def run(session: Any, make: Factory) -> Any:
    make.network()
    return lambda *words: CliRunner().invoke(members, list(words))


def test_an_account_is_made_with_its_centre_and_password(run: Any, make: Factory, session: Any) -> None:
    centre = make.centre("IREV")

    answer = run(
        "create", "ada@exemple.fr", "Ada", "--centre", centre.slug, "--coordinator", "--password", PASSWORD
    )

    assert answer.exit_code == 0, answer.output
    ada = queries.find_member_by_email("ADA@exemple.fr")
    assert ada is not None
    assert (ada.name, ada.centre and ada.centre.name, ada.is_coordinator) == ("Ada", "IREV", True)
    assert passwords.matches(ada.password_hash, PASSWORD)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("create", "ada@exemple.fr", "Ada", "--password", PASSWORD), "already has an account"),
        (("create", "new@exemple.fr", "New", "--password", "court"), "12"),
        (("create", "new@exemple.fr", "New", "--centre", "nowhere", "--password", PASSWORD), "No centre"),
        (("invite", "ada@exemple.fr", "Ada"), "already has an account"),
        (("password-link", "nobody@exemple.fr"), "No account"),
        (("coordinator", "ada@exemple.fr", "--remove"), "must keep a coordinator"),
    ],
)
def test_what_cannot_be_done_is_said(run: Any, make: Factory, words: Any, sentence: str) -> None:
    make.coordinator("Ada", email="ada@exemple.fr")

    answer = run(*words)

    assert answer.exit_code == 1
    assert sentence in answer.output


@pytest.mark.parametrize("command", [("create", "--password", PASSWORD), ("invite",)])
def test_an_address_or_a_name_that_is_none_is_refused(
    run: Any, session: Any, command: tuple[str, ...]
) -> None:
    name, *options = command
    assert "is not an e-mail address" in (wrong := run(name, "nowhere", "Ada", *options)).output
    assert "two characters or more" in (empty := run(name, "ada@exemple.fr", " ", *options)).output
    assert (wrong.exit_code, empty.exit_code) == (2, 2)
    assert queries.find_member_by_email("ada@exemple.fr") is None


def test_an_invitation_and_a_password_link_print_their_address(run: Any, make: Factory, session: Any) -> None:
    make.member("Ada", email="ada@exemple.fr")

    invited = run("invite", "grace@exemple.fr", "Grace")
    link = run("password-link", "ada@exemple.fr")

    token = found_in(r"/invitation/(\S+)", invited.output)
    invitation = queries.find_invitation(token)
    assert invitation is not None
    assert invitation.email == "grace@exemple.fr"
    assert token not in session.scalars(select(Invitation.token_hash)).one()
    assert queries.find_password_link(found_in(r"/password/(\S+)", link.output)) is not None


def test_the_role_of_coordinator_is_given_and_taken(run: Any, make: Factory, session: Any) -> None:
    make.coordinator()
    make.member("Ada", email="ada@exemple.fr")

    def is_coordinator() -> bool:
        ada = queries.find_member_by_email("ada@exemple.fr")
        return ada is not None and ada.is_coordinator

    assert run("coordinator", "ada@exemple.fr").exit_code == 0
    assert is_coordinator()
    assert run("coordinator", "ada@exemple.fr", "--remove").exit_code == 0
    assert not is_coordinator()


def test_a_deactivated_member_gets_no_link(run: Any, make: Factory) -> None:
    from participa.db import clock

    make.member("Ada", email="ada@exemple.fr", deactivated_at=clock())

    assert run("password-link", "ada@exemple.fr").exit_code == 1
