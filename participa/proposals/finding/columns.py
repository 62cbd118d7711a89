"""What a file says of each proposal."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from participa.authorization import Actor
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Contribution
from participa.db import clock, db
from participa.exports.sources import SOURCES, Column, Source
from participa.proposals import lists
from participa.proposals.answering.states import states_of
from participa.proposals.finding import queries
from participa.proposals.queries import narrowed, values_of
from participa.spaces.models import Component

A_BATCH = 1000


def author_of(row: Any) -> str:
    """The name that readers see."""
    if row.author is None:
        return str(_("Imported text"))
    return str(_("deleted account")) if row.author_erased_at else str(row.author)


def columns_of(component: Component, root: str) -> list[Column]:
    """The columns of an export of this component at this moment; hidden counts are left out."""
    base = f"{root}/e/{component.space.slug}/{component.id}"

    states = states_of(component)

    def state(row: Any) -> str:
        if row.withdrawn_at is None and row.state_id in states:
            return states[row.state_id].sign.label
        return str(_("Withdrawn") if row.withdrawn_at else _("Under discussion"))

    columns = [
        Column("id", _l("Number"), lambda row: row.id),
        Column("url", _l("Address"), lambda row: f"{base}/{row.id}"),
        Column("title", _l("Title"), lambda row: row.title),
        Column("body", _l("Text"), lambda row: row.body),
        Column("topic", _l("Topic"), lambda row: row.topic or ""),
        Column("state", _l("State"), state),
        Column("author", _l("Author"), author_of),
        Column("coauthors", _l("Co-authors"), lambda row: len(row.coauthor_ids)),
        Column("centre", _l("Centre"), lambda row: row.centre or ""),
        Column("published_at", _l("Published on"), lambda row: row.published_at),
        Column("edited_at", _l("Edited on"), lambda row: row.edited_at),
        Column("withdrawn_at", _l("Withdrawn on"), lambda row: row.withdrawn_at),
    ]
    if not component.hides_counts_at(clock()):
        if component.configuration.ballot == "support":  # what people say for, mixed or against is no column
            columns.append(Column("supports", _l("Supports"), lambda row: row.support_count))
        columns.append(Column("centres", _l("Centres taking part"), lambda row: row.centre_count))
    return [
        *columns,
        Column("comments", _l("Comments"), lambda row: row.comment_count),
        Column("followers", _l("Followers"), lambda row: row.follow_count),
        Column(
            "promised_on",
            _l("Answer promised for"),
            lambda row: row.promised_on and row.promised_on.isoformat(),
        ),
        Column("answered_at", _l("Answered on"), lambda row: row.answered_at),
        Column("answer", _l("Answer"), lambda row: row.answer_body),
        Column("language", _l("Language"), lambda row: row.language),
    ]


def source_of(component: Component, actor: Actor, args: "MultiDict[str, str]", root: str) -> Source:
    """The proposals that the filters of an address let through, the first published first."""
    wish = lists.wish_of(args, component, actor)

    def batches() -> Iterator[Sequence[Any]]:
        after = None
        while rows := queries.batch(component, wish, actor, after, size=A_BATCH):
            yield rows
            after = queries.Place(rows[-1].published_at, rows[-1].id)
            if len(rows) < A_BATCH:
                return

    def count() -> int:
        query = narrowed(select(func.count(Contribution.id)), component, wish)
        return db.session.scalar(query, values_of(component, wish, actor)) or 0

    return Source(columns_of(component, root), batches, count)


SOURCES["proposals"] = source_of
