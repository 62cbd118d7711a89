"""The directory: centres for whoever may enter, people for members only."""

import pytest

from participa.spaces.models import Visibility
from tests.tools import counted_statements


def test_visitors_see_centres_and_what_they_wrote_but_no_list_of_people(make, client):
    centre = make.centre("Centre du Nord")
    bob = make.member("Bob", centre, function="Directeur")
    make.proposal(author=bob, title="Planter des arbres le long du canal")
    assert "Centre du Nord" in client.get("/centres").text
    page = client.get("/centres/centre-du-nord")
    assert "Planter des arbres le long du canal" in page.text
    assert "Directeur" not in page.text
    assert "/sign-in" in client.get("/centres/centre-du-nord/members").location
    assert "/sign-in" in client.get(f"/members/{bob.id}").location


def test_a_network_closed_to_visitors_shows_them_nothing(make, client):
    make.centre("Centre du Nord")
    make.network(visitors_may_read=False)
    assert "/sign-in" in client.get("/centres").location
    assert "/sign-in" in client.get("/centres/centre-du-nord").location
    assert client.get("/about/charter").status_code == 200


def test_the_page_of_a_centre_lists_its_members_and_leaves_out_who_is_gone(make, sign_in):
    centre = make.centre("Nord")
    ada = make.member("Ada", centre, function="Directrice")
    make.member("Partie", centre, deactivated_at=make.later())
    make.member("Importée", centre, imported=True, email=None)
    page = sign_in(ada).get("/centres/nord").text
    assert "Directrice" in page
    assert "Partie" not in page
    assert "Importée" not in page


def test_a_profile_shows_what_the_reader_may_read(make, sign_in):
    ada, bob = make.member("Ada"), make.member("Bob", function="Directeur")
    secret = make.component("proposals", make.space("Caché", visibility=Visibility.PRIVATE))
    make.proposal(author=bob, title="Une proposition que tout le monde lit")
    make.proposal(secret, author=bob, title="Une proposition que personne ne lit")
    page = sign_in(ada).get(f"/members/{bob.id}").text
    assert "Une proposition que tout le monde lit" in page
    assert "Une proposition que personne ne lit" not in page
    assert "Caché" not in page
    assert bob.email not in page
    assert f"/report/member/{bob.id}" in page


def test_profiles_of_the_erased_the_deactivated_and_the_imported(make, sign_in):
    browser = sign_in(make.member("Ada"))
    erased = make.member("", email=None, erased_at=make.later())
    gone = make.member("Bob", deactivated_at=make.later())
    imported = make.member("Ivan", email=None, imported=True)
    assert "Compte supprimé" in browser.get(f"/members/{erased.id}").text
    assert "désactivé" in browser.get(f"/members/{gone.id}").text
    assert browser.get(f"/members/{imported.id}").status_code == 404
    assert browser.get("/members/999999").status_code == 404


def test_contributions_are_filtered_and_paged(make, sign_in):
    ada = make.member("Ada", make.centre("Nord"))
    component = make.component("proposals")
    for n in range(25):
        make.proposal(component, ada, title=f"Une proposition assez longue, la {n:02}e")
    make.debate(author=ada, title="Un débat assez long pour avoir un titre")
    browser = sign_in(ada)
    first = browser.get("/centres/nord?kind=proposals")
    assert first.text.count("Une proposition assez longue") == 20
    assert "Un débat assez long" not in first.text
    assert 'rel="next"' in first.text


def test_a_centre_that_left_says_so_and_keeps_its_page(make, client):
    make.centre("Nord", left_at=make.later())
    assert "a quitté le réseau" in client.get("/centres/nord").text
    assert "Nord" not in client.get("/centres").text


@pytest.mark.parametrize("path", ["/centres", "/centres/nord", "/members/{id}"])
def test_pages_cost_the_same_whatever_they_show(make, sign_in, path):
    nord = make.centre("Nord")
    ada = make.member("Ada", nord)
    browser = sign_in(ada)
    address = path.format(id=ada.id)
    make.proposal(author=ada)
    with counted_statements() as few:
        assert browser.get(address).status_code == 200
    for n in range(8):
        make.member(None, nord)
        make.centre(f"Centre {n}")
        make.debate(author=ada)
        make.proposal(author=ada)
    with counted_statements() as many:
        browser.get(address)
    assert len(many) == len(few) <= 12


def test_pages_stand_before_there_is_a_network(session, make, client, sign_in):
    ada = make.coordinator("Ada")
    assert client.get("/about/privacy").status_code == 200
    browser = sign_in(ada)
    for path in ("/centres", "/coordination/members", "/coordination/network", f"/members/{ada.id}"):
        assert browser.get(path).status_code == 200, path


@pytest.mark.parametrize("page", ["charter", "accessibility", "privacy", "help"])
def test_each_text_is_read_in_the_language_of_the_reader(make, sign_in, page):
    make.network()
    french = sign_in(make.member(language="fr")).get(f"/about/{page}").text
    english = sign_in(make.member(language="en")).get(f"/about/{page}").text
    assert french != english
    assert "<h2>" in english


def test_an_unknown_text_is_not_found(make, client):
    make.network()
    assert client.get("/about/nothing").status_code == 404
