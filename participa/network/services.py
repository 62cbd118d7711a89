"""What coordinators do with the network and its centres."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from participa import text
from participa.audit.services import record
from participa.auth.models import Member
from participa.db import at_most, clock, transaction
from participa.errors import Conflict
from participa.events import AnySession
from participa.network import texts
from participa.network.models import Centre, Network


@dataclass(frozen=True, slots=True)
class NetworkDraft:
    """The settings of a network, as a person gives them."""

    name: str
    description: str = ""
    languages: tuple[str, ...] = ("fr", "en")
    """The default first."""
    time_zone: str = "Europe/Paris"
    visitors_may_read: bool = False


@dataclass(frozen=True, slots=True)
class CentreDraft:
    """What is said of a centre."""

    name: str
    territory: str = ""
    city: str = ""
    website: str = ""
    description: str = ""
    time_zone: str = "Europe/Paris"


def set_up(draft: NetworkDraft, by: Member | None = None) -> Network:
    """Make the network, once; gives the one that exists otherwise."""
    with transaction() as session:
        network = session.get(Network, 1)
        if network is None:
            network = Network(id=1, centre_count=_count_centres(session), footer={}, **_settings(draft))
            session.add(network)
            session.flush()
            record(session, by, "network.set_up", network, name=draft.name)
        return network


def _settings(draft: NetworkDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "description": draft.description,
        "languages": list(draft.languages),
        "time_zone": draft.time_zone,
        "visitors_may_read": draft.visitors_may_read,
    }


def change_settings(by: Member, draft: NetworkDraft, revision: int) -> Network:
    """Change the network's settings; raises Conflict when someone changed them meanwhile."""
    with transaction() as session:
        network = locked_network(session)
        if network.revision != revision:
            raise Conflict(network=network, draft=draft)
        before = {name: getattr(network, name) for name in _settings(draft)}
        changes = {name: value for name, value in _settings(draft).items() if before[name] != value}
        if changes:
            for name, value in changes.items():
                setattr(network, name, value)
            network.revision += 1
            record(
                session,
                by,
                "network.changed",
                network,
                before={name: before[name] for name in changes},
                after=changes,
            )
        return network


def change_accent(by: Member, accent: str) -> None:
    """Give the network another colour."""
    with transaction() as session:
        network = locked_network(session)
        if network.accent != accent:
            record(session, by, "network.changed", network, before={"accent": network.accent},
                   after={"accent": accent})  # fmt: skip
            network.accent = accent


def set_logo(by: Member, logo: dict[str, Any] | None) -> None:
    """Keep, on the row that every request reads, which file is the logo."""
    with transaction() as session:
        network = locked_network(session)
        if network.logo != logo:
            record(session, by, "network.logo_set" if logo else "network.logo_removed", network)
            network.logo = logo


def change_text(by: Member, page: str, language: str, source: str, revision: int) -> Network:
    """Write one of the footer texts; an empty text, or the default itself, puts the default back.

    Raises Conflict when the network's settings or texts changed meanwhile.
    """
    with transaction() as session:
        network = locked_network(session)
        if network.revision != revision:
            raise Conflict(network=network, source=source, page=page, language=language)
        written = dict(network.footer.get(page) or {})
        kept = source if source.strip() and source.strip() != texts.default(page, language) else None
        if written.get(language) == kept:
            return network
        if kept is None:
            written.pop(language, None)
        else:
            written[language] = kept
        network.footer = {**network.footer, page: written}
        network.revision += 1
        action = "network.text_changed" if kept else "network.text_reset"
        record(session, by, action, network, page=page, language=language)
        return network


def add_centre(by: Member | None, draft: CentreDraft) -> Centre:
    """Let a centre join the network."""
    with transaction() as session:
        centre = Centre(slug=_free_slug(session, draft.name), created_at=clock(), **_facts(draft))
        session.add(centre)
        session.flush()
        _recount(session)
        record(session, by, "centre.joined", centre, name=centre.name)
        return centre


def change_centre(by: Member, centre_id: int, draft: CentreDraft, revision: int) -> Centre:
    """Correct what is said of a centre; raises Conflict when someone did so meanwhile.

    Its address stays, so that links to it keep working.
    """
    with transaction() as session:
        centre = _locked_centre(session, centre_id)
        if centre.revision != revision:
            raise Conflict(centre=centre, draft=draft)
        before = {name: getattr(centre, name) for name in _facts(draft)}
        changes = {name: value for name, value in _facts(draft).items() if before[name] != value}
        if changes:
            for name, value in changes.items():
                setattr(centre, name, value)
            centre.revision += 1
            record(
                session,
                by,
                "centre.changed",
                centre,
                name=centre.name,
                before={name: before[name] for name in changes},
                after=changes,
            )
        return centre


def let_centre_leave(by: Member, centre_id: int) -> Centre:
    """Note that a centre leaves the network; its members keep their accounts, its past acts its name."""
    with transaction() as session:
        centre = _locked_centre(session, centre_id)
        if centre.left_at is None:
            centre.left_at = clock()
            centre.revision += 1
            session.flush()
            _recount(session)
            record(session, by, "centre.left", centre, name=centre.name)
        return centre


def let_centre_return(by: Member, centre_id: int) -> Centre:
    """Take a centre that had left back in."""
    with transaction() as session:
        centre = _locked_centre(session, centre_id)
        if centre.left_at is not None:
            centre.left_at = None
            centre.revision += 1
            session.flush()
            _recount(session)
            record(session, by, "centre.returned", centre, name=centre.name)
        return centre


def is_name_taken(name: str, *, other_than: int | None = None) -> bool:
    """Whether another centre bears this name, case and accents aside."""
    with transaction() as session:
        return (
            session.scalar(
                select(Centre.id)
                .where(func.fold(Centre.name) == func.fold(name), Centre.id.is_distinct_from(other_than))
                .limit(at_most(1))
            )
            is not None
        )


def _facts(draft: CentreDraft) -> dict[str, str]:
    return {
        name: getattr(draft, name)
        for name in ("name", "territory", "city", "website", "description", "time_zone")
    }


def locked_network(session: AnySession) -> Network:
    """The row of the network as it is now, held until the end of the transaction."""
    return session.scalars(
        select(Network).where(Network.id == 1).with_for_update().execution_options(populate_existing=True)
    ).one()


def _locked_centre(session: AnySession, centre_id: int) -> Centre:
    return session.scalars(
        select(Centre)
        .where(Centre.id == centre_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _count_centres(session: AnySession) -> int:
    return session.scalar(select(func.count()).select_from(Centre).where(Centre.left_at.is_(None))) or 0


def _recount(session: AnySession) -> None:
    """Keep the network's number of centres right; its lock puts two changes one after the other."""
    session.execute(select(Network.id).where(Network.id == 1).with_for_update())
    session.execute(
        update(Network)
        .where(Network.id == 1)
        .values(centre_count=_count_centres(session))
        .execution_options(synchronize_session="fetch")
    )


def _free_slug(session: AnySession, name: str) -> str:
    base = text.slugify(name) or "centre"
    taken = set(session.scalars(select(Centre.slug).where(Centre.slug.startswith(base, autoescape=True))))
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
