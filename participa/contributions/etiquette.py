"""Good manners of a text: not shouted, not hammered, begun with a capital; refused on publishing."""

import re
from typing import Any

from wtforms import ValidationError

from participa.catalogues import lazy_gettext as _l

SENTENCES = {
    "capitals": _l("Half of the letters or more are capitals: write in lower case, it reads as shouting."),
    "marks": _l("One “!” or “?” is enough: remove those that repeat."),
    "lower": _l("Begin with a capital letter."),
}
"""What is wrong and what to do, by fault; `editor.js` looks for the same faults while one types."""

_NOT_PROSE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\bhttps?://\S+|\]\([^)\s]*\)", re.DOTALL)
_MARKS = re.compile(r"[!?¡¿][ \u00a0\u202f]?[!?¡¿]")
_BEGINNING = re.compile(r"[\s>*_~#«»“”\"'‘’(\[\u00a0\u202f-]*([^\W\d_])")
FEW = 4
"""Letters below which an acronym alone is no shouting."""


def faults(source: str) -> list[str]:
    """The keys of `SENTENCES` that hold for a text; addresses and code are left aside."""
    prose = _NOT_PROSE.sub(" ", source)
    letters = [c for c in prose if c.isalpha()]
    first = None if source.startswith(("http://", "https://", "`")) else _BEGINNING.match(source)
    found = {
        "capitals": len(letters) >= FEW and 2 * sum(c.isupper() for c in letters) >= len(letters),
        "marks": bool(_MARKS.search(prose)),
        "lower": first is not None and first[1].islower(),
    }
    return [key for key, holds in found.items() if holds]


class Etiquette:
    """Refuses a text of bad manners; one that was published so, and is left as it was, passes."""

    def __call__(self, _form: Any, field: Any) -> None:
        """Raise ValidationError with the sentences of all faults."""
        wrong = [] if field.data == field.object_data else faults(field.data or "")
        if wrong:
            raise ValidationError(" ".join(str(SENTENCES[key]) for key in wrong))
