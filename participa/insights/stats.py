"""Totals of the whole network."""

from typing import Any

from sqlalchemy import func, select

from participa.auth.models import Member
from participa.comments.models import Comment
from participa.contributions.models import Contribution, ContributionKind
from participa.db import db
from participa.debates.models import Argument
from participa.network.models import Centre
from participa.spaces.models import Space
from participa.votes.models import Vote

STANCES = {1: "for", 0: "neutral", -1: "against", None: "none"}
VALUES = {1: "for", 0: "mixed", -1: "against"}


def totals() -> dict[str, Any]:
    """Count everything; totals include what is hidden, which `hidden` counts apart; what is deleted is left out."""
    kept = (Contribution.deleted_at.is_(None), Contribution.trashed_at.is_(None))
    kinds: dict[str, int] = dict.fromkeys(ContributionKind, 0)
    hidden: dict[str, int] = dict.fromkeys(ContributionKind, 0)
    rows = db.session.execute(
        select(Contribution.kind, func.count(), func.count(Contribution.hidden_at))
        .where(*kept)
        .group_by(Contribution.kind)
    )
    for kind, count, count_hidden in rows:
        kinds[kind], hidden[kind] = count, count_hidden
    positions = _grouped(
        select(Comment.position, func.count()).where(*kept).group_by(Comment.position), STANCES
    )
    sides = _grouped(
        select(Argument.side, func.count()).where(*kept).group_by(Argument.side), {1: "for", -1: "against"}
    )
    votes: dict[ContributionKind, dict[str, int]] = {}
    for kind, value, count in db.session.execute(
        select(Contribution.kind, Vote.value, func.count())
        .join(Contribution, Contribution.id == Vote.contribution_id)
        .where(Contribution.trashed_at.is_(None))  # a merged proposal's votes count on its successor
        .group_by(Contribution.kind, Vote.value)
    ):
        votes.setdefault(kind, dict.fromkeys(VALUES.values(), 0))[VALUES[value]] = count
    on_proposals = votes.get(ContributionKind.PROPOSAL, dict.fromkeys(VALUES.values(), 0))
    people = db.session.execute(select(Member.imported, func.count()).group_by(Member.imported))
    members = {bool(imported): count for imported, count in people}
    return {
        "members": members.get(False, 0),
        "imported_people": members.get(True, 0),
        "centres": db.session.scalar(
            select(func.count()).select_from(Centre).where(Centre.left_at.is_(None))
        ),
        "spaces": db.session.scalar(
            select(func.count()).select_from(Space).where(Space.trashed_at.is_(None))
        ),
        "proposals": kinds[ContributionKind.PROPOSAL],
        "debates": kinds[ContributionKind.DEBATE],
        "comments": {"total": kinds[ContributionKind.COMMENT], **positions},
        "arguments": {"total": kinds[ContributionKind.ARGUMENT], **sides},
        "questions": kinds[ContributionKind.QUESTION],
        "votes_on_proposals": {"total": sum(on_proposals.values()), **on_proposals},
        "votes_on_comments": sum(votes.get(ContributionKind.COMMENT, {}).values()),
        "votes_on_arguments": sum(votes.get(ContributionKind.ARGUMENT, {}).values()),
        "hidden": {f"{kind.value}s": hidden[kind] for kind in ContributionKind},
    }


def _grouped(query: Any, names: dict[Any, str]) -> dict[str, int]:
    counted = {names[value]: count for value, count in db.session.execute(query)}
    return {name: counted.get(name, 0) for name in names.values()}
