"""Who may come in, and by which links."""

from datetime import datetime

from participa.auth.models import Invitation, Member, PasswordLink
from participa.authorization import Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l

define_rules(
    wrong_password=_l("This address and this password do not go together."),
    wrong_current_password=_l("This is not your current password."),
    deactivated=_l(
        "This account is deactivated. Write to the coordination of your network to have it opened again."
    ),
    already_member=_l("This address already has an account."),
    already_invited=_l("This address is already invited; send that invitation again instead."),
    invitation_used=_l("This invitation has been accepted: your account exists. Sign in."),
    invitation_revoked=_l(
        "This invitation has been withdrawn. Ask your centre or the coordination for another one."
    ),
    invitation_expired=_l(
        "This invitation has expired. Ask whoever invited you to send it again: it takes a minute."
    ),
    invitation_over=_l("This invitation was accepted or withdrawn; nothing more can be done with it."),
    link_used=_l("This link has served or is too old. Ask for another one."),
)


def may_accept(invitation: Invitation, now: datetime) -> Verdict:
    """Whether the invitation can still be accepted."""
    return all_of(
        (invitation.accepted_at is None, "invitation_used"),
        (invitation.revoked_at is None, "invitation_revoked"),
        (invitation.expires_at > now, "invitation_expired"),
    )


def may_use(link: PasswordLink | None, now: datetime) -> Verdict:
    """Whether the link can still set a password."""
    return all_of((link is not None and link.used_at is None and link.expires_at > now, "link_used"))


def may_have_password_link(member: Member) -> Verdict:
    """Whether a link may let this member choose a password."""
    return all_of((member.is_active and member.email is not None, "deactivated"))
