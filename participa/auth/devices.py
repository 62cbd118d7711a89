"""The browsers that an account has signed in on before, by a signed cookie of their own."""

import secrets

from flask import current_app, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as BaseResponse

COOKIE = "participa_device"
YEAR = 365 * 86_400
MOST = 4
"""Accounts remembered on one browser."""


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="device")


def known() -> dict[str, str]:
    """For each account (its id as text) that has signed in on this browser, the browser's random name."""
    try:
        held = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return {}
    return {str(key): str(value) for key, value in held.items()} if isinstance(held, dict) else {}


def remember(response: BaseResponse, member_id: int) -> None:
    """Make this browser one that the account knows, for a year."""
    names = known()
    nonce = names.pop(str(member_id), None) or secrets.token_urlsafe(12)
    names = dict(list(names.items())[-MOST + 1 :]) | {str(member_id): nonce}
    response.set_cookie(
        COOKIE,
        str(_signer().dumps(names)),
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
"""What browsers call themselves, the most telling word first."""


def browser_words(user_agent: str) -> str:
    """A browser's name as people say it, such as "Firefox on Windows"."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), None)
    if browser and system:
        return str(_("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(_("A browser"))
