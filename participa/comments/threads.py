"""What one page of a thread holds: at most 50 comments, each branch whole or cut with a link to the rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from participa.comments import paths, queries
from participa.comments.models import NEAR, Comment
from participa.comments.queries import MOVING, PAGE, Cursor, Message, Order

INDENT = NEAR
"""Deeper answers, on the pages of their own, stand at this indent, and name whom they answer."""
ON_A_PHONE = 2
"""The same on a small screen."""
CONTEXT = 2
"""How many of the comments above it the page of one comment shows."""


@dataclass(slots=True)
class Entry:
    """One comment of a page and where it stands."""

    message: Message
    level: int
    """How many lists it is nested in, from 0."""
    up: int
    """How many lists end before it; −1 when it opens one under the comment before."""
    answers: str | None = None
    """Whom it answers, where the indent does not show it."""
    shown_by_indent: bool = False
    """Whether the indent of a large screen does, and only that of a phone does not."""
    cut: int | None = None
    """Number of the comment whose page goes on after this one."""
    deeper: int = 0
    """How many answers it has that stand on its own page alone."""
    is_context: bool = False


@dataclass(slots=True)
class Page:
    """Some comments of a thread, in order."""

    entries: list[Entry]
    next: Cursor | None = None
    """What the next page follows."""

    @property
    def ids(self) -> list[int]:
        """The comments of the page."""
        return [entry.message.id for entry in self.entries]


def page(root_id: int, order: Order, after: Cursor | None, reader: int | None = None) -> Page:
    """A page of the whole thread; a branch that does not fit is cut, and the next page takes the next one."""
    tops = queries.tops(root_id, order, after, reader)
    kept, room = 0, PAGE
    while kept < len(tops) and room > 0:
        room -= 1 + tops[kept].near_count
        kept += 1
    answered = [top.id for top in tops[:kept] if top.below]
    below = queries.replies(answered, reader) if answered else {}
    rows: list[Message] = []
    cut = last = None
    for top in tops[:kept]:
        if len(rows) == PAGE:
            break
        rows.append(top)
        last = top
        branch = below.get(top.id, ())
        fitting = branch[: PAGE - len(rows)]
        rows.extend(fitting)
        if len(fitting) < len(branch):
            cut = top.id
            break
    made = nested(rows)
    for entry in made.entries:
        if entry.message.depth == NEAR:
            entry.deeper = entry.message.below
    if cut:
        made.entries[-1].cut, made.entries[-1].deeper = cut, 0
    if last is not None and last.id != tops[-1].id:
        made.next = Cursor(last.id, last.sort if order in MOVING else None)
    return made


def branch(comment: Comment, after: int | None, reader: int | None = None) -> Page:
    """A page of one comment's branch: what it answers, the comment, what answers it; or what follows."""
    below = queries.branch(comment.top_id, comment.path, after, PAGE + 1, reader)
    more = len(below) > PAGE - 1 if after is None else len(below) > PAGE
    below = below[: PAGE - 1] if after is None else below[:PAGE]
    if after is None:
        above = _above(comment.top_id, comment.path)
        head = list(queries.messages([*above, comment.id], reader))
        made = nested([*head, *below], context=len(head) - 1)
    elif below:
        head = list(queries.messages(_above(comment.top_id, below[0].path), reader))
        made = nested([*head, *below], context=len(head))
    else:
        return nested([])
    if more:
        made.next = Cursor(below[-1].id)
    return made


def news(rows: Sequence[Message], answered: Mapping[int, str | None]) -> Page:
    """What came in since the page was made, side by side; `answered` names whom each answers."""
    kept = rows[:PAGE]
    made = Page([Entry(row, 0, -1 if at == 0 else 0, answered.get(row.id)) for at, row in enumerate(kept)])
    if len(rows) > PAGE:
        made.next = Cursor(kept[-1].id)
    return made


def _above(top_id: int, path: str) -> list[int]:
    """The comments right above one, the nearest ones."""
    return ([top_id, *paths.ids(path)[:-1]] if path else [])[-CONTEXT:]


def nested(rows: Sequence[Message], context: int = 0) -> Page:
    """Nest comments in lists, indented `INDENT` times at most."""
    entries: list[Entry] = []
    names = {row.id: row.author_name for row in rows}
    base = rows[0].depth if rows else 0
    level = -1
    for at, row in enumerate(rows):
        base = min(base, row.depth)
        wanted = min(row.depth - base, level + 1, INDENT)
        answered = row.answers_id or row.parent_id
        follows = bool(at) and rows[at - 1].id == answered
        obvious = row.answers_id is None and (follows or row.depth - base <= ON_A_PHONE)
        entries.append(
            Entry(
                row,
                wanted,
                level - wanted,
                None if obvious or answered is None else names.get(answered),
                shown_by_indent=row.answers_id is None and row.depth - base <= INDENT,
                is_context=at < context,
            )
        )
        level = wanted
    return Page(entries)


def visible_ids(pages: Iterable[Page]) -> list[int]:
    """The comments that pages show for themselves, leaving out those repeated for context."""
    return [entry.message.id for made in pages for entry in made.entries if not entry.is_context]
