"""The menu of the network: the entries of the application and the pages placed in it, ordered and hidden."""

from dataclasses import dataclass, replace
from typing import Any

from participa.audit.services import record
from participa.auth.models import Member
from participa.catalogues import language
from participa.db import transaction
from participa.network.models import Network
from participa.network.pages import Place, title_in
from participa.network.services import locked_network
from participa.web import entries_of


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the menu, as the coordination arranges it."""

    key: str
    label: Any
    shown: bool


def menu_of(network: Network) -> list[MenuEntry]:
    """All the entries, hidden ones too, in their order; whoever may not use one does not see it in the menu."""
    found = {entry.endpoint: str(entry.label) for entry in entries_of("nav")}
    for page in network.menu:
        if page["place"] == Place.MENU:
            found[f"page:{page['slug']}"] = title_in(page["titles"], language(), list(network.languages))
    kept = {each["key"]: each["shown"] for each in network.nav if each["key"] in found}
    order = [*kept, *(key for key in found if key not in kept)]
    return [MenuEntry(key, found[key], kept.get(key, True)) for key in order]


def arrange(by: Member, key: str, *, step: int = 0, shown: bool | None = None) -> MenuEntry | None:
    """Move an entry one place (−1 or +1), or show or hide it; None when it is not there, or cannot move further."""
    with transaction() as session:
        network = locked_network(session)
        entries = menu_of(network)
        at = next((place for place, entry in enumerate(entries) if entry.key == key), None)
        if at is None or not 0 <= at + step < len(entries):
            return None
        entry = entries.pop(at)
        entry = replace(entry, shown=entry.shown if shown is None else shown)
        entries.insert(at + step, entry)
        network.nav = [{"key": each.key, "shown": each.shown} for each in entries]
        act = "menu.moved" if step else "menu.shown" if entry.shown else "menu.hidden"
        record(session, by, act, network, name=str(entry.label))
    return entry
