"""The arguments of a debate in files that other tools read."""

import json
import re

import pytest

from participa.authorization import VISITOR
from participa.debates import queries, services
from participa.debates.exporting import argdown_safe

HOSTILE = "Un [titre] <x> #mot {a} @b\n* liste _z_ // fin <!-- a --> + b - c \\ d"


@pytest.fixture
def debate(make):
    """A debate with an argument of each side, one of them hostile."""
    debate = make.debate(title="Faut-il [une] plateforme ?")
    author = make.member("Chargée de mission", make.centre("IREV"))
    found = queries.find(debate.component_id, debate.id, VISITOR)
    services.argue(author, found.debate, 1, HOSTILE)
    services.argue(
        author, queries.find(debate.component_id, debate.id, VISITOR).debate, -1, "Un outil de plus."
    )
    return debate


def get(client, debate, form: str):
    return client.get(f"/e/{debate.component.space.slug}/{debate.component_id}/{debate.id}/arguments.{form}")


def test_json_says_who_argues_what(client, debate):
    answer = get(client, debate, "json")
    told = json.loads(answer.text)
    assert told["question"] == debate.title and told["state"] == "open"
    assert [one["side"] for one in told["arguments"]] == ["for", "against"]
    assert told["arguments"][1]["text"] == "Un outil de plus."
    assert told["arguments"][0]["author"] == "Chargée de mission, IREV"
    assert told["arguments"][0]["address"].endswith(
        f"/{debate.id}/arguments/" + told["arguments"][0]["address"].rsplit("/", 1)[1]
    )
    assert "@exemple.fr" not in answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="faut-il-une-plateforme.json"'


def test_argdown_has_one_line_for_each_argument_whatever_it_holds(client, debate):
    lines = get(client, debate, "argdown").text.splitlines()
    assert lines[0].startswith("[Question]: Faut")
    assert [line[:14] for line in lines[1:]] == ["  + <Argument ", "  - <Argument "]
    assert len(lines) == 3
    told = lines[1].partition(">: ")[2]
    assert not re.search(r"(?<!\\)[\[\]<>{}#@]", told.replace("\\\\", ""))


def test_what_argdown_reads_as_markup_is_escaped():
    assert argdown_safe("[a] <b>\n- c") == r"\[a\] \<b\> \- c"
    assert argdown_safe("x^2 vaut 3.14, ou .5. Fin.") == r"x\^2 vaut 3\.14, ou \.5. Fin."


def test_what_people_wrote_is_quoted_in_markdown_so_that_it_makes_no_section_of_the_file(make, client):
    debate = make.debate(body="Pourquoi ?\n\n## Contre\n\n- Une liste")
    told = get(client, debate, "md").text
    assert "> ## Contre" in told
    assert not re.search(r"^## Contre", told, re.MULTILINE)


def test_markdown_has_a_list_for_each_side_and_the_conclusions(session, make, client, debate):
    found = queries.find(debate.component_id, debate.id, VISITOR).debate
    services.close(
        make.moderator(debate.component.space), found, "Un essai de six mois.", revision=found.revision
    )
    told = get(client, debate, "md").text
    assert re.findall(r"^#+ .*$", told, re.MULTILINE) == [
        r"# Faut-il \[une\] plateforme ?",
        "## Conclusion",
        "## Pour",
        "## Contre",
    ]
    assert "- Un outil de plus. (Chargée de mission, IREV; " in told


def test_more_arguments_than_a_page_are_all_there(session, make, client, debate):
    found = queries.find(debate.component_id, debate.id, VISITOR).debate
    for n in range(queries.ARGUMENTS + 2):
        services.argue(
            make.member(), queries.find(debate.component_id, debate.id, VISITOR).debate, 1, f"Argument {n}"
        )
    assert len(json.loads(get(client, found, "json").text)["arguments"]) == queries.ARGUMENTS + 4


def test_a_file_is_for_those_who_read_the_debate(make, client):
    from participa.spaces.models import Visibility

    debate = make.debate(make.component("debates", make.space(visibility=Visibility.PRIVATE)))
    assert get(client, debate, "json").status_code == 404
