"""Pages follow one another without a row lost or seen twice, whatever the address holds."""

from base64 import urlsafe_b64encode

import pytest
from sqlalchemy import select

from participa.auth.models import Member
from participa.paging import folded, page_of

NAMES = ["Élodie", "Alice", "eric", "Zoé", "Éric", "Bob", "Chloé"]


@pytest.fixture
def people(make):
    for name in NAMES:
        make.member(name)


def names(key, **options):
    page = page_of(select(Member), (folded(Member.name), Member.id), key, size=3, descending=False, **options)
    return [member.name for member in page.items], page


def test_pages_go_on_and_back_in_the_order_of_names_accents_aside(people):
    first, page = names(None)
    assert first == ["Alice", "Bob", "Chloé"]
    assert page.previous is None
    second, page = names(page.next)
    assert second == ["Élodie", "eric", "Éric"]
    back, _ = names(page.previous)
    assert back == first
    last, page = names(page.next)
    assert last == ["Zoé"]
    assert page.next is None


def forged(values):
    return urlsafe_b64encode(f">{values}".encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        "PjE",
        "éé",
        "a" * 5000,
        forged("[99999999999999999999, 1]"),
        forged('["a", Infinity]'),
        forged('["a", NaN]'),
        forged("[" * 2000),
        forged('["\\u0000", 1]'),
        forged('["\\ud800", 1]'),
    ],
)
def test_a_key_that_cannot_be_read_gives_the_first_page(people, key):
    assert names(key)[0] == ["Alice", "Bob", "Chloé"]
