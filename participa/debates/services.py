"""What people do with debates; each function is one act and one transaction."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.orm.attributes import set_committed_value

from participa import text
from participa.attachments.services import join
from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused, authorize
from participa.catalogues import lazy_gettext as _l
from participa.comments.models import Comment
from participa.contributions import services as contributions
from participa.contributions.models import Contribution, Part
from participa.contributions.queries import find_contribution, shown
from participa.curation.acts import MOVERS, register
from participa.curation.models import CurationAct
from participa.curation.services import note as note_act
from participa.curation.services import note_undone, relocate, topic_there
from participa.db import clock, transaction
from participa.debates.closing import without_quotations
from participa.debates.forms import Draft
from participa.debates.models import Argument, Debate
from participa.debates.policies import arguing_is_open
from participa.debates.queries import find_whole, lifted_from
from participa.errors import Conflict
from participa.events import AnySession, Happening, announce
from participa.follows.services import follow
from participa.moderation.trash.services import put_in_trash
from participa.spaces.models import Component
from participa.votes.services import take_part
from participa.web import address_of

SIDES = {1: "for_count", -1: "contra_count"}


def open_debate(author: Member, component: Component, draft: Draft, *, draft_id: int | None = None) -> Debate:
    """Put a question to everyone; its author follows it from now on, and the space's followers are told."""
    with transaction() as session:
        debate = Debate(
            component=component,
            author=author,
            centre_id=author.centre_id,
            language=author.language,
            title=draft.title,
            body=draft.body,
            topic_id=draft.topic_id,
            proposal_id=draft.proposal_id,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            official=draft.official,
            instructions=draft.instructions,
            instructions_html=text.to_html(draft.instructions),
            columns=draft.columns,
            comments_open=draft.comments_open,
        )
        contributions.put(session, debate)
        if debate.instructions:
            contributions.keep_version(session, debate, author, Part.INSTRUCTIONS, debate.instructions)
        join(session, author, debate, draft.files)
        follow(session, author.id, contribution_id=debate.id)
        contributions.discard_draft(session, author, draft_id)
        signed = {"signed": author.centre.name} if draft.official and author.centre else {}
        contributions.tell(session, author, debate, "debate.published", **signed)
        _tell_of_proposal(session, author, debate, "proposal.debated")
    return debate


def edit(
    editor: Member,
    debate: Debate,
    draft: Draft,
    *,
    revision: int,
    reason: str = "",
    draft_id: int | None = None,
    **merge: Any,
) -> bool:
    """Change the question, its topic or its time; false when nothing changed. Raises Conflict when stale."""
    with transaction() as session:
        if _lock(session, debate).closed_at is not None:
            raise Refused("debate_closed")
        changed = contributions.revise(
            session,
            debate,
            editor,
            revision=revision,
            title=draft.title,
            body=draft.body,
            reason=reason,
            **merge,
        )
        linked = draft.proposal_id != debate.proposal_id
        news = draft.updates != debate.updates
        moved = _settle(session, editor, debate, draft)
        if moved:
            debate.revision = revision + 1
            if linked:
                _tell_of_proposal(session, editor, debate, "proposal.debated")
        if join(session, editor, debate, draft.files):
            moved, debate.revision = True, revision + 1
        contributions.discard_draft(session, editor, draft_id)
        if changed:
            contributions.touch(session, debate.id)
            contributions.tell(session, editor, debate, "debate.edited")
        if news and draft.updates:
            contributions.touch(session, debate.id)
            contributions.tell(session, editor, debate, "debate.updated", debate.updates_html)
    return changed or moved


_SETTLED = (
    "topic_id", "starts_at", "ends_at", "proposal_id", "instructions", "updates", "columns", "comments_open",
)  # fmt: skip
"""What of a debate is changed without a version of its text."""


def _settle(session: AnySession, editor: Member, debate: Debate, draft: Draft) -> bool:
    """Take over what a draft says beside the text, with versions of what is read; false when it says nothing new."""
    changed = [name for name in _SETTLED if getattr(debate, name) != getattr(draft, name)]
    for name in changed:
        setattr(debate, name, getattr(draft, name))
    if "instructions" in changed:
        debate.instructions_html = text.to_html(draft.instructions)
        contributions.keep_version(session, debate, editor, Part.INSTRUCTIONS, draft.instructions)
    if "updates" in changed:
        contributions.keep_version(session, debate, editor, Part.UPDATES, draft.updates)
        debate.updates_html, debate.updated_at = text.to_html(draft.updates), clock()
    return bool(changed)


def close(
    moderator: Member,
    debate: Debate,
    conclusions: str,
    *,
    revision: int,
    draft_id: int | None = None,
    back: str = "",
) -> None:
    """Close a debate with what it concludes, and tell those who follow it.

    Raises Conflict when another moderator closed it, or its author changed it, in the meantime.
    """
    with transaction() as session:
        current = _lock(session, debate)
        if current.revision != revision or current.closed_at is not None:
            theirs = SimpleNamespace(revision=current.revision, fields={"body": current.conclusions or ""})
            raise Conflict(draft=theirs, fields={"body": conclusions}, back=back)
        debate.conclusions, debate.conclusions_html = conclusions, text.to_html(conclusions)
        debate.closed_at, debate.closed_by_id = clock(), moderator.id
        debate.corrected_at = None
        contributions.keep_version(session, debate, moderator, Part.CONCLUSIONS, conclusions)
        debate.revision = current.revision + 1
        session.flush()
        contributions.discard_draft(session, moderator, draft_id)
        contributions.touch(session, debate.id)
        ends_at = debate.ends_at.isoformat() if debate.ends_at else None
        note_act(session, moderator, "close", debate.component.space_id, debate.id, ends_at=ends_at)
        contributions.tell(
            session, moderator, debate, "debate.closed", without_quotations(debate.conclusions_html)
        )
        _tell_of_proposal(session, moderator, debate, "proposal.debate_closed")


def correct(
    moderator: Member,
    debate: Debate,
    conclusions: str,
    *,
    revision: int,
    reason: str = "",
    draft_id: int | None = None,
    back: str = "",
) -> bool:
    """Change what a closed debate concludes, and tell it like the closing; false when nothing changed.

    Raises Conflict when the conclusions changed in the meantime, Refused when the debate was opened again.
    """
    with transaction() as session:
        current = _lock(session, debate)
        if current.closed_at is None:
            raise Refused("debate_not_closed")
        if current.revision != revision:
            theirs = SimpleNamespace(revision=current.revision, fields={"body": current.conclusions or ""})
            raise Conflict(draft=theirs, fields={"body": conclusions}, back=back)
        contributions.discard_draft(session, moderator, draft_id)
        if current.conclusions == conclusions:
            return False
        debate.conclusions, debate.conclusions_html = conclusions, text.to_html(conclusions)
        debate.corrected_at = clock()
        debate.revision = current.revision + 1
        contributions.keep_version(session, debate, moderator, Part.CONCLUSIONS, conclusions, reason=reason)
        session.flush()
        contributions.touch(session, debate.id)
        html = without_quotations(debate.conclusions_html)
        contributions.tell(session, moderator, debate, "debate.corrected", html)
    return True


def _tell_of_proposal(session: AnySession, actor: Member, debate: Debate, action: str) -> None:
    """Record in the story of the proposal that a debate is about what happens to the debate."""
    proposal = find_contribution(debate.proposal_id) if debate.proposal_id is not None else None
    if proposal is not None:
        space_id = debate.component.space_id
        record(session, actor, action, proposal, space_id=space_id, debate=address_of(debate))


def reopen(moderator: Member, debate: Debate) -> None:
    """Open a closed debate again; its conclusions are put away, and the record keeps that it was closed."""
    with transaction() as session:
        current = _lock(session, debate)
        if current.closed_at is None:
            return
        debate.conclusions, debate.conclusions_html = None, ""
        debate.closed_at = debate.closed_by_id = debate.corrected_at = None
        if debate.ends_at is not None and debate.ends_at <= clock():
            debate.ends_at = None
        debate.revision = current.revision + 1
        note_undone(
            session, moderator, and_(CurationAct.kind == "close", CurationAct.subject_id == debate.id)
        )
        record(session, moderator, "debate.reopened", debate, space_id=debate.component.space_id)
        _tell_of_proposal(session, moderator, debate, "proposal.debate_reopened")


def argue(author: Member, debate: Debate, side: int, body: str, *, draft_id: int | None = None) -> Argument:
    """Add an argument for (+1) or against (−1) and tell those who follow the debate.

    Raises Refused when the debate closed since the page was shown.
    """
    with transaction() as session:
        held = _open(session, debate)
        argument = Argument(
            component=held.component,
            author_id=author.id,
            centre_id=author.centre_id,
            side=side,
            body=body,
            language=author.language,
        )
        contributions.discard_draft(session, author, draft_id)
        _add(session, held, argument)
        announce(session, _posted(argument, author.id))
    return argument


def lift(moderator: Member, comment: Comment, side: int, body: str) -> Argument:
    """Make an argument of a message of the thread, credited to whoever wrote it, who is told.

    Raises Refused when the message was removed or lifted, or the debate closed, since the page was shown.
    """
    debate = comment.about
    assert isinstance(debate, Debate)
    with transaction() as session:
        held = _open(session, debate)
        current = session.execute(
            select(Contribution.author_id, Contribution.centre_id, Contribution.language)
            .where(Contribution.id == comment.id, shown())
            .with_for_update(key_share=True)
        ).first()
        if current is None:
            raise Refused("message_gone")
        if lifted_from(comment.id) is not None:
            raise Refused("lifted_already")
        session.execute(  # one lifted before, and undone since, stays in the trash on its own
            update(Argument.__table__)  # type: ignore[arg-type]
            .where(Argument.__table__.c.origin_id == comment.id)
            .values(origin_id=None)
        )
        argument = Argument(
            component=held.component,
            author_id=current.author_id,
            centre_id=current.centre_id,
            side=side,
            body=body,
            language=current.language,
            origin_id=comment.id,
            lifted_by_id=moderator.id,
        )
        _add(session, held, argument)
        note_act(session, moderator, "lift", held.component.space_id, argument.id)
        record(session, moderator, "argument.lifted", argument, space_id=held.component.space_id)
        announce(session, _posted(argument, moderator.id))
        if current.author_id not in (None, moderator.id):
            told = _posted(argument, moderator.id, kind="argument.lifted", recipients=(current.author_id,))
            announce(session, told)
    return argument


def reread(session: AnySession, debate: Debate) -> Debate:
    """Lock a debate and read it as it is now; needs its component loaded, which it keeps."""
    component = debate.component  # held: reading the row again forgets what hangs on it
    held = session.scalars(
        select(Debate)
        .where(Debate.id == debate.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    set_committed_value(held, "component", component)
    return held


def _open(session: AnySession, debate: Debate) -> Debate:
    """Lock a debate and read it as it is now; raises Refused when nobody argues in it any more."""
    held = reread(session, debate)
    authorize(arguing_is_open(held))
    return held


def _add(session: AnySession, debate: Debate, argument: Argument) -> None:
    """Put a new argument in its debate, which is locked, and count it."""
    argument.about_id = argument.debate_id = debate.id
    contributions.put(session, argument)
    count(session, debate.id, argument.side, 1)
    contributions.touch(session, debate.id)
    take_part(session, debate.id, argument.centre_id)
    if argument.author_id is not None:
        follow(session, argument.author_id, contribution_id=debate.id)


def _posted(
    argument: Argument,
    actor_id: int,
    *,
    kind: str = "argument.posted",
    recipients: tuple[int, ...] | None = None,
) -> Happening:
    """What is told of a new argument."""
    return Happening(
        kind=kind,
        actor_id=actor_id,
        space_id=argument.component.space_id,
        contribution_id=argument.id,
        about_id=argument.debate_id,
        recipients=recipients,
    )


def count(session: AnySession, debate_id: int, side: int, n: int) -> None:
    """Add `n` to the visible arguments of one side."""
    own = Debate.__table__
    name = SIDES[side]
    session.execute(update(own).where(own.c.id == debate_id).values({name: own.c[name] + n}))  # type: ignore[arg-type]


def delete_argument(author: Member, argument: Argument) -> None:
    """Delete one's own argument; it disappears from the debate."""
    contributions.remove(author, argument, "argument.deleted")


def _lock(session: AnySession, debate: Debate) -> Any:
    """Lock a debate and give its revision, closing and conclusions as they are now."""
    own = Debate.__table__
    return session.execute(
        select(Contribution.revision, own.c.closed_at, own.c.conclusions)
        .join(own, own.c.id == Contribution.id)
        .where(Contribution.id == debate.id)
        .with_for_update(key_share=True)
    ).one()


def move(moderator: Member, debate: Any, component: Component) -> None:
    """Take a debate, with all that was written in it, to another component; old addresses lead there."""
    with transaction() as session:
        row = session.execute(
            select(Contribution.component_id, Contribution.trashed_at)
            .where(Contribution.id == debate.id)
            .with_for_update(key_share=True)
        ).one()
        if row.trashed_at is not None or row.component_id != debate.component_id:
            raise Refused("act_overtaken")
        relocate(session, debate.id, component.id)
        own = Debate.__table__
        topic_id = session.scalar(select(own.c.topic_id).where(own.c.id == debate.id))
        there = topic_there(session, topic_id, component.id)
        session.execute(update(own).where(own.c.id == debate.id).values(topic_id=there))  # type: ignore[arg-type]
        names = {"before": debate.component.name, "after": component.name}
        set_committed_value(debate, "component_id", component.id)
        set_committed_value(debate, "component", component)
        contributions.tell(session, moderator, debate, "debate.moved", **names)


MOVERS["debates"] = move


@register("close", _l("Closed"))
def _undo_closing(moderator: Member, act: CurationAct) -> int:
    """Open the debate again, until the time it had; its conclusions stay among its versions."""
    debate = find_whole(act.subject_id or 0)
    if debate is None or debate.closed_at is None:
        raise Refused("act_overtaken")
    with transaction():
        reopen(moderator, debate)
        ends_at = act.details.get("ends_at")
        if ends_at and datetime.fromisoformat(ends_at) > clock():
            debate.ends_at = datetime.fromisoformat(ends_at)
    return 0


@register("lift", _l("Made an argument of a message"))
def _undo_lifting(moderator: Member, act: CurationAct) -> int:
    """Put the argument in the trash, with what it gathered; the message stays where it was."""
    argument = find_contribution(act.subject_id or 0)
    if argument is None or argument.trashed_at is not None:
        raise Refused("act_overtaken")
    put_in_trash(moderator, argument)
    return 0
