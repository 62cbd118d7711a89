"""Reads of imports and their lines."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import raiseload
from sqlalchemy.orm.attributes import set_committed_value

from participa.db import at_most, db
from participa.imports.models import Fate, Import, Line
from participa.paging import Page, page_of
from participa.spaces.models import Component

A_PAGE = 50


def imports_of(component: Component) -> Select[Import]:
    """The files brought into a component, the last first."""
    return (
        select(Import)
        .where(Import.component_id == component.id)
        .order_by(Import.created_at.desc(), Import.id.desc())
        .options(raiseload("*"))
    )


def find_import(component: Component, import_id: int) -> Import | None:
    """A file brought into this component, which it is given."""
    found = db.session.scalar(imports_of(component).where(Import.id == import_id))
    if found is not None:
        set_committed_value(found, "component", component)
    return found


def counts(import_id: int) -> Mapping[str, int]:
    """How many lines there are of each fate; those without one under the empty word."""
    rows = db.session.execute(
        select(Line.fate, func.count()).where(Line.import_id == import_id).group_by(Line.fate)
    )
    return {fate.value if fate else "": count for fate, count in rows}


def first_lines(import_id: int, most: int = 6) -> Sequence[Line]:
    """The beginning of the file."""
    query = select(Line).where(Line.import_id == import_id).order_by(Line.number).limit(at_most(most))
    return db.session.scalars(query).all()


def wrong_lines(import_id: int, key: str | None) -> Page[Line]:
    """The lines to correct, in the order of the file."""
    query = select(Line).where(Line.import_id == import_id, Line.fate == Fate.WRONG)
    return page_of(query, (Line.number,), key, size=A_PAGE, descending=False)
