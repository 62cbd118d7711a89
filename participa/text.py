"""The project's own text format: Markdown source in, clean HTML out, made once on write."""

import html
import re
import unicodedata

import nh3
from markdown_it import MarkdownIt

_OPTIONS = {"html": False, "breaks": True, "maxNesting": 60}
_markdown = (
    MarkdownIt("commonmark", _OPTIONS | {"linkify": True})
    .enable(["linkify", "strikethrough"])
    .disable("image")
)
_without_links = MarkdownIt("commonmark", _OPTIONS).enable("strikethrough").disable("image")
_ENDLESS = re.compile(r"\S{2048}")
"""More than any address: looking for links in what has no space takes time that grows with its square."""
DEEPEST = _OPTIONS["maxNesting"] - 1
"""Levels of quotations and lists within each other; below, the library drops the words."""
_TAGS = {
    "p", "br", "em", "strong", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre",
    "h3", "h4", "h5", "h6", "hr",
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)
_INVISIBLE = {
    "\u200b",
    "\u2060",
    "\ufeff",
    *(chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
}


def clean(source: str) -> str:
    """Normalise what a person typed: NFC, unix line ends, no control or direction-override characters."""
    source = unicodedata.normalize("NFC", source.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        c for c in source if c in "\n\t" or not (unicodedata.category(c) in ("Cc", "Cs") or c in _INVISIBLE)
    ).strip()


_FILLERS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
"""Letters and symbols by their category, which no reader sees."""


def seen(source: str) -> str:
    """The characters of a text that a reader sees, spaces included: nothing of zero width, no filler."""
    return "".join(
        c
        for c in source
        if c in "\n\t"
        or not (
            unicodedata.category(c) in ("Cc", "Cf", "Cn", "Co") or c in _FILLERS or "\ufe00" <= c <= "\ufe0f"
        )
    )


def to_html(source: str) -> str:
    """Render Markdown as HTML that holds nothing but the allowed tags; headings start at h3.

    Bare addresses become links, unless the text has a word of 2,048 characters or more. What is nested deeper than
    anybody reads, where the library stops, stands as it was written.
    """
    markdown = _without_links if _ENDLESS.search(source) else _markdown
    tokens = markdown.parse(source)
    if any(token.level >= DEEPEST for token in tokens):
        rendered = f"<p>{'<br>'.join(html.escape(source).splitlines())}</p>"
    else:
        rendered = markdown.renderer.render(tokens, markdown.options, {})
    rendered = re.sub(r"<(/?)h([12])>", r"<\1h3>", rendered)
    return _CLEANER.clean(rendered)


def to_plain(source_html: str) -> str:
    """The words of some HTML, without its tags."""
    spaced = re.sub(r"<(?:/p|/li|/h\d|br ?/?|/blockquote)>", " ", source_html)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", spaced)).split())


def to_words(plain: str) -> str:
    """The words of a text with spaces between, as searches read them; PostgreSQL takes a path or a host for one."""
    return " ".join(re.findall(r"[^\W_]+", plain))


def slugify(title: str, limit: int = 60) -> str:
    """A readable end for an address: lower-case ASCII words joined by hyphens, perhaps empty."""
    ascii_only = unicodedata.normalize(
        "NFKD", re.sub(r"[’']", " ", title).replace("œ", "oe").replace("Œ", "oe")
    )
    ascii_only = ascii_only.encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    return slug if len(slug) <= limit else slug[: limit + 1].rsplit("-", 1)[0][:limit]
