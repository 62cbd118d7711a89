"""What people do with accounts: come in, be invited, change what others see, lose a password."""

from participa.auth.services.account import (
    Profile,
    change_password,
    end_other_sessions,
    end_session,
    save_profile,
    speak,
)
from participa.auth.services.entrance import open_here, sign_in
from participa.auth.services.invitations import (
    accept,
    decline,
    invite,
    mail_invitation,
    open_invitation,
    resend,
    revoke,
)
from participa.auth.services.passwords import ask_password_link, choose_password, make_password_link

__all__ = [
    "Profile",
    "accept",
    "ask_password_link",
    "change_password",
    "choose_password",
    "decline",
    "end_other_sessions",
    "end_session",
    "invite",
    "mail_invitation",
    "make_password_link",
    "open_here",
    "open_invitation",
    "resend",
    "revoke",
    "save_profile",
    "sign_in",
    "speak",
]
