"""Asking for a file, making it, throwing it away."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import delete, select, update
from werkzeug.datastructures import MultiDict

from participa import mail
from participa.auth.models import Member
from participa.authorization import Actor
from participa.db import abandon, clock, db, set_clock, transaction
from participa.events import AnySession
from participa.exports import queries, writers
from participa.exports.models import Export, Format
from participa.exports.sources import SOURCES
from participa.jobs import defer
from participa.mail.services import readers, reading_as
from participa.network.queries import the_network
from participa.spaces.models import Component
from participa.spaces.policies import may_read_component
from participa.spaces.queries import roles_of

KEPT = timedelta(days=7)


def folder() -> Path:
    """Where the files are kept, beside the database; backups leave it out."""
    return Path(current_app.instance_path) / "exports"


def file_of(export: Export) -> Path:
    """The file of an export."""
    return folder() / f"{export.id}.{export.format.value}"


def ask(member: Member, component: Component, query: str, wanted: Format) -> Export:
    """Have a file made by the worker."""
    from participa.exports.tasks import make_file

    with transaction() as session:
        export = Export(
            member_id=member.id,
            component_id=component.id,
            query=query,
            format=wanted,
            root=mail.absolute(""),
            asked_at=clock(),
        )
        session.add(export)
        session.flush()
        defer(session, make_file, export_id=export.id)
    return export


def make(export_id: int) -> None:
    """Make the file, from its beginning even when a worker died over it; it appears whole or not at all."""
    export = queries.whole(export_id)
    if export is None or export.state != "running":
        return
    member = db.session.get(Member, export.member_id)
    actor = _actor_of(member) if member is not None and member.is_active else None
    if actor is None or not may_read_component(actor, export.component):
        _note(export_id, failed_at=clock())
        return
    try:
        _write(export, actor)
    except Exception:
        abandon()
        _note(export_id, failed_at=clock())
        raise


def _write(export: Export, actor: Actor) -> None:
    arguments = MultiDict(parse_qsl(export.query))
    source = SOURCES[export.component.kind](export.component, actor, arguments, export.root)
    _note(export.id, total=source.count(), done=0)
    language, zone = readers.preferences(export.member_id)
    path = file_of(export)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    with reading_as(language, zone), unfinished.open("wb") as file:
        done = writers.write(
            source, export.format, file, ZoneInfo(zone), language, lambda n: _note(export.id, done=n)
        )
    unfinished.replace(path)
    set_clock(None)  # the worker's moment is that of the job's beginning
    _note(export.id, done=done, total=done, size=path.stat().st_size, finished_at=clock())


def _actor_of(member: Member) -> Actor:
    network = the_network()
    return Actor(
        id=member.id,
        centre_id=member.centre_id,
        is_coordinator=member.is_coordinator,
        visitors_may_read=bool(network and network.visitors_may_read),
        roles=roles_of(member.id),
    )


def _note(export_id: int, **values: object) -> None:
    with transaction() as session:
        session.execute(
            update(Export)
            .where(Export.id == export_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def outdate(session: AnySession, component_id: int) -> None:
    """No longer hand out the files of a component, one of whose texts readers no longer see."""
    session.execute(
        update(Export)
        .where(Export.component_id == component_id, Export.outdated_at.is_(None))
        .values(outdated_at=clock())
        .execution_options(synchronize_session=False)
    )


def discard(export: Export) -> None:
    """Throw a file away; one that is being made ends in nothing."""
    path = file_of(export)
    with transaction() as session:
        session.execute(delete(Export).where(Export.id == export.id))
    path.unlink(missing_ok=True)


def sweep() -> None:
    """Remove the files asked for more than a week ago, and those that no row names."""
    with transaction() as session:
        session.execute(delete(Export).where(Export.asked_at < clock() - KEPT))
        kept = {
            f"{id}.{Format(held).value}"
            for id, held in session.execute(
                select(Export.id, Export.format).where(Export.outdated_at.is_(None))
            )
        }
    if folder().is_dir():
        for path in folder().iterdir():
            if path.name.removesuffix(".part") not in kept:
                path.unlink(missing_ok=True)
