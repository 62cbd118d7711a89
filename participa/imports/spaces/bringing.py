"""A space made of a document, all of it or nothing."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from participa.auth.models import Member
from participa.db import db, transaction
from participa.imports.spaces import values
from participa.imports.spaces.taking import FORMAT, SAID, VERSION
from participa.imports.spaces.texts import TextBringer
from participa.imports.tasks import finish_bringing
from participa.jobs import defer
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
MOST_PHASES, MOST_TOPICS, MOST_BLOCKS = 30, 200, 30
LONGEST = {"name": 80, "summary": 240, "description": 20_000, "accent": 40, "announcement": 500, "promoter": 120,
           "programme": 20_000}  # fmt: skip
MOST_VERSIONS_TOGETHER = 50_000
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
            _count(known)
            for component, tool in zip(whole.components, known, strict=True):
                TextBringer(component, whole, tool).bring()
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


def _count(tools: Sequence[Mapping[str, Any]]) -> None:
    """Raise ValueError when a file holds more votes, or versions, than a request may write."""
    texts = [said for tool in tools for said in tool["texts"]]
    if sum(int(count) for said in texts for count in said["votes"]) > MOST_VOTES_TOGETHER:
        raise ValueError("votes")
    if sum(len(said["versions"]) for said in texts) > MOST_VERSIONS_TOGETHER:
        raise ValueError("versions")


def _open(opener: Member, document: Mapping[str, Any]) -> tuple[Space, list[str]]:
    said = document["space"]
    identity: dict[str, Any] = {name: values.words(said[name], LONGEST[name]) for name in SAID}
    if not identity["name"]:
        raise ValueError("name")
    identity["accent"] = identity["accent"] if identity["accent"] in ACCENTS else "reseau"
    draft = SpaceDraft(
        **identity,
        visibility=Visibility(said["visibility"]),
        starts_on=values.day(said["starts_on"]),
        ends_on=values.day(said["ends_on"]),
    )
    phases = [
        PlannedPhase(
            None,
            values.words(phase["name"], 80),
            values.words(phase["description"], 300),
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
                values.words(tool["name"], 60),
                values.words(tool["introduction"], 500),
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
        [
            PlannedTopic(values.words(topic["name"], 80), topic["under"], _again(Topic, topic))
            for topic in topics
        ],
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
            found[code] = {word.name: values.words(words[word.name], word.longest) for word in held}
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


def _whole(space: Space) -> Space:
    db.session.flush()
    slug = space.slug
    db.session.expire(space)
    whole = find_space(slug)
    assert whole is not None
    load_topics(whole)
    return whole
