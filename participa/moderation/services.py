"""Reporting, deciding, undoing: one function for each thing a person does.

Every act on a text locks its root, then the text, by ascending id, as every other service does; what it
then reads is what the act before it wrote. Two moderators who decide at once therefore pass one after the
other, and the second is told what the first did (`AlreadyDecided`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from participa.audit.services import record
from participa.auth.models import Member
from participa.auth.session import end_sessions
from participa.authorization import Refused
from participa.contributions.events import VisibilityChanged
from participa.contributions.models import Contribution
from participa.contributions.queries import with_place, written_alone
from participa.db import at_most, clock, transaction
from participa.events import AnySession, Happening, announce
from participa.moderation.models import Act, Decision, Reason, Report
from participa.spaces.models import Component

BATCH = 500
"""How many texts of one person are loaded at a time when all are hidden or restored."""


class AlreadyDecided(Exception):
    """Raised when someone else decided about the same thing since the moderator's page was made."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.id)
        self.decision = decision


def report(reporter: Member, contribution: Contribution, reason: Reason, note: str = "") -> bool:
    """Call a moderator to a text; false when this person already did."""
    with transaction() as session:
        _lock(session, [contribution])
        if not contribution.is_shown:
            raise Refused("hidden")
        return _add_report(
            session,
            reporter,
            reason,
            note,
            {"contribution_id": contribution.id, "revision_seen": contribution.revision},
            contribution,
        )


def report_member(reporter: Member, member: Member, reason: Reason, note: str = "") -> bool:
    """Call a coordinator to the conduct of a person; false when this person already did."""
    with transaction() as session:
        _lock_member(session, member)
        if not member.is_active:
            raise Refused("account_closed")
        return _add_report(session, reporter, reason, note, {"member_id": member.id}, member)


def hide(
    moderator: Member, contribution: Contribution, reason: Reason, note: str = "", *, last: int | None = None
) -> Decision:
    """Hide a text, close every report of it, and tell its author and those who reported it.

    `last` is the latest decision that the moderator's page showed; raises AlreadyDecided when there is a
    newer one.
    """
    with transaction() as session:
        _lock(session, [contribution])
        _check_news(session, Decision.contribution_id == contribution.id, last)
        if contribution.hidden_at is not None:
            raise Refused("already_hidden")
        if not contribution.is_shown:
            raise Refused("deleted")
        decision = _decide(session, moderator, Act.HIDE, reason, note, contribution=contribution)
        contribution.hidden_at = decision.at
        session.flush()
        closed = _close(
            session, moderator, decision, Report.contribution_id == contribution.id, "hidden", contribution
        )
        decision.effects = {"hidden": [contribution.id], "reports": closed}
        announce(session, VisibilityChanged(contribution, shown=False))
        _tell_author(session, moderator, contribution, "moderation.hidden", reason, note)
        record(
            session,
            moderator,
            "moderation.hidden",
            contribution,
            space_id=_space(contribution),
            reason=reason,
        )
    return decision


def keep(moderator: Member, contribution: Contribution, *, seen: int, last: int | None = None) -> Decision:
    """Decide that a text stays, and close its reports up to number `seen`: a newer one is not lost."""
    with transaction() as session:
        _lock(session, [contribution])
        _check_news(session, Decision.contribution_id == contribution.id, last)
        decision = _decide(session, moderator, Act.KEEP, Reason.OTHER, "", contribution=contribution)
        about_it = (Report.contribution_id == contribution.id) & (Report.id <= seen)
        decision.effects = {"reports": _close(session, moderator, decision, about_it, "kept", contribution)}
        record(session, moderator, "moderation.kept", contribution, space_id=_space(contribution))
    return decision


def restore(moderator: Member, contribution: Contribution) -> Decision:
    """Show a hidden text again and tell its author; the decision that hid it stays in the history."""
    with transaction() as session:
        _lock(session, [contribution])
        if contribution.hidden_at is None:
            raise Refused("not_hidden")
        decision = _decide(session, moderator, Act.RESTORE, Reason.OTHER, "", contribution=contribution)
        decision.effects = {"hidden_at": contribution.hidden_at.isoformat(), "reports": []}
        contribution.hidden_at = None
        session.flush()
        if contribution.is_shown:
            announce(session, VisibilityChanged(contribution, shown=True))
        _tell_author(session, moderator, contribution, "moderation.restored")
        record(session, moderator, "moderation.restored", contribution, space_id=_space(contribution))
    return decision


def keep_member(coordinator: Member, member: Member, *, seen: int, last: int | None = None) -> Decision:
    """Decide that an account stays open, and close the reports of this person up to number `seen`."""
    with transaction() as session:
        _lock_member(session, member)
        _check_news(session, Decision.member_id == member.id, last)
        decision = _decide(session, coordinator, Act.KEEP, Reason.OTHER, "", member=member)
        about_it = (Report.member_id == member.id) & (Report.id <= seen)
        decision.effects = {"reports": _close(session, coordinator, decision, about_it, "kept")}
        record(session, coordinator, "moderation.member_kept", member)
    return decision


def deactivate(
    coordinator: Member, member: Member, reason: Reason, note: str = "", *, last: int | None = None
) -> Decision:
    """Close a person's account, end their sessions and hide all they wrote, so that it can be undone."""
    with transaction() as session:
        _lock_member(session, member)
        _check_news(session, Decision.member_id == member.id, last)
        if not member.is_active:
            raise Refused("account_closed")
        decision = _decide(session, coordinator, Act.DEACTIVATE, reason, note, member=member)
        member.deactivated_at = decision.at
        session.flush()
        end_sessions(member)
        hidden = _hide_all(session, decision, written_alone(member.id))
        about_them = or_(Report.member_id == member.id, _among(Report.contribution_id, hidden))
        closed = _close(session, coordinator, decision, about_them, "deactivated")
        decision.effects = {"deactivated": True, "hidden": hidden, "reports": closed}
        record(session, coordinator, "member.deactivated", member, reason=reason, hidden=len(hidden))
    return decision


def hide_all(
    moderator: Member, member: Member, reason: Reason, note: str = "", *, spaces: Sequence[int] = ()
) -> Decision:
    """Hide all that a person wrote in `spaces`; their account stays open and they are told once."""
    with transaction() as session:
        _lock_member(session, member)
        decision = _decide(session, moderator, Act.HIDE, reason, note, member=member)
        there = Contribution.component_id.in_(select(Component.id).where(Component.space_id.in_(spaces)))
        hidden = _hide_all(session, decision, written_alone(member.id) & there)
        closed = _close(session, moderator, decision, _among(Report.contribution_id, hidden), "hidden")
        decision.effects = {"hidden": hidden, "reports": closed}
        if hidden:
            announce(
                session,
                Happening(
                    "moderation.hidden_all",
                    moderator.id,
                    None,
                    recipients=(member.id,),
                    details={"count": len(hidden), "reason": reason.value, "note": note},
                ),
            )
        record(session, moderator, "moderation.hidden_all", member, reason=reason, hidden=len(hidden))
    return decision


def undo(moderator: Member, decision: Decision) -> Decision:
    """Put back what a decision changed, and only that: texts, account and reports.

    What someone hid, restored or closed since, or had hidden before, stays as they left it. Raises
    AlreadyDecided when the decision is already undone, Refused when a later one about the same thing stands.
    """
    contribution, member = decision.contribution, decision.member
    with transaction() as session:
        if contribution is not None:
            _lock(session, [contribution])
            subject: ColumnElement[bool] = Decision.contribution_id == contribution.id
        else:
            assert member is not None
            _lock_member(session, member)
            subject = Decision.member_id == member.id
        undone_at = session.scalar(
            select(Decision.undone_at).where(Decision.id == decision.id).with_for_update()
        )
        if undone_at is not None:
            raise AlreadyDecided(decision)
        if session.scalar(
            select(Decision.id).where(subject, Decision.id > decision.id, Decision.undone_at.is_(None))
        ):
            raise Refused("later_decision")
        _put_back(session, moderator, decision)
        session.execute(
            update(Report)
            .where(_among(Report.id, decision.effects.get("reports", [])), Report.decision_id == decision.id)
            .values(closed_at=None, decision_id=None)
            .execution_options(synchronize_session=False)
        )
        decision.undone_at, decision.undone_by_id = clock(), moderator.id
        record(
            session,
            moderator,
            "moderation.undone",
            contribution or member,
            space_id=_space(contribution) if contribution else None,
            act=decision.act.value,
        )
    return decision


def close_reports_of_removed(session: AnySession, contribution: Contribution) -> None:
    """Close the reports of a text that its author removed, and tell those who reported it."""
    _close(session, None, None, Report.contribution_id == contribution.id, "removed", contribution)


def _add_report(
    session: AnySession, reporter: Member, reason: Reason, note: str, subject: dict[str, Any], thing: Any
) -> bool:
    added = session.scalar(
        upsert(Report)
        .values(reporter_id=reporter.id, reason=reason, note=note, created_at=clock(), **subject)
        .on_conflict_do_nothing()
        .returning(Report.id)
    )
    if added is None:
        return False
    space_id = _space(thing) if isinstance(thing, Contribution) else None
    record(session, reporter, "moderation.reported", thing, space_id=space_id, reason=reason)
    return True


def _lock(session: AnySession, contributions: Iterable[Contribution]) -> None:
    """Lock texts and what they are about, by ascending id, and read their state as it is now."""
    by_id = {one.id: one for one in contributions}
    above = {number for one in by_id.values() for number in (one.about_id, one.within_id)} - {None}
    ids = {*by_id, *above}
    states = ("hidden_at", "deleted_at", "trashed_at", "revision")
    rows = session.execute(
        select(Contribution.id, *(getattr(Contribution, name) for name in states))
        .where(Contribution.id.in_(ids))
        .order_by(Contribution.id)
        .with_for_update(key_share=True)
    )
    for row in rows:
        if row.id in by_id:
            for name in states:
                set_committed_value(by_id[row.id], name, getattr(row, name))


def _lock_member(session: AnySession, member: Member) -> None:
    row = session.execute(
        select(Member.deactivated_at, Member.erased_at)
        .where(Member.id == member.id)
        .with_for_update(key_share=True)
    ).one()
    set_committed_value(member, "deactivated_at", row.deactivated_at)
    set_committed_value(member, "erased_at", row.erased_at)


def _check_news(session: AnySession, subject: ColumnElement[bool], last: int | None) -> None:
    if last is None:
        return
    newer = session.scalar(
        select(Decision)
        .where(subject, Decision.id > last, Decision.undone_at.is_(None))
        .order_by(Decision.id.desc())
        .limit(at_most(1))
        .options(joinedload(Decision.moderator))
    )
    if newer is not None:
        raise AlreadyDecided(newer)


def _decide(
    session: AnySession,
    moderator: Member,
    act: Act,
    reason: Reason,
    note: str,
    *,
    contribution: Contribution | None = None,
    member: Member | None = None,
) -> Decision:
    decision = Decision(
        act=act,
        contribution_id=contribution.id if contribution else None,
        member_id=member.id if member else None,
        moderator_id=moderator.id,
        reason=reason,
        note=note,
        at=clock(),
    )
    session.add(decision)
    session.flush()
    return decision


def _close(
    session: AnySession,
    moderator: Member | None,
    decision: Decision | None,
    about_it: ColumnElement[bool],
    outcome: str,
    contribution: Contribution | None = None,
) -> list[int]:
    """Close the open reports that `about_it` selects, tell their authors the outcome; gives their ids."""
    closed = session.execute(
        update(Report)
        .where(about_it, Report.closed_at.is_(None))
        .values(closed_at=clock(), decision_id=decision.id if decision else None)
        .returning(Report.id, Report.reporter_id)
        .execution_options(synchronize_session=False)
    ).all()
    if closed:
        announce(
            session,
            Happening(
                "report.closed",
                moderator.id if moderator else None,
                _space(contribution) if contribution else None,
                contribution.id if contribution else None,
                (contribution.about_id or contribution.id) if contribution else None,
                recipients=tuple(sorted({row.reporter_id for row in closed})),
                details={"outcome": outcome},
            ),
        )
    return sorted(row.id for row in closed)


def _hide_all(session: AnySession, decision: Decision, whose: ColumnElement[bool]) -> list[int]:
    """Hide the texts that are shown now; gives their ids."""
    shown = (
        Contribution.hidden_at.is_(None),
        Contribution.deleted_at.is_(None),
        Contribution.trashed_at.is_(None),
    )
    ids = sorted(session.scalars(select(Contribution.id).where(whose, *shown)))
    for texts in _locked_batches(session, ids):
        for one in texts:
            one.hidden_at = decision.at
        session.flush()
        for one in texts:
            announce(session, VisibilityChanged(one, shown=False))
    return ids


def _put_back(session: AnySession, moderator: Member, decision: Decision) -> None:
    """Undo the effects of a decision on texts and account."""
    effects = decision.effects
    if decision.act == Act.RESTORE and decision.contribution is not None:
        contribution = decision.contribution
        if contribution.is_shown:
            contribution.hidden_at = datetime.fromisoformat(effects["hidden_at"])
            session.flush()
            announce(session, VisibilityChanged(contribution, shown=False))
            _tell_author(session, moderator, contribution, "moderation.hidden", decision.reason)
        return
    for texts in _locked_batches(session, effects.get("hidden", [])):
        back = [one for one in texts if one.hidden_at == decision.at]
        for one in back:
            one.hidden_at = None
        session.flush()
        for one in [one for one in back if one.is_shown]:
            announce(session, VisibilityChanged(one, shown=True))
            if decision.member_id is None:
                _tell_author(session, moderator, one, "moderation.restored")
    member = decision.member
    if effects.get("deactivated") and member is not None and member.deactivated_at == decision.at:
        member.deactivated_at = None
        record(session, moderator, "member.reactivated", member)


def _locked_batches(session: AnySession, ids: list[int]) -> Iterable[Sequence[Contribution]]:
    """The texts with these ids, a batch at a time; all of them are locked before the first one changes."""
    if not ids:
        return
    above = [
        select(key).where(_among(Contribution.id, ids), key.is_not(None))
        for key in (Contribution.about_id, Contribution.within_id)
    ]
    session.execute(
        select(Contribution.id)
        .where(or_(_among(Contribution.id, ids), *(Contribution.id.in_(held) for held in above)))
        .order_by(Contribution.id)
        .with_for_update(key_share=True)
    )
    for start in range(0, len(ids), BATCH):
        yield session.scalars(
            with_place(select(Contribution))
            .where(Contribution.id.in_(ids[start : start + BATCH]))
            .order_by(Contribution.id)
            .options(joinedload(Contribution.about), joinedload(Contribution.within))
            .execution_options(populate_existing=True)
        ).all()


def _among(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """`column` is one of `ids`, however many: one parameter, where IN would take one for each."""
    found: ColumnElement[bool] = column == any_(literal(list(ids), ARRAY(BigInteger)))
    return found


def _tell_author(
    session: AnySession,
    moderator: Member,
    contribution: Contribution,
    kind: str,
    reason: Reason | None = None,
    note: str = "",
) -> None:
    authors = [id for id in (contribution.author_id, *contribution.coauthor_ids) if id is not None]
    if not authors:
        return
    announce(
        session,
        Happening(
            kind,
            moderator.id,
            _space(contribution),
            contribution.id,
            contribution.about_id or contribution.id,
            recipients=tuple(authors),
            details={"reason": reason.value, "note": note} if reason else {},
        ),
    )


def _space(contribution: Contribution) -> int:
    return contribution.component.space_id
