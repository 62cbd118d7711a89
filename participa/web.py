"""What every request goes through: request id, headers, retry, the frame around pages."""

import re
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, current_app, g, request, url_for
from flask.templating import Environment
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import IntegerConverter, Map, ValidationError
from werkzeug.routing.matcher import StateMachineMatcher
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from participa import db as database
from participa.authorization import VISITOR, Actor

T = TypeVar("T")
LANGUAGES = {"fr": "Français", "en": "English"}
CSP = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)


TAKING_FILES: set[str] = set()
"""The endpoints whose forms may hold files; each feature adds its own."""
MOST_WITH_FILES = 60 * 1024 * 1024
"""Bytes of one request with files."""


class ParticipaRequest(Request):
    """A request that knows the local path it came from."""

    max_form_memory_size = 4 * 1024 * 1024
    max_form_parts = 2000

    @property  # type: ignore[misc]
    def max_content_length(self) -> int:  # type: ignore[override]
        """How many bytes may be sent: 4 MB, and more of files where files are taken."""
        with_files = self.mimetype == "multipart/form-data" and self.endpoint in TAKING_FILES
        return MOST_WITH_FILES if with_files else self.max_form_memory_size

    def read_beginning(self) -> bool:
        """Make `form` the text fields that stand before the first file of a body too large to be read whole.

        False when there are none; nothing of the body may have been read.
        """
        boundary = self.mimetype_params.get("boundary")
        length = self.content_length or 0
        if self.mimetype != "multipart/form-data" or not boundary or length <= self.max_content_length:
            return False
        decoder = MultipartDecoder(boundary.encode(), self.max_form_memory_size)
        fields: MultiDict[str, str] = MultiDict()
        name, value = "", b""
        with suppress(ValueError, RequestEntityTooLarge):
            decoder.receive_data(self.environ["wsgi.input"].read(self.max_form_memory_size))
            while not isinstance(event := decoder.next_event(), (File, NeedData, Epilogue)):
                if isinstance(event, Field):
                    name, value = event.name, b""
                elif isinstance(event, Data):
                    value += event.data
                    if not event.more_data:
                        fields.add(name, value.decode("utf-8", "replace"))
        self.form = ImmutableMultiDict(fields)
        self.files = ImmutableMultiDict()
        return bool(fields)

    @property
    def is_json(self) -> bool:
        """Never: a form's fields come as a form, whose values are text, whatever else a body may be."""
        return False

    @property
    def referrer_path(self) -> str:
        """The path of the page that sent this request, if it is one of ours, else the front page."""
        referrer = self.referrer or ""
        if not referrer.startswith(self.host_url):
            return "/"
        return "/" + referrer[len(self.host_url) :].lstrip("/\\")  # two slashes would lead to another site

    @property
    def holds_nul(self) -> bool:
        """Whether the address or a field holds the one character that PostgreSQL has no place for."""
        return (
            "\0" in self.path
            or b"%00" in self.query_string
            or any("\0" in text for name, values in self.form.lists() for text in (name, *values))
            or any("\0" in (file.filename or "") for file in self.files.values())
        )


class Addresses(Map):
    """The addresses, told apart by the kind of component they lead to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._matcher = ComponentMatcher(self.merge_slashes)


class Templates(Environment):
    """Jinja whose macros look a global up in one dictionary instead of a chain of two."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals themselves for templates with none of their own, which here are all of them."""
        return super().make_globals(d) if d else self.globals


class Participa(Flask):
    """Flask that runs a request once more when the database gave it up to let another pass."""

    request_class = ParticipaRequest
    jinja_environment = Templates
    url_map_class = Addresses

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer, retrying a deadlock or a serialization failure once."""
        if request.holds_nul:  # type: ignore[attr-defined]
            abort(400)
        try:
            return super().dispatch_request()
        except DBAPIError as error:
            if not database.is_worth_retrying(error):
                raise
            database.abandon()
            g.pop("_login_user", None)  # who asks is read again, in the new transaction
            refusal = self.preprocess_request()
            return super().dispatch_request() if refusal is None else refusal


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the frame; `current` is `page`, `true` or None."""

    label: Any
    href: str
    current: str | None = None
    key: str = ""
    """What the menu's order calls it: the endpoint, or `page:` and the end of the address of a page."""


@dataclass(slots=True)
class Shell:
    """The frame around a page."""

    nav: list[NavItem] = field(default_factory=list)
    account: list[NavItem] = field(default_factory=list)
    footer: list[NavItem] = field(default_factory=list)
    unread: int = 0
    centre_total: int = 0
    theme: str | None = None
    language: str = "fr"
    languages: list[tuple[str, str]] = field(default_factory=list)
    short: bool = False
    accent: str = "reseau"
    help: list[NavItem] = field(default_factory=list)
    """The pages that help with this one."""
    logo: dict[str, Any] | None = None
    """The file and the words of the network's logo."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a feature adds itself to the frame."""

    label: Any
    endpoint: str
    place: str
    """`nav`, `account` or `footer`."""
    rank: int
    when: Callable[[Actor], bool]
    covers: frozenset[str]
    """Blueprints, or endpoints, whose pages mark the entry as current."""
    arguments: Callable[[Actor], dict[str, Any]]
    spoken: dict[str, str] = field(default_factory=dict, compare=False)

    def words(self, language: str) -> str:
        """The label in the reader's language, which is found once."""
        return self.spoken.get(language) or self.spoken.setdefault(language, str(self.label))


_entries: list[Entry] = []
_fillers: list[Callable[[Shell], None]] = []


def add_to_frame(
    label: Any,
    endpoint: str,
    place: str = "nav",
    *,
    rank: int = 50,
    when: Callable[[Actor], bool] = lambda actor: True,
    covers: tuple[str, ...] = (),
    arguments: Callable[[Actor], dict[str, Any]] = lambda actor: {},
) -> None:
    """Add a link to the frame of every page; called once by each feature when it is imported."""
    _entries.append(Entry(label, endpoint, place, rank, when, frozenset(covers), arguments))
    _entries.sort(key=lambda entry: entry.rank)


def entries_of(place: str) -> list[Entry]:
    """The links that features add to one place of the frame, in their order."""
    return [entry for entry in _entries if entry.place == place]


def fill_frame(filler: Callable[[Shell], None]) -> Callable[[Shell], None]:
    """Let the decorated function complete the frame of every page (theme, unread notifications …)."""
    _fillers.append(filler)
    return filler


def actor() -> Actor:
    """Whoever makes this request."""
    held = g.get("actor")
    return held if isinstance(held, Actor) else VISITOR


def found(thing: T | None) -> T:
    """The thing, or the 404 page."""
    if thing is None:
        abort(404)
    return thing


def came_from() -> str:
    """The path of our page that sent this request, else the front page."""
    return str(request.referrer_path)  # type: ignore[attr-defined]


def numbers_sent(name: str) -> list[int]:
    """The numbers of the boxes of that name that were ticked, whatever else was sent in their place."""
    return [int(sent) for sent in request.form.getlist(name) if sent.isdecimal() and len(sent) < 16]


def is_htmx() -> bool:
    """Whether htmx asks for a fragment of a page."""
    return request.headers.get("HX-Request") == "true"


_addresses: dict[type, Callable[[Any], str]] = {}


def addresses(kind: type) -> Callable[[Callable[[Any], str]], Callable[[Any], str]]:
    """Make the decorated function give the address of things of this type."""

    def register(function: Callable[[Any], str]) -> Callable[[Any], str]:
        _addresses[kind] = function
        return function

    return register


_NUMBER = re.compile(r"^(?:.*/)?(\d{1,15})(?:-[^/]*)?/?$")


def number_in(address: str) -> int | None:
    """The number of a contribution at the end of the address of its page, or alone."""
    match = _NUMBER.search(urlsplit(address).path)
    return int(match[1]) if match else None


def path_of_ours(href: str) -> str | None:
    """The path of an address of this site, written whole or as a path; None for any other."""
    try:
        parts = urlsplit(unescape(href))
    except ValueError:
        return None
    ours = not parts.netloc or (parts.scheme in ("http", "https") and parts.netloc == request.host)
    return parts.path if ours else None


def address_of(thing: Any) -> str:
    """The path of a thing's page; what it needs (component, space) must be loaded."""
    for kind in type(thing).__mro__:
        if kind in _addresses:
            return _addresses[kind](thing)
    raise LookupError(f"nobody registered the address of {type(thing).__name__}")


class ComponentConverter(IntegerConverter):
    """A component's number in an address, matched only by the feature that the component belongs to.

    Addresses of two features may have one shape, and only the database tells them apart; the router picks a rule
    before converters run. So `ComponentMatcher` names the kind in the path it matches: `/e/health/proposals~7`.
    """

    find_kind: Callable[[int], str | None] = staticmethod(lambda component_id: None)

    def __init__(self, url_map: Any, kind: str) -> None:
        super().__init__(url_map)
        self.kind = kind
        self.regex = rf"{kind}~\d+"

    def to_python(self, value: str) -> int:
        """Read the number after the kind."""
        return int(value.partition("~")[2])


class ComponentMatcher(StateMachineMatcher):
    """Matches paths with the kind of their component named."""

    _place = re.compile(r"(/e/[^/]+/)(\d{1,9})(?=/|$)")

    def match(self, domain: str, path: str, method: str, websocket: bool) -> Any:
        """Match a path; one with doubled slashes is left to be redirected as it came."""
        found = None if "//" in path else self._place.match(path)
        kind = kind_of(int(found[2])) if found else None
        if found and kind:
            path = f"{found[1]}{kind}~{path[found.end(1) :]}"
        return super().match(domain, path, method, websocket)


def kind_of(component_id: int) -> str | None:
    """The kind of a component, which never changes."""
    known: dict[int, str] = current_app.extensions.setdefault("component_kinds", {})
    if component_id not in known:
        kind = ComponentConverter.find_kind(component_id)
        if kind is None:
            return None
        known[component_id] = kind
    return known[component_id]


class KeyConverter(IntegerConverter):
    """A number as a row's key: too large a one is not found instead of an error of the database."""

    def to_python(self, value: str) -> int:
        """Read the number; raises ValidationError past 2^53."""
        if len(value) > 15:
            raise ValidationError
        return int(value)


def init_app(app: Flask) -> None:
    """Install the frame, headers and helpers."""
    app.before_request(start)
    app.after_request(finish)
    app.teardown_request(forget)
    app.context_processor(context)
    app.jinja_env.globals.update(url_of=address_of, is_htmx=is_htmx)


def start() -> None:
    """Start as a visitor, and forget the moment of the request before."""
    g.actor = VISITOR
    if not current_app.testing:
        database.set_clock(None)


def forget(error: BaseException | None) -> None:
    """Leave neither files sent, moment, time zone nor transaction to what runs next in this thread."""
    request.close()
    if error is None:
        database.conclude()
    else:
        database.abandon()
    database.set_clock(None)
    database.set_zone(None)


def finish(response: Response) -> Response:
    """Add the security headers."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if response.mimetype == "text/html":
        headers.setdefault(
            "Cache-Control", "private, no-store" if actor().is_authenticated else "private, no-cache"
        )
        response.vary.update(("Cookie", "Accept-Language", "HX-Request"))
    return response


def context() -> dict[str, Any]:
    """What every template may use."""
    return {"actor": actor(), "network": g.get("network"), "shell": shell()}


def shell() -> Shell:
    """The frame of this page, made once a request."""
    held = g.get("shell")
    if held is not None and held.short == bool(g.get("short")):
        return held  # type: ignore[no-any-return]
    frame = Shell(language=str(get_locale() or "fr"), short=bool(g.get("short")))
    if not frame.short:
        someone = actor()
        for entry in _entries:
            if entry.when(someone):
                here = (request.endpoint or "").partition(".")[0]
                href = url_for(entry.endpoint, **entry.arguments(someone))
                covered = not entry.covers.isdisjoint((here, request.endpoint))
                current = "page" if href == request.path else "true" if covered else None
                item = NavItem(entry.words(frame.language), href, current, entry.endpoint)
                getattr(frame, entry.place).append(item)
        for filler in _fillers:
            filler(frame)
    g.shell = frame
    return frame
