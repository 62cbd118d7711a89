"""Inviting a guest, asking them, and counting what they answered; each function is one act and one transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update

from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused, Role, authorize
from participa.comments.events import Answered
from participa.contributions import services as contributions
from participa.contributions.models import Contribution
from participa.db import transaction
from participa.debates.models import Debate
from participa.debates.questions.models import Question
from participa.debates.questions.policies import asking_is_open
from participa.debates.services import reread
from participa.events import AnySession, Happening, announce
from participa.follows.services import follow
from participa.spaces.models import Component, SpaceRole
from participa.spaces.services.team import add_role
from participa.votes.services import take_part

_debates: Any = Debate.__table__
_questions: Any = Question.__table__


def invite(
    moderator: Member,
    debate: Debate,
    guest: Member,
    *,
    guest_from: datetime | None,
    guest_until: datetime | None,
) -> None:
    """Invite the guest of a debate, or change their time; who has no role in the space becomes a guest of it.

    Who was guest before no longer is. Raises Refused when the debate closed since the page was shown.
    """
    with transaction() as session:
        before = _lock(session, debate)
        if before.guest_id not in (None, guest.id):
            _part(session, moderator, debate, before.guest_id)
        debate.guest_id, debate.guest_from, debate.guest_until = guest.id, guest_from, guest_until
        debate.revision = before.revision + 1
        if before.guest_id == guest.id:
            return
        space_id = debate.component.space_id
        session.flush()
        if add_role(session, debate.component.space, guest.id, Role.GUEST, unless_any=True):
            record(session, moderator, "role.given", guest, space_id=space_id, role=Role.GUEST)
        follow(session, guest.id, contribution_id=debate.id)
        record(session, moderator, "debate.guest_invited", debate, space_id=space_id, guest=guest.name)
        if guest.id != moderator.id:
            announce(
                session,
                Happening(
                    kind="guest.invited",
                    actor_id=moderator.id,
                    space_id=space_id,
                    contribution_id=debate.id,
                    about_id=debate.id,
                    recipients=(guest.id,),
                ),
            )


def part(moderator: Member, debate: Debate) -> None:
    """Take the guest of a debate away; questions and answers stay, and nobody can ask any more."""
    with transaction() as session:
        before = _lock(session, debate)
        if before.guest_id is None:
            return
        debate.guest_id = debate.guest_from = debate.guest_until = None
        debate.revision = before.revision + 1
        session.flush()
        _part(session, moderator, debate, before.guest_id)


def _part(session: AnySession, moderator: Member, debate: Debate, guest_id: int) -> None:
    """Record that someone is guest no longer, and take the role back unless another debate of the space needs it."""
    space_id = debate.component.space_id
    other = (
        select(_debates.c.id)
        .join(Contribution, Contribution.id == _debates.c.id)
        .join(Component, Component.id == Contribution.component_id)
        .where(Component.space_id == space_id, _debates.c.guest_id == guest_id, _debates.c.id != debate.id)
    )
    guest = session.get(Member, guest_id)
    taken = session.execute(
        delete(SpaceRole)
        .where(
            SpaceRole.space_id == space_id,
            SpaceRole.member_id == guest_id,
            SpaceRole.role == Role.GUEST,
            ~exists(other.correlate(None)),
        )
        .returning(SpaceRole.member_id)
    ).first()
    if taken is not None:
        record(session, moderator, "role.taken", guest, space_id=space_id, role=Role.GUEST)
    name = guest.name if guest is not None else ""
    record(session, moderator, "debate.guest_parted", debate, space_id=space_id, guest=name)


def _lock(session: AnySession, debate: Debate) -> Any:
    """Lock a debate, and give its revision and guest as they are now; raises Refused when it is closed."""
    row = session.execute(
        select(Contribution.revision, _debates.c.guest_id, _debates.c.closed_at)
        .join(_debates, _debates.c.id == Contribution.id)
        .where(Contribution.id == debate.id)
        .with_for_update(key_share=True)
    ).one()
    if row.closed_at is not None:
        raise Refused("debate_closed")
    return row


def ask(author: Member, debate: Debate, body: str, *, draft_id: int | None = None) -> Question:
    """Ask the guest something; those who follow the debate are told, its guest among them.

    Raises Refused when the guest parted, or the debate closed, since the page was shown.
    """
    with transaction() as session:
        held = reread(session, debate)
        authorize(asking_is_open(held))
        question = Question(
            component=held.component,
            author_id=author.id,
            centre_id=author.centre_id,
            about_id=held.id,
            debate_id=held.id,
            body=body,
            language=author.language,
        )
        contributions.discard_draft(session, author, draft_id)
        contributions.put(session, question)
        count(session, held.id, 1)
        contributions.touch(session, held.id)
        take_part(session, held.id, author.centre_id)
        follow(session, author.id, contribution_id=held.id)
        announce(
            session,
            Happening(
                kind="question.asked",
                actor_id=author.id,
                space_id=held.component.space_id,
                contribution_id=question.id,
                about_id=held.id,
            ),
        )
    return question


def count(session: AnySession, debate_id: int, n: int) -> None:
    """Add `n` to the visible questions of a debate."""
    more = {"question_count": _debates.c.question_count + n}
    session.execute(update(_debates).where(_debates.c.id == debate_id).values(more))


def count_answers(session: AnySession, event: Answered) -> None:
    """Add to the answers of a question, and tell a new one to those who follow the debate or raised the question."""
    more = {"answers": _questions.c.answers + event.n}
    session.execute(update(_questions).where(_questions.c.id == event.root_id).values(more))
    comment = event.comment
    if comment is not None:
        announce(
            session,
            Happening(
                kind="question.answered",
                actor_id=comment.author_id,
                space_id=comment.component.space_id,
                contribution_id=event.root_id,
                about_id=comment.about_id,
                details={"html": comment.html},
            ),
        )


def delete_question(author: Member, question: Question) -> None:
    """Delete one's own question; it leaves the debate with what was answered to it."""
    contributions.remove(author, question, "question.deleted")
