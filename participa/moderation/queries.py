"""What those who curate have to decide, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from participa.auth.models import Member
from participa.authorization import Actor
from participa.contributions.models import Contribution, Part, Version
from participa.contributions.queries import with_place, written_alone, written_by_others
from participa.db import at_most, db
from participa.moderation.models import Act, Decision, Reason, Report
from participa.spaces.models import Component, Space
from participa.spaces.queries import readable_components

PAGE = 20
RECENT = 8
"""How many past decisions stand under the queue."""


@dataclass(slots=True)
class Case:
    """The open reports of one text or one person, as one row of the queue."""

    contribution: Contribution | None
    member: Member | None
    count: int
    first: int
    """The oldest report's id, by which the queue is ordered."""
    seen: int
    """The newest report's id that this page shows."""
    since: datetime
    revision_seen: int | None
    reasons: list[Reason]

    @property
    def key(self) -> str:
        """Names the case in addresses: `c12` a text, `m3` a person."""
        return f"c{self.contribution.id}" if self.contribution else f"m{self.member.id if self.member else 0}"

    @property
    def has_changed(self) -> bool:
        """Whether the text was edited after someone reported it; an answer to it is no edit."""
        text, seen = self.contribution, self.revision_seen
        if text is None or seen is None or text.edited_at is None:
            return False
        return seen < text.revision and text.edited_at >= self.since


@dataclass(slots=True)
class Queue:
    """One page of cases and how many there are."""

    cases: list[Case] = field(default_factory=list)
    total: int = 0
    more: int | None = None
    """Where the next page starts."""

    def chosen(self, key: str | None) -> Case | None:
        """The case named by `key`, else the first."""
        return next((case for case in self.cases if case.key == key), self.cases[0] if self.cases else None)


def curated_components(actor: Actor) -> ColumnElement[bool]:
    """The condition under which `actor` moderates what a component holds; says the same as `may_moderate`."""
    there = Contribution.component_id.in_(readable_components(actor))
    if actor.is_coordinator:
        return there
    if not actor.curated_spaces:
        return false()
    own = select(Component.id).where(Component.space_id.in_(sorted(actor.curated_spaces)))
    return and_(there, Contribution.component_id.in_(own))


def _open_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on open reports under which `actor` is to decide: never about themselves."""
    text = (
        select(Contribution.id)
        .where(
            Contribution.id == Report.contribution_id,
            written_by_others(actor.id),
            Contribution.deleted_at.is_(None),
            curated_components(actor),
        )
        .exists()
    )
    person = (
        and_(Report.member_id.is_not(None), Report.member_id != actor.id) if actor.is_coordinator else false()
    )
    return and_(Report.closed_at.is_(None), or_(text, person))


def waiting_count(actor: Actor) -> int:
    """How many texts and persons wait for `actor`'s decision."""
    subjects = select(Report.contribution_id, Report.member_id).where(_open_to(actor)).distinct().subquery()
    return db.session.scalar(select(func.count()).select_from(subjects)) or 0


@dataclass(frozen=True, slots=True)
class Left:
    """How many subjects wait for a decision, and since when."""

    count: int
    since: datetime


def waiting_by_space(actor: Actor, spaces: Sequence[Space]) -> list[tuple[Space | None, Left]]:
    """What waits for `actor` in each of these spaces, and in none for people; one statement."""
    by_id = {space.id: space for space in spaces}
    reports = (
        select(Report.contribution_id, Report.member_id, Report.created_at).where(_open_to(actor)).subquery()
    )
    rows = db.session.execute(
        select(
            Component.space_id,
            func.count(func.distinct(func.coalesce(reports.c.contribution_id, -reports.c.member_id))),
            func.min(reports.c.created_at),
        )
        .select_from(reports)
        .outerjoin(Contribution, Contribution.id == reports.c.contribution_id)
        .outerjoin(Component, Component.id == Contribution.component_id)
        .where(or_(Component.space_id.in_(by_id), reports.c.member_id.is_not(None)))
        .group_by(Component.space_id)
    )
    return [(by_id.get(space_id), Left(count, since)) for space_id, count, since in rows]


def queue(actor: Actor, after: int = 0) -> Queue:
    """What waits for `actor`, the longest waiting first, in pages, each text with its place and root."""
    cases = (
        select(
            Report.contribution_id,
            Report.member_id,
            func.count().label("reports"),
            func.min(Report.id).label("oldest"),
            func.max(Report.id).label("seen"),
            func.min(Report.created_at).label("since"),
            func.min(Report.revision_seen).label("revision_seen"),
            func.array_agg(func.distinct(Report.reason)).label("reasons"),
        )
        .where(_open_to(actor))
        .group_by(Report.contribution_id, Report.member_id)
        .cte("cases")
    )
    total = select(func.count()).select_from(cases).scalar_subquery()
    rows = db.session.execute(
        select(cases, total.label("total"))
        .where(cases.c.oldest > after)
        .order_by(cases.c.oldest)
        .limit(at_most(PAGE + 1))
    ).all()
    texts = _texts([row.contribution_id for row in rows if row.contribution_id])
    people = _people([row.member_id for row in rows if row.member_id])
    return Queue(
        cases=[_case(row, texts, people) for row in rows[:PAGE]],
        total=rows[0].total if rows else 0,
        more=rows[PAGE - 1].oldest if len(rows) > PAGE else None,
    )


def _case(row: Row[Any], texts: dict[int, Contribution], people: dict[int, Member]) -> Case:
    return Case(
        contribution=texts.get(row.contribution_id),
        member=people.get(row.member_id),
        count=row.reports,
        first=row.oldest,
        seen=row.seen,
        since=row.since,
        revision_seen=row.revision_seen,
        reasons=[Reason(reason) for reason in row.reasons],
    )


def _texts(ids: Sequence[int]) -> dict[int, Contribution]:
    if not ids:
        return {}
    found = db.session.scalars(
        with_place(select(Contribution))
        .where(Contribution.id.in_(ids))
        .options(joinedload(Contribution.about), joinedload(Contribution.within))
    )
    return {one.id: one for one in found}


def _people(ids: Sequence[int]) -> dict[int, Member]:
    if not ids:
        return {}
    found = db.session.scalars(select(Member).where(Member.id.in_(ids)).options(joinedload(Member.centre)))
    return {one.id: one for one in found}


def open_reports(case: Case) -> Sequence[Report]:
    """The open reports of one case that its row counts, the oldest first, each with its author."""
    subject = (
        Report.contribution_id == case.contribution.id
        if case.contribution
        else Report.member_id == (case.member.id if case.member else None)
    )
    return db.session.scalars(
        select(Report)
        .where(subject, Report.closed_at.is_(None), Report.id <= case.seen)
        .order_by(Report.id)
        .limit(at_most(50))
        .options(joinedload(Report.reporter))
    ).all()


def decisions_about(case: Case) -> Sequence[Decision]:
    """The latest standing decisions about the case's text, its author's other texts and its author."""
    conditions: list[ColumnElement[bool]] = []
    author_id = case.member.id if case.member else case.contribution.author_id if case.contribution else None
    if case.contribution:
        conditions.append(Decision.contribution_id == case.contribution.id)
    if author_id is not None:
        theirs = select(Contribution.id).where(Contribution.author_id == author_id)
        conditions += [Decision.contribution_id.in_(theirs), Decision.member_id == author_id]
    return db.session.scalars(
        select(Decision)
        .where(or_(false(), *conditions), Decision.undone_at.is_(None))
        .order_by(Decision.id.desc())
        .limit(at_most(50))
    ).all()


def text_seen(case: Case) -> Version | None:
    """The text as it stood when it was first reported."""
    if case.contribution is None or case.revision_seen is None:
        return None
    return db.session.scalar(
        select(Version)
        .where(
            Version.contribution_id == case.contribution.id,
            Version.part == Part.TEXT,
            Version.number <= case.revision_seen,
            Version.at <= case.since,
        )
        .order_by(Version.number.desc())
        .limit(at_most(1))
    )


def history(actor: Actor, *, before: int | None = None, limit: int = PAGE) -> Sequence[Decision]:
    """The decisions that `actor` may look at again, the newest first, with their subject and moderator."""
    text = (
        select(Contribution.id)
        .where(
            Contribution.id == Decision.contribution_id,
            written_by_others(actor.id),
            curated_components(actor),
        )
        .exists()
    )
    person = and_(
        Decision.member_id != actor.id,
        true() if actor.is_coordinator else Decision.moderator_id == actor.id,
    )
    query = select(Decision).where(or_(text, person))
    if before is not None:
        query = query.where(Decision.id < before)
    return db.session.scalars(_with_subject(query).order_by(Decision.id.desc()).limit(at_most(limit))).all()


def find_decision(decision_id: int) -> Decision | None:
    """A decision with its text or person, the text's root and place, and its moderator."""
    return db.session.scalar(_with_subject(select(Decision)).where(Decision.id == decision_id))


def _with_subject(query: Select[Decision]) -> Select[Decision]:
    text = joinedload(Decision.contribution)
    return query.options(
        text.joinedload(Contribution.about),
        text.joinedload(Contribution.within),
        text.joinedload(Contribution.author),
        text.joinedload(Contribution.component).joinedload(Component.space),
        joinedload(Decision.member),
        joinedload(Decision.moderator).joinedload(Member.centre),
    )


def hiding_of(contribution: Contribution) -> Decision | None:
    """The standing decision that hid a text, which says why; None for a text that came in hidden."""
    if contribution.hidden_at is None:
        return None
    subjects: list[ColumnElement[bool]] = [Decision.contribution_id == contribution.id]
    if contribution.author_id is not None:
        with_others = Decision.effects.contains({"hidden": [contribution.id]})
        subjects.append(and_(Decision.member_id == contribution.author_id, with_others))
    return db.session.scalar(
        select(Decision)
        .where(
            or_(*subjects),
            Decision.act.in_((Act.HIDE, Act.DEACTIVATE)),
            Decision.at == contribution.hidden_at,
            Decision.undone_at.is_(None),
        )
        .order_by(Decision.id.desc())
        .limit(at_most(1))
    )


def my_report(
    actor: Actor, *, contribution_id: int | None = None, member_id: int | None = None
) -> Report | None:
    """What `actor` already reported about this text or person."""
    return db.session.scalar(
        select(Report).where(
            Report.reporter_id == actor.id,
            Report.contribution_id == contribution_id if contribution_id else Report.member_id == member_id,
        )
    )


def latest_decision(contribution_id: int) -> int:
    """The id of the latest decision about a text, 0 when there is none."""
    found = db.session.scalar(
        select(func.max(Decision.id)).where(Decision.contribution_id == contribution_id)
    )
    return found or 0


def find_person(member_id: int) -> Member | None:
    """A member with their centre; imported and erased people cannot be acted upon."""
    return db.session.scalar(
        select(Member)
        .where(Member.id == member_id, Member.imported.is_(False), Member.erased_at.is_(None))
        .options(joinedload(Member.centre))
    )


def texts_shown(actor: Actor, member_id: int, *, everywhere: bool) -> int:
    """How many texts of a person would be hidden: everywhere, or in the spaces that `actor` curates."""
    query = select(func.count()).where(
        written_alone(member_id),
        Contribution.hidden_at.is_(None),
        Contribution.deleted_at.is_(None),
        Contribution.trashed_at.is_(None),
    )
    return db.session.scalar(query if everywhere else query.where(curated_components(actor))) or 0
