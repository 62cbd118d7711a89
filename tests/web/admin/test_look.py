"""The colour and the logo of the network."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from participa.audit.models import AuditEntry


@pytest.fixture
def browser(make, sign_in):
    """A coordinator's browser, in a network that visitors may not read."""
    make.network(visitors_may_read=False)
    return sign_in(make.coordinator())


def picture():
    made = io.BytesIO()
    Image.new("RGB", (80, 40), "navy").save(made, "PNG")
    made.seek(0)
    return made


def send(browser, **values):
    return browser.post("/coordination/look", data=values, content_type="multipart/form-data")


def test_the_colour_holds_wherever_no_space_gives_its_own(session, make, browser, client):
    make.space("Santé", accent="sante")
    send(browser, accent="economie", alt="")
    assert 'data-space="economie"' in client.get("/sign-in").text
    assert '<body data-space="sante"' in browser.get("/e/sante").text
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "network.changed")).one()
    assert (entry.details["before"], entry.details["after"]) == ({"accent": "reseau"}, {"accent": "economie"})
    assert send(browser, accent="fluo").status_code == 422


def test_the_logo_is_seen_by_everybody_replaced_and_taken_away(browser, client):
    answer = send(browser, accent="reseau", alt="RNCRPV", file=(picture(), "logo.png"))
    assert answer.status_code == 303
    page = client.get("/sign-in").text
    source = re.search(r'<img class="logo" src="([^"]+)" alt="RNCRPV, accueil"', page)[1]
    assert client.get(source).status_code == 200
    send(browser, accent="reseau", alt="Réseau national", file=(picture(), "autre.png"))
    page = client.get("/sign-in").text
    assert source not in page
    assert 'alt="Réseau national, accueil"' in page
    assert client.get(source).status_code == 404
    send(browser, accent="reseau", alt="", act="remove")
    assert 'class="logo"' not in client.get("/sign-in").text


def test_what_is_not_an_image_is_refused_and_the_logo_stays(browser, client):
    send(browser, accent="reseau", alt="RNCRPV", file=(picture(), "logo.png"))
    answer = send(browser, accent="economie", alt="RNCRPV", file=(io.BytesIO(b"%PDF-1.4"), "logo.png"))
    assert answer.status_code == 422
    assert 'data-space="economie"' not in client.get("/sign-in").text  # nothing is saved by halves
    assert 'alt="RNCRPV, accueil"' in client.get("/sign-in").text
