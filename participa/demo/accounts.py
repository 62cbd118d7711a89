"""The accounts that whoever tries the demonstration may use."""

from dataclasses import dataclass

PASSWORD = "participa-demo-2026"  # noqa: S105 -- printed at start-up, for the demonstration only


@dataclass(frozen=True, slots=True)
class Account:
    """One of them."""

    email: str
    what: str

    def __str__(self) -> str:
        return f"{self.email:<32} {PASSWORD}   {self.what}"


COORDINATOR = Account("coordination@demo.example.org", "coordinates the network")
MODERATOR = Account("moderation@demo.example.org", "moderates every thematic space")
MEMBER = Account("irev@demo.example.org", "member of IREV")
OTHER = Account("oriv@demo.example.org", "member of ORIV")
ACCOUNTS = (COORDINATOR, MODERATOR, MEMBER, OTHER)
