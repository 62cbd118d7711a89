"""What the merge page needs when a form was made from something that has changed since."""

from collections.abc import Iterable, Mapping

from participa.errors import Conflict
from participa.forms import Compared, Form


def merge(
    form: Form,
    action: str,
    revision: int,
    theirs: Iterable[tuple[str, str]],
    *,
    kept: Mapping[str, str] | None = None,
    long: bool = False,
) -> Conflict:
    """A conflict that shows both texts of each field; `kept` are other fields to send again."""
    return Conflict(
        action=action,
        back=action,
        revision=revision,
        compared=[
            Compared(name, form[name].label.text, str(form[name].data or ""), value, long)
            for name, value in theirs
        ],
        kept=dict(kept or {}),
    )
