"""Templates filled in for one proposal."""

import re

from flask_babel import gettext as _

from participa.proposals.models import Proposal

PLACES = ("title", "author", "space")
_PLACE = re.compile(r"\{([a-z_]+)\}", re.IGNORECASE)
_MARKS = re.compile(r"([\\`*_\[\]<>#~])")


def unknown_places(body: str) -> list[str]:
    """The places in braces that nothing fills in, each once."""
    return [f"{{{name}}}" for name in dict.fromkeys(_PLACE.findall(body)) if name.lower() not in PLACES]


def filled_in(body: str, proposal: Proposal) -> str:
    """The text of a template for one proposal; what fills it in is plain text, whatever marks it holds."""
    values = {
        "title": proposal.title or "",
        "author": author_of(proposal),
        "space": proposal.component.space.name,
    }
    return _PLACE.sub(
        lambda place: (
            _MARKS.sub(r"\\\1", values.get(place[1].lower(), place[0]))
            if place[1].lower() in values
            else place[0]
        ),
        body,
    )


def author_of(proposal: Proposal) -> str:
    """The name that an answer calls the author by: that of the centre which signs, if one does."""
    signer = proposal.signer
    if signer is None:
        return str(_("Imported text"))
    return signer.name if getattr(signer, "erased_at", None) is None else str(_("deleted account"))
