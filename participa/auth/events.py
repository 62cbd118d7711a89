"""What other features may follow."""

from dataclasses import dataclass

from participa.auth.models import Member


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """Someone accepted an invitation and has an account."""

    member: Member
