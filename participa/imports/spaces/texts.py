"""The texts of a tool made of those of a document."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select

from participa import text
from participa.comments.models import Comment
from participa.comments.services import place
from participa.contributions import services as contributions
from participa.contributions.models import Contribution, ContributionKind, Part, Version
from participa.db import clock, db
from participa.debates.models import Argument, Debate
from participa.debates.questions.models import Question
from participa.imports.machinery import Importer, Outcome
from participa.imports.spaces import values
from participa.imports.spaces.taking import ANSWERED, DEBATED, STATE, TAKEN
from participa.proposals.amendments.models import Amendment, Decision
from participa.proposals.answering.models import Answer, Standing
from participa.proposals.models import Proposal, ProposalState
from participa.spaces.models import Component, Space, Topic

BATCH = 500
MOST_STATES = 50


class TextBringer:
    """Brings the texts of one tool."""

    def __init__(self, component: Component, space: Space, tool: Mapping[str, Any]) -> None:
        self.component, self.tool = component, tool
        self.importer = Importer(f"space-{space.id}-{secrets.token_hex(4)}", component, Outcome())
        self.topics: Sequence[Topic] = sorted(space.topics, key=lambda topic: (topic.position, topic.id))
        self.states: dict[str, int] = {}
        self.texts: list[Contribution] = []

    def bring(self) -> None:
        """Bring the states, then the texts in their order, each with its votes."""
        if self.component.kind == "proposals":
            self._bring_states()
        said = self.tool["texts"]
        numbers = db.session.scalars(
            select(func.nextval("contributions_id_seq")).select_from(func.generate_series(1, len(said)))
        ).all()
        for number, each in zip(sorted(numbers), said, strict=True):
            self.texts.append(self._text(number, each))
        for start in range(0, len(said), BATCH):
            contributions.put_many(db.session, self.texts[start : start + BATCH])
        self._bring_versions()
        for made, each in zip(self.texts, said, strict=True):
            self._gathered(made, each)
        db.session.flush()

    def _bring_states(self) -> None:
        db.session.execute(delete(ProposalState).where(ProposalState.component_id == self.component.id))
        if len(self.tool["states"]) > MOST_STATES:
            raise ValueError("states")
        for position, state in enumerate(self.tool["states"]):
            said = {
                name: bool(state[name])
                if name.startswith(("is_", "needs_"))
                else values.words(state[name], 80)
                for name in STATE
            }
            row = ProposalState(component_id=self.component.id, position=position, **said)
            db.session.add(row)
            db.session.flush()
            self.states[row.token] = row.id

    def _bring_versions(self) -> None:
        """Put the versions of the texts that changed in the place of the one that each begins with."""
        changed = [
            (made, said["versions"]) for made, said in zip(self.texts, self.tool["texts"], strict=True)
        ]
        changed = [(made, versions) for made, versions in changed if versions]
        if not changed:
            return
        db.session.execute(
            delete(Version).where(Version.contribution_id.in_([made.id for made, _v in changed]))
        )
        rows = [self._version(made, version) for made, versions in changed for version in versions]
        db.session.execute(insert(Version), rows)

    def _version(self, made: Contribution, said: Mapping[str, Any]) -> dict[str, Any]:
        at = values.moment(said["at"])
        if at is None:
            raise ValueError("versions")
        return {
            "contribution_id": made.id,
            "part": Part(said["part"]),
            "number": values.number(said["number"]),
            "title": None if said["title"] is None else values.words(said["title"], 500),
            "body": values.words(said["body"], values.LONGEST_TEXT),
            "at": at,
            "reason": values.words(said["reason"], values.LONGEST_TEXT),
            "editor_id": made.author_id if said["by"] is None else self._person(said["by"], at),
        }

    def _person(self, name: Any, at: datetime) -> int | None:
        """Whom a file names, as someone without an account; None for nobody."""
        return self.importer.person(values.words(name, 1000), at) if name else None

    def _text(self, number: int, said: Mapping[str, Any]) -> Contribution:
        """A text, under what it stands under, which comes before it."""
        kind = ContributionKind(said["kind"])
        if kind not in TAKEN:
            raise ValueError(f"kind {kind}")
        at = values.moment(said["published_at"])
        if at is None:
            raise ValueError("published_at")
        author = self._person(said["by"], at)
        made: Contribution = getattr(self, f"_{kind.value}")(said)
        made.id, made.component_id = number, self.component.id
        made.title = None if said["title"] is None else values.words(said["title"], 500)
        made.body, made.language = (
            values.words(said["body"], values.LONGEST_TEXT),
            values.words(said["language"], 2),
        )
        made.author_id, made.published_at, made.imported = author, at, True
        made.edited_at, made.withdrawn_at = (
            values.moment(said["edited_at"]),
            values.moment(said["withdrawn_at"]),
        )
        made.support_count, made.neutral_count, made.against_count = map(int, said["votes"])
        if not all(0 <= int(count) <= values.MOST_VOTES for count in said["votes"]):
            raise ValueError("votes")
        if isinstance(made, Comment):
            root, parent = self._root(said), self._at(said["parent"])
            if not (parent is None or isinstance(parent, Comment)):
                raise ValueError("place")
            place(made, root, parent)
            root.comment_count = (root.comment_count or 0) + 1
        elif (made.title is None) is not isinstance(made, (Argument, Question)):
            raise ValueError("title")
        if isinstance(made, Question):
            made.raised = made.support_count
        return made

    def _root(self, said: Mapping[str, Any]) -> Contribution:
        """What a thread is about: a text that stands alone, or one that belongs to it."""
        about, within = self._at(said["about"]), self._at(said["within"])
        root = within or about
        if root is None or about is None or about.about_id is not None or isinstance(root, Comment):
            raise ValueError("place")
        if within is not None and within.about_id != about.id:
            raise ValueError("place")
        return root

    def _gathered(self, made: Contribution, said: Mapping[str, Any]) -> None:
        """What a text gathered: an answer, votes."""
        if answer := said.get("answer"):
            self._answer(made, answer, said["state"])
        if isinstance(made, Amendment) and (promoted := self._at(said["promoted"])):
            if not isinstance(promoted, Proposal):
                raise ValueError("place")
            made.promoted_id = promoted.id
        counts = {1: made.support_count, 0: made.neutral_count, -1: made.against_count}
        self.importer.votes(made, counts, made.published_at)

    def _proposal(self, said: Mapping[str, Any]) -> Contribution:
        state = self.states[said["state"]] if said["state"] is not None else None
        return Proposal(topic_id=self._topic(said["topic"]), state_id=state)

    def _debate(self, said: Mapping[str, Any]) -> Contribution:
        moments = [name for name in DEBATED if name.endswith(("_at", "_from", "_until"))]
        held = {name: values.moment(said[name]) if name in moments else said[name] for name in DEBATED}
        for name in ("instructions", "updates", "conclusions"):
            held[name] = held[name] and values.words(held[name], values.LONGEST_TEXT)
            held[f"{name}_html"] = text.to_html(str(held[name] or ""))
        held["guest_id"] = self._person(said["guest"], held["guest_from"] or clock())
        return Debate(topic_id=self._topic(said["topic"]), **held)

    def _debate_of(self, said: Mapping[str, Any]) -> Debate:
        debate = self._at(said["about"])
        if not isinstance(debate, Debate):
            raise ValueError("place")  # noqa: TRY004 -- said of the file
        return debate

    def _question(self, said: Mapping[str, Any]) -> Contribution:
        debate = self._debate_of(said)
        debate.question_count = (debate.question_count or 0) + 1
        return Question(about_id=debate.id, debate_id=debate.id)

    def _amendment(self, said: Mapping[str, Any]) -> Contribution:
        proposal = self._at(said["about"])
        if not isinstance(proposal, Proposal):
            raise ValueError("place")  # noqa: TRY004 -- said of the file
        decided_at = values.moment(said["decided_at"])
        return Amendment(
            about_id=proposal.id,
            base_number=values.number(said["base_number"]),
            reason=values.words(said["reason"], values.LONGEST_TEXT),
            decision=None if said["decision"] is None else Decision(said["decision"]),
            decided_at=decided_at,
            decided_by_id=self._person(said["decided_by"], decided_at or clock()),
            decision_reason=values.words(said["decision_reason"], values.LONGEST_TEXT),
            version_number=None if said["version_number"] is None else values.number(said["version_number"]),
        )

    def _argument(self, said: Mapping[str, Any]) -> Contribution:
        debate = self._debate_of(said)
        name = "for_count" if int(said["side"]) > 0 else "contra_count"
        setattr(debate, name, (getattr(debate, name) or 0) + 1)
        return Argument(about_id=debate.id, debate_id=debate.id, side=int(said["side"]))

    def _comment(self, said: Mapping[str, Any]) -> Contribution:
        nature = said["nature"] if said["nature"] is None else values.words(said["nature"], 40)
        return Comment(position=said["position"], nature=nature)

    def _answer(self, made: Contribution, said: Mapping[str, Any], state: str | None) -> None:
        held = {name: said[name] for name in ANSWERED}
        held |= {name: values.moment(said[name]) for name in ("given_at", "published_at")}
        held |= {
            name: values.words(said[name], values.LONGEST_TEXT)
            for name in ("cost_report", "execution_period")
        }
        if held["cost"] is not None:
            held["cost"] = Decimal(str(held["cost"]))
        db.session.add(
            Answer(
                proposal_id=made.id,
                standing=Standing.CURRENT,
                state_id=self.states[state] if state is not None else None,
                html=text.to_html(values.words(held["body"], values.LONGEST_TEXT)),
                **held,
            )
        )

    def _at(self, at: int | None) -> Contribution | None:
        """The text that stands at a place of the list, before this one."""
        if at is None:
            return None
        if not 0 <= int(at) < len(self.texts):
            raise ValueError("place")
        return self.texts[int(at)]

    def _topic(self, at: int | None) -> int | None:
        if at is not None and int(at) < 0:
            raise ValueError("topic")
        return None if at is None else self.topics[int(at)].id
