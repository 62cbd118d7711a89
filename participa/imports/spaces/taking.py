"""What stands in a space, as a document."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, func, literal, select
from sqlalchemy.orm import aliased

from participa.auth.models import Member
from participa.comments.models import Comment
from participa.contributions.models import Contribution, ContributionKind, Version
from participa.contributions.queries import shown
from participa.db import db
from participa.debates.models import Argument, Debate
from participa.network.models import Centre
from participa.proposals.amendments.models import Amendment
from participa.proposals.answering.models import Answer, Standing
from participa.proposals.models import Proposal, ProposalState
from participa.spaces.kinds import KINDS
from participa.spaces.models import ALWAYS, Component, Space
from participa.spaces.queries import load_topics
from participa.spaces.topics.tree import in_order
from participa.spaces.translations.words import copied

FORMAT, VERSION = "participa-space", 1
TAKEN = (
    ContributionKind.PROPOSAL,
    ContributionKind.DEBATE,
    ContributionKind.ARGUMENT,
    ContributionKind.QUESTION,
    ContributionKind.AMENDMENT,
    ContributionKind.COMMENT,
)
"""The texts that go along: those shown to whoever reads the space."""
SAID = ("name", "summary", "description", "accent", "announcement", "promoter", "programme")
STATE = ("token", "name_fr", "name_en", "glyph", "tone", "is_final", "needs_reason", "needs_costs")
DEBATED = ("starts_at", "ends_at", "instructions", "updates", "updated_at", "columns", "comments_open",
           "closed_at", "corrected_at", "conclusions", "guest_from", "guest_until")  # fmt: skip
AMENDED = ("base_number", "reason", "decision", "decided_at", "decision_reason", "version_number")
VERSION_OF = ("part", "number", "title", "body", "at", "reason")
ANSWERED = ("body", "cost", "cost_report", "execution_period", "given_at", "published_at")


def document_of(space: Space) -> dict[str, Any]:
    """The document of a space; needs its phases and components. A dozen statements for each component."""
    load_topics(space)
    branches = in_order(space.topics)
    places = {branch.topic.id: n for n, branch in enumerate(branches)}
    components = [component for component in space.components if component.trashed_at is None]
    return {
        "format": FORMAT,
        "version": VERSION,
        "space": {
            "kind": space.kind.value,
            "visibility": space.visibility.value,
            **{name: getattr(space, name) for name in SAID},
            "starts_on": _plain(space.starts_on),
            "ends_on": _plain(space.ends_on),
            "translations": copied(space),
        },
        "phases": [
            {
                "name": phase.name,
                "description": phase.description,
                "starts_on": _plain(phase.starts_on),
                "ends_on": _plain(phase.ends_on),
                "translations": copied(phase),
            }
            for phase in space.phases
        ],
        "topics": [
            {
                "name": branch.topic.name,
                "under": places.get(branch.topic.parent_id or 0),
                "translations": copied(branch.topic),
            }
            for branch in branches
        ],
        "front": None
        if space.blocks is None
        else [block for block in space.blocks if block.get("kind") != "image"],
        "tools": [_tool(space, component, places) for component in components],
    }


def _tool(space: Space, component: Component, places: Mapping[int, int]) -> dict[str, Any]:
    kind = KINDS[component.kind]
    keys = [str(phase.id) for phase in space.phases] or [ALWAYS]
    return {
        "kind": component.kind,
        "name": component.name,
        "introduction": component.introduction,
        "translations": copied(component),
        "published": component.published_at is not None,
        "settings": asdict(component.configuration),
        "rules": [asdict(component.rules_of(key)) for key in keys],
        "topics": sorted(places[topic.id] for topic in component.topics if topic.id in places),
        "states": _states(component) if kind.name == "proposals" else [],
        "texts": _texts(component, places),
    }


def _states(component: Component) -> list[dict[str, Any]]:
    """The states that answers may give, in their order."""
    query = (
        select(ProposalState)
        .where(ProposalState.component_id == component.id, ProposalState.retired_at.is_(None))
        .order_by(ProposalState.position, ProposalState.id)
    )
    return [{name: getattr(state, name) for name in STATE} for state in db.session.scalars(query)]


def _texts(component: Component, places: Mapping[int, int]) -> list[dict[str, Any]]:
    """The texts of a tool, each after what it stands under, which it names by its place in the list."""
    base, signer = Contribution.__table__, aliased(Centre)
    rows = db.session.execute(
        select(
            base,
            Member.name.label("writer"),
            Member.imported.label("brought"),
            Member.erased_at,
            signer.name.label("house"),
        )
        .outerjoin(Member, Member.id == base.c.author_id)
        .outerjoin(signer, signer.id == base.c.centre_id)
        .where(base.c.component_id == component.id, base.c.kind.in_(TAKEN), base.c.restricted.is_(False))
        .where(shown())
        .order_by(base.c.id)
    ).mappings()
    held = {row["id"]: dict(row) for row in rows}
    coauthors = _names({number for row in held.values() for number in row["coauthor_ids"]})
    own, histories = _own(component), _histories(held)
    at: dict[int, int] = {}
    texts: list[dict[str, Any]] = []
    for number, row in held.items():
        above = [row["about_id"], row["within_id"]]
        if any(one is not None and one not in at for one in above):
            continue  # what it stands under is not taken
        specific = own.get(number, {})
        parent = specific.pop("parent", None)
        while parent is not None and parent not in at:  # an answer to what is gone stands higher
            parent = own.get(parent, {}).get("parent")
        topic = specific.pop("topic", None)
        at[number] = len(texts)
        texts.append(
            {
                "kind": row["kind"].value,
                "about": at.get(row["about_id"] or 0),
                "within": at.get(row["within_id"] or 0),
                "parent": at.get(parent or 0),
                "title": row["title"],
                "body": row["body"],
                "language": row["language"],
                "by": _signature(row, coauthors),
                **{name: _plain(row[name]) for name in ("published_at", "edited_at", "withdrawn_at")},
                "votes": [row["support_count"], row["neutral_count"], row["against_count"]],
                "topic": places.get(topic or 0),
                "versions": histories.get(number, []),
            }
            | specific
        )
    for text in texts:
        if "promoted" in text:
            text["promoted"] = at.get(text["promoted"] or 0)
    return texts


def _signature(row: Mapping[str, Any], coauthors: Mapping[int, str]) -> str | None:
    """Who signs a text, in words: names and centres; None for nobody any more."""
    if row["official"]:
        house: str | None = row["house"]
        return house
    if row["writer"] is None or row["erased_at"] is not None:
        return None
    first = _signed(row["writer"], None if row["brought"] else row["house"])
    return "; ".join([first, *(coauthors[number] for number in row["coauthor_ids"] if number in coauthors)])


def _signed(name: str, house: str | None) -> str:
    return f"{name}, {house}" if house else name


def _names(ids: Iterable[int]) -> dict[int, str]:
    query = select(Member.id, Member.name).where(Member.id.in_(sorted(ids)), Member.erased_at.is_(None))
    return {number: name for number, name in db.session.execute(query)}


def _own(component: Component) -> dict[int, dict[str, Any]]:
    """What only the kind of each text knows."""
    base = Contribution.__table__
    inside = base.c.component_id == component.id
    found: dict[int, dict[str, Any]] = {}

    def read(model: Any, *columns: Any) -> list[dict[str, Any]]:
        table = model.__table__
        query = select(table.c.id, *columns).join(base, base.c.id == table.c.id).where(inside)
        return [dict(row) for row in db.session.execute(query).mappings()]

    own = Proposal.__table__.c
    for row in db.session.execute(
        select(own.id, own.topic_id, ProposalState.token)
        .join(base, base.c.id == own.id)
        .outerjoin(ProposalState, ProposalState.id == own.state_id)
        .where(inside)
    ):
        found[row.id] = {"topic": row.topic_id, "state": row.token, "answer": None}
    answers = (
        select(Answer.proposal_id, *(getattr(Answer, name) for name in ANSWERED))
        .join(base, base.c.id == Answer.proposal_id)
        .where(inside, Answer.standing == Standing.CURRENT, Answer.published_at.is_not(None))
    )
    for answer in db.session.execute(answers).mappings():
        found[answer["proposal_id"]]["answer"] = {name: _plain(answer[name]) for name in ANSWERED}
    debates = Debate.__table__.c
    guests = _guests(component)
    for debate in read(Debate, debates.topic_id, *(debates[name] for name in DEBATED)):
        found[debate["id"]] = {
            "topic": debate["topic_id"],
            "guest": guests.get(debate["id"]),
            **{name: _plain(debate[name]) for name in DEBATED},
        }
    amendments = Amendment.__table__.c
    kept = [amendments[name] for name in (*AMENDED, "decided_by_id", "promoted_id")]
    rows = read(Amendment, *kept)
    names = _names({row["decided_by_id"] for row in rows if row["decided_by_id"]})
    for amendment in rows:
        found[amendment["id"]] = {
            **{name: _plain(amendment[name]) for name in AMENDED},
            "decided_by": names.get(amendment["decided_by_id"] or 0),
            "promoted": amendment["promoted_id"],
        }
    for argument in read(Argument, Argument.__table__.c.side):
        found[argument["id"]] = {"side": argument["side"]}
    comments = Comment.__table__.c
    for comment in read(Comment, comments.parent_id, comments.answers_id, comments.position, comments.nature):
        found[comment["id"]] = {
            "parent": comment["answers_id"] or comment["parent_id"],
            "position": comment["position"],
            "nature": comment["nature"],
        }
    return found


def _guests(component: Component) -> dict[int, str]:
    """Who answers in each debate that has a guest, in the words of a signature."""
    query = (
        select(Debate.__table__.c.id, Member.name, Member.imported, Centre.name.label("house"))
        .join(Contribution.__table__, Contribution.__table__.c.id == Debate.__table__.c.id)
        .join(Member, Member.id == Debate.__table__.c.guest_id)
        .outerjoin(Centre, Centre.id == Member.centre_id)
        .where(Contribution.__table__.c.component_id == component.id, Member.erased_at.is_(None))
    )
    return {
        row.id: _signed(row.name, None if row.imported else row.house) for row in db.session.execute(query)
    }


def _histories(texts: Mapping[int, Mapping[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """The versions of the texts that changed; `by` is None for their author, "" for nobody any more. Two statements."""
    changed = db.session.scalars(
        select(Version.contribution_id)
        .where(Version.contribution_id == any_(literal(list(texts), ARRAY(BigInteger))))
        .group_by(Version.contribution_id)
        .having(func.count() > 1)
    ).all()
    rows = db.session.execute(
        select(
            Version.contribution_id,
            Version.editor_id,
            *(getattr(Version, name) for name in VERSION_OF),
            Member.name.label("editor"),
            Member.erased_at,
        )
        .outerjoin(Member, Member.id == Version.editor_id)
        .where(Version.contribution_id == any_(literal(list(changed), ARRAY(BigInteger))))
        .order_by(Version.contribution_id, Version.part, Version.number)
    ).mappings()
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        own = row["editor_id"] == texts[row["contribution_id"]]["author_id"]
        by = None if own else "" if row["erased_at"] else row["editor"] or ""
        version = {name: _plain(row[name]) for name in VERSION_OF} | {"by": by}
        found.setdefault(row["contribution_id"], []).append(version)
    return found


def _plain(value: Any) -> Any:
    """A value as JSON has it: days and moments as text, amounts as numbers."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
