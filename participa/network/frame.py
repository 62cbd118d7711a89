"""The one statement that starts every request: the network, the moment, who asks, and what features need of them."""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask, g, request
from flask import session as cookie
from sqlalchemy import ScalarSelect, Select, bindparam, func, literal, select
from sqlalchemy.orm.attributes import set_committed_value

from participa.auth import session
from participa.auth.models import Member, UserSession
from participa.db import db, set_clock, set_zone
from participa.network.models import Centre, Network

WITHOUT_DATABASE = ("static", "health.healthz", "health.readyz")

_alongside: dict[str, Callable[[], ScalarSelect[Any]]] = {}


def alongside(name: str) -> Callable[[Callable[[], ScalarSelect[Any]]], Callable[[], ScalarSelect[Any]]]:
    """Read one more value with each signed-in request, found afterwards in `g.alongside[name]`.

    The decorated function gives a scalar subquery correlated to `Member`; it is called once.
    """

    def register(maker: Callable[[], ScalarSelect[Any]]) -> Callable[[], ScalarSelect[Any]]:
        _alongside[name] = maker
        return maker

    return register


@cache
def _statement() -> Select[Any]:
    extras = [maker().label(name) for name, maker in _alongside.items()]
    return (
        select(Network, func.clock_timestamp().label("moment"), UserSession, Member, Centre, *extras)
        .select_from(select(literal(1)).subquery())
        .outerjoin(Network, Network.id == 1)
        .outerjoin(UserSession, UserSession.token_hash == bindparam("token"))
        .outerjoin(Member, Member.id == UserSession.member_id)
        .outerjoin(Centre, Centre.id == Member.centre_id)
    )


def begin(testing: bool) -> None:
    """Read all of it, and make the actor that policies read."""
    g.pop("member", None)
    token = cookie.get("_user_id")
    row = db.session.execute(_statement(), {"token": session.fingerprint(token) if token else None}).one()
    g.network = row.Network
    set_zone(row.Network.time_zone if row.Network else None)
    if not testing:
        set_clock(row.moment)
    if row.UserSession is not None:
        set_committed_value(row.UserSession, "member", row.Member)
        set_committed_value(row.Member, "centre", row.Centre)
        g.alongside = {name: row._mapping[name] for name in _alongside}
    session.identify(token, row.UserSession)


def init_app(app: Flask) -> None:
    """Start requests so; pages that need no database skip it."""

    @app.before_request
    def load_frame() -> None:
        if request.endpoint not in WITHOUT_DATABASE:
            begin(app.testing)
