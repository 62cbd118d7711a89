"""Proposals and comments of Decide Madrid (2015-2019): two CSV files, whose comments answer each other at any depth."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from participa import text
from participa.comments.models import Comment
from participa.contributions.models import Contribution
from participa.db import db
from participa.imports.machinery import Broken, Importer, Outcome, component_for, each_line, finish
from participa.proposals.models import Proposal
from participa.spaces.models import Component, Phase

SOURCE = "decide-madrid"
MADRID = ZoneInfo("Europe/Madrid")
PROPOSALS = {"id", "url", "title", "userId", "date", "summary", "text", "numSupports"}
COMMENTS = {
    "id", "parentId", "proposalId", "userId", "date", "time", "text", "numPositiveVotes", "numNegativeVotes",
}  # fmt: skip
TOP = "-1"
"""What stands for the parent of a comment that answers none."""

M = TypeVar("M", bound=Contribution)
EMPTIED = "(sin texto)"
"""What stands for a text that the source emptied, and whose votes and answers it kept."""

Row = dict[str, str]
Line = tuple[int, Row]


@dataclass(frozen=True, slots=True)
class Files:
    """The lines of both files."""

    proposals: list[Line]
    comments: list[Line]


def read(folder: Path) -> Files:
    """Read both files; raises OSError, ValueError or csv.Error with why they are not those of the source."""
    return Files(_lines(folder / "proposals.csv", PROPOSALS), _lines(folder / "comments.csv", COMMENTS))


def _lines(file: Path, wanted: set[str]) -> list[Line]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, restval="")
        missing = wanted - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{file.name} has no column {', '.join(sorted(missing))}")
        return [(reader.line_num, row) for row in reader]


def run(files: Files) -> tuple[Outcome, Iterator[int]]:
    """Prepare the import into a space of its own; going through the iterator does it, line by line."""
    outcome = Outcome()
    return outcome, import_into(find_or_make_component(), files, outcome)


def find_or_make_component() -> Component:
    """The proposals of the space that holds them, made the first time."""
    return component_for(
        SOURCE,
        name="Decide Madrid",
        summary="Des propositions des habitants de Madrid, et ce qu’ils en ont dit",
        description="Propositions, commentaires et votes de la plateforme de la ville de Madrid, de 2015 à 2019"
        " (en espagnol, licence Apache 2.0).",
        phase=Phase(name="Propositions", starts_on=date(2015, 9, 15), ends_on=date(2019, 12, 31)),
        settings={"comment_downvotes": True},
    )


def import_into(component: Component, files: Files, outcome: Outcome) -> Iterator[int]:
    """Import proposals, then comments, each after the one it answers; their totals become votes."""
    importer = Importer(SOURCE, component, outcome)
    yield from each_line(
        files.proposals, lambda row: _proposal(importer, row), importer, file="proposals.csv"
    )
    yield from each_line(
        parents_first(files.comments), lambda row: _comment(importer, row), importer, file="comments.csv"
    )
    finish()


def parents_first(lines: list[Line]) -> Iterator[tuple[int, Row | None]]:
    """The lines of comments, each after the one it answers; those that answer each other in a circle come without."""
    there = {row["id"] for _number, row in lines}
    answers: dict[str, list[Line]] = {}
    for line in lines:
        answers.setdefault(line[1]["parentId"], []).append(line)
    ready = [line for parent, group in answers.items() if parent not in there for line in group]
    reached = set()
    for number, row in ready:  # grows while it is walked
        if number not in reached:
            reached.add(number)
            yield number, row
            ready += answers.get(row["id"], ())
    yield from ((number, None) for number, _row in lines if number not in reached)


def _proposal(importer: Importer, row: Row) -> None:
    key = importer.key("proposal", _required(row, "id"))
    if importer.known(Contribution, [key]):
        return
    at = datetime.combine(date.fromisoformat(_required(row, "date")), time(), MADRID)
    parts = [part for part in (text.clean(row["summary"]), text.clean(row["text"])) if part]
    proposal = importer.proposal(
        key,
        importer.person(f"usuario-{_required(row, 'userId')}", at),
        at,
        title=" ".join(_required(row, "title").split()),
        body="\n\n".join(parts) or _required(row, "title"),
        language="es",
    )
    importer.votes(proposal, {1: _count(row, "numSupports")}, at)
    importer.link(
        importer.key("page", row["id"]),
        proposal,
        0,
        title="Decide Madrid",
        url=f"https://decide.madrid.es{_required(row, 'url')}",
        created_at=at,
    )


def _comment(importer: Importer, row: Row | None) -> None:
    if row is None:
        raise Broken("it answers itself, through others")
    key = importer.key("comment", _required(row, "id"))
    if importer.known(Contribution, [key]):
        return
    about = _imported(Proposal, importer.key("proposal", _required(row, "proposalId")))
    if about is None:
        raise Broken(f"no proposal {row['proposalId']} came in")
    parent = None
    if _required(row, "parentId") != TOP:
        parent = _imported(Comment, importer.key("comment", row["parentId"]))
        if parent is not None and parent.root_id != about.id:
            raise Broken(f"it answers the comment {row['parentId']}, of another proposal")
    at = _moment(row)
    comment = importer.comment(
        key,
        about,
        importer.person(f"usuario-{_required(row, 'userId')}", at),
        at,
        parent=parent,
        orphan=parent is None and row["parentId"] != TOP,
        body=text.clean(row["text"]) or EMPTIED,
        language="es",
    )
    votes = {1: _count(row, "numPositiveVotes"), -1: _count(row, "numNegativeVotes")}
    importer.votes(comment, votes, at)


def _imported(model: type[M], key: str) -> M | None:
    return db.session.scalar(select(model).where(model.import_key == key))


def _required(row: Row, name: str) -> str:
    value = (row.get(name) or "").strip()
    if not value:
        raise Broken(f"no {name}")
    return value


def _count(row: Row, name: str) -> int:
    value = row.get(name) or "0"
    if not value.isdecimal():
        raise Broken(f"{name} is not a whole number")
    return int(value)


def _moment(row: Row) -> datetime:
    """The moment of a comment: a day, and a time written as `0 days 10:50:19`."""
    hour = time.fromisoformat(_required(row, "time").rpartition(" ")[2])
    return datetime.combine(date.fromisoformat(_required(row, "date")), hour, MADRID)
