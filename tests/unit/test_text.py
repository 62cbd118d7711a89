"""The text format keeps what people mean and drops what could harm or deceive."""

import pytest

from participa.text import clean, slugify, to_html, to_plain, to_words


def test_what_cannot_be_seen_is_not_kept() -> None:
    assert clean(" a\u0000b\u202ec\u2066\ufeff\u200b\x1b ") == "abc"
    assert clean("un\r\ndeux\rtrois\tquatre") == "un\ndeux\ntrois\tquatre"
    assert clean("e\u0301te\u0301") == "été"
    assert clean("famille 👨\u200d👩\u200d👧") == "famille 👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# Un\n\n## Deux\n\n### Trois", "<h3>Un</h3>\n<h3>Deux</h3>\n<h3>Trois</h3>\n"),
        ("un\ndeux", "<p>un<br>\ndeux</p>\n"),
        ("~~non~~ **oui**", "<p><s>non</s> <strong>oui</strong></p>\n"),
        ("3. trois", '<ol start="3">\n<li>trois</li>\n</ol>\n'),
        ("<b onclick=x>gras</b>", "<p>&lt;b onclick=x&gt;gras&lt;/b&gt;</p>\n"),
    ],
    ids=["headings", "line break", "emphasis", "numbers", "tags"],
)
def test_the_format_becomes_html(source: str, html: str) -> None:
    assert to_html(source) == html


def test_addresses_become_links_that_vouch_for_nothing() -> None:
    html = to_html("Voir https://exemple.fr/a et [ceci](javascript:alert(1))")

    assert '<a href="https://exemple.fr/a" rel="nofollow ugc noopener">https://exemple.fr/a</a>' in html
    assert 'href="javascript' not in html


def test_an_image_is_not_fetched_from_elsewhere() -> None:
    assert "<img" not in to_html("![un pixel](https://exemple.fr/pixel.gif)")


def test_words_of_html_are_kept_apart() -> None:
    assert to_plain("<h3>Un</h3><p>deux<br>trois</p><ul><li>quatre</li><li>cinq</li></ul>") == (
        "Un deux trois quatre cinq"
    )
    assert to_plain("<p>1 &lt; 2 &amp; <strong>g</strong>ras</p>") == "1 < 2 & gras"
    assert to_words("/etc/centre_de.soins l’été") == "etc centre de soins l été"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("L’été à l'Œuvre : cœur & âme !", "l-ete-a-l-oeuvre-coeur-ame"),
        ("???", ""),
        ("日本", ""),
        ("mot " * 30, "-".join(["mot"] * 15)),
        ("a" * 90, "a" * 60),
        ("a" * 60, "a" * 60),
    ],
)
def test_an_address_ends_with_readable_words(title: str, slug: str) -> None:
    assert slugify(title) == slug
    assert len(slugify(title)) <= 60


def test_a_word_longer_than_any_address_makes_no_links_of_a_text():
    assert "<a " in to_html("https://exemple.fr/" + "a" * 1000)
    assert "<a " not in to_html("https://a" * 3000)
    assert to_html("**Voir** " + "https://a" * 3000).startswith("<p><strong>Voir</strong>")


@pytest.mark.parametrize("mark", ["> ", "1. ", "> 1. "])
def test_what_is_nested_without_end_keeps_its_words(mark: str) -> None:
    deep = to_html(mark * 50_000 + "le fond")
    assert to_plain(deep).endswith("le fond")
    assert deep.count("<blockquote>") == 0
    assert to_plain(to_html(mark * 9 + "le *fond*")) == "le fond"
