"""The log as people read it: which entries, in which words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import get_timezone
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import joinedload, raiseload

from participa import text
from participa.admin.sentences import ACTIONS, FIELDS, GROUPS, said
from participa.audit.models import AuditEntry
from participa.auth.models import Invitation, Member
from participa.authorization import Actor
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Contribution
from participa.contributions.queries import visible_to, with_place
from participa.db import at_most, db
from participa.display import excerpt
from participa.exports.sources import Column, Source
from participa.network.models import Centre
from participa.paging import Page, folded, page_of
from participa.spaces.kinds import KINDS
from participa.spaces.models import Space
from participa.spaces.queries import spaces, spaces_visible_to
from participa.web import address_of
from participa.wording import called

SUBJECTS: Mapping[str, type[Any]] = {
    "members": Member,
    "centres": Centre,
    "spaces": Space,
    "invitations": Invitation,
}
"""What entries are about, read by id; contributions apart, which not everybody may read."""


CONTRIBUTIONS = ("contributions", "proposals", "debates", "comments", "arguments")


@dataclass(frozen=True, slots=True)
class LogFilters:
    """What the log is narrowed by."""

    group: str = ""
    words: str = ""
    """Part of the name of who acted; `system` when nobody did."""
    space_id: int | None = None
    since: date | None = None
    until: date | None = None
    about: str = ""
    """Words of what was done, or of what it changed: names, values before and after."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry, in words."""

    at: datetime
    who: str
    what: str
    where: str
    where_href: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(slots=True)
class _Names:
    """What the entries of one page speak of."""

    people: dict[int, Member] = field(default_factory=dict)
    spaces: dict[int, Space] = field(default_factory=dict)
    others: dict[tuple[str, int], Any] = field(default_factory=dict)


def entries(filters: LogFilters) -> Select[AuditEntry]:
    """The entries that match."""
    query = select(AuditEntry).options(raiseload("*"))
    if filters.group in GROUPS:
        query = query.where(func.split_part(AuditEntry.action, ".", 1).in_(GROUPS[filters.group].prefixes))
    if filters.words == "system":
        query = query.where(AuditEntry.actor_id.is_(None))
    elif filters.words:
        named = func.strpos(folded(Member.name), func.fold(filters.words)) > 0
        query = query.where(AuditEntry.actor_id.in_(select(Member.id).where(named, ~Member.imported)))
    if filters.about:
        wanted = text.slugify(filters.about)
        acts = [
            action for action, sentence in ACTIONS.items() if wanted and wanted in text.slugify(str(sentence))
        ]
        held = func.strpos(func.fold(cast(AuditEntry.details, Text)), func.fold(filters.about)) > 0
        query = query.where(or_(AuditEntry.action.in_(acts), held))
    if filters.space_id is not None:
        query = query.where(AuditEntry.space_id == filters.space_id)
    if filters.since:
        query = query.where(AuditEntry.at >= _midnight(filters.since))
    if filters.until:
        query = query.where(AuditEntry.at < _midnight(filters.until + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    """When a day begins where the reader is."""
    zone = get_timezone()
    naive = datetime.combine(day, time())
    return zone.localize(naive) if hasattr(zone, "localize") else naive.replace(tzinfo=zone)


def page_of_rows(filters: LogFilters, key: str | None, actor: Actor) -> Page[Row]:
    """The entries that match, the latest first, fifty at a time; at most six statements."""
    page = page_of(entries(filters), (AuditEntry.at, AuditEntry.id), key, size=50)
    names = _names(page.items, actor)
    return Page([_row(entry, names) for entry in page.items], page.previous, page.next)


BATCH, MOST = 500, 50_000
"""How many entries a file is made of at a time, and at most: filters choose which."""


FILE = (
    Column("at", _l("When"), lambda row: row.at),
    Column("who", _l("Who"), lambda row: row.who),
    Column("what", _l("What"), lambda row: row.what),
    Column("where", _l("Where"), lambda row: row.where),
    Column("before", _l("Before"), lambda row: row.before or ""),
    Column("after", _l("After"), lambda row: row.after or ""),
)


def file_of(filters: LogFilters, actor: Actor) -> Source:
    """The entries that match, the latest first, for the writers of files; at most six statements a batch."""

    def batches() -> Iterator[Sequence[Row]]:
        key: str | None = None
        for _n in range(MOST // BATCH):
            page = page_of(entries(filters), (AuditEntry.at, AuditEntry.id), key, size=BATCH)
            names = _names(page.items, actor)
            yield [_row(entry, names) for entry in page.items]
            key = page.next
            if key is None:
                return

    def count() -> int:
        rows = entries(filters).limit(at_most(MOST)).subquery()
        return db.session.scalar(select(func.count()).select_from(rows)) or 0

    return Source(FILE, batches, count)


def spaces_to_choose(actor: Actor) -> list[tuple[int, str]]:
    """The spaces the log can be narrowed to."""
    return [(space.id, called(space)) for space in db.session.scalars(spaces(actor).options(raiseload("*")))]


def _names(found: Sequence[AuditEntry], actor: Actor) -> _Names:
    """Read what the entries speak of, one statement for each sort of thing."""
    names = _Names()
    ids: dict[str, set[int]] = {}
    for entry in found:
        if entry.subject_kind and entry.subject_id:
            ids.setdefault(entry.subject_kind, set()).add(entry.subject_id)
        if entry.space_id:
            ids.setdefault("spaces", set()).add(entry.space_id)
        if entry.actor_id:
            ids.setdefault("members", set()).add(entry.actor_id)
    contributions = set[int]().union(*(held for kind, held in ids.items() if kind in CONTRIBUTIONS))
    for kind, model in SUBJECTS.items():
        if not ids.get(kind):
            continue
        query = select(model).where(model.id.in_(sorted(ids[kind])))
        conditions: list[ColumnElement[bool]] = [spaces_visible_to(actor)] if model is Space else []
        options = [joinedload(Member.centre)] if model is Member else []
        for thing in db.session.scalars(query.where(*conditions).options(*options, raiseload("*"))):
            names.others[kind, thing.id] = thing
            if isinstance(thing, Member):
                names.people[thing.id] = thing
            elif isinstance(thing, Space):
                names.spaces[thing.id] = thing
    if contributions:
        query = with_place(select(Contribution)).where(Contribution.id.in_(sorted(contributions)))
        for thing in db.session.scalars(query.where(visible_to(actor)).options(raiseload("*"))):
            names.others["contributions", thing.id] = thing
    return names


def _row(entry: AuditEntry, names: _Names) -> Row:
    details = entry.details or {}
    where, href = _where(entry, names)
    before, after = _change(details, taken=entry.action == "role.taken")
    reason = details.get("reason")
    return Row(
        at=entry.at,
        who=_who(entry, names),
        what=str(said(entry.action)),
        where=where,
        where_href=href,
        before=_words(before) if before is not None else None,
        after=_words(after) if after is not None else str(reason) if reason else None,
    )


def _change(details: Mapping[str, Any], *, taken: bool) -> tuple[Any, Any]:
    """What an act changed: the values before and after it."""
    changes = details.get("changes")
    if isinstance(changes, Mapping):
        named = [(_setting(name), pair) for name, pair in changes.items()]
        before = [_("%(field)s: %(error)s", field=name, error=_words(pair[0])) for name, pair in named]
        after = [_("%(field)s: %(error)s", field=name, error=_words(pair[1])) for name, pair in named]
        return before, after
    if "role" in details:
        return (details["role"], None) if taken else (None, details["role"])
    return details.get("before"), details.get("after")


def _setting(name: str) -> str:
    """A setting or rule of a tool, as its page calls it."""
    own = name.rpartition(".")[2]
    for kind in KINDS.values():
        for labels in (kind.settings_labels, kind.rules_labels):
            if own in labels:
                return str(labels[own][0])
    return str(FIELDS.get(own, own))


def _who(entry: AuditEntry, names: _Names) -> str:
    if entry.actor_id is None:
        return str(_("System"))
    member = names.people.get(entry.actor_id)
    return _person(member) if member else str(_("deleted account"))


def _person(member: Member) -> str:
    if member.erased_at is not None:
        return str(_("deleted account"))
    if member.centre is None or member.centre.name in member.name:
        return member.name
    return f"{member.name}, {member.centre.name}"


def _where(entry: AuditEntry, names: _Names) -> tuple[str, str | None]:
    """What the entry is about, with its address where it has a page the reader may open."""
    subject = _subject(entry, names)
    space = names.spaces.get(entry.space_id) if entry.space_id else None
    place = called(space) if space else _("a space you do not see") if entry.space_id else ""
    if isinstance(subject, Contribution):
        title = subject.title or excerpt(subject.html, 60)
        return (f"{place}, {title}" if place else title), address_of(subject)
    if isinstance(subject, Space):
        return subject.name, address_of(subject)
    if isinstance(subject, Member):
        own = entry.actor_id == subject.id
        return (place, None) if own else (_person(subject), address_of(subject))
    if isinstance(subject, Centre):
        return subject.name, address_of(subject)
    if isinstance(subject, Invitation):
        return subject.email, None
    name = (entry.details or {}).get("name") if not entry.space_id or space else None
    return ", ".join(part for part in (place, str(name) if name else "") if part), None


def _subject(entry: AuditEntry, names: _Names) -> Any:
    kind = entry.subject_kind or ""
    if entry.subject_id is None:
        return None
    return names.others.get((kind, entry.subject_id)) or (
        names.others.get(("contributions", entry.subject_id)) if kind not in SUBJECTS else None
    )


def _words(value: Any) -> str:
    """A value of the record as people would say it."""
    if isinstance(value, Mapping):
        return " · ".join(
            _("%(field)s: %(error)s", field=FIELDS[key], error=_words(held))
            if key in FIELDS
            else _words(held)
            for key, held in value.items()
        )
    if isinstance(value, list):
        return ", ".join(_words(held) for held in value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(value) if value not in (None, "") else str(_("nothing"))
