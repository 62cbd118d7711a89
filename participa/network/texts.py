"""The four texts linked at the foot of pages: what the coordination wrote, else our defaults."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from participa import text
from participa.catalogues import lazy_gettext as _l
from participa.network.models import Network

PAGES: dict[str, Any] = {
    "charter": _l("Charter"),
    "accessibility": _l("Accessibility"),
    "privacy": _l("Personal data"),
    "help": _l("Help"),
}
LONGEST = 30_000
"""Characters of one text."""

_DEFAULTS = Path(__file__).parent / "defaults"


@dataclass(frozen=True, slots=True)
class FooterText:
    """One text in one language."""

    page: str
    language: str
    source: str
    is_default: bool

    @property
    def html(self) -> str:
        """The text as HTML whose headings start at h2, under the title of its page."""
        return html_of(self.source)


def text_of(network: Network | None, page: str, language: str) -> FooterText:
    """A text in the reader's language: the coordination's, else the default."""
    written = (network.footer.get(page) or {}).get(language) if network else None
    return FooterText(page, language, written or default(page, language), not written)


@lru_cache(maxsize=16)
def default(page: str, language: str) -> str:
    """What a text says until the coordination writes its own."""
    return (_DEFAULTS / f"{page}.{language}.md").read_text(encoding="utf-8").strip()


@lru_cache(maxsize=32)
def html_of(source: str) -> str:
    """Markdown as HTML whose headings start at h2."""
    rendered = text.to_html(source)
    for level in (3, 4, 5, 6):
        rendered = rendered.replace(f"<h{level}>", f"<h{level - 1}>")
        rendered = rendered.replace(f"</h{level}>", f"</h{level - 1}>")
    return rendered
