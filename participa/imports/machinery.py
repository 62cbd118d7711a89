"""Writing imported people, contributions and votes, each once, whatever the source.

Every imported row carries an `import_key` that names its line in its source: a second run finds it and changes nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from markdownify import markdownify
from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from participa import text as words
from participa.attachments.models import Attachment
from participa.auth.models import Member
from participa.comments.models import Comment
from participa.comments.services import place
from participa.contributions import services as contributions
from participa.contributions.models import Contribution
from participa.db import clock, db, transaction
from participa.insights import counters
from participa.jobs import defer
from participa.proposals.models import Proposal
from participa.similarity.tasks import embed_missing
from participa.spaces.kinds import KINDS
from participa.spaces.models import Component, Phase, Space, SpaceKind, Topic, Visibility
from participa.spaces.topics.services import offer
from participa.votes.models import Vote


@dataclass(slots=True)
class Outcome:
    """What an import did: things added by sort, and the lines it could not read."""

    added: dict[str, int] = field(default_factory=dict)
    broken: list[tuple[int, str]] = field(default_factory=list)

    def count(self, what: str, n: int = 1) -> None:
        """Add to a figure."""
        self.added[what] = self.added.get(what, 0) + n


class Broken(Exception):
    """Raised for a line that cannot be imported; the message says why."""


def component_for(
    source: str, *, name: str, summary: str, description: str, phase: Phase, settings: dict[str, Any]
) -> Component:
    """The proposals of the public space that holds what one source brings, made the first time."""
    space = db.session.scalar(select(Space).where(Space.import_key == source))
    if space is not None:
        return db.session.scalars(select(Component).where(Component.space_id == space.id)).one()
    now = clock()
    space = Space(
        import_key=source,
        slug=source,
        kind=SpaceKind.PROCESS,
        name=name,
        summary=summary,
        description=description,
        html=words.to_html(description),
        accent="participation",
        visibility=Visibility.PUBLIC,
        position=1000,
        created_at=now,
        published_at=now,
        phases=[phase],
    )
    component = Component(
        kind="proposals",
        space=space,
        name="Propositions",
        created_at=now,
        published_at=now,
        settings=asdict(KINDS["proposals"].open_settings) | settings,
    )
    db.session.add_all([space, component])
    db.session.commit()
    return component


class Importer:
    """Adds what one source holds to one component."""

    def __init__(self, source: str, component: Component, outcome: Outcome) -> None:
        self.source, self.component, self.outcome = source, component, outcome
        self.forget()

    def forget(self) -> None:
        """Forget who and what was made so far: a line that is undone takes what it made with it."""
        self._people: dict[str, int] = {}
        self._voters: list[int] = []
        self._topics: dict[str, int] | None = None

    def key(self, kind: str, number: object) -> str:
        """The import key of a thing of the source."""
        return f"{self.source}:{kind}:{number}"

    def known(self, model: type[Any], keys: Iterable[str]) -> set[str]:
        """Which of the keys have been imported already."""
        return set(db.session.scalars(select(model.import_key).where(model.import_key.in_(list(keys)))))

    def person(self, label: str, created_at: datetime) -> int:
        """The id of the imported person called `label`, without account, centre or page in the directory."""
        if label not in self._people:
            self._people[label] = self._members([label], created_at)[0]
        return self._people[label]

    def topic(self, name: str) -> int:
        """The id of the topic of this name in the space, made when it is missing."""
        if self._topics is None:
            held = select(Topic.name, Topic.id).where(Topic.space_id == self.component.space_id)
            self._topics = {row.name: row.id for row in db.session.execute(held)}
        if name not in self._topics:
            topic = Topic(space_id=self.component.space_id, name=name, position=len(self._topics))
            db.session.add(topic)
            db.session.flush()
            offer(db.session, self.component.id, [topic.id])
            self._topics[name] = topic.id
        return self._topics[name]

    def voters(self, count: int) -> list[int]:
        """The ids of `count` generated voters of this source, made when they are missing."""
        if len(self._voters) < count:
            labels = [f"votant-{number:05d}" for number in range(len(self._voters) + 1, count + 1)]
            self._voters += self._members(labels, clock())
        return self._voters[:count]

    def _members(self, labels: list[str], created_at: datetime) -> list[int]:
        keys = [self.key("person", label) for label in labels]
        db.session.execute(
            upsert(Member).on_conflict_do_nothing(index_elements=[Member.import_key]),
            [
                {"name": label, "created_at": created_at, "imported": True, "import_key": key}
                for label, key in zip(labels, keys, strict=True)
            ],
        )
        found = {
            key: id
            for key, id in db.session.execute(
                select(Member.import_key, Member.id).where(Member.import_key.in_(keys))
            )
        }
        return [found[key] for key in keys]

    def proposal(self, key: str, author_id: int, at: datetime, **values: Any) -> Proposal:
        """Add a published proposal."""
        proposal = Proposal(**self._common(key, author_id, at), **values)
        contributions.put(db.session, proposal)
        self.outcome.count("proposals")
        return proposal

    def comment(
        self,
        key: str,
        about: Contribution,
        author_id: int,
        at: datetime,
        *,
        parent: Comment | None = None,
        **values: Any,
    ) -> Comment:
        """Add a comment about a contribution, at top level or under `parent`."""
        comment = Comment(**self._common(key, author_id, at), **values)
        place(comment, about, parent)
        contributions.put(db.session, comment)
        self.outcome.count("comments")
        return comment

    def _common(self, key: str, author_id: int, at: datetime) -> dict[str, Any]:
        return {
            "component_id": self.component.id,
            "author_id": author_id,
            "published_at": at,
            "imported": True,
            "import_key": key,
        }

    def link(
        self, key: str, contribution: Contribution, position: int, *, title: str, url: str, **values: Any
    ) -> None:
        """Join the address of a source to a contribution."""
        if not re.match(r"https?://\S+$", url):
            raise Broken(f"the source {title!r} has no web address")
        db.session.add(
            Attachment(
                contribution_id=contribution.id,
                position=position,
                title=title,
                url=url,
                import_key=key,
                **values,
            )
        )
        self.outcome.count("links")

    def votes(self, contribution: Contribution, values: dict[int, int], at: datetime) -> None:
        """Turn totals by value into votes of generated voters, who belong to no centre."""
        count = sum(values.values())
        if count == 0:
            return
        everyone = self.voters(max(count, len(self._voters)))
        start = contribution.id * 7919 % len(everyone)  # so that the same few do not vote on everything
        chosen = iter((everyone[start:] + everyone[:start])[:count])
        rows = [
            {"contribution_id": contribution.id, "voter_id": next(chosen), "value": value, "cast_at": at}
            for value, total in values.items()
            for _ in range(total)
        ]
        db.session.execute(insert(Vote), rows)
        if isinstance(contribution, Comment):
            contribution.stale = contribution.depth == 0
        self.outcome.count("votes", count)


def each_line(
    lines: Iterable[tuple[int, Any]],
    read: Callable[[Any], None],
    importer: Importer,
    *,
    every: int = 20,
    file: str = "",
) -> Iterator[int]:
    """Import line by line: a broken line is noted and undone alone, the others are committed.

    `file` names it, where a source has several.
    """
    for number, line in lines:
        added = dict(importer.outcome.added)
        try:
            with db.session.begin_nested():
                read(line)
        except (
            Broken,
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            DataError,
            IntegrityError,
        ) as problem:
            importer.outcome.added = added
            reason = _reason(problem)
            importer.outcome.broken.append((number, f"{file}: {reason}" if file else reason))
            importer.forget()
        if number % every == 0:
            db.session.commit()
            db.session.expunge_all()
        yield number
    db.session.commit()


def _reason(problem: Exception) -> str:
    """Why a line cannot be imported, on one line."""
    if isinstance(problem, Broken):
        return str(problem)
    if isinstance(problem, DBAPIError):
        return str(problem.orig).splitlines()[0]
    return f"{type(problem).__name__}: {problem}"


def finish() -> None:
    """Compute the counters of what came in, now or in a run that was stopped before it came here."""
    counters.put_right()
    db.session.execute(
        text(
            "UPDATE contributions c SET last_activity_at = greatest(c.last_activity_at, latest.at) FROM"
            " (SELECT about_id, max(published_at) AS at FROM contributions WHERE imported AND about_id IS NOT NULL"
            "  GROUP BY about_id) latest WHERE c.id = latest.about_id AND c.imported"
        )
    )
    with transaction() as session:
        defer(session, embed_missing)


def to_markdown(html: str) -> str:
    """The project's own text format from another platform's HTML."""
    return words.clean(
        re.sub(r"\n{3,}", "\n\n", markdownify(html, heading_style="ATX", bullets="-", strip=["img"]))
    )
