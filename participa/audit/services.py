"""Writing the record."""

from typing import Any

from flask import g, has_request_context

from participa.audit.models import AuditEntry
from participa.db import clock
from participa.events import AnySession


def record(
    session: AnySession,
    actor: Any,
    action: str,
    subject: Any = None,
    *,
    space_id: int | None = None,
    **details: Any,
) -> None:
    """Add to the transaction who did what to which thing; `details` is plain JSON, never a person's text or secret."""
    session.add(
        AuditEntry(
            at=clock(),
            actor_id=getattr(actor, "id", None),
            action=action,
            subject_kind=type(subject).__tablename__ if subject is not None else None,
            subject_id=getattr(subject, "id", None),
            space_id=space_id,
            details=details,
            request_id=g.get("request_id") if has_request_context() else None,
        )
    )
