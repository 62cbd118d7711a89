"""The arguments of a debate in files: Argdown, JSON and Markdown, written as they are read, a batch at a time."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, stream_with_context
from flask_babel import gettext as _

from participa import text
from participa.db import clock
from participa.debates import policies, queries
from participa.debates.closing import unquoted
from participa.debates.models import Debate
from participa.debates.views import SIDES, bp, readable
from participa.mail import absolute
from participa.web import address_of

Argument = Any
Writer = Callable[[Debate, Iterator[Argument]], Iterator[str]]


def signature(row: Argument) -> str:
    """Who signs an argument, as its page shows it."""
    if row.author_name is None:
        return str(_("Imported text"))
    who = _("deleted account") if row.erased_at else str(row.author_name)
    return f"{who}, {row.centre_name}" if row.centre_name else who


def words(row: Argument) -> str:
    """An argument on one line, without markup."""
    return text.to_plain(row.html)


def address(row: Argument, debate: Debate) -> str:
    """The address of an argument's page."""
    component = debate.component
    return absolute(f"/e/{component.space.slug}/{component.id}/{debate.id}/arguments/{row.id}")


def argdown_safe(words: str) -> str:
    r"""A text in which Argdown (argdown.org) finds no markup: what it would read as such follows a `\`."""
    return re.sub(r"([\\\[\]<>{}#@*_+\-/:=|~^]|\.(?=\S))", r"\\\1", " ".join(words.split()))


def argdown(debate: Debate, rows: Iterator[Argument]) -> Iterator[str]:
    """The question as a statement, each argument as one that supports (`+`) or attacks (`-`) it."""
    yield f"[Question]: {argdown_safe(debate.title or '')}\n"
    for row in rows:
        sign = "+" if row.side == 1 else "-"
        yield f"  {sign} <Argument {row.id}>: {argdown_safe(words(row))}\n"


def as_json(debate: Debate, rows: Iterator[Argument]) -> Iterator[str]:
    """An object: question, text, address, state, conclusions, and `arguments` in their order."""
    head = {
        "question": debate.title,
        "text": debate.body,
        "address": absolute(address_of(debate)),
        "state": policies.standing(debate, clock()),
        "conclusions": unquoted(debate.conclusions) if debate.conclusions else None,
    }
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "arguments": ['
    for n, row in enumerate(rows):
        one = {
            "side": "for" if row.side == 1 else "against",
            "text": words(row),
            "author": signature(row),
            "backers": row.support_count,
            "replies": row.comment_count,
            "published_at": row.published_at.isoformat(),
            "address": address(row, debate),
        }
        yield (",\n  " if n else "\n  ") + json.dumps(one, ensure_ascii=False)
    yield "\n ]\n}\n"


def markdown_safe(words: str) -> str:
    """A text in which Markdown finds no markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", words)


def under(body: str) -> str:
    """What someone wrote in Markdown, as a quotation: its headings and lists are not those of the file."""
    return "\n".join(f"> {line}".rstrip() for line in body.splitlines())


def markdown(debate: Debate, rows: Iterator[Argument]) -> Iterator[str]:
    """A title, the text and the conclusions as quotations, then a list for each side."""
    yield f"# {markdown_safe(debate.title or '')}\n\n{under(debate.body)}\n"
    if debate.conclusions:
        heading = _("Conclusion")
        yield f"\n## {heading}\n\n{under(unquoted(debate.conclusions))}\n"
    side = None
    for row in rows:
        if row.side != side:
            side = row.side
            heading = _("For") if side == 1 else _("Against")
            yield f"\n## {heading}\n\n"
        backers = _("backers:")
        signed = f"{markdown_safe(signature(row))}; {backers} {row.support_count}"
        yield f"- {markdown_safe(words(row))} ({signed})\n"


FORMATS: dict[str, tuple[Writer, str]] = {
    "argdown": (argdown, "text/plain"),
    "json": (as_json, "application/json"),
    "md": (markdown, "text/markdown"),
}


def every(debate_id: int) -> Iterator[Argument]:
    """All the arguments of a debate, those for first, the most backed first; a page of them in memory at a time."""
    for side in SIDES.values():
        key: str | None = None
        while True:
            page = queries.arguments_of(debate_id, side, key)
            yield from page.items
            if page.next is None:
                break
            key = page.next


@bp.get("/<key:debate_id>/arguments.<any('argdown','json','md'):form>")
def export(slug: str, component_id: int, debate_id: int, form: str) -> Response:
    """The arguments of a debate in a file of one format."""
    debate = readable(component_id, debate_id, slug).debate
    write, kind = FORMATS[form]
    name = f"{text.slugify(debate.title or '') or debate.id}.{form}"
    return Response(
        stream_with_context(write(debate, every(debate.id))),
        mimetype=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
