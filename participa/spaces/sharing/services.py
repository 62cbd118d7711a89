"""Making, opening and withdrawing share links."""

from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import update

from participa.audit.services import record
from participa.auth.models import Member
from participa.db import clock, transaction
from participa.spaces.models import Component, ShareLink, Space


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="share")


def token_of(link: ShareLink) -> str:
    """What the address of a link ends with: its number, signed, so that nobody makes one up."""
    return str(_signer().dumps(link.id))


def link_named(token: str) -> int | None:
    """The number of the link that a token names; None when we did not sign it."""
    try:
        return int(_signer().loads(token))
    except (BadSignature, ValueError, TypeError):
        return None


def make_link(
    maker: Member,
    space: Space,
    component: Component | None,
    *,
    lifetime: timedelta,
    members_only: bool,
    label: str = "",
) -> ShareLink:
    """Make a link that shows a space, or one component of it, before it is published."""
    with transaction() as session:
        link = ShareLink(
            space_id=space.id,
            component_id=component.id if component else None,
            label=label,
            members_only=members_only,
            created_by_id=maker.id,
            created_at=clock(),
            expires_at=clock() + lifetime,
        )
        session.add(link)
        session.flush()
        record(session, maker, "share.made", component or space, space_id=space.id, label=label)
    return link


def revoke_link(revoker: Member, link: ShareLink) -> bool:
    """Make a link stop working at once; false when it did already."""
    with transaction() as session:
        revoked = session.execute(
            update(ShareLink)
            .where(ShareLink.id == link.id, ShareLink.revoked_at.is_(None))
            .values(revoked_at=clock())
            .returning(ShareLink.id)
            .execution_options(synchronize_session=False)
        ).first()
        if revoked is not None:
            about = link.component or link.space
            record(session, revoker, "share.revoked", about, space_id=link.space_id, label=link.label)
    return revoked is not None


def count_use(link: ShareLink) -> None:
    """Count that a link was followed."""
    with transaction() as session:
        session.execute(
            update(ShareLink)
            .where(ShareLink.id == link.id)
            .values(uses=ShareLink.uses + 1, last_used_at=clock())
            .execution_options(synchronize_session=False)
        )
