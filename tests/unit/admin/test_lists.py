"""A list of people is read whatever wrote it, and each line says what is wrong with it."""

import pytest
from sqlalchemy import select

from participa.admin import services
from participa.auth.models import Invitation
from participa.mail import OutgoingMail
from participa.network import lists
from tests.tools import counted_statements

ADA = ("ada@exemple.fr", "Ada Éon", "Chargée d’études", "Nord")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_separator_and_encoding(app, separator, encoding):
    written = (
        separator.join(["Courriel", "Nom", "Fonction", "Centre"]) + "\r\n" + separator.join(ADA) + "\r\n"
    )
    [line] = lists.read_file(written.encode(encoding))
    assert (line.number, line.values) == (2, ADA)


def test_columns_in_any_order_and_unknown_ones_passed_over(app):
    [line] = lists.read("Centre;Téléphone;E-mail;Nom\nNord;0102;Ada@Exemple.fr;Ada")
    assert line.values == ("ada@exemple.fr", "Ada", "", "Nord")


def test_without_names_of_columns_the_address_is_found_by_its_sign(app):
    [line] = lists.read("Ada;ada@exemple.fr;Directrice;Nord")
    assert line.values == ("ada@exemple.fr", "Ada", "Directrice", "Nord")


def test_quoted_cells_hold_separators_and_line_breaks(app):
    [line] = lists.read('adresse,nom,fonction\nada@exemple.fr,"Éon, Ada","Chargée\nd’études"')
    assert line.values[:3] == ("ada@exemple.fr", "Éon, Ada", "Chargée d’études")


@pytest.mark.parametrize("written", ["", "\n\n", ";;;\n", "adresse;nom\n", "\ufeff"])
def test_an_empty_list_is_refused_with_a_sentence(app, written):
    with pytest.raises(lists.UnreadableList, match=r"personne|nobody"):
        lists.read(written)


def test_at_most_five_hundred_lines(app):
    assert len(lists.read("".join(f"p{n}@exemple.fr;P\n" for n in range(500)))) == 500
    with pytest.raises(lists.UnreadableList, match="501"):
        lists.read("".join(f"p{n}@exemple.fr;P\n" for n in range(501)))


def test_each_line_says_what_is_wrong(session, make):
    make.centre("Bourgogne-Franche-Comté")
    make.member("Bob", email="Bob@exemple.fr")
    make.member("Old", email="old@exemple.fr", deactivated_at=make.later())
    lines = lists.check(
        lists.read(
            "a@exemple.fr;A;;bourgogne franche comte\n"
            "b(at)exemple.fr;B;;\n"
            "c@exemple.fr;;;\n"
            "d@exemple.fr;D;;Bourgogne\n"
            "bob@exemple.fr;Bob;;\n"
            "old@exemple.fr;Old;;\n"
            "a@exemple.fr;A encore;;\n"
            f"e@exemple.fr;{'E' * 121};;\n"
            "f@exemple;F;;\n"
        )
    )
    assert lines[0].is_ready
    assert lines[0].centre == "Bourgogne-Franche-Comté"
    assert list(lines[1].errors) == ["email"]
    assert list(lines[2].errors) == ["name"]
    assert "Bourgogne-Franche-Comté" in lines[3].errors["centre"]
    assert lines[4].ignored
    assert lines[5].ignored
    assert lines[6].ignored
    assert list(lines[7].errors) == ["name"]
    assert list(lines[8].errors) == ["email"]


def test_corrections_replace_what_the_form_carried(app):
    lines = lists.read("a(at)exemple.fr;A;;")
    [line] = lists.corrected(lists.written(lines), {"email-1": "a@exemple.fr"})
    assert line.values == ("a@exemple.fr", "A", "", "")


FORGED = (
    *("", "{", "[1]", '[[1,"a"]]', '["x"]', "null", '[["x","a","b","c","d"]]'),
    *('[[Infinity,"a","b","c","d"]]', "[" * 5000),
)


@pytest.mark.parametrize("carried", FORGED)
def test_a_forged_list_is_refused_with_a_sentence(app, carried):
    with pytest.raises(lists.UnreadableList):
        lists.corrected(carried, {})


def test_everyone_ready_is_invited_by_the_worker_and_nobody_twice(session, make, run_jobs):
    make.network()
    ada = make.coordinator("Ada")
    make.centre("Nord")
    ready = lists.check(lists.read("b@exemple.fr;Bob;;Nord\nc@exemple.fr;Chloé;;"))

    assert services.invite_all(ada, ready, "fr") == 2
    assert services.invite_all(ada, ready, "fr") == 0
    run_jobs()

    invitations = session.scalars(select(Invitation).order_by(Invitation.email)).all()
    assert [one.email for one in invitations] == ["b@exemple.fr", "c@exemple.fr"]
    assert all(one.sent_at for one in invitations)
    assert session.scalars(select(OutgoingMail.purpose)).all() == ["invitation", "invitation"]


def test_inviting_many_costs_as_much_as_inviting_two(session, make):
    make.network()
    ada = make.coordinator("Ada")
    few = lists.check(lists.read("".join(f"a{n}@exemple.fr;A\n" for n in range(2))))
    many = lists.check(lists.read("".join(f"b{n}@exemple.fr;B\n" for n in range(200))))
    with counted_statements() as two:
        services.invite_all(ada, few, "fr")
    with counted_statements() as all_of_them:
        services.invite_all(ada, many, "fr")
    assert len(all_of_them) == len(two) <= 20
