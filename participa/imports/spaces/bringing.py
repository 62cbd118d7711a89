"""A space made of a document, all of it or nothing."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError

from participa import text
from participa.auth.models import Member
from participa.comments.models import Comment
from participa.comments.services import place
from participa.contributions import services as contributions
from participa.contributions.models import Contribution, ContributionKind
from participa.db import db, transaction
from participa.debates.models import Argument, Debate
from participa.imports.machinery import Importer, Outcome
from participa.imports.spaces.taking import ANSWERED, DEBATED, FORMAT, SAID, STATE, TAKEN, VERSION
from participa.imports.tasks import finish_bringing
from participa.jobs import defer
from participa.proposals.answering.models import Answer, Standing
from participa.proposals.models import Proposal, ProposalState
from participa.spaces import services as spaces
from participa.spaces.blocks.forms import brought
from participa.spaces.blocks.kinds import BLOCKS
from participa.spaces.calendar import faults
from participa.spaces.drafts import PlannedPhase, SpaceDraft
from participa.spaces.forms import ACCENTS
from participa.spaces.kinds import KINDS
from participa.spaces.models import Component, Phase, Space, SpaceKind, Topic, Visibility
from participa.spaces.plans import ComponentPlan, PlannedTopic, SpacePlan
from participa.spaces.queries import find_space, load_topics
from participa.spaces.topics.tree import DEEPEST
from participa.spaces.translations.words import WORDS
from participa.web import LANGUAGES
from participa.wording import Worded

MOST_MEGABYTES = 50
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
MOST_TEXTS = 20_000
MOST_PHASES, MOST_TOPICS, MOST_BLOCKS, MOST_STATES = 30, 200, 30, 50
LONGEST = {"name": 80, "summary": 240, "description": 20_000, "accent": 40, "announcement": 500, "promoter": 120,
           "programme": 20_000}  # fmt: skip
LONGEST_TEXT = 100_000
BATCH = 500
MOST_VOTES = 100_000
"""Votes of one sort on one text: nobody has more members."""
MOST_VOTES_TOGETHER = 500_000
"""Votes of a whole space: each becomes a row, in the request."""


class UnreadableSpace(Exception):
    """Raised when a file is not an exported space; the message says what to do."""


def read(content: bytes) -> dict[str, Any]:
    """The document of a file; raises UnreadableSpace when it is cut, something else, or too large."""
    if len(content) > MOST_BYTES:
        raise UnreadableSpace(_("This file is too large for a space: %(mb)s MB at most.", mb=MOST_MEGABYTES))
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableSpace(
            _(
                "This file is cut, or is not an exported space. Export the space again, and send the whole file."
            )
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnreadableSpace(_("This file is not an exported space."))
    if document.get("version") != VERSION:
        raise UnreadableSpace(_("This space was exported by another version of Participa."))
    tools = document.get("tools")
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise UnreadableSpace(_("This file is not an exported space."))
    if sum(len(tool.get("texts") or ()) for tool in tools) > MOST_TEXTS:
        raise UnreadableSpace(_("There are more than %(n)s texts in this space.", n=MOST_TEXTS))
    return document


def bring(opener: Member, document: Mapping[str, Any]) -> tuple[Space, list[str]]:
    """Open a space made of a document, not published yet; gives it and the kinds of tools that do not exist here.

    Raises UnreadableSpace when anything in it cannot be; nothing of it is kept then.
    """
    try:
        with transaction() as session, session.begin_nested():  # what the database refuses undoes this alone
            space, unknown = _open(opener, document)
            whole = _whole(space)
            known = [tool for tool in document["tools"] if tool["kind"] in KINDS]
            _count_votes(known)
            for component, tool in zip(whole.components, known, strict=True):
                _Bringer(component, whole, tool).bring()
            defer(db.session, finish_bringing)
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        ArithmeticError,
        DBAPIError,
    ) as error:
        raise UnreadableSpace(
            _(
                "Something in this file cannot be read (%(what)s). Nothing was brought in.",
                what=_said_plainly(getattr(error, "orig", error)),
            )
        ) from error
    return space, unknown


def _said_plainly(error: object) -> str:
    """The first words of an error, without what no page may hold: they may quote the file."""
    first = next(iter(str(error).splitlines()), "")
    return "".join(letter for letter in first if letter.isprintable())[:80]


def _count_votes(tools: Sequence[Mapping[str, Any]]) -> None:
    """Raise ValueError when a file holds more votes than a request may write."""
    votes = (int(count) for tool in tools for said in tool["texts"] for count in said["votes"])
    if sum(votes) > MOST_VOTES_TOGETHER:
        raise ValueError("votes")


def _open(opener: Member, document: Mapping[str, Any]) -> tuple[Space, list[str]]:
    said = document["space"]
    values: dict[str, Any] = {name: _words(said[name], LONGEST[name]) for name in SAID}
    if not values["name"]:
        raise ValueError("name")
    values["accent"] = values["accent"] if values["accent"] in ACCENTS else "reseau"
    draft = SpaceDraft(
        **values,
        visibility=Visibility(said["visibility"]),
        starts_on=_day(said["starts_on"]),
        ends_on=_day(said["ends_on"]),
    )
    phases = [
        PlannedPhase(
            None,
            _words(phase["name"], 80),
            _words(phase["description"], 300),
            date.fromisoformat(phase["starts_on"]),
            date.fromisoformat(phase["ends_on"]),
            _again(Phase, phase),
        )
        for phase in document["phases"]
    ]
    if len(phases) > MOST_PHASES or faults(phases):
        raise ValueError("phases")
    topics = document["topics"]
    if len(topics) > MOST_TOPICS or _depth(topics) > DEEPEST:
        raise ValueError("topics")
    plan = SpacePlan(
        SpaceKind(said["kind"]),
        [
            ComponentPlan(
                tool["kind"],
                _words(tool["name"], 60),
                _words(tool["introduction"], 500),
                dict(tool["settings"]),
                [dict(rules) for rules in tool["rules"]],
                [int(n) for n in tool["topics"]],
                published=bool(tool["published"]),
                translations=_again(Component, tool),
            )
            for tool in document["tools"]
        ],
        phases,
        _front(document["front"]),
        [PlannedTopic(_words(topic["name"], 80), topic["under"], _again(Topic, topic)) for topic in topics],
        "import",
        _again(Space, said),
    )
    return spaces.open_space(opener, draft, plan), plan.unknown


def _again(model: type[Worded], said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a row of a file says in other languages; files of before say nothing."""
    found: dict[str, dict[str, Any]] = {}
    for code, words in said.get("translations", {}).items():
        if code in LANGUAGES:
            held = [word for word in WORDS[model] if word.name in words]
            found[code] = {word.name: _words(words[word.name], word.longest) for word in held}
            found[code]["of"] = {word.name: int(words["of"][word.name]) for word in held}
    return found


def _front(blocks: Any) -> list[dict[str, Any]] | None:
    """The blocks of a front page, those that do not exist here left out."""
    if blocks is None:
        return None
    if len(blocks) > MOST_BLOCKS:
        raise ValueError("front")
    return [brought(block) for block in blocks if block["kind"] in BLOCKS and block["kind"] != "image"]


def _depth(topics: Sequence[Mapping[str, Any]]) -> int:
    """The levels of a tree, each topic after the one it stands under."""
    depths: list[int] = []
    for n, topic in enumerate(topics):
        under = topic["under"]
        if under is not None and not 0 <= int(under) < n:
            raise ValueError("topics")
        depths.append(1 if under is None else depths[int(under)] + 1)
    return max(depths, default=0)


def _words(said: Any, longest: int) -> str:
    """Words of a file; raises ValueError for anything else, and for more than a form would take."""
    if not isinstance(said, str) or len(said) > longest or "\0" in said:
        raise ValueError(str(said)[:40])
    return said


def _whole(space: Space) -> Space:
    db.session.flush()
    slug = space.slug
    db.session.expire(space)
    whole = find_space(slug)
    assert whole is not None
    load_topics(whole)
    return whole


class _Bringer:
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
        for made, each in zip(self.texts, said, strict=True):
            self._gathered(made, each)
        db.session.flush()

    def _bring_states(self) -> None:
        db.session.execute(delete(ProposalState).where(ProposalState.component_id == self.component.id))
        if len(self.tool["states"]) > MOST_STATES:
            raise ValueError("states")
        for position, state in enumerate(self.tool["states"]):
            said = {
                name: bool(state[name]) if name.startswith(("is_", "needs_")) else _words(state[name], 80)
                for name in STATE
            }
            row = ProposalState(component_id=self.component.id, position=position, **said)
            db.session.add(row)
            db.session.flush()
            self.states[row.token] = row.id

    def _text(self, number: int, said: Mapping[str, Any]) -> Contribution:
        """A text, under what it stands under, which comes before it."""
        kind = ContributionKind(said["kind"])
        if kind not in TAKEN:
            raise ValueError(f"kind {kind}")
        at = _moment(said["published_at"])
        if at is None:
            raise ValueError("published_at")
        author = self.importer.person(_words(said["by"], 1000), at) if said["by"] else None
        made: Contribution = getattr(self, f"_{kind.value}")(said)
        made.id, made.component_id = number, self.component.id
        made.title = None if said["title"] is None else _words(said["title"], 500)
        made.body, made.language = _words(said["body"], LONGEST_TEXT), _words(said["language"], 2)
        made.author_id, made.published_at, made.imported = author, at, True
        made.edited_at, made.withdrawn_at = _moment(said["edited_at"]), _moment(said["withdrawn_at"])
        made.support_count, made.neutral_count, made.against_count = map(int, said["votes"])
        if not all(0 <= int(count) <= MOST_VOTES for count in said["votes"]):
            raise ValueError("votes")
        if isinstance(made, Comment):
            parent = self._at(said["parent"])
            root = self._at(said["within"]) or self._at(said["about"])
            if root is None or not (parent is None or isinstance(parent, Comment)):
                raise ValueError("place")
            place(made, root, parent)
            root.comment_count = (root.comment_count or 0) + 1
        elif (made.title is None) is not isinstance(made, Argument):
            raise ValueError("title")
        return made

    def _gathered(self, made: Contribution, said: Mapping[str, Any]) -> None:
        """What a text gathered: an answer, votes."""
        if answer := said.get("answer"):
            self._answer(made, answer, said["state"])
        values = {1: made.support_count, 0: made.neutral_count, -1: made.against_count}
        self.importer.votes(made, values, made.published_at)

    def _proposal(self, said: Mapping[str, Any]) -> Contribution:
        state = self.states[said["state"]] if said["state"] is not None else None
        return Proposal(topic_id=self._topic(said["topic"]), state_id=state)

    def _debate(self, said: Mapping[str, Any]) -> Contribution:
        moments = ("starts_at", "ends_at", "updated_at", "closed_at", "corrected_at")
        values = {name: _moment(said[name]) if name in moments else said[name] for name in DEBATED}
        for name in ("instructions", "updates", "conclusions"):
            values[name] = values[name] and _words(values[name], LONGEST_TEXT)
            values[f"{name}_html"] = text.to_html(str(values[name] or ""))
        return Debate(topic_id=self._topic(said["topic"]), **values)

    def _argument(self, said: Mapping[str, Any]) -> Contribution:
        debate = self._at(said["about"])
        if not isinstance(debate, Debate):
            raise ValueError("place")  # noqa: TRY004 -- said of the file
        name = "for_count" if int(said["side"]) > 0 else "contra_count"
        setattr(debate, name, (getattr(debate, name) or 0) + 1)
        return Argument(about_id=debate.id, debate_id=debate.id, side=int(said["side"]))

    def _comment(self, said: Mapping[str, Any]) -> Contribution:
        nature = said["nature"] if said["nature"] is None else _words(said["nature"], 40)
        return Comment(position=said["position"], nature=nature)

    def _answer(self, made: Contribution, said: Mapping[str, Any], state: str | None) -> None:
        values = {name: said[name] for name in ANSWERED}
        values |= {name: _moment(said[name]) for name in ("given_at", "published_at")}
        values |= {name: _words(said[name], LONGEST_TEXT) for name in ("cost_report", "execution_period")}
        if values["cost"] is not None:
            values["cost"] = Decimal(str(values["cost"]))
        db.session.add(
            Answer(
                proposal_id=made.id,
                standing=Standing.CURRENT,
                state_id=self.states[state] if state is not None else None,
                html=text.to_html(_words(values["body"], LONGEST_TEXT)),
                **values,
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


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def _moment(said: str | None) -> datetime | None:
    moment = datetime.fromisoformat(said) if said else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError("time zone")
    return moment
