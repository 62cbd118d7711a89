"""Merging, splitting, copying and moving proposals; each function is one act and one transaction.

Every act locks the ballots it changes, then the proposals by ascending id, as votes do. A replaced proposal keeps
its votes and followers in the trash: undoing only takes it out. Its comments and attachments move.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, bindparam, delete, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from participa.attachments.models import Attachment
from participa.auth.models import Member
from participa.authorization import Refused
from participa.catalogues import lazy_gettext as _l
from participa.comments.together import mark
from participa.contributions import authors
from participa.contributions import services as contributions
from participa.contributions.events import VisibilityChanged
from participa.contributions.models import Authorship, Contribution
from participa.curation.acts import MOVERS, register
from participa.curation.models import CurationAct
from participa.curation.services import note as note_act
from participa.curation.services import note_undone, relocate, topic_there
from participa.db import at_most, clock, db, transaction
from participa.events import AnySession, announce
from participa.follows.models import Follow
from participa.proposals.answering.models import Answer, Standing
from participa.proposals.forms import Draft
from participa.proposals.lineage.figures import settle
from participa.proposals.lineage.models import Lineage, LineageKind, LineageLink
from participa.proposals.models import Proposal, ProposalState
from participa.spaces.models import Component, Space
from participa.votes.models import Vote


class ChangedMeanwhile(Exception):
    """Raised when an original was edited since the moderator read it; carries the numbers of those."""

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__(ids)
        self.ids = ids


def merge(
    moderator: Member,
    component: Component,
    revisions: dict[int, int],
    draft: Draft,
    *,
    first: int,
    note: str = "",
    draft_id: int | None = None,
) -> Proposal:
    """Put one text in the place of several proposals of a component, given by number with the revisions read.

    Supporters count once each; authors become co-authors, `first`'s author the first. Raises Refused when one
    left the list in the meantime, ChangedMeanwhile when one was edited.
    """
    with transaction() as session:
        held = _lock(session, component.id, revisions)
        merged = _successor(session, component, held, held[first], draft)
        lineage = _begin(
            session, LineageKind.MERGE, moderator, component.id, [first, *held], [merged.id], note
        )
        _replace(session, lineage, held, [merged])
        _move_texts(session, lineage, list(held), merged.id)
        contributions.discard_draft(session, moderator, draft_id)
        settle(session, [*held, merged.id])
        note_act(session, moderator, "merge", component.space_id, merged.id, lineage=lineage.id)
        contributions.tell(session, moderator, merged, "proposal.merged", count=len(held))
    return merged


def split(
    moderator: Member,
    component: Component,
    source: int,
    revision: int,
    parts: Sequence[Draft],
    *,
    comments_to: int = 0,
    note: str = "",
    draft_id: int | None = None,
) -> list[Proposal]:
    """Put several texts in the place of one; supporters count on each, comments go to the part `comments_to`.

    Raises Refused and ChangedMeanwhile as `merge`.
    """
    with transaction() as session:
        held = _lock(session, component.id, {source: revision})
        if component.configuration.ballot != "support" and _has_votes(session, source):
            raise Refused("split_secret")
        made = [_successor(session, component, held, held[source], draft) for draft in parts]
        ids = [part.id for part in made]
        lineage = _begin(session, LineageKind.SPLIT, moderator, component.id, [source], ids, note)
        _replace(session, lineage, held, made)
        _move_texts(session, lineage, [source], ids[comments_to])
        contributions.discard_draft(session, moderator, draft_id)
        settle(session, [source, *ids])
        note_act(session, moderator, "split", component.space_id, source, lineage=lineage.id)
        for part in made:
            contributions.tell(session, moderator, part, "proposal.split", count=len(made))
    return made


def undo(member: Member, lineage: Lineage) -> list[int]:
    """Bring the originals of a merge or split back with what they had; gives their numbers.

    What came after stays with what replaced them. Needs the links. Raises Refused when an original was erased,
    or when one of the proposals was since moved or replaced.
    """
    with transaction() as session:
        sources = [link.proposal_id for link in lineage.links if link.is_source]
        targets = [link.proposal_id for link in lineage.links if not link.is_source]
        known = [number for number in (*sources, *targets) if number is not None]
        _lock_ballots(session, known)
        held = {row.id: row for row in session.execute(_locked(), {"ids": known})}
        open_ = session.scalar(
            update(Lineage)
            .where(Lineage.id == lineage.id, Lineage.undone_at.is_(None))
            .values(undone_at=clock(), undone_by_id=member.id)
            .returning(Lineage.at)
            .execution_options(synchronize_session=False)
        )
        if open_ is None:
            raise Refused("undone_already")
        note_undone(session, member, CurationAct.details["lineage"].as_integer() == lineage.id)
        if any(number not in held for number in sources) or None in sources:
            raise Refused("undo_erased")
        places = {link.proposal_id: link.component_id for link in lineage.links}
        for number, row in held.items():
            replaced = row.trashed_at is not None
            if row.component_id != places[number] or replaced != (number in sources):
                raise Refused("undo_moved")
            if row.results_at is not None:  # those of the originals would be subtracted from them
                raise Refused("results_shown")
        back = [number for number in sources if number is not None]
        _untrash(session, back)
        _return_texts(session, lineage)
        _return_votes(session, lineage, [number for number in targets if number is not None])
        settle(session, known)
        for number in back:
            contributions.tell(session, member, _standing(session, number), "proposal.unmerged")
    return back


def copy(moderator: Member, proposal: Proposal, component: Component) -> Proposal:
    """Publish the text, with its authors and links, in another component; votes and comments stay behind."""
    with transaction() as session:
        row = session.execute(_locked(), {"ids": [proposal.id]}).one()
        draft = Draft(row.title, row.body)
        made = _successor(session, component, {row.id: row}, row, draft)
        _begin(session, LineageKind.COPY, moderator, proposal.component_id, [proposal.id], [made.id], "")
        _copy_links(session, proposal.id, made.id)
        contributions.tell(session, moderator, made, "proposal.copied")
    return made


def move(moderator: Member, proposal: Contribution, component: Component) -> None:
    """Take the proposal, with all that stands under it, to another component; old addresses lead there.

    Raises Refused when it was replaced or hidden in the meantime.
    """
    left = proposal.component_id
    with transaction() as session:
        _lock_ballots(session, [proposal.id])
        row = session.execute(_locked(), {"ids": [proposal.id]}).one()
        if row.trashed_at is not None or row.component_id != left:
            raise Refused("replaced_already")
        ballots = {place.configuration.ballot for place in (proposal.component, component)}
        if len(ballots) > 1 and _has_votes(session, proposal.id):
            raise Refused("other_vote")
        _begin(session, LineageKind.MOVE, moderator, left, [proposal.id], [], "")
        relocate(session, proposal.id, component.id)
        session.execute(
            update(Proposal.__table__)  # type: ignore[arg-type]
            .where(Proposal.__table__.c.id == proposal.id)
            .values(
                topic_id=topic_there(session, row.topic_id, component.id),
                state_id=_state_there(session, proposal.id, row.state_id, component.id),
            )
        )
        settle(session, [proposal.id], [left])
        names = {"before": proposal.component.name, "after": component.name}
        set_committed_value(proposal, "component_id", component.id)
        set_committed_value(proposal, "component", component)
        contributions.tell(session, moderator, proposal, "proposal.moved", **names)


def _standing(session: AnySession, proposal_id: int) -> Proposal:
    """A proposal with its place and phases."""
    place = joinedload(Proposal.component).joinedload(Component.space).joinedload(Space.phases)
    return session.scalars(select(Proposal).where(Proposal.id == proposal_id).options(place)).unique().one()


def _state_there(session: AnySession, proposal_id: int, state_id: int | None, place: int) -> int | None:
    """The state of the same name in another component, which answers that stand follow; refuses without one."""
    states = {
        row.token: row.id
        for row in session.execute(
            _tokens((ProposalState.component_id == place) & ProposalState.retired_at.is_(None))
        )
    }
    for answer in session.scalars(
        select(Answer).where(Answer.proposal_id == proposal_id, Answer.standing != Standing.PAST)
    ):
        if answer.state_id is not None:
            answer.state_id = _matched(session, answer.state_id, states)
    return None if state_id is None else _matched(session, state_id, states)


def _matched(session: AnySession, state_id: int, states: dict[str, int]) -> int:
    token = session.execute(_tokens(ProposalState.id == state_id)).one().token
    if token not in states:
        raise Refused("no_such_state")
    return states[token]


def _tokens(*where: Any) -> Any:
    return select(ProposalState.id, ProposalState.token).where(*where)


def _locked() -> Any:
    """Proposals as they are now, locked by ascending id."""
    names = (
        "id", "component_id", "revision", "title", "body", "author_id", "centre_id", "coauthor_ids", "official",
        "language", "withdrawn_at", "hidden_at", "trashed_at",
    )  # fmt: skip
    ids = bindparam("ids", type_=ARRAY(BigInteger))
    return (
        select(
            *(getattr(Contribution, name) for name in names),
            *(Proposal.__table__.c[n] for n in ("topic_id", "state_id", "results_at")),
        )
        .join(Proposal.__table__, Proposal.__table__.c.id == Contribution.id)
        .where(Contribution.id == func.any(ids))
        .order_by(Contribution.id)
        .with_for_update(of=Contribution, key_share=True)
    )


def _has_votes(session: AnySession, proposal_id: int) -> bool:
    return (
        session.scalar(select(Vote.voter_id).where(Vote.contribution_id == proposal_id).limit(at_most(1)))
        is not None
    )


def _lock_ballots(session: AnySession, ids: Iterable[int]) -> None:
    session.execute(
        text(
            "SELECT 1 FROM ballots b WHERE b.component_id IN (SELECT component_id FROM contributions"
            " WHERE id = ANY(:ids)) AND b.voter_id IN (SELECT voter_id FROM votes WHERE contribution_id = ANY(:ids))"
            " ORDER BY b.component_id, b.voter_id FOR NO KEY UPDATE OF b"
        ),
        {"ids": list(ids)},
    )


def _lock(session: AnySession, component_id: int, revisions: dict[int, int]) -> dict[int, Any]:
    """Lock the originals of a merge or split; gives them by number, in their order."""
    _lock_ballots(session, revisions)
    held = {row.id: row for row in session.execute(_locked(), {"ids": list(revisions)})}
    for number in revisions:
        row = held.get(number)
        if row is None or row.component_id != component_id or row.trashed_at is not None:
            raise Refused("replaced_already")
        if row.hidden_at is not None or row.withdrawn_at is not None:
            raise Refused("hidden" if row.hidden_at else "withdrawn")
        if row.results_at is not None:
            raise Refused("results_shown")
    changed = [number for number, revision in revisions.items() if held[number].revision != revision]
    if changed:
        raise ChangedMeanwhile(changed)
    return {number: held[number] for number in revisions}


def _successor(
    session: AnySession, component: Component, held: dict[int, Any], first: Any, draft: Draft
) -> Proposal:
    """A new proposal by the first one's author and, beside them, every other author of the originals."""
    made = Proposal(
        component=component,
        author_id=first.author_id,
        centre_id=first.centre_id,
        official=first.official,
        title=draft.title,
        body=draft.body,
        topic_id=draft.topic_id,
        language=first.language,
    )
    contributions.put(session, made)
    people = {row.author_id: row.centre_id for row in held.values() if row.author_id and not row.official}
    rows = session.execute(
        select(Authorship.member_id, Authorship.centre_id)
        .where(Authorship.contribution_id.in_(held), Authorship.accepted_at.is_not(None))
        .order_by(Authorship.accepted_at, Authorship.member_id)
    )
    for member_id, centre_id in rows:
        people.setdefault(member_id, centre_id)
    authors.add_authors(session, made, people.items())
    return made


def _begin(
    session: AnySession,
    kind: LineageKind,
    moderator: Member,
    component_id: int,
    sources: Iterable[int],
    targets: Sequence[int],
    note: str,
) -> Lineage:
    lineage = Lineage(kind=kind, at=clock(), by_id=moderator.id, note=note, attachments={}, links=[])
    ordered = [*((number, True) for number in dict.fromkeys(sources)), *((n, False) for n in targets)]
    for position, (number, is_source) in enumerate(ordered):
        lineage.links.append(
            LineageLink(position=position, proposal_id=number, is_source=is_source, component_id=component_id)
        )
    session.add(lineage)
    session.flush()
    return lineage


def _replace(session: AnySession, lineage: Lineage, held: dict[int, Any], made: Sequence[Proposal]) -> None:
    """Send the originals to the trash, and give what replaces them their followers and their votes."""
    session.execute(
        update(Contribution)
        .where(Contribution.id.in_(held))
        .values(trashed_at=lineage.at, revision=Contribution.revision + 1)
        .execution_options(synchronize_session=False)
    )
    _announce(session, held, shown=False)
    votes: Any = Vote.__table__
    kept = [column for column in votes.c if column.name != "contribution_id"]
    for proposal in made:
        own = [id for id in (proposal.author_id, *proposal.coauthor_ids) if id is not None]
        latest = (
            select(literal(proposal.id, BigInteger), *kept)
            .where(votes.c.contribution_id.in_(held), votes.c.voter_id.not_in(own))
            .ext(distinct_on(votes.c.voter_id))
            .order_by(votes.c.voter_id, votes.c.cast_at.desc())
        )
        session.execute(insert(votes).from_select(["contribution_id", *(c.name for c in kept)], latest))
        follows: Any = Follow.__table__
        followers = (
            select(follows.c.member_id, literal(proposal.id, BigInteger), func.min(follows.c.created_at))
            .where(follows.c.contribution_id.in_(held))
            .group_by(follows.c.member_id)
        )
        session.execute(
            upsert(follows)
            .from_select(["member_id", "contribution_id", "created_at"], followers)
            .on_conflict_do_nothing()
        )


_MOVE_TEXTS = (
    """
    INSERT INTO moved_texts (lineage_id, text_id, from_id, base_number)
    SELECT :lineage, c.id, c.about_id, a.base_number FROM contributions c LEFT JOIN amendments a ON a.id = c.id
    WHERE c.about_id = ANY(:ids)
    AND (
      (c.kind = 'comment' AND c.within_id IS NULL)
      OR EXISTS (
        SELECT FROM amendments w JOIN contributions waits ON waits.id = w.id
        WHERE w.id IN (c.id, c.within_id) AND w.decision IS NULL AND waits.withdrawn_at IS NULL
      )
    )
    """,
    "UPDATE comments SET root_id = :target, origin_id = coalesce(origin_id, root_id) WHERE root_id = ANY(:ids)",
    """
    UPDATE contributions c SET about_id = :target FROM moved_texts m
    WHERE m.lineage_id = :lineage AND m.text_id = c.id
    """,
    """
    UPDATE amendments a SET base_number = 1 FROM moved_texts m
    WHERE m.lineage_id = :lineage AND m.text_id = a.id
    """,
)
"""Comments go, and the amendments that wait for an answer, with theirs, to be examined against the new text."""


def _move_texts(session: AnySession, lineage: Lineage, ids: list[int], target: int) -> None:
    """Take comments, amendments and attachments to what replaces the originals, noting where each came from."""
    for statement in _MOVE_TEXTS:
        session.execute(text(statement), {"lineage": lineage.id, "ids": ids, "target": target})
    mark(session, session.scalars(text(_MOVED_TO), {"lineage": lineage.id}).all())
    moved: dict[str, list[int]] = {}
    rows = session.execute(
        select(Attachment.id, Attachment.contribution_id)
        .where(Attachment.contribution_id.in_(ids))
        .order_by(Attachment.contribution_id, Attachment.position, Attachment.id)
    ).all()
    for number, from_id in rows:
        moved.setdefault(str(from_id), []).append(number)
    lineage.attachments = moved
    for at, (number, _from) in enumerate(rows):
        session.execute(
            update(Attachment)
            .where(Attachment.id == number)
            .values(contribution_id=target, position=at)
            .execution_options(synchronize_session=False)
        )
    session.flush()


_LATE = (
    "SELECT k.id, k.top_id, k.parent_id, k.path FROM comments k"
    " JOIN moved_texts parent ON parent.lineage_id = :lineage AND parent.text_id = k.parent_id"
    " WHERE NOT EXISTS (SELECT FROM moved_texts m WHERE m.lineage_id = :lineage AND m.text_id = k.id)"
    " AND NOT EXISTS (SELECT FROM contributions w WHERE w.id = k.id AND w.within_id IS NOT NULL)"
    " ORDER BY k.top_id, k.path"
)
"""Answers written since to comments that moved: they stay, on top, when what they answer goes back."""

_STAY = (
    "UPDATE comments SET top_id = :id, path = substr(path, :length + 1),"
    " depth = least((length(path) - :length) / 8, 250), parent_id = CASE WHEN id = :id THEN NULL ELSE parent_id END,"
    " answers_id = CASE WHEN id = :id THEN :parent ELSE answers_id END"
    " WHERE top_id = :top AND path >= :path AND path < :path || '~'"
)

_RETURN_TEXTS = (
    """
    UPDATE comments k SET root_id = m.from_id, origin_id = nullif(k.origin_id, m.from_id) FROM moved_texts m
    WHERE m.lineage_id = :lineage AND m.text_id = k.id
    AND NOT EXISTS (SELECT FROM contributions w WHERE w.id = k.id AND w.within_id IS NOT NULL)
    """,
    """
    UPDATE contributions c SET about_id = m.from_id FROM moved_texts m
    WHERE m.lineage_id = :lineage AND m.text_id = c.id
    AND NOT EXISTS (SELECT FROM amendments a WHERE a.id IN (c.id, c.within_id) AND a.decision IS NOT NULL)
    """,
    """
    UPDATE amendments a SET base_number = m.base_number FROM moved_texts m
    WHERE m.lineage_id = :lineage AND m.text_id = a.id AND a.decision IS NULL
    """,
    """
    UPDATE contributions c SET about_id = w.about_id FROM contributions w JOIN moved_texts m ON m.text_id = w.id
    WHERE m.lineage_id = :lineage AND c.within_id = w.id AND c.about_id <> w.about_id
    """,
)
"""All go back, with what was said of them since, but the amendments answered since, which belong to the text they
were answered for."""

_MOVED_TO = (
    "SELECT DISTINCT k.root_id FROM comments k JOIN moved_texts m ON m.text_id = k.id"
    " WHERE m.lineage_id = :lineage"
)
"""The threads where the comments that moved stand now."""


def _return_texts(session: AnySession, lineage: Lineage) -> None:
    """Take comments, amendments and attachments back to the originals; later answers stay where they are."""
    late = session.execute(text(_LATE), {"lineage": lineage.id}).all()
    for row in late:
        values = {
            "id": row.id,
            "top": row.top_id,
            "path": row.path,
            "length": len(row.path),
            "parent": row.parent_id,
        }
        session.execute(text(_STAY), values)
    for statement in _RETURN_TEXTS:
        session.execute(text(statement), {"lineage": lineage.id})
    mark(session, session.scalars(text(_MOVED_TO), {"lineage": lineage.id}).all())
    for from_id, numbers in lineage.attachments.items():
        session.execute(
            update(Attachment)
            .where(Attachment.id.in_(numbers))
            .values(contribution_id=int(from_id))
            .execution_options(synchronize_session=False)
        )
    if late:
        tops = {"tops": [number for row in late for number in (row.top_id, row.id)]}
        settle(
            session, session.scalars(text("SELECT id FROM comments WHERE top_id = ANY(:tops)"), tops).all()
        )


def _return_votes(session: AnySession, lineage: Lineage, targets: list[int]) -> None:
    """Leave the successors the votes cast or changed since; the others count on the originals again."""
    session.execute(
        delete(Vote)
        .where(Vote.contribution_id.in_(targets), Vote.cast_at <= lineage.at)
        .execution_options(synchronize_session=False)
    )


def _untrash(session: AnySession, ids: list[int]) -> None:
    session.execute(
        update(Contribution)
        .where(Contribution.id.in_(ids))
        .values(trashed_at=None, revision=Contribution.revision + 1, last_activity_at=clock())
        .execution_options(synchronize_session=False)
    )
    _announce(session, ids, shown=True)


def _announce(session: AnySession, ids: Iterable[int], *, shown: bool) -> None:
    """Let search and its like forget the originals, or find them again."""
    for number in ids:
        announce(session, VisibilityChanged(_standing(session, number), shown=shown))


def _copy_links(session: AnySession, source: int, target: int) -> None:
    """Give a copy the links to sources of the original; files stay with it."""
    table: Any = Attachment.__table__
    kept = [c for c in table.c if c.name not in ("id", "contribution_id", "import_key")]
    rows = select(literal(target, BigInteger), *kept).where(
        table.c.contribution_id == source, table.c.url.is_not(None)
    )
    session.execute(insert(table).from_select(["contribution_id", *(c.name for c in kept)], rows))


def _undo_replacement(member: Member, act: CurationAct) -> int:
    """Bring back what was merged or split, as its page does."""
    lineage = db.session.scalar(
        select(Lineage).where(Lineage.id == act.details["lineage"]).options(selectinload(Lineage.links))
    )
    if lineage is None:
        raise Refused("act_overtaken")
    undo(member, lineage)
    return 0


register("merge", _l("Merged"))(_undo_replacement)
register("split", _l("Split"))(_undo_replacement)
MOVERS["proposals"] = move
