"""Mentions: `[@Name](/members/12)` in a text, which the completion writes and which is a link like any other.

The number decides who is meant. Names are read when a text is shown, so that whoever is erased is named nowhere.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from markupsafe import escape
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import joinedload, raiseload

from participa.auth.models import Member
from participa.catalogues import gettext as _
from participa.db import at_most, db
from participa.paging import folded
from participa.spaces.models import Space, SpaceRole, Visibility

MOST = 20
"""How many people one text mentions at most."""
OFFERED = 8
"""How many names the completion offers."""

_WRITTEN = re.compile(r"\[@[^\]\n]{1,200}\]\(/members/(\d{1,9})\)")
_SHOWN = re.compile(r'(<a href="/members/(\d{1,9})"[^>]*>)@[^<]*</a>')


def mentioned_in(body: str) -> list[int]:
    """The numbers of the people that a text mentions, each once, in its order."""
    return list(dict.fromkeys(int(number) for number in _WRITTEN.findall(body)))


def _may_read(space: Space) -> ColumnElement[bool]:
    """The condition on members that they read the space and may be told of it."""
    active = and_(Member.deactivated_at.is_(None), Member.erased_at.is_(None), ~Member.imported)
    if space.visibility != Visibility.PRIVATE:
        return active
    held = select(SpaceRole.member_id).where(SpaceRole.space_id == space.id, SpaceRole.member_id == Member.id)
    return and_(active, held.exists())


def readers(space: Space, numbers: Collection[int]) -> list[int]:
    """Which of these people may read the space, at most `MOST`; one statement, none for none."""
    if not numbers:
        return []
    found = select(Member.id).where(Member.id.in_(list(numbers)[:MOST]), _may_read(space))
    return list(db.session.scalars(found.order_by(Member.id)))


def offered(space: Space, words: str, but: int | None) -> list[Member]:
    """Who may be mentioned in a space and has a name with these words, beginning so first; with their centre."""
    plain = re.sub(r"([\\%_])", r"\\\1", words)
    name = func.fold(Member.name)
    begins, holds = name.like(func.fold(f"{plain}%")), name.like(func.fold(f"% {plain}%"))
    return list(
        db.session.scalars(
            select(Member)
            .where(_may_read(space), or_(begins, holds), Member.id != but if but is not None else true())
            .order_by(begins.desc(), folded(Member.name), Member.id)
            .limit(at_most(OFFERED))
            .options(joinedload(Member.centre), raiseload("*"))
        )
    )


def names_in(texts: Iterable[str]) -> Mapping[int, str | None]:
    """The present names of the people mentioned in some HTML, None for who is erased; no statement for none."""
    numbers = {int(found[1]) for html in texts for found in _SHOWN.findall(html)}
    if not numbers:
        return {}
    rows = db.session.execute(
        select(Member.id, Member.name, Member.erased_at).where(Member.id.in_(sorted(numbers)))
    )
    return {row.id: None if row.erased_at else row.name for row in rows}


def named(html: str, names: Mapping[int, str | None]) -> str:
    """Some HTML with the present name in each mention; who is erased, or was never there, has no link either."""

    def one(found: re.Match[str]) -> str:
        name = names.get(int(found[2]))
        gone = _("deleted account")
        return f"@{gone}" if name is None else f"{found[1]}@{escape(name)}</a>"

    return _SHOWN.sub(one, html) if names or "/members/" in html else html
