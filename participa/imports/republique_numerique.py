"""The consultation on the bill for a République numérique (2015): one JSON object a line."""

import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from participa.contributions.models import Contribution
from participa.imports.machinery import (
    Broken,
    Importer,
    Outcome,
    component_for,
    each_line,
    finish,
    to_markdown,
)
from participa.spaces.models import Component, Phase

SOURCE = "republique-numerique"
STANCE = {"ballot": "stance", "comment_positions": True}


def read_lines(file: Path) -> Iterator[tuple[int, Any]]:
    """The numbered lines of the file, gzipped or not; an unreadable one comes as the error it raised."""
    with (
        gzip.open(file, "rt", encoding="utf-8")
        if file.suffix == ".gz"
        else file.open(encoding="utf-8") as lines
    ):
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except ValueError as problem:
                    yield number, problem


def run(file: Path) -> tuple[Outcome, Iterator[int]]:
    """Prepare the import of `file` into a space of its own; going through the iterator does it, line by line."""
    outcome = Outcome()
    component = find_or_make_component()
    return outcome, import_into(component, read_lines(file), outcome)


def import_into(
    component: Component, lines: Iterator[tuple[int, Any]], outcome: Outcome, *, source: str = SOURCE
) -> Iterator[int]:
    """Import opinions as proposals, their arguments as comments, their sources as links, their totals as votes.

    What came in under another `source`, as the demonstration's part does, comes in again.
    """
    importer = Importer(source, component, outcome)
    yield from each_line(lines, lambda line: _opinion(importer, line), importer)
    finish()


def find_or_make_component() -> Component:
    """The proposals of the space that holds the consultation, made the first time."""
    told = (
        "Textes, arguments et votes de la consultation publique ouverte du 26 septembre au 18 octobre 2015"
        " (données ouvertes, Licence Ouverte)."
    )
    return component_for(
        SOURCE,
        name="République numérique",
        summary="La consultation publique de 2015 sur le projet de loi pour une République numérique",
        description=told,
        phase=Phase(name="Consultation", starts_on=date(2015, 9, 26), ends_on=date(2015, 10, 18)),
        settings=STANCE,
    )


def _opinion(importer: Importer, line: Any) -> None:
    if isinstance(line, ValueError):
        raise Broken(f"not JSON: {line}")
    if not isinstance(line, dict):
        raise Broken("not a JSON object")
    key = importer.key("opinion", _required(line, "id"))
    if importer.known(Contribution, [key]):
        return
    at = _moment(_required(line, "created_at"))
    votes = {1: line["votes_ok"], 0: line["votes_mitige"], -1: line["votes_nok"]}
    if not all(isinstance(total, int) and total >= 0 for total in votes.values()):
        raise Broken("votes are not whole numbers")
    changed = _moment(line.get("updated_at") or line["created_at"])
    parts = [to_markdown(_required(line, "body"))]
    parts += [
        f"### {part['title']}\n\n{to_markdown(part['body'])}"
        for part in line.get("appendices", [])
        if part["body"]
    ]
    proposal = importer.proposal(
        key,
        importer.person(line["author"]["id"], at),
        at,
        title=" ".join(_required(line, "title").split()),
        body="\n\n".join(parts),
        topic_id=importer.topic(line["section"]["subtitle"]),
        hidden_at=changed if line.get("is_trashed") else None,
    )
    importer.votes(proposal, votes, at)
    for argument in line.get("arguments", []):
        posted = _moment(argument["created_at"])
        comment = importer.comment(
            importer.key("argument", argument["id"]),
            proposal,
            importer.person(argument["author"]["id"], posted),
            posted,
            position={"yes": 1, "no": -1}[argument["type"]],
            body=argument["body"],
            hidden_at=posted if argument.get("is_trashed") else None,
        )
        importer.votes(comment, {1: argument["votes_count"]}, posted)
    for position, source in enumerate(line.get("sources", [])):
        importer.link(
            importer.key("source", source["id"]),
            proposal,
            position,
            title=source["title"],
            url=source["link"],
            note=source.get("body") or "",
            created_at=_moment(source["created_at"]),
        )


def _required(line: dict[str, Any], name: str) -> Any:
    if line.get(name) in (None, ""):
        raise Broken(f"no {name}")
    return line[name]


def _moment(value: str) -> datetime:
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z")
