"""Bringing a file in: read, matched, checked, corrected, then written by the worker a few lines at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, Integer, Text, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import joinedload

from participa import text
from participa.audit.services import record
from participa.auth.models import Member
from participa.contributions.models import Contribution
from participa.db import at_most, clock, db, set_clock, transaction
from participa.events import AnySession
from participa.imports import columns
from participa.imports.files import Table
from participa.imports.machinery import Broken, Importer, Outcome, each_line
from participa.imports.models import Fate, Import, Line, Stage
from participa.jobs import defer
from participa.network.queries import the_network
from participa.similarity.tasks import embed_missing
from participa.spaces.models import Component, Topic, offered_topics

A_JOB = 200
"""Lines that one job writes before the next one: other jobs pass between."""
KEPT = timedelta(days=30)


def start(member: Member, component: Component, name: str, source: str, table: Table) -> Import:
    """Keep a file's rows, with the columns guessed from the first."""
    matching = columns.guess(table.rows[0][1])
    with transaction() as session:
        run = Import(
            component_id=component.id,
            member_id=member.id,
            name=name,
            source=source,
            named=table.named or any(at >= 0 for at in matching),
            matching=matching,
            stage=Stage.MATCHING,
            created_at=clock(),
        )
        session.add(run)
        session.flush()
        session.execute(
            insert(Line),
            [{"import_id": run.id, "number": number, "cells": cells} for number, cells in table.rows],
        )
    return run


def match(run: Import, matching: Sequence[int], *, named: bool) -> None:
    """Settle which column is what, and check every line by it."""
    with transaction() as session:
        run.matching, run.named, run.stage = list(matching), named, Stage.CHECKED
        session.flush()
        _check(session, run)


def correct(run: Import, corrections: Mapping[int, Mapping[str, str]]) -> None:
    """Put corrected values into the cells of some lines, by number and field, and check them all again."""
    places = dict(zip(columns.FIELDS, run.matching, strict=True))
    with transaction() as session:
        lines = session.scalars(
            select(Line).where(
                Line.import_id == run.id, Line.number.in_(corrections), Line.fate == Fate.WRONG
            )
        )
        for line in lines:
            cells = list(line.cells)
            for name, value in corrections[line.number].items():
                if (at := places[name]) >= 0:
                    cells += [""] * (at + 1 - len(cells))
                    cells[at] = value.strip()
            line.cells = cells
        session.flush()
        _check(session, run)


def _check(session: AnySession, run: Import) -> None:
    """Say of each line not yet written what becomes of it; the first row is none when it names the columns."""
    place = place_of(run)
    importer = importer_of(run)
    rows = session.execute(
        select(Line.number, Line.cells, Line.fate).where(Line.import_id == run.id).order_by(Line.number)
    ).all()
    if run.named:
        rows = rows[1:]
        session.execute(
            update(Line)
            .where(Line.import_id == run.id, Line.number == _first(session, run))
            .values(fate=None)
            .execution_options(synchronize_session=False)
        )
    open_rows = [
        (row.number, columns.said(row.cells, run.matching)) for row in rows if row.fate != Fate.ADDED
    ]
    known = _known(importer, [said.identity for _number, said in open_rows])
    fates: dict[int, Fate] = {}
    seen = set()
    for number, said in open_rows:
        if importer.key("proposal", said.identity) in known:
            fates[number] = Fate.KNOWN
        elif columns.faults(said, place):
            fates[number] = Fate.WRONG
        elif said.identity in seen:
            fates[number] = Fate.REPEATED
        else:
            fates[number] = Fate.READY
            seen.add(said.identity)
    _write_fates(session, run.id, fates)


def _first(session: AnySession, run: Import) -> int:
    return session.scalar(select(func.min(Line.number)).where(Line.import_id == run.id)) or 0


def _known(importer: Importer, identities: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(identities), 1000):
        keys = (importer.key("proposal", identity) for identity in identities[at : at + 1000])
        found |= importer.known(Contribution, keys)
    return found


def _write_fates(session: AnySession, import_id: int, fates: Mapping[int, Fate]) -> None:
    """Write them all in one statement."""
    told = (
        func.unnest(
            bindparam("numbers", list(fates), type_=ARRAY(Integer)),
            bindparam("fates", [fate.value for fate in fates.values()], type_=ARRAY(Text)),
        )
        .table_valued("number", "fate", name="told")
        .render_derived()
    )
    session.execute(
        update(Line)
        .where(Line.import_id == import_id, Line.number == told.c.number)
        .values(fate=told.c.fate)
        .execution_options(synchronize_session=False)
    )


def run(member: Member, wanted: Import) -> None:
    """Have the worker write the lines that are ready."""
    from participa.imports.tasks import write_lines

    with transaction() as session:
        ready = session.scalar(
            select(func.count()).where(Line.import_id == wanted.id, Line.fate == Fate.READY)
        )
        begun = session.execute(
            update(Import)
            .where(Import.id == wanted.id, Import.stage != Stage.RUNNING)
            .values(stage=Stage.RUNNING, finished_at=None)
            .returning(Import.id)
            .execution_options(synchronize_session=False)
        ).first()
        if begun is None or not ready:
            return
        record(
            session,
            member,
            "proposal.imported",
            wanted.component,
            space_id=wanted.component.space_id,
            lines=ready,
            source=wanted.source,
        )
        defer(session, write_lines, lock=f"import-{wanted.component_id}", import_id=wanted.id)


def write_some(import_id: int) -> None:
    """Write some of the lines that are ready, each once whatever happens, and queue the rest."""
    from participa.imports.tasks import write_lines

    found = _whole(import_id)
    if found is None or found.stage is not Stage.RUNNING:
        return
    lines = db.session.execute(
        select(Line.number, Line.cells)
        .where(Line.import_id == import_id, Line.fate == Fate.READY)
        .order_by(Line.number)
        .limit(at_most(A_JOB))
    ).all()
    _write(found, [(line.number, line.cells) for line in lines])
    set_clock(None)
    with transaction() as session:
        if len(lines) == A_JOB:
            lock = f"import-{found.component_id}"
            defer(session, write_lines, lock=lock, import_id=import_id)
        else:
            session.execute(
                update(Import)
                .where(Import.id == import_id)
                .values(stage=Stage.DONE, finished_at=clock())
                .execution_options(synchronize_session=False)
            )
            defer(session, embed_missing)


def _write(run: Import, lines: Iterable[tuple[int, list[str]]]) -> None:
    importer, place, matching = importer_of(run), place_of(run), run.matching
    language, source, import_id = _language(), run.source, run.id

    def write(line: tuple[int, list[str]]) -> None:
        number, said = line[0], columns.said(line[1], matching)
        key = importer.key("proposal", said.identity)
        if importer.known(Contribution, [key]):
            _settle(import_id, number, Fate.KNOWN)
            return
        if columns.faults(said, place):  # a topic that went meanwhile
            raise Broken
        at = columns.moment_of(said.at, place.zone) or place.now
        importer.proposal(
            key,
            importer.person(source, place.now),
            at,
            title=said.title,
            body=said.body,
            topic_id=place.topic_of(said.topic),
            language=language,
        )
        _settle(import_id, number, Fate.ADDED)

    numbered = [(number, (number, cells)) for number, cells in lines]
    for _number in each_line(numbered, write, importer):
        pass
    with transaction():
        for number, _reason in importer.outcome.broken:
            _settle(import_id, number, Fate.WRONG)


def _settle(import_id: int, number: int, fate: Fate) -> None:
    db.session.execute(
        update(Line)
        .where(Line.import_id == import_id, Line.number == number)
        .values(fate=fate)
        .execution_options(synchronize_session=False)
    )


def _whole(import_id: int) -> Import | None:
    return db.session.scalar(
        select(Import).where(Import.id == import_id).options(joinedload(Import.component))
    )


def importer_of(run: Import) -> Importer:
    """What writes lines into the component; the same line of any file has one key there."""
    return Importer(f"file-{run.component_id}", run.component, Outcome())


def place_of(run: Import) -> columns.Place:
    """Where the lines come in."""
    network = the_network()
    topics = db.session.execute(
        select(Topic.name, Topic.id)
        .join(offered_topics, offered_topics.c.topic_id == Topic.id)
        .where(offered_topics.c.component_id == run.component_id)
    ).all()
    return columns.Place(
        topics={text.slugify(name): id for name, id in topics},
        names=[name for name, _id in topics],
        zone=ZoneInfo(network.time_zone if network else "Europe/Paris"),
        now=clock(),
    )


def _language() -> str:
    network = the_network()
    return network.languages[0] if network and network.languages else "fr"


def discard(run: Import) -> None:
    """Forget a file and its lines; what came in stays."""
    with transaction() as session:
        session.execute(delete(Import).where(Import.id == run.id))


def sweep() -> None:
    """Forget the lines of files brought in more than a month ago."""
    with transaction() as session:
        session.execute(
            delete(Import).where(Import.created_at < clock() - KEPT, Import.stage != Stage.RUNNING)
        )
