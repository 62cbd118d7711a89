"""Search, as a reader sees it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from participa.comments import services as comments
from participa.contributions.events import VisibilityChanged
from participa.contributions.models import SearchDocument
from participa.db import clock
from participa.events import announce
from participa.search import queries, words
from participa.spaces.models import Visibility
from tests.tools import counted_statements


@pytest.fixture
def health(make):
    return make.component("proposals", make.space("Santé"))


def found(browser, typed, **more):
    return browser.get("/search", query_string={"q": typed, **more}).text


@pytest.mark.parametrize(
    "words",
    [
        "médiation",
        "MEDIATION",
        "médiations",
        "média",
        "“médiation santé”",
        "de la médiation",
        "santé médiation",
        "cœur",
        "coeur",
    ],
)
def test_a_text_is_found_whatever_the_accents_case_plural_or_end_of_the_word(make, client, health, words):
    make.proposal(
        health, title="Former à la médiation santé", body="Au cœur des quartiers, avec les habitants."
    )
    make.proposal(health, title="Tout autre sujet ici", body="Sans rapport aucun avec ce qui est cherché.")
    page = found(client, words)
    assert "Former à la médiation santé" in page
    assert "Tout autre sujet" not in page


@pytest.mark.parametrize("words", ["médiation numérique", "“santé médiation”", "zzz"])
def test_words_that_do_not_meet_find_nothing_and_give_a_way_out(make, client, health, words):
    make.proposal(health, title="Former à la médiation santé")
    assert '<div class="empty">' in found(client, words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "'",
        "&|!",
        ":*",
        "a' | 'b",
        "\\",
        "%",
        "((",
        '"',
        "“”",
        "<script>",
        "-",
        "²",
        "1e5",
        "é" * 500,
        "foo_bar",
        "日本",
    ],
)
def test_any_input_is_safe(make, client, health, words):
    make.proposal(health, title="Former à la médiation santé")
    assert client.get("/search", query_string={"q": words, "page": words, "kind": words}).status_code == 200


def test_the_words_found_are_marked_in_their_sentence_and_hostile_text_stays_text(make, client, health):
    make.proposal(
        health,
        title="Un titre assez long pour passer",
        body="<script>alert(1)</script> les binômes " + "mot " * 200 + "durent <b>un an</b>",
    )
    page = found(client, "binome")
    assert "<mark>binômes</mark>" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_comments_are_found_and_lead_to_their_permalink(make, client, health):
    proposal = make.proposal(health, title="Former à la médiation santé")
    comment = comments.post(make.member("Ada"), proposal, body="Un binôme ne tient pas.")
    page = found(client, "binôme")
    assert "Sur «\u202fFormer à la médiation santé\u202f»" in page
    assert f'href="/c/{comment.id}#c{comment.id}"' in page


def test_a_private_space_leaks_nothing_not_even_a_count(make, client, sign_in, health):
    private = make.space("Groupe de pairs", visibility=Visibility.PRIVATE)
    make.proposal(make.component("proposals", private), title="Le secret des pairs, médiation")
    make.proposal(health, title="Former à la médiation santé")
    insider = make.member()
    make.role(insider, private)
    for browser in (client, sign_in(make.member()), sign_in(make.coordinator())):
        page = found(browser, "médiation")
        assert "secret" not in page
        assert "Groupe de pairs" not in page
        assert "1 résultat pour" in page
    assert "2 résultats pour" in found(sign_in(insider), "médiation")


def test_visitors_search_only_where_visitors_read(make, client):
    make.network(visitors_may_read=False)
    assert client.get("/search?q=santé").status_code == 302


def test_hidden_texts_and_what_is_about_them_are_not_found(session, make, client, health):
    proposal = make.proposal(health, title="Former à la médiation santé")
    proposal.hidden_at = clock()
    session.commit()
    assert "Former à la" not in found(client, "médiation")


def test_the_words_of_a_hidden_text_leave_the_index_and_come_back_when_it_is_restored(session, make, health):
    proposal = make.proposal(health)
    announce(session, VisibilityChanged(proposal, shown=False))
    assert session.scalars(select(SearchDocument.contribution_id)).all() == []
    announce(session, VisibilityChanged(proposal, shown=True))
    assert session.scalars(select(SearchDocument.contribution_id)).all() == [proposal.id]


def test_the_title_counts_more_than_the_body_and_the_reader_may_prefer_the_date(make, client, health):
    body = "Rien de tel ici, mais la médiation est nommée une fois dans ce texte."
    make.proposal(health, title="La médiation avant tout autre chose", at=clock() - timedelta(days=9))
    make.proposal(health, title="Tout autre chose que cela ici", body=body)
    by_rank, by_date = found(client, "médiation"), found(client, "médiation", order="date")
    assert by_rank.index("avant tout") < by_rank.index("autre chose que cela")
    assert by_date.index("autre chose que cela") < by_date.index("avant tout")


def test_facets_count_what_was_found_and_narrow_it(make, client, health):
    make.proposal(health, title="Former à la médiation santé")
    debates = make.component("debates", make.space("Éducation"))
    make.debate(debates, title="Faut-il une médiation scolaire ?")
    page = found(client, "médiation", kind="debate")
    assert "1 résultat pour" in page
    assert "Former à la médiation" not in page
    assert 'for="kind-proposal">Propositions <span class="num">1</span>' in page
    assert "Faut-il" not in found(client, "médiation", space="sante")


def test_beyond_a_thousand_the_page_says_so_and_a_filter_looks_further_back(
    session, make, client, health, monkeypatch
):
    monkeypatch.setattr(queries, "MOST", 3)
    make.debate(
        make.component("debates", make.space("Éducation")),
        title="Un vieux débat sur la médiation",
        at=clock() - timedelta(days=900),
    )
    for n in range(5):
        make.proposal(health, title=f"Une médiation de plus, numéro {n}")
    page = found(client, "médiation")
    assert "Plus de" in page
    assert "Un vieux débat" not in page
    assert "Un vieux débat" in found(client, "médiation", kind="debate")
    assert "Un vieux débat" in found(client, "médiation", space="education")


def test_results_come_in_pages(make, client, health):
    for n in range(23):
        make.proposal(health, title=f"Une médiation de plus, numéro {n}")
    first, second = found(client, "médiation"), found(client, "médiation", page="2")
    assert first.count('class="item"') == 20
    assert second.count('class="item"') == 3
    assert 'rel="next"' in first
    assert 'rel="next"' not in second


def test_statements_do_not_grow_with_what_is_found(make, client, sign_in, health):
    make.proposal(health, title="Une médiation, la première")
    member = make.member(centre=make.centre())
    browser = sign_in(member)

    def spent(visitor):
        with counted_statements() as seen:
            found(visitor, "médiation")
        return len(seen)

    spent(client)  # the kinds of components are learnt once a process
    few, few_in = spent(client), spent(browser)
    for n in range(12):
        make.proposal(health, make.member(centre=make.centre()), title=f"Une médiation de plus, numéro {n}")
    assert (spent(client), spent(browser)) == (few, few_in)
    assert few <= 8
    assert few_in <= 12


def test_the_folding_of_extracts_is_that_of_the_index(session):
    from participa.search.extracts import _FOLDED

    for letter in "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ’ÀÉÈÇÔÛŒœæa":
        folded = session.scalar(text("SELECT fold(:letter)"), {"letter": letter})
        if len(folded) == 1:
            assert letter.translate(_FOLDED).lower() == folded


def test_a_word_that_is_everywhere_is_walked_for_and_a_rare_one_is_looked_up(
    session, make, health, monkeypatch
):
    for n in range(30):
        make.proposal(health, title=f"Une médiation de plus, numéro {n}")
    session.execute(text("ANALYZE search_documents"))
    monkeypatch.setattr(queries, "MOST", 5)
    ways = {}
    for word in ("médiation", "zygomatique"):
        with counted_statements() as seen:
            matches = queries.latest_matches(words.read(word), [health.id])
        ways[word] = "MATERIALIZED" in seen[-1]
        assert (len(matches.found), matches.more) == ((5, True) if word == "médiation" else (0, False))
    assert ways == {"médiation": False, "zygomatique": True}
