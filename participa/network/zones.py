"""The reader's language and time zone."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g, has_request_context, request, session
from sqlalchemy import func, select

from participa.auth.models import Member
from participa.db import db, set_zone
from participa.mail import readers
from participa.network.models import Centre, Network
from participa.network.queries import the_network
from participa.web import LANGUAGES, Shell, fill_frame


def offered_languages() -> list[str]:
    """The languages the network offers, the default first."""
    network = g.get("network")
    return [code for code in network.languages if code in LANGUAGES] if network else list(LANGUAGES)


def language_of_reader() -> str:
    """The member's language, else the one chosen on this browser, else the network's first."""
    offered = offered_languages() or ["fr"]
    if not has_request_context():  # a job: whoever writes to someone says in which language
        return offered[0]
    who = g.get("member")
    chosen = who.language if isinstance(who, Member) else session.get("language")
    if chosen in offered:
        return str(chosen)
    if not g.get("network"):
        return request.accept_languages.best_match(offered) or offered[0]
    return offered[0]


def zone_of_reader() -> str:
    """The member's time zone, else their centre's, else the network's."""
    who = g.get("member")
    if isinstance(who, Member):
        if who.time_zone:
            return who.time_zone
        if who.centre_id and who.centre:
            return who.centre.time_zone
    network = g.get("network")
    return network.time_zone if network else "Europe/Paris"


@contextmanager
def in_network_zone() -> Iterator[None]:
    """Let a job count days where the network is, as requests do."""
    set_zone(db.session.scalar(select(Network.time_zone)))
    try:
        yield
    finally:
        set_zone(None)


def preferences_of(member_id: int) -> tuple[str, str]:
    """The language and time zone to write to a member in."""
    row = db.session.execute(
        select(
            Member.language,
            func.coalesce(Member.time_zone, Centre.time_zone, Network.time_zone, "Europe/Paris"),
        )
        .select_from(Member)
        .outerjoin(Centre, Centre.id == Member.centre_id)
        .outerjoin(Network, Network.id == 1)
        .where(Member.id == member_id)
    ).one()
    return row[0], row[1]


readers.preferences = preferences_of
readers.network = lambda: g.get("network") or the_network()


@fill_frame
def _languages(frame: Shell) -> None:
    frame.languages = [(code, LANGUAGES[code]) for code in offered_languages()]
    network = g.get("network")
    frame.centre_total = network.centre_count if network else 0
