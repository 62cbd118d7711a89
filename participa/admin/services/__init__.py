"""What coordinators do with members, invitations and mail."""

from participa.admin.services.invitations import invite_all, invite_one, renew, revoke, send_again
from participa.admin.services.members import (
    deactivate,
    edit,
    give_coordination,
    move,
    reactivate,
    take_coordination,
)

__all__ = [
    "deactivate",
    "edit",
    "give_coordination",
    "invite_all",
    "invite_one",
    "move",
    "reactivate",
    "renew",
    "revoke",
    "send_again",
    "take_coordination",
]
