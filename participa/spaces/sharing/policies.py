"""Whether a share link still opens what it was made for."""

from datetime import datetime

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.spaces.models import ShareLink

define_rules(
    share_link_revoked=_l("Whoever made this link has withdrawn it. Ask them for another one."),
    share_link_expired=_l("This link has expired. Ask whoever sent it to you for another one."),
)


def may_open_link(actor: Actor, link: ShareLink, now: datetime) -> Verdict:
    """Whether the link shows `actor` what it was made for."""
    return all_of(
        (link.revoked_at is None, "share_link_revoked"),
        (link.expires_at > now, "share_link_expired"),
        (actor.is_authenticated or not link.members_only, "sign_in"),
    )
