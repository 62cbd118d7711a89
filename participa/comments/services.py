"""Writing, changing and deleting comments; counters of the thread move in the same transaction."""

from typing import Any

from sqlalchemy import and_, case, exists, func, inspect, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from participa.auth.models import Member
from participa.authorization import Refused, authorize
from participa.comments import paths
from participa.comments.events import Answered
from participa.comments.mentions import mentioned_in, readers
from participa.comments.models import ANSWER, NEAR, Comment, Exchange, Stance
from participa.comments.policies import thread_is_open
from participa.comments.together import mark
from participa.contributions import services as contributions
from participa.contributions.models import Contribution
from participa.contributions.policies import above
from participa.db import clock, db, transaction
from participa.events import AnySession, Happening, announce
from participa.follows.services import follow
from participa.spaces.models import Space
from participa.votes.services import take_part

_own: Any = Comment.__table__
_COUNT_BELOW = text(
    "INSERT INTO branches (comment_id, below) SELECT unnest(CAST(:over AS bigint[])), greatest(:n, 0)"
    " ON CONFLICT (comment_id) DO UPDATE SET below = branches.below + :n"
)
_next_id = select(func.nextval("contributions_id_seq")).scalar_subquery()


def post(
    author: Member,
    root: Contribution,
    body: str,
    *,
    position: int | None = None,
    nature: str | None = None,
    parent: Comment | None = None,
    language: str | None = None,
    draft_id: int | None = None,
) -> Comment:
    """Publish a comment about `root`, or an answer to `parent`, and tell people.

    Of `nature` ANSWER, it is written by who the root is put to, as the caller has made sure.
    Raises Refused when the thread closed, or the comment answered was removed, since the page was shown.
    Needs what `queries.find_root` loads.
    """
    component = root.component  # held: reading the row again forgets what hangs on it
    with transaction() as session:
        over = [_lock(session, one) for one in above(root)]
        about_id = over[0].id if over else root.id
        kind = type(root)
        root, number = session.execute(
            select(kind, _next_id)
            .where(kind.id == root.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).one()
        asked = nature == ANSWER
        authorize(thread_is_open(root, asked=asked))
        comment = Comment(
            id=number,
            component=component,
            author_id=author.id,
            centre_id=author.centre_id,
            published_at=clock(),
            body=body,
            language=language or author.language,
            position=position if parent is None else None,
            nature=nature if asked or parent is None else None,
        )
        place(comment, root, parent)
        if count(session, comment, 1, active=True) and parent is not None:
            raise Refused("answered_is_gone")
        contributions.put(session, comment)
        if comment.position is not None:
            mark(session, [root.id])
        contributions.discard_draft(session, author, draft_id)
        take_part(session, about_id, author.centre_id)
        follow(session, author.id, contribution_id=about_id)
        called = _call(session, author, comment, component.space, mentioned_in(body))
        answered = parent.author_id if parent is not None and parent.author_id != author.id else None
        answered = None if answered in called else answered
        announce(session, Answered(root.id, 1, comment) if asked else _posted(comment))
        if answered:
            announce(
                session,
                Happening(
                    kind="comment.answered",
                    actor_id=author.id,
                    space_id=component.space_id,
                    contribution_id=comment.id,
                    about_id=about_id,
                    recipients=(answered,),
                ),
            )
    return comment


def _posted(comment: Comment) -> Happening:
    """What is told of a new comment."""
    return Happening(
        kind="comment.posted",
        actor_id=comment.author_id,
        space_id=comment.component.space_id,
        contribution_id=comment.id,
        about_id=comment.about_id,
    )


def _call(
    session: AnySession, author: Member, comment: Comment, space: Space, numbers: list[int]
) -> list[int]:
    """Tell those of these people who may read the space that a comment mentions them; gives who they are."""
    called = [number for number in readers(space, numbers) if number != author.id]
    if called:
        announce(
            session,
            Happening(
                kind="comment.mentioned",
                actor_id=author.id,
                space_id=space.id,
                contribution_id=comment.id,
                about_id=comment.about_id,
                recipients=tuple(called),
            ),
        )
    return called


def _lock(session: AnySession, one: Contribution) -> Contribution:
    """Lock what a thread's subject belongs to, and read it as it is now."""
    kind = type(one)
    return session.scalars(
        select(kind)
        .where(kind.id == one.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def place(comment: Comment, root: Contribution, parent: Comment | None = None) -> None:
    """Give a new comment its number and place in the thread about `root`: at the top, or under `parent`."""
    if inspect(comment).dict.get("id") is None:
        comment.id = db.session.scalars(select(func.nextval("contributions_id_seq"))).one()
    comment.root_id = root.id
    comment.about_id = root.about_id or root.id
    comment.within_id = root.id if root.about_id else None
    comment.posted_at = comment.published_at
    if parent is None:
        comment.top_id, comment.path = comment.id, ""
    else:
        comment.top_id, comment.path = parent.top_id, paths.under(parent.path, comment.id)
        hung = paths.hangs(parent.path)
        comment.parent_id = parent.parent_id if hung else parent.id
        comment.answers_id = parent.id if hung else None
        if comment.centre_id is not None and parent.centre_id is not None:
            comment.crossing = comment.centre_id != parent.centre_id
    comment.depth = paths.depth(comment.path)


def count(session: AnySession, comment: Any, n: int, *, active: bool = False) -> bool:
    """Add `n` to the counts of what stands above a comment; true when the comment it answers is removed.

    What the thread is about is locked first, which keeps two acts in one thread apart.

    `comment` is one, or a row with the columns of `comments` that say where it stands.
    """
    answered = comment.answers_id or comment.parent_id
    about = Contribution.id == comment.root_id
    values: dict[str, Any] = {"comment_count": Contribution.comment_count + case((about, n), else_=0)}
    if active:
        moved = func.greatest(Contribution.last_activity_at, clock())
        values["last_activity_at"] = case((about, moved), else_=Contribution.last_activity_at)
    states = session.execute(
        update(Contribution)
        .where(Contribution.id.in_([comment.root_id, *([answered] if answered else [])]))
        .values(values)
        .returning(Contribution.id, Contribution.deleted_at, Contribution.hidden_at, Contribution.trashed_at)
        .execution_options(synchronize_session=False)
    ).all()
    if comment.depth:
        near = n if comment.depth <= NEAR else 0
        session.execute(
            update(_own)
            .where(_own.c.id == comment.top_id)
            .values(reply_count=_own.c.reply_count + n, near_count=_own.c.near_count + near)
        )
        over = [comment.top_id, *paths.ids(comment.path)[:-1]]
        session.execute(_COUNT_BELOW, {"over": over, "n": n})
    if comment.crossing is not None:
        _count_exchange(session, comment.root_id, n, n if comment.crossing else 0)
    if comment.position is not None:
        new = upsert(Stance).values(root_id=comment.root_id, position=comment.position, n=n)
        session.execute(
            new.on_conflict_do_update(
                index_elements=[Stance.root_id, Stance.position], set_={"n": Stance.n + new.excluded.n}
            )
            if n > 0
            else update(Stance)
            .where(Stance.root_id == comment.root_id, Stance.position == comment.position)
            .values(n=Stance.n + n)
            .execution_options(synchronize_session=False)
        )
    return any(row.id == answered and any(row[1:]) for row in states)


def _has_answers(session: AnySession, comment: Comment) -> bool:
    """Whether anybody had answered a comment, whatever became of the answer."""
    under = or_(
        Comment.parent_id == comment.id,
        and_(Comment.parent_id == comment.parent_id, Comment.answers_id == comment.id),
    )
    return bool(session.scalar(select(exists().where(under))))


def _count_exchange(session: AnySession, root_id: int, replies: int, crossing: int) -> None:
    """Add to how many replies of a thread go from one centre to another, of those that have two centres."""
    held = Exchange.__table__
    if replies > 0:
        new = upsert(Exchange).values(root_id=root_id, replies=replies, crossing=crossing)
        more = {name: held.c[name] + new.excluded[name] for name in ("replies", "crossing")}
        session.execute(new.on_conflict_do_update(index_elements=[Exchange.root_id], set_=more))
    else:
        fewer = {"replies": held.c.replies + replies, "crossing": held.c.crossing + crossing}
        session.execute(update(held).where(held.c.root_id == root_id).values(fewer))  # type: ignore[arg-type]


def edit(
    editor: Member,
    comment: Comment,
    body: str,
    *,
    revision: int,
    draft_id: int | None = None,
    **merge: Any,
) -> bool:
    """Change a comment's text and keep the version; false when nothing changed.

    Raises Conflict, carrying `merge` for the merge page, when `revision` is no longer the current one.
    """
    before = comment.body
    with transaction() as session:
        changed = contributions.revise(session, comment, editor, revision=revision, body=body, **merge)
        if changed:
            newly = [number for number in mentioned_in(body) if number not in mentioned_in(before)]
            _call(session, editor, comment, comment.component.space, newly)
            comment.edited_late = comment.edited_late or _has_answers(session, comment)
        contributions.discard_draft(session, editor, draft_id)
    return changed


def delete(author: Member, comment: Comment) -> None:
    """Delete one's own comment; a stub stays while something answers it."""
    contributions.remove(author, comment, "comment.deleted")
