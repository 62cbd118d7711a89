from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from participa.contributions.etiquette import faults
from tests.factories import Factory


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Planter des arbres devant l’école", []),
        ("PLANTER DES ARBRES", ["capitals"]),
        ("PLANTER des ar", ["capitals"]),
        ("ERU", []),
        ("Le conseil ERU et l’IREV", []),
        ("Vraiment ??", ["marks"]),
        ("Quoi ? !", ["marks"]),
        ("Vraiment ?! Oui.", ["marks"]),
        ("Vraiment ? Oui !", []),
        ("planter des arbres", ["lower"]),
        ("**planter** des arbres", ["lower"]),
        ("« élire » un conseil", ["lower"]),
        ("« Élire » un conseil", []),
        ("30 arbres par rue", []),
        ("https://exemple.fr/a??b", []),
        ("Voir https://exemple.fr/A??B!!", []),
        ("Du code : `IF !!x`", []),
        ("non !! ENCORE UNE FOIS NON", ["capitals", "marks", "lower"]),
        ("", []),
    ],
)
def test_manners_are_read_as_a_person_would(written: str, found: list[str]) -> None:
    assert faults(written) == found


def form_of(make: Factory, title: str, body: str, *, obj: Any = None, **settings: Any) -> Any:
    from participa.proposals.forms import ProposalForm

    component = make.component("proposals", settings=settings)
    return ProposalForm(
        component, formdata=MultiDict({"title": title, "body": body}), obj=obj, meta={"csrf": False}
    )


def test_bad_manners_are_refused_with_a_sentence_unless_the_component_lets_them(
    app: Any, make: Factory
) -> None:
    shouted = ("PLANTER DES ARBRES PARTOUT", "Un texte assez long, bien écrit.")
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        strict, lenient = form_of(make, *shouted), form_of(make, *shouted, etiquette_checks=False)
        assert not strict.validate()
        assert "capitals" in str(strict.errors["title"])
        assert lenient.validate()


def test_a_text_published_so_may_stay_so(app: Any, make: Factory) -> None:
    proposal = make.proposal(title="TITRE CRIÉ MAIS ANCIEN", body="un texte importé qui commence ainsi")
    with app.test_request_context("/"):
        same = form_of(make, "TITRE CRIÉ MAIS ANCIEN", "Un texte corrigé depuis.", obj=proposal)
        other = form_of(make, "TITRE CRIÉ ENCORE PLUS", "Un texte corrigé depuis.", obj=proposal)
        assert same.validate()
        assert not other.validate()


@pytest.mark.parametrize(
    "unseen",
    ["\u200b" * 20, "\u200d\u200c\u2060\ufeff" * 5, "\u3164" * 20, "\u00ad\u2800" * 9, "\u115f \u1160" * 6],
)
def test_a_title_that_nobody_sees_is_empty(app: Any, make: Factory, unseen: str) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        form = form_of(make, unseen, "Un texte assez long, bien écrit.")
        assert not form.validate()
        assert [str(error) for error in form.title.errors] == ["Write something here."]


def test_unseen_characters_do_not_make_a_title_long_enough(app: Any, make: Factory) -> None:
    with app.test_request_context("/"):
        assert not form_of(make, "Court" + "\u200d" * 20, "Un texte assez long, bien écrit.").validate()


def test_what_is_published_by_no_form_is_not_checked(make: Factory) -> None:
    assert make.proposal(title="importé tel quel !!", body="texte importé ??").title == "importé tel quel !!"
