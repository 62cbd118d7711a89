"""Comments as they are written for one reader: the values and states that fill their mould.

A page holds fifty of them, and a template that asks fifty times costs several times what this does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from participa.catalogues import gettext as _
from participa.catalogues import ngettext
from participa.comments.mentions import named
from participa.comments.policies import Action
from participa.comments.queries import Message
from participa.comments.threads import Entry
from participa.contributions.references import Reference, with_references
from participa.display import typo, when
from participa.moulds import filled

TEMPLATE = "comments/_messages.html"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a thread, reduced to what changes how its comments are written."""

    id: int | None
    may_write: bool
    may_vote: bool
    may_vote_down: bool
    moderates: bool
    authors: frozenset[int | None]
    """Who opened the discussion."""
    signed: bool
    """Whether they did it in their own name."""
    target: int | None
    """The comment that the page is about."""
    known: int | None = None
    """The latest comment that they had seen before this visit."""
    names: Mapping[int, str | None] = field(default_factory=dict)
    """The present names of the people whom the page's comments mention."""
    references: Mapping[int, Reference] = field(default_factory=dict)
    """What the page's comments link to."""
    actions: tuple[Action, ...] = ()
    """What features add to the menus."""


_OPEN, _NEXT, _CLOSE = Markup('<ol class="thread"><li>'), Markup("</li><li>"), Markup("</li></ol>")
_UNFOLD, _FOLD = Markup('<details class="branch" open>'), _CLOSE + Markup("</details>")


def nesting(entry: Entry, before: Entry | None) -> Markup:
    """The tags that put a comment under the one it answers, or after those `before` it."""
    if entry.up >= 0:
        return _FOLD * entry.up + _NEXT
    if before is None:
        return _OPEN
    above = before.message
    n: int = above.below
    replies = ngettext("%(num)s reply", "%(num)s replies", n) if n else _("Replies")
    return _UNFOLD + filled(TEMPLATE, "branch", {"replies": replies, "who": _name(above)}) + _OPEN


def closing(last: Entry | None) -> Markup:
    """The tags that end a page after its last comment."""
    return _FOLD * last.level + _CLOSE if last is not None else Markup()


def written(entry: Entry, reader: Reader, *, focus: bool = False) -> Markup:
    """One comment, or what is left of it; `focus` puts the keyboard there."""
    c = entry.message
    own = reader.id is not None and c.author_id == reader.id
    if c.deleted_at or c.hidden_at or c.trashed_at:
        readable = c.hidden_at is not None and (reader.moderates or own)
        return filled(TEMPLATE, "removed", {"id": c.id}, c.deleted_at is not None, readable, focus)
    who = _name(c)
    place = _place(c, who, own=own, opened=reader.signed and c.author_id in reader.authors)
    known = not (c.author_name is None or c.erased_at or c.imported)
    votes: int = c.support_count
    useful = None
    if reader.may_vote and not own:
        useful = "both" if reader.may_vote_down else "form"
    elif votes:
        useful = "count"
    values: dict[str, Any] = {
        "id": c.id,
        "who": who,
        "author_id": c.author_id,
        "place": place,
        "when": when(c.published_at),
        "answers": entry.answers,
        "origin": c.origin,
        "text": typo(Markup(with_references(named(c.html, reader.names), reader.references))),  # noqa: S704 - cleaned when it was written
        "count": ngettext("Useful to %(num)s person", "Useful to %(num)s people", votes)
        if useful == "count"
        else votes,
        "down": c.against_count,
    }
    return filled(
        TEMPLATE,
        "message",
        values,
        own,
        known and not own,
        place != "",
        c.position,
        "late" if c.edited_late else "edited" if c.edited_at is not None else None,
        entry.answers is not None,
        entry.shown_by_indent,
        is_new(entry, reader),
        c.orphan,
        c.origin is not None,
        useful,
        c.mine,
        reader.may_write,
        reader.id is not None,
        reader.moderates,
        reader.target == c.id,
        focus,
        tuple(
            action
            for action in reader.actions
            if not action.to_others or (known and c.author_id not in reader.authors)
        ),
        c.nature,
    )


def is_new(entry: Entry, reader: Reader) -> bool:
    """Whether someone else wrote it since the reader's last visit."""
    c = entry.message
    return reader.known is not None and c.id > reader.known and c.author_id != reader.id


def _name(c: Message) -> str:
    if c.author_name is None:
        return _("Imported text")
    return _("deleted account") if c.erased_at else str(c.author_name)


def _place(c: Message, who: str, *, own: bool, opened: bool) -> str:
    """What stands beside the name: the centre, and whether they opened the discussion."""
    if own:
        return f"{who}, {c.centre_name}" if c.centre_name else who
    parts = (c.centre_name, _("who opened the discussion") if opened else None)
    return ", ".join(part for part in parts if part)
