"""The front page and the front pages of spaces."""

from datetime import date, timedelta

import pytest

from participa.authorization import Role
from participa.comments import services as comments
from participa.contributions import services as contributions
from participa.db import clock
from participa.debates import services as debates
from participa.proposals.answering.services import Given, Seen, answer
from participa.spaces.models import SpaceKind, Visibility
from participa.votes import services as votes
from tests.tools import counted_statements


@pytest.fixture
def health(make):
    return make.component("proposals", make.space("Santé"))


def test_what_moved_last_comes_first_whatever_its_kind(make, client, health):
    make.proposal(health, title="Une proposition déjà ancienne", at=clock() - timedelta(days=3))
    make.debate(make.component("debates", health.space), title="Un débat de ce matin ?")
    page = client.get("/").text
    assert page.index("Un débat de ce matin") < page.index("Une proposition déjà ancienne")


def test_older_things_come_page_after_page_without_repeating(make, client, health):
    for n in range(15):
        make.proposal(health, title=f"Proposition du feuilleton {n:02}", at=clock() - timedelta(hours=n))
    first = client.get("/").text
    address = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = client.get(address.replace("&amp;", "&")).text
    assert "feuilleton 05" in first
    assert "feuilleton 06" not in first
    assert "feuilleton 06" in second
    assert "feuilleton 05" not in second
    assert "feuilleton 14" in second


@pytest.mark.parametrize("cursor", ["x", "2026-01-01_3", "2026-01-01T00:00:00+00:00_x", "_", "9999-99-99_1"])
def test_a_forged_cursor_shows_the_first_page(make, client, health, cursor):
    make.proposal(health, title="Une proposition qu’on doit voir")
    assert "Une proposition qu’on doit voir" in client.get("/", query_string={"before": cursor}).text


def test_what_a_reader_may_not_read_does_not_move_for_them(session, make, client, sign_in, health):
    private = make.component("proposals", make.space("Pairs", visibility=Visibility.PRIVATE))
    make.proposal(private, title="Le secret bien gardé des pairs")
    hidden = make.proposal(health, title="Un texte que la modération cache")
    hidden.hidden_at = clock()
    session.commit()
    for browser in (client, sign_in(make.member()), sign_in(make.coordinator())):
        page = browser.get("/").text
        assert "secret" not in page
        assert "Pairs" not in page
        assert "la modération cache" not in page


def test_where_visitors_may_not_read_they_are_invited_to_sign_in(make, client):
    make.network(visitors_may_read=False)
    make.proposal(title="Une proposition réservée aux membres")
    page = client.get("/").text
    assert "Une proposition réservée" not in page
    assert 'href="/sign-in"' in page


def test_an_empty_network_says_what_will_come(make, client, sign_in):
    make.network()
    assert "Rien n’a encore bougé" in client.get("/").text
    assert "/e/new" in sign_in(make.coordinator()).get("/").text


def test_drafts_wait_for_their_writer_alone(make, client, sign_in, health):
    ada = make.member("Ada")
    contributions.save_draft(ada, "proposal", "/e/sante/1/new", {"title": "Brouillon"})
    assert "<b>1</b><span>brouillon" in sign_in(ada).get("/").text
    assert "brouillon, enregistré" not in sign_in(make.member()).get("/").text


def test_a_text_that_waits_on_another_browser_is_not_counted_among_the_drafts(make, sign_in, health):
    ada = make.member("Ada")
    contributions.keep_text(ada.id, "proposals.new", "/e/sante/1/new", {"title": "Ailleurs"}, token="jeton")
    assert "brouillon, enregistré" not in sign_in(ada).get("/").text


def test_centres_come_in_the_order_of_their_names_accents_aside(make, client, health):
    for name in ("Zénith", "Écho", "Apogée"):
        comments.post(make.member(centre=make.centre(name)), make.proposal(health), "Un commentaire.")
    page = client.get("/").text.partition('id="week"')[2]
    assert page.index("Apogée") < page.index("Écho") < page.index("Zénith")


def test_a_centre_that_took_part_this_week_is_named_and_an_idle_one_is_not(make, client, health):
    busy, _idle = make.centre("Centre Actif"), make.centre("Centre Calme")
    proposal = make.proposal(health)
    comments.post(make.member(centre=busy), proposal, "Un commentaire de cette semaine.")
    page = client.get("/").text
    assert "1 centre sur 2" in page
    assert "Centre Actif" in page
    assert "Centre Calme" not in page
    assert "Centre Actif" in client.get("/e/sante").text


def test_centres_are_not_told_by_what_a_reader_may_not_read(make, client):
    private = make.component("proposals", make.space("Pairs", visibility=Visibility.PRIVATE))
    ada = make.member(centre=make.centre("Centre Discret"))
    make.role(ada, private.space)
    comments.post(ada, make.proposal(private), "Un commentaire entre pairs.")
    assert "Centre Discret" not in client.get("/").text


def test_spaces_say_how_much_there_is_in_them(make, client, health):
    for _n in range(2):
        make.proposal(health)
    make.debate(make.component("debates", health.space))
    for address in ("/", "/spaces"):
        assert "2 propositions, 1 débat" in client.get(address).text
    assert 'Propositions <span class="num">2</span>' in client.get("/e/sante").text


def test_the_cover_of_a_process_shows_where_it_stands(make, client, at):
    today = clock().date()
    make.space(
        "Démarche",
        kind=SpaceKind.PROCESS,
        phases=[
            ("Recueil", date(2020, 1, 1), date(2020, 1, 31)),
            ("Soutien", today - timedelta(days=2), today + timedelta(days=5)),
        ],
    )
    page = client.get("/e/demarche").text
    assert "Phase 2 sur 2" in page
    assert '<li aria-current="step"><b>Soutien</b>' in page
    assert '<li class="done"><b>Recueil</b>' in page


def test_the_front_page_of_a_space_names_who_moderates_and_offers_shaping_to_them_only(
    make, client, sign_in, health
):
    ada = make.member("Ada", centre=make.centre("IREV"))
    make.role(ada, health.space, Role.ADMINISTRATOR)
    assert "Ada, IREV" in client.get("/e/sante").text
    assert "/e/sante/settings" not in client.get("/e/sante").text
    assert "/e/sante/settings" in sign_in(ada).get("/e/sante").text


@pytest.mark.parametrize(
    ("visibility", "visitor", "member"),
    [("public", 200, 200), ("members", 302, 200), ("transparent", 200, 200), ("private", 404, 404)],
)
def test_who_reads_a_space_of_each_visibility(make, client, sign_in, visibility, visitor, member):
    make.space("Santé", visibility=Visibility(visibility))
    assert client.get("/e/sante").status_code == visitor
    assert sign_in(make.member()).get("/e/sante").status_code == member


@pytest.mark.parametrize("address", ["/", "/spaces", "/e/sante"])
def test_statements_do_not_grow_with_the_network(make, client, sign_in, health, address):
    make.proposal(health, make.member(centre=make.centre()))
    browser = sign_in(make.member(centre=make.centre()))

    def spent(visitor):
        with counted_statements() as seen:
            visitor.get(address)
        return len(seen)

    spent(client)  # the kinds of components are learnt once a process
    few, few_in = spent(client), spent(browser)
    for n in range(4):
        component = make.component("debates", make.space(f"Autre espace {n}"))
        for _m in range(3):
            make.debate(component, make.member(centre=make.centre()))
            make.proposal(health, make.member(centre=make.centre()))
    assert (spent(client), spent(browser)) == (few, few_in)
    assert few <= 9
    assert few_in <= 12


def test_what_moves_says_where_each_stands_and_what_happened(make, client, at):
    """The words of each kind: answers and goals of proposals, arguments of debates."""
    goal = {"threshold_per_proposal": 30}
    voted = make.component("proposals", make.space("Santé"), votes_enabled=True, settings=goal)
    stances = make.component("proposals", make.space("Éducation"), settings={"ballot": "stance"})
    debate = make.debate(make.component("debates", voted.space), title="Un débat où l’on argumente ?")
    supported = make.proposal(voted, title="Une proposition soutenue par une personne")
    mixed = make.proposal(stances, title="Une proposition qui divise ses lecteurs")
    reader, moderator = make.member(), make.coordinator()
    answered = make.proposal(voted, title="Une proposition que l’on accepte ici")
    votes.cast(reader, supported, 1)
    votes.cast(reader, mixed, -1)
    at(make.later(hours=1))
    given = Given(make.state(voted, "accepted").id, "Oui.")
    answer(moderator, answered, given, seen=Seen(answered.revision), publish=True)
    debates.argue(reader, debate, 1, "Parce que c’est utile à tous.")
    front, cover = client.get("/").text, client.get("/e/sante").text
    for page in (front, cover):
        assert "1 soutien sur 30" in page
        assert "1 argument pour, 0 contre" in page
        assert "Réponse des modérateurs" in page
        assert "Nouvelle proposition" in page
        assert "Acceptée" in page
    for state in ("Soumise au vote", "Débat ouvert"):
        assert state in front
    assert "0 pour" not in front  # what people vote is told when the vote is over


def test_a_space_offers_to_propose_where_it_may_be_done(make, client, sign_in):
    tool = make.component("proposals", make.space("Santé"), proposing_open=True)
    shut = make.component("proposals", make.space("Éducation"), proposing_open=False)
    assert f'href="/e/sante/{tool.id}/new"' in sign_in(make.member()).get("/e/sante").text
    assert "/sign-in?next=/e/sante" in client.get("/e/sante").text
    assert f"/{shut.id}/new" not in sign_in(make.member()).get("/e/education").text
    assert "/new" not in client.get("/e/education").text
