"""Putting a proposal or a debate in the trash, and taking it out."""

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from participa.audit.services import record
from participa.auth.models import Member
from participa.authorization import Refused
from participa.contributions.events import VisibilityChanged
from participa.contributions.models import Contribution
from participa.db import clock, transaction
from participa.events import AnySession, announce


def put_in_trash(editor: Member, contribution: Contribution) -> None:
    """Put a contribution in the trash: nobody but administrators reads it; raises Refused when it is there."""
    with transaction() as session:
        _lock(session, contribution)
        if contribution.trashed_at is not None:
            raise Refused("in_trash")
        shown = contribution.is_shown
        contribution.trashed_at, contribution.trashed_by_id = clock(), editor.id
        session.flush()
        if shown:
            announce(session, VisibilityChanged(contribution, shown=False))
        record(
            session, editor, "contribution.trashed", contribution, space_id=contribution.component.space_id
        )


def take_out(editor: Member, contribution: Contribution) -> None:
    """Take a contribution out of the trash, as it was; raises Refused for what something else put there."""
    with transaction() as session:
        _lock(session, contribution)
        if contribution.trashed_at is None or contribution.trashed_by_id is None:
            raise Refused("not_in_trash")
        contribution.trashed_at = contribution.trashed_by_id = None
        session.flush()
        if contribution.is_shown:
            announce(session, VisibilityChanged(contribution, shown=True))
        record(
            session, editor, "contribution.restored", contribution, space_id=contribution.component.space_id
        )


def _lock(session: AnySession, contribution: Contribution) -> None:
    """Lock a text and read its state as it is now."""
    states = ("hidden_at", "deleted_at", "trashed_at", "trashed_by_id")
    row = session.execute(
        select(*(getattr(Contribution, name) for name in states))
        .where(Contribution.id == contribution.id)
        .with_for_update(key_share=True)
    ).one()
    for name in states:
        set_committed_value(contribution, name, getattr(row, name))
