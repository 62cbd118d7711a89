"""Passwords: what makes a good one, and hashing with argon2id, two at once per process."""

import functools
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _

from participa.errors import TooManyTries

MINIMUM = 12
"""Length is what resists guessing; no other rule on characters, as ANSSI and NIST advise."""
MAXIMUM = 200
PATIENCE = 10.0
"""Seconds that a hash waits for its turn before its request is told to come back."""
COMMON = frozenset(
    {
        "motdepasse",
        "motdepassemotdepasse",
        "monmotdepasse",
        "azertyuiop",
        "azertyuiopqsdfghjklm",
        "qwertyuiop",
        "qwertyuiopasdfghjkl",
        "password",
        "passwordpassword",
        "mypassword",
        "administrateur",
        "administrator",
        "bienvenue",
        "bonjourbonjour",
        "jetaimejetaime",
        "participa",
        "participaparticipa",
        "politiquedelaville",
        "centrederessources",
        "letmein",
        "iloveyou",
        "changeme",
    }
)
"""Words that guessers try first, digits and signs left out."""

_turns = threading.BoundedSemaphore(2)


@functools.cache
def _hasher(strength: str) -> PasswordHasher:
    if strength == "cheap":
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    # Above OWASP's first choice (19 MiB, 2 passes); two at once stay within a small worker's memory.
    return PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)


def hasher() -> PasswordHasher:
    """The hasher of this deployment."""
    return _hasher(current_app.config["SETTINGS"].password_hashing)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise TooManyTries(5)
    try:
        yield
    finally:
        _turns.release()


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@functools.cache
def _nobodys(strength: str) -> str:
    return _hasher(strength).hash(secrets.token_urlsafe(16))


def hashed(password: str) -> str:
    """The hash to keep for a new password; raises TooManyTries when too many are being made."""
    with _turn():
        return hasher().hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one kept; takes the same time when none is kept."""
    against = kept or _nobodys(current_app.config["SETTINGS"].password_hashing)
    with _turn():
        try:
            hasher().verify(against, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return hasher().check_needs_rehash(kept)


def fault_of(password: str, *names: str | None) -> str | None:
    """What is wrong with a new password, as a sentence, or None; `names` are known of its owner."""
    if len(password) < MINIMUM:
        return str(_("Write at least %(n)s characters; a sentence does very well.", n=MINIMUM))
    if len(password) > MAXIMUM:
        return str(_("Write at most %(n)s characters.", n=MAXIMUM))
    bare = _letters(password)
    if len(set(password)) < 5 or bare in COMMON:
        return str(
            _("This password is among the first that others would try. Choose another, such as a sentence.")
        )
    rest = password.casefold()
    known = {word for name in names for word in re.split(r"\W+", (name or "").casefold()) if len(word) > 2}
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    if sum(map(str.isalnum, rest)) < MINIMUM // 2:
        return str(_("Your password must hold more than your name or your address."))
    return None


def _letters(password: str) -> str:
    return "".join(c for c in password.casefold() if c.isalpha())
